from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from weike.commands.demo import demo_activity
from weike.commands.items import items, rescore
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.results.store import open_store
from weike.results.upkeep.demo import demo_start

from .courses import enrol, publish

NOW = datetime.now(UTC)
ROSTER = Path(__file__).parents[2] / "members.csv"
WRONG = """---
title: 挂牌
---

## 先做什么？ {#first topic="断电"}
- [ ] 断电
- [x] 开工
- [ ] 下班

## 几把锁？ {#locks}
= 2
"""
MENDED = WRONG.replace("[ ] 断电", "[x] 断电").replace("[x] 开工", "[ ] 开工")

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo course whose key is wrong, after a quarter of activity by it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "weike.toml").write_text("demo = true\n", encoding="utf-8")
    course = load_course(folder)
    with open_store(course=course) as store:
        enrol(store, ROSTER, since=demo_start(NOW, store.zone), now=NOW)
        publish(store, "lockout", title="挂牌上锁", quizzes={"quiz": WRONG}, now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("WEIKE_DATABASE_URL", raising=False)
        result = CliRunner().invoke(demo_activity, ["--seed", "5"])
    assert result.exception is None
    return folder


@pytest.fixture
def run(course: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(course)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)

    def run(*arguments: str, command: object = items, say: str | None = None) -> Result:
        result = CliRunner().invoke(command, arguments, input=say)  # type: ignore[arg-type]
        if isinstance(result.exception, Exception):
            raise result.exception
        return result

    return run


def facility(run: Run, item: int = 0) -> float:
    found = json.loads(run("lockout", "--format", "json").stdout)
    return float(found["questions"][item]["facility"])


def test_the_table_says_how_many_attempts_stand_behind_it(run: Run) -> None:
    lines = run("lockout/quiz").stdout.splitlines()
    assert lines[0] == "挂牌 (lockout/quiz)"
    assert "每人第一次作答" in lines[1]
    assert lines[2].split()[:2] == ["题目", "作答次数"]
    assert "先做什么" in lines[4]
    assert "nan" not in run("lockout").stdout.lower()


def test_json_holds_all_tables_with_null_for_what_is_undefined(run: Run) -> None:
    found = json.loads(run("lockout", "--format", "json", "--attempts", "all").stdout)
    assert (found["quiz"], found["rule"]) == ("lockout/quiz", "all")
    assert found["attempts"] > found["members"] > 50
    assert {"questions", "options", "topics", "branches", "statistics"} <= found.keys()
    assert [row["text"] for row in found["options"][:3]] == ["断电", "开工", "下班"]
    narrow = json.loads(
        run("lockout", "--branch", "储运党支部", "--period", "2020-Q1", "--format", "json").stdout
    )
    assert (narrow["attempts"], narrow["period"]) == (0, "2020-Q1")
    assert narrow["questions"][0]["facility"] is None
    assert narrow["branch"] == "公司党委/生产党总支/储运党支部"


def test_csv_holds_the_questions_and_a_workbook_everything(run: Run, tmp_path: Path) -> None:
    data = run("lockout", "--format", "csv").stdout_bytes
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["题号"] for row in rows] == ["1", "2"]
    assert 0 < float(rows[0]["得分率"]) < 1
    file = tmp_path / "x.xlsx"
    assert "x.xlsx" in run("lockout", "--format", "xlsx", "-o", str(file)).stdout
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[:2] == ["题目", "选项与作答"]


def test_an_unknown_quiz_is_answered_with_the_refs_there_are(run: Run) -> None:
    with pytest.raises(WeikeError, match="lockout/quiz"):
        run("fire")


def test_a_wrong_key_is_shown_then_confirmed_then_graded_again(
    run: Run, course: Path, tmp_path: Path
) -> None:
    with open_store(course=load_course(course)) as store:
        publish(store, "lockout", version="2", title="挂牌上锁", quizzes={"quiz": MENDED}, now=NOW)
    before = facility(run)
    words = ("lockout", "--because", "先断电")
    dry = run(*words, "--dry-run", command=rescore).stdout
    assert "开工 → 断电" in dry
    assert "完成" not in dry
    refused = run(*words, command=rescore, say="n\n")
    assert refused.exit_code == 1
    assert facility(run) == before
    file = tmp_path / "changed.xlsx"
    done = run(*words, "-o", str(file), command=rescore, say="y\n").stdout
    assert "完成" in done
    assert facility(run) != before
    sheet = openpyxl.load_workbook(file)["成绩"]
    assert sheet.max_row > 50
    with pytest.raises(WeikeError, match="都已按发布的答案判分"):
        run(*words, "--yes", command=rescore)


def test_a_question_can_be_given_to_everybody_or_taken_out(run: Run) -> None:
    words = ("lockout", "--because", "题目有误", "--item", "locks", "--yes", "--json")
    given = json.loads(run(*words, "--full", command=rescore).stdout)
    assert given["done"] is True
    assert given["questions"][0]["becomes"] == "全员得分"
    assert {row["passed_after"] for row in given["results"]} <= {True, False}
    assert facility(run, 1) == 1
    json.loads(run(*words, "--drop", command=rescore).stdout)
    found = json.loads(run("lockout", "--format", "json").stdout)
    assert found["questions"][1]["n"] == 0
    with pytest.raises(WeikeError, match="--full"):
        run(*words, "--full", "--drop", command=rescore)
