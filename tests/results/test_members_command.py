from __future__ import annotations

import json
import re
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weike.commands.cards import Card, cards_page
from weike.commands.members import members
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import WeikeError
from weike.results.access.signin import (
    SignInRefused,
    link_owner,
    session_member,
    sign_in_with_activation,
    sign_in_with_link,
)
from weike.results.enrolling.roster import RosterError
from weike.results.people import branches, find_member
from weike.results.store import open_store

ROSTER = """工号,姓名,支部,角色,管理范围
001,甲青禾,公司党委/生产党总支/储运党支部,,
002,乙远山,公司党委/生产党总支/洗选党支部,讲师,
003,丙小满,公司党委/机关党总支/财务党支部,培训管理员,公司党委/生产党总支
"""

Run = Callable[..., Result]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    (tmp_path / "weike.toml").write_text('title = "练习 & 考核"\n', encoding="utf-8")
    (tmp_path / "members.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    return load_course()


@pytest.fixture
def run(course: Course) -> Run:
    def run(*arguments: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(members, arguments)
        if not fails and result.exception is not None:
            raise result.exception
        return result

    return run


def names(course: Course) -> dict[str, str]:
    with open_store(course=course) as store:
        found = {
            code: find_member(store, now=datetime.now(UTC), code=code)
            for code in ("001", "002", "003", "004")
        }
        paths = {one.id: one.path for one in branches(store)}
    return {
        code: paths[member.branch_id]
        for code, member in found.items()
        if member is not None and member.branch_id is not None
    }


def test_an_import_says_what_it_did_and_does_it(course: Course, run: Run) -> None:
    report = json.loads(run("import", "members.csv", "--json").stdout)
    assert report["imported"] == 3
    assert report["new"] == ["001", "002", "003"]
    assert report["counts"]["branches"] == 6
    assert names(course)["001"] == "公司党委/生产党总支/储运党支部"
    again = run("import", "members.csv").stdout
    assert "3" in again


def test_a_dry_run_shows_everything_and_changes_nothing(course: Course, run: Run) -> None:
    report = json.loads(run("import", "members.csv", "--dry-run", "--json").stdout)
    assert (report["imported"], report["counts"]["new"]) == (0, 3)
    assert names(course) == {}
    assert "甲青禾" in run("import", "members.csv", "--dry-run").stdout


def test_a_move_is_shown_with_where_from_and_where_to(
    course: Course, run: Run, tmp_path: Path
) -> None:
    run("import", "members.csv", "--since", "2026-01-05")
    moved = ROSTER.replace("储运党支部", "洗选党支部")
    (tmp_path / "members.csv").write_text(moved, encoding="utf-8")
    report = json.loads(run("import", "members.csv", "--json").stdout)
    assert report["moved"] == [
        {
            "code": "001",
            "from": "公司党委/生产党总支/储运党支部",
            "to": "公司党委/生产党总支/洗选党支部",
        }
    ]


def test_nothing_is_imported_while_a_row_has_a_problem(
    course: Course, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "members.csv").write_text(
        ROSTER + ",丁,公司党委,,\n005,戊,公司党委,培训管理员,没有的党总支\n", encoding="utf-8"
    )
    result = run("import", "members.csv", fails=True)
    assert isinstance(result.exception, RosterError)
    assert [problem.line for problem in result.exception.problems] == [5, 6]
    assert names(course) == {}
    assert "--keep-good" in result.stderr
    result = run("import", "members.csv", "--json", fails=True)
    assert result.exit_code == 1
    assert [problem["line"] for problem in json.loads(result.stdout)["problems"]] == [5, 6]


def test_the_good_rows_are_kept_on_request_and_the_others_given_back(
    course: Course, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "members.csv").write_text(ROSTER + ",丁,公司党委,,\n", encoding="utf-8")
    report = json.loads(run("import", "members.csv", "--keep-good", "--json").stdout)
    assert report["imported"] == 3
    rejected = (tmp_path / report["rejects"]).read_text(encoding="utf-8-sig").splitlines()
    assert rejected[0].startswith("工号,姓名,支部,角色,管理范围,")
    assert rejected[1].startswith(",丁,公司党委,,,")
    assert len(rejected) == 2


@pytest.mark.parametrize("options", [(), ("--keep-good",), ("--dry-run",)])
def test_nobody_imported_is_never_a_success(
    course: Course, run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "empty.csv").write_text("工号,姓名,支部\n", encoding="utf-8")
    (tmp_path / "bad.csv").write_text("工号,姓名,支部\n,甲,x\n", encoding="utf-8")
    for file in ("empty.csv", "bad.csv"):
        result = run("import", file, *options, fails=True)
        assert isinstance(result.exception, WeikeError)
    assert not (tmp_path / "bad-rejected.csv").exists()


def test_ten_thousand_members_are_imported_within_seconds(
    course: Course, run: Run, tmp_path: Path
) -> None:
    lines = [f"{n:05d},甲{n},公司/总支{n % 20}/支部{n % 200}" for n in range(10_000)]
    (tmp_path / "many.csv").write_text("\n".join(["工号,姓名,支部", *lines]), encoding="utf-8")
    begun = time.perf_counter()
    report = json.loads(run("import", "many.csv", "--json").stdout)
    assert report["imported"] == 10_000
    assert time.perf_counter() - begun < 20  # about 2 s where nothing else runs


def test_a_link_signs_its_member_in_at_the_address_of_the_course(
    course: Course, run: Run, tmp_path: Path
) -> None:
    run("import", "members.csv")
    made_one = run("link", "001")
    assert "public_url" in made_one.stderr
    line = made_one.stdout.strip()
    code, name, link = line.split("\t")
    assert (code, name) == ("001", "甲青禾")
    assert link.startswith("http://127.0.0.1:8866/login/")
    (tmp_path / "weike.toml").write_text(
        'title = "x"\npublic_url = "https://learn.example.org"\nbase_url = "/weike"\n',
        encoding="utf-8",
    )
    [made] = json.loads(run("link", "002", "--json").stdout)
    assert made["link"].startswith("https://learn.example.org/weike/login/")
    with open_store(course=course) as store:
        owner = link_owner(store, made["link"].rpartition("/")[2], datetime.now(UTC))
    assert owner is not None
    assert owner.code == "002"


def test_a_lost_card_is_made_useless_and_its_finder_signed_out(course: Course, run: Run) -> None:
    run("import", "members.csv")
    token = json.loads(run("link", "001", "--json").stdout)[0]["link"].rpartition("/")[2]
    code = json.loads(run("activation", "001", "--json").stdout)[0]["activation"]
    kept = json.loads(run("link", "002", "--json").stdout)[0]["link"].rpartition("/")[2]
    now = datetime.now(UTC)
    with open_store(course=course) as store:
        finder = sign_in_with_link(store, token, now)
    assert "已作废 1 名学员" in run("revoke", "００１").output
    with open_store(course=course) as store:
        assert session_member(store, finder.token, now) is None
        assert link_owner(store, token, now) is None
        assert link_owner(store, kept, now) is not None
        with pytest.raises(SignInRefused):
            sign_in_with_activation(store, "001", code, "482915", datetime.now(UTC))
    with pytest.raises(WeikeError, match="999"):
        run("revoke", "999")


def test_every_unknown_code_is_named_and_no_link_is_made(course: Course, run: Run) -> None:
    run("import", "members.csv")
    result = run("link", "001", "998", "999", fails=True)
    assert isinstance(result.exception, WeikeError)
    assert "998, 999" in str(result.exception)
    assert isinstance(run("link", fails=True).exception, WeikeError)


def test_cards_of_a_branch_are_for_printing_and_for_their_owner_only(
    course: Course, run: Run, tmp_path: Path
) -> None:
    run("import", "members.csv")
    output = run("link", "--all-of", "生产党总支", "--cards", "cards.html").stdout
    page = (tmp_path / "cards.html").read_text(encoding="utf-8")
    assert page.count("<article>") == page.count("<svg") == 2
    assert "甲青禾" in page
    assert "丙小满" not in page
    assert "练习 &amp; 考核" in page
    assert "@page" in page
    assert not re.search(r"(src|href)=|url\(|<script", page)
    assert "/login/" not in page  # a link that can be read over a shoulder is no secret
    assert "/login/" not in output
    assert stat.S_IMODE((tmp_path / "cards.html").stat().st_mode) == 0o600


def test_a_card_that_is_written_over_another_file_becomes_private_too(
    course: Course, run: Run, tmp_path: Path
) -> None:
    run("import", "members.csv")
    (tmp_path / "cards.html").write_text("old")
    (tmp_path / "cards.html").chmod(0o644)
    run("link", "001", "--cards", "cards.html")
    assert stat.S_IMODE((tmp_path / "cards.html").stat().st_mode) == 0o600


def test_names_on_cards_are_text(course: Course) -> None:
    card = Card(
        code="1",
        name="<b>甲</b>",
        branch="x",
        link="http://a/login/t",
        expires=datetime(2026, 10, 1).date(),
    )
    assert "&lt;b&gt;甲&lt;/b&gt;" in cards_page([card], title="t")


def test_an_activation_code_is_for_one_member_or_for_a_whole_branch(
    course: Course, run: Run
) -> None:
    run("import", "members.csv")
    *_who, own = run("activation", "001").stdout.strip().split("\t")
    path, shared = run("activation", "--branch", "机关党总支").stdout.strip().split("\t")
    assert path == "公司党委/机关党总支"
    now = datetime.now(UTC)
    with open_store(course=course) as store:
        for code, ticket in (("001", own), ("003", shared)):
            session = sign_in_with_activation(store, code, ticket, "739146", now)
            assert session.member.code == code
    assert isinstance(run("activation", "001", "--branch", "x", fails=True).exception, WeikeError)
