from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from weike.commands.export import export
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results import tables
from weike.results.periods import Period, local_date
from weike.results.reporting import printing
from weike.results.store import open_store

from .courses import enrol, publish

NOW = datetime.now(UTC)
ROSTER = "工号,姓名,支部\nA1,学员甲,公司/甲\nA2,学员乙,公司/甲\nB1,学员丙,公司/乙\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("scores")` in a course of three people and one lesson; files go to `out`."""
    (tmp_path / "weike.toml").write_text(
        'levels = ["公司", "班组"]\npublic_url = "http://learn.example.org"\n', encoding="utf-8"
    )
    (tmp_path / "members.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    course = load_course()
    with open_store(course=course) as store:
        first = Period.of(local_date(NOW, store.zone)).first
        enrol(store, tmp_path / "members.csv", since=first, now=NOW)
        quiz = "## 先做什么？\n- [x] 断电\n- [ ] 开工\n"
        lesson = {"title": "挂牌上锁", "body_html": "<p>先断电。</p>"}
        publish(store, "lockout", quizzes={"quiz": quiz}, now=NOW, **lesson)

    def run(*arguments: str) -> Result:
        with use_language("zh-CN"):
            result = CliRunner().invoke(export, [*arguments, "--to", "out"])
        if result.exception is not None:
            raise result.exception
        return result

    return run


@pytest.fixture
def quarter() -> str:
    return str(Period.current(NOW, ZoneInfo("Asia/Shanghai")))


def written() -> list[str]:
    return sorted(file.name for file in Path("out").iterdir())


def acts() -> list[tuple[str, str]]:
    with open_store(course=load_course()) as store, store.read() as connection:
        rows = connection.execute(select(tables.audit.c.actor, tables.audit.c.act)).all()
    return [(row.actor, row.act) for row in rows if row.act.startswith("exported")]


def test_the_workbook_is_named_after_branch_and_period(run: Run, quarter: str) -> None:
    said = run("scores").stdout.splitlines()
    assert said == [f"out/支部学习数据-公司-{quarter}.xlsx"]
    book = openpyxl.load_workbook(said[0])
    assert "未完成人员" not in book.sheetnames
    assert acts() == []
    run("scores", "--branch", "甲", "--names")
    assert f"支部学习数据-甲-{quarter}.xlsx" in written()
    assert acts() == [("command", "exported unfinished")]


def test_a_report_is_written_for_each_branch_beneath(run: Run, quarter: str) -> None:
    run("report", "--each")
    assert written() == sorted(
        f"支部学习报告-{name}-{quarter}.pdf" for name in ("公司", "甲", "乙")
    )
    reader = PdfReader(Path("out") / f"支部学习报告-甲-{quarter}.pdf")
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("支部学习报告 · 甲")


def test_the_training_record_is_a_workbook_or_forms_and_always_recorded(
    run: Run, quarter: str
) -> None:
    run("training", "--branch", "甲")
    run("training", "--branch", "甲", "--format", "pdf")
    run("training", "--member", "a1")
    assert written() == sorted(
        [
            f"培训档案-甲-{quarter}.xlsx",
            f"培训档案-甲-{quarter}.pdf",
            f"培训场次-甲-{quarter}.pdf",
            "培训档案-学员甲-A1.xlsx",
        ]
    )
    assert acts() == [("command", "exported training")] * 3
    assert len(PdfReader(Path("out") / f"培训档案-甲-{quarter}.pdf").pages) == 2
    with pytest.raises(WeikeError, match="Z9"):
        run("training", "--member", "Z9")


def test_posters_come_with_their_words(run: Run) -> None:
    run("poster")
    assert written() == ["微课海报-lockout.png", "微课海报-lockout.txt"]
    picture = (Path("out") / "微课海报-lockout.png").read_bytes()
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (1080, 1920)
    words = (Path("out") / "微课海报-lockout.txt").read_text(encoding="utf-8")
    assert words.splitlines()[0] == "【微课】挂牌上锁"
    assert words.endswith("http://learn.example.org/lessons/lockout\n")
    run("poster", "lockout", "--week", "2026-W47")
    assert "微课海报-2026-W47.png" in written()


def test_without_an_address_a_poster_says_where_to_write_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_text("", encoding="utf-8")
    with pytest.raises(WeikeError, match="public_url"):
        run("poster")


def test_without_a_browser_figures_are_still_written(
    run: Run, quarter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_NAMES", ("no-such-browser",))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    run("scores")
    with pytest.raises(WeikeError, match="apt install chromium"):
        run("report")
    assert written() == [f"支部学习数据-公司-{quarter}.xlsx"]


@pytest.mark.parametrize("wrong", [("--branch", "没有"), ("--period", "soon")])
def test_a_wrong_branch_or_period_writes_nothing(run: Run, wrong: tuple[str, str]) -> None:
    with pytest.raises(WeikeError):
        run("scores", *wrong)
    assert not Path("out").exists()
