from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from weike.commands.assignments import assign, excuse, makeup
from weike.quizzes.course import load_course
from weike.results.assigning.assignments import assignments
from weike.results.assigning.excusals import excusals
from weike.results.assigning.outcomes import makeups
from weike.results.periods import Period, local_date
from weike.results.store import Store, open_store

from .courses import enrol, publish

Run = Callable[..., Result]

NOW = datetime.now(UTC)
PEOPLE = """工号,姓名,支部,岗位
A1,张一,公司党委/储运党支部,电工
A2,李二,公司党委/储运党支部,司机
B1,王三,公司党委/维修党支部,电工
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "weike.toml").write_text('language = "zh-CN"\n', encoding="utf-8")
    (tmp_path / "members.csv").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    with opened(tmp_path) as store:
        enrol(store, tmp_path / "members.csv", now=NOW)
        for slug in ("fire", "dust"):
            quiz = f"## 先做什么？ {{#{slug}}}\n- [x] 断电\n- [ ] 开工\n"
            publish(store, slug, quizzes={slug: quiz}, now=NOW - timedelta(minutes=1))
    return tmp_path


def opened(root: Path) -> Store:
    return open_store(course=load_course(root))


def run(command: Any, *words: str, answer: str = "") -> Result:
    return CliRunner().invoke(command, list(words), input=answer)


def period(store: Store) -> Period:
    return Period.current(NOW, store.zone)


def test_the_first_assignment_of_a_period_says_what_it_changes_and_asks(course: Path) -> None:
    refused = run(assign, "fire", "--branch", "储运党支部", answer="n\n")
    assert refused.exit_code != 0
    assert "第一次布置" in refused.output
    with opened(course) as store:
        assert assignments(store, period=period(store)) == []
    assert run(assign, "fire", "--branch", "储运党支部", answer="y\n").exit_code == 0
    assert run(assign, "dust", "--branch", "储运党支部").exit_code == 0, "asked only once"
    with opened(course) as store:
        assert [one.slug for one in assignments(store, period=period(store))] == ["fire", "dust"]


def test_assigning_everything_needs_no_question_and_is_listed_with_its_headway(
    course: Path,
) -> None:
    assert course
    made = run(assign, "--all", "--post", "电工", "--json")
    (row,) = json.loads(made.output)
    assert (row["lesson"], row["posts"], row["members"], row["assigned"]) == (
        "全部微课",
        "电工",
        2,
        4,
    )
    assert "0/4" in run(assign, "--list").output
    taken = run(assign, "--withdraw", row["id"])
    assert taken.exit_code == 0
    assert "全部已发布" in taken.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--all"),
        (("fire", "--all"), "--all"),
        (("fier", "--yes"), "fire"),
        (("fire", "--yes", "--period", "1999"), "1999"),
        (("fire", "--yes", "--due", "1999-01-01"), "1999-01-01"),
        (("fire", "--yes", "--branch", "没有"), "没有"),
    ],
)
def test_a_mistake_is_a_sentence(course: Path, words: tuple[str, ...], said: str) -> None:
    result = run(assign, *words)
    assert result.exception is not None
    assert said in str(result.exception)
    with opened(course) as store:
        assert assignments(store, period=period(store)) == []


def test_a_member_is_excused_with_a_reason_and_counts_again(course: Path) -> None:
    assert "--because" in str(run(excuse, "a1").exception)
    result = run(excuse, "a1", "--because", "长期病假")
    assert "张一" in result.output
    (row,) = json.loads(run(excuse, "--json").output)
    assert (row["code"], row["reason"], row["by"]) == ("A1", "长期病假", "命令行")
    assert run(excuse, "A1", "--withdraw").exit_code == 0
    assert "A1" in str(run(excuse, "A1", "--withdraw").exception)
    with opened(course) as store:
        assert excusals(store, period=period(store)) == []


def test_a_make_up_can_be_looked_at_before_it_is_set(course: Path) -> None:
    looked = run(makeup, "fire/fire", "--branch", "储运党支部", "--dry-run")
    assert "张一" in looked.output
    assert "王三" not in looked.output
    with opened(course) as store:
        assert makeups(store, period=period(store)) == []
    body = json.loads(run(makeup, "fire/fire", "--days", "3", "--json").output)
    assert [row["code"] for row in body["members"]] == ["A1", "A2", "B1"]
    assert {row["why"] for row in body["members"]} == {"absent"}
    with opened(course) as store:
        (one,) = makeups(store, period=period(store))
        assert one.members == 3
        last = one.closes - timedelta(microseconds=1)
        assert local_date(last, store.zone) == local_date(NOW, store.zone) + timedelta(days=2)
    assert "fire/fire" in str(run(makeup, "fire/fire").exception), "everybody has one already"
