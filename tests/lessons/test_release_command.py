"""`weike release`: dates and audience from the terminal; a mistake names itself and its repair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from weike.cli import weike
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results.catalogue import publish
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.periods import local_date
from weike.results.store import open_store
from weike.results.versions import LessonVersion, store_version

PEOPLE = "工号,姓名,支部,岗位\nM1,甲,公司/一,电工\nM2,乙,公司/二,焊工\n"
SETTINGS = 'language = "en"\nlevels = ["公司", "支部"]\n'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with two people and one published lesson, which no notebook was run for."""
    root = tmp_path_factory.mktemp("released")
    (root / "weike.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "members.csv").write_text(PEOPLE, encoding="utf-8")
    course, now = load_course(root), datetime.now(UTC)
    day = local_date(now, course.zone)
    built = LessonVersion(
        slug="fire", version="f1", title="Fire", language="en", kind="light", body_html="<p>!</p>"
    )
    with open_store(course=course) as store:
        read = read_roster(root / "members.csv", levels=course.levels)
        apply_import(store, plan_import(store, read, since=day, today=day), now=now)
        store_version(store, built, now=now)
        publish(store, "fire", "f1", "command", now)
    return root


@pytest.fixture
def typed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    monkeypatch.chdir(root)

    def run(*words: str) -> str:
        result = CliRunner().invoke(weike, ["release", "fire", *words])
        if result.exception:
            raise result.exception
        return result.output

    with use_language("en"):
        yield run
        run("--always", "--everyone")


def test_dates_and_audience_are_decided_one_after_the_other_and_stay(typed: Any) -> None:
    typed("--opens", "2026-12-01 08:00", "--closes", "2026-12-07")
    typed("--branch", "一", "--post", "电工")
    found = json.loads(typed("--json"))
    assert found["branches"] == ["公司/一"]
    assert found["posts"] == ["电工"]
    assert found["opens"] == "2026-12-01T00:00:00.000Z"  # 08:00 in China
    assert found["closes"] == "2026-12-07T16:00:00.000Z"  # the end of that day
    assert found["decisions"][1]["branches"] == []
    said = typed()
    assert said.startswith(
        "fire  for 公司/一; posts: 电工; from 2026-12-01 08:00; until 2026-12-07 24:00\n"
    )
    assert "for everyone" not in said.splitlines()[0]


def test_what_is_lifted_is_lifted_alone(typed: Any) -> None:
    typed("--opens", "2026-12-01", "--branch", "公司/二")
    assert typed("--always").splitlines()[0] == "fire  for 公司/二"
    assert typed("--everyone").splitlines()[0] == "fire  for everyone, always"
    typed("--opens", "2026-12-01", "--closes", "2026-12-02")
    assert json.loads(typed("--always", "--closes", "2026-12-03", "--json"))["opens"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--opens", "soon"], "soon is no time; write one such as 2026-12-01 08:00"),
        (["--branch", "三"], "there is no branch 三; write a path such as 公司/"),
        (["--post", "电 工人"], "nobody has the post 电 工人; did you mean 电工"),
        (
            ["--opens", "2026-12-02", "--closes", "2026-12-01"],
            "open on 2026-12-02 00:00 and close on 2026-12-02 00:00; give a later end",
        ),
    ],
)
def test_a_mistake_is_named_with_its_repair_and_changes_nothing(
    typed: Any, words: list[str], said: str
) -> None:
    before = json.loads(typed("--json"))["decisions"]
    with pytest.raises(WeikeError, match=said):
        typed(*words)
    assert json.loads(typed("--json"))["decisions"] == before


def test_a_lesson_that_is_not_there_is_named_with_those_that_are(typed: Any, root: Path) -> None:
    with pytest.raises(WeikeError, match=r"there is no lesson fier; did you mean fire\?"):
        raise CliRunner().invoke(weike, ["release", "fier"]).exception or AssertionError
