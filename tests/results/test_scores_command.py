from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from weike.commands.demo import demo_activity
from weike.commands.scores import scores
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.results import tables
from weike.results.awarding import rankings
from weike.results.store import Store, open_store
from weike.results.upkeep.demo import demo_start

from .courses import enrol, publish

NOW = datetime.now(UTC)
ROSTER = Path(__file__).parents[2] / "members.csv"

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo course with one lesson, after a quarter of activity."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "weike.toml").write_text("demo = true\n", encoding="utf-8")
    course = load_course(folder)
    with open_store(course=course) as store:
        fill(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("WEIKE_DATABASE_URL", raising=False)
        result = CliRunner().invoke(demo_activity, ["--seed", "5"])
    assert result.exception is None
    return folder


def fill(store: Store) -> None:
    enrol(store, ROSTER, since=demo_start(NOW, store.zone), now=NOW)
    quiz = "## 先做什么？\n- [x] 断电\n- [ ] 开工\n"
    publish(store, "lockout", title="挂牌上锁", quizzes={"quiz": quiz}, now=NOW)


@pytest.fixture
def run(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(filled)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(scores, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_the_table_shows_the_tree_with_aligned_figures(run: Run) -> None:
    lines = run().stdout.splitlines()
    assert len(lines[: 1 + 2 + 17]) == 20  # the period, header and rule, the tree
    assert all(line[0] in "*本" for line in lines[20:]), "only remarks follow"
    assert lines[3].startswith("公司党委 ")
    assert lines[4].startswith("  生产党总支 ")
    assert lines[5].startswith("    储运党支部 ")
    assert "nan" not in run().stdout.lower()


def test_json_holds_every_figure_as_a_number_or_null(run: Run) -> None:
    found = json.loads(run("--format", "json").stdout)
    assert len(found["branches"]) == 17
    row = found["branches"][2]
    assert row["name"] == "储运党支部"
    assert row["members"] == 40
    assert 0 < row["low"] < row["adjusted"] < row["high"] <= 1
    assert found["lessons"] == 1
    assert isinstance(found["no_difference"], bool)


def test_csv_opens_in_excel_and_has_one_line_for_each_branch(run: Run) -> None:
    data = run("--format", "csv").stdout_bytes
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 18
    assert rows[3][0] == "公司党委/生产党总支/储运党支部"
    assert 0 < float(rows[3][5]) <= 1


def test_a_workbook_has_shares_as_percentages(run: Run, tmp_path: Path) -> None:
    for data in (run("--format", "xlsx").stdout_bytes, saved(run, tmp_path / "x.xlsx")):
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        assert sheet.max_row == 18
        assert sheet.freeze_panes == "A2"
        assert sheet["D4"].value == 40
        assert 0 < sheet["F4"].value <= 1
        assert sheet["F4"].number_format == "0.0%"


def saved(run: Run, path: Path) -> bytes:
    assert path.name in run("--format", "xlsx", "--output", str(path)).stdout
    return path.read_bytes()


def test_a_branch_and_a_period_can_be_chosen(run: Run) -> None:
    found = json.loads(run("--branch", "综合党总支", "--format", "json").stdout)
    assert [row["name"] for row in found["branches"]] == [
        "综合党总支",
        "机关党支部",
        "后勤党支部",
        "物资供应党支部",
    ]
    old = json.loads(run("--period", "2020-Q1", "--format", "json").stdout)
    assert old["period"] == "2020-Q1"
    assert all(row["completion"] is None for row in old["branches"])
    for wrong in (("--period", "soon"), ("--branch", "没有")):
        with pytest.raises(WeikeError):
            run(*wrong)


def test_verify_says_what_differs_and_fails(run: Run, filled: Path) -> None:
    assert run("verify").stdout == "还没有公示过评比\n"
    with open_store(course=load_course(filled)) as store:
        ranking = rankings.draft(store, period=None, by="command", now=NOW)
        rankings.post(store, ranking, by="command", now=NOW)
    good = run("verify")
    assert (good.exit_code, ranking[:8] in good.stdout) == (0, True)
    assert "完全一致" in run("verify", ranking[:12]).stdout
    with open_store(course=load_course(filled)) as store:
        figures = json.loads(json.dumps(store_figures(store)))
        figures["branches"][2]["score"] = 99.5
        change = update(tables.ranking).values(figures=figures)
        store.writer.run(lambda connection: connection.execute(change))
    bad = run("verify", ranking)
    assert bad.exit_code == 1
    assert "公司党委/生产党总支/储运党支部：score 留存为 99.5" in bad.stdout
    with pytest.raises(WeikeError, match=ranking[:8]):
        run("verify", "x")


def store_figures(store: Any) -> Any:
    with store.read() as connection:
        return connection.execute(select(tables.ranking.c.figures)).scalar_one()


def test_demo_activity_refuses_a_course_that_is_no_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weike.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(demo_activity, [])
    assert isinstance(result.exception, WeikeError)
    assert not (tmp_path / "results").exists()
