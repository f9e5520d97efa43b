"""The pages on which organizers decide: shown first, done after a yes, in the own subtree only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from weike.results.assigning.assignments import assign, assignments
from weike.results.assigning.excusals import excusals, excuse
from weike.results.assigning.makeups import make_up, plan_makeup
from weike.results.assigning.outcomes import makeups
from weike.results.assigning.overrides import override_rules, overrides
from weike.results.people import branches
from weike.results.periods import Period
from weike.results.tables import audit

from .client import Answer, Browser
from .conftest import Running, serving
from .course import person

# O01 answers for 生产党总支 with 储运党支部 beneath it; A01 for everything.
OWN, FOREIGN = "储运党支部", "财务党支部"


@pytest.fixture
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("deciding")) as running:
        yield running


@pytest.fixture
def organizer(course: Running) -> Browser:
    return course.signed_in("O01")


def now() -> datetime:
    return datetime.now(UTC)


def period(course: Running) -> str:
    return str(Period.current(now(), course.store.zone))


def branch(course: Running, name: str) -> str:
    return next(one.id for one in branches(course.store) if one.name == name)


def agree(browser: Browser, path: str, answer: Answer) -> Answer:
    """Press the button of the page that shows what would happen."""
    assert answer.status == 200, answer.text
    form = answer.text.partition('class="card confirm"')[2].partition("<form")[2]
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    assert ("sure", "1") in fields
    return browser.form(path, **dict(fields))


def test_an_assignment_is_shown_first_and_made_after_a_yes(
    course: Running, organizer: Browser
) -> None:
    path = "/organize/assignments/new"
    assert "第一次布置" in organizer.get(path).text
    today = now().astimezone(course.store.zone).date()
    fields = {"lesson": "fire", "branch": branch(course, OWN), "period": period(course)}
    fields["due"] = today.isoformat()
    shown = organizer.form(path, **fields)
    assert "6 人" in shown.text
    assert "灭火器" in shown.text
    assert "其中 6 人本期还没有任务" in shown.text
    assert assignments(course.store, period=period(course)) == []
    assert agree(organizer, path, shown).status == 303
    (made,) = assignments(course.store, period=period(course))
    assert (made.slug, made.branch_id, made.due) == ("fire", branch(course, OWN), today)
    assert made.created_by == person(course.store, "O01").id
    page = organizer.get("/organize/assignments").text
    assert "灭火器" in page
    assert "0 / 6" in page
    assert "今天到期" in page


def test_the_member_sees_it_first_with_its_day_and_everything_else_too(
    course: Running, organizer: Browser
) -> None:
    day = now().astimezone(course.store.zone).date()
    assign(
        course.store, by="command", lessons=["live"], period=period(course), branch=OWN, due=day,
        now=now(),
    )  # fmt: skip
    member = course.signed_in("M01")
    home = member.get("/").text
    tasks = home.partition('class="tasks assigned"')[2].partition("</section>")[0]
    assert "皮带" in tasks
    assert "今天到期" in tasks
    assert "灭火器" not in tasks
    assert "灭火器" in home
    told = {one["slug"]: one for one in member.get("/api/lessons").json["lessons"]}
    assert (told["live"]["assigned"], told["live"]["due"]) == (True, day.isoformat())
    assert (told["fire"]["assigned"], told["fire"]["due"]) == (False, None)
    elsewhere = course.signed_in("M09").get("/").text  # in another branch
    assert 'class="tasks assigned"' not in elsewhere


def test_what_is_wrong_stands_beside_what_was_filled_in(
    course: Running, organizer: Browser
) -> None:
    answer = organizer.form(
        "/organize/assignments/new",
        lesson="fire",
        branch=branch(course, OWN),
        period=period(course),
        due="1999-01-01",
        sure="1",
    )
    assert answer.status == 400
    assert "1999-01-01" in answer.text
    assert 'value="fire" checked' in answer.text
    assert assignments(course.store, period=period(course)) == []


def test_an_organizer_assigns_nothing_outside_the_own_subtree(
    course: Running, organizer: Browser
) -> None:
    path = "/organize/assignments/new"
    for place in (branch(course, FOREIGN), branch(course, "公司党委")):
        answer = organizer.form(path, lesson="fire", branch=place, period=period(course), sure="1")
        assert answer.status == 404
    for place in ({"branch": ""}, {}):
        answer = organizer.form(path, lesson="fire", **place, period=period(course), sure="1")
        assert (answer.status, "请选择" in answer.text) == (400, True), "nobody guesses for whom"
        assert 'value="fire" checked' in answer.text
    assert assignments(course.store, period=period(course)) == []
    top = branch(course, "生产党总支")
    organizer.form(path, lesson="fire", branch=top, period=period(course), sure="1")
    administrator = course.signed_in("A01")
    administrator.get("/organize")
    administrator.form(path, lesson="read", branch="", period=period(course), sure="1")
    assert {one.branch_id for one in assignments(course.store, period=period(course))} == {
        branch(course, "生产党总支"),
        None,
    }


def test_what_was_decided_elsewhere_is_not_there_for_this_organizer(
    course: Running, organizer: Browser
) -> None:
    store, when = course.store, now()
    span, closes = period(course), when + timedelta(days=1)
    (foreign,) = assign(
        store, by="command", lessons=["fire"], period=span, branch=FOREIGN, now=when
    )
    (above,) = assign(store, by="command", lessons=["read"], period=span, now=when)
    away = excuse(store, member="M09", period=span, reason="病假", by="command", now=when)
    rules = override_rules(
        store, quiz="fire/fire", member="M09", attempts=2, reason="停电", by="command", now=when
    )
    plan = plan_makeup(store, quiz="fire/fire", branch=FOREIGN, period=span, now=when)
    makeup = make_up(store, plan, opens=when, closes=closes, by="command", now=when)
    administrator = course.signed_in("A01")
    for path in (f"assignments/{foreign}", f"assignments/{above}", f"makeups/{makeup}"):
        assert organizer.get(f"/organize/{path}").status == 404
        assert administrator.get(f"/organize/{path}").status == 200
    for path in (
        f"assignments/{foreign}",
        f"excusals/{away}",
        f"overrides/{rules}",
        f"makeups/{makeup}",
    ):
        assert organizer.form(f"/organize/{path}", sure="1").status == 404
    member = person(store, "M09").id
    assert organizer.get(f"/organize/excusals?member={member}").status == 404
    assert organizer.get(f"/organize/overrides/new?member={member}").status == 404
    answer = organizer.form("/organize/excusals", member=member, reason="x", period=span, sure="1")
    assert answer.status == 404
    for page in ("excusals?who=M09", "overrides/new?who=M09", "overrides", "makeups"):
        assert "学员九" not in organizer.get(f"/organize/{page}").text
    listed = organizer.get("/organize/assignments").text
    assert "上级布置" in listed
    assert "灭火器" not in listed


def test_a_task_is_taken_back_lesson_by_lesson(course: Running, organizer: Browser) -> None:
    made = assign(
        course.store, by="command", lessons=["fire", "read"], period=period(course),
        branch=OWN, now=now(),
    )  # fmt: skip
    path = f"/organize/assignments/{made[0]}"
    assert organizer.form(path).status == 400
    shown = organizer.form(path, line=made[1])
    assert len(assignments(course.store, period=period(course))) == 2
    assert agree(organizer, path, shown).status == 303
    (left,) = assignments(course.store, period=period(course))
    assert left.id == made[0]


def test_a_member_is_looked_up_and_excused_with_a_reason(
    course: Running, organizer: Browser
) -> None:
    found = organizer.get("/organize/excusals?who=" + "%E5%AD%A6%E5%91%98").text  # 学员
    assert "学员一" in found
    assert "学员九" not in found
    member = person(course.store, "M02").id
    fields = {"member": member, "period": period(course), "reason": "长期病假"}
    assert organizer.form("/organize/excusals", **(fields | {"reason": " "})).status == 400
    shown = organizer.form("/organize/excusals", **fields)
    assert excusals(course.store, period=period(course)) == []
    assert agree(organizer, "/organize/excusals", shown).status == 303
    (one,) = excusals(course.store, period=period(course))
    assert (one.code, one.reason, one.created_by_name) == ("M02", "长期病假", "管理一")
    listed = organizer.get("/organize/excusals").text
    assert "长期病假" in listed
    assert "批准人：管理一" in listed
    assert "长期病假" in course.signed_in("M02").get("/").text
    path = f"/organize/excusals/{one.id}"
    assert agree(organizer, path, organizer.form(path)).status == 303
    assert excusals(course.store, period=period(course)) == []


def test_rules_of_the_own_are_set_and_taken_back(course: Running, organizer: Browser) -> None:
    path = "/organize/overrides/new"
    member = person(course.store, "M03").id
    fields = {"member": member, "quiz": "fire/fire", "limit": "", "reason": "视力障碍"}
    assert organizer.form(path, **fields).status == 400, "no rule is changed"
    wrongs: list[dict[str, str]] = [{"limit": "soon"}, {"limit": "nan"}, {"attempts": "x"}]
    wrongs += [{"closes": "tomorrow"}, {"opens": "0001-01-01T00:00"}]
    for wrong in wrongs:
        assert organizer.form(path, **(fields | wrong)).status == 400
    shown = organizer.form(path, **(fields | {"limit": "30", "closes": "2099-01-02T08:00"}))
    assert "限时 30 分钟" in shown.text
    assert agree(organizer, path, shown).status == 303
    (one,) = overrides(course.store, now=now())
    assert one.limit == timedelta(minutes=30)
    assert one.closes == datetime(2099, 1, 2, tzinfo=UTC), "08:00 where the organisation is"
    assert "学员三" in organizer.get("/organize/overrides").text
    back = f"/organize/overrides/{one.id}"
    assert agree(organizer, back, organizer.form(back)).status == 303
    assert overrides(course.store, now=now()) == []


def test_a_make_up_goes_to_whom_it_was_set_and_both_results_are_listed(
    course: Running, organizer: Browser
) -> None:
    path, own = "/organize/makeups/new", branch(course, OWN)
    page = organizer.get(f"{path}?quiz=fire/fire&branch={own}").text
    assert "学员一" in page
    fields = {"quiz": "fire/fire", "branch": own, "period": period(course)}
    fields |= {"opens": "2020-01-01T00:00", "closes": "2099-01-01T00:00"}
    assert organizer.form(path, **fields).status == 400, "nobody is ticked"
    fields["member"] = person(course.store, "M01").id
    shown = organizer.form(path, **fields)
    assert "为 1 人安排补考" in shown.text
    assert makeups(course.store, period=period(course)) == []
    answer = agree(organizer, path, shown)
    assert answer.status == 303
    (one,) = makeups(course.store, period=period(course))
    assert one.members == 1
    member = course.signed_in("M01")
    assert "补考" in member.get("/").text
    assert "补考" not in course.signed_in("M02").get("/").text
    assert member.post("/api/attempts", {"quiz": "fire/fire"}).json["mode"] == "makeup"
    assert "学员一" in organizer.get(answer.location).text
    book = organizer.get(f"/organize/makeups/{one.id}?format=xlsx")
    assert openpyxl.load_workbook(io.BytesIO(book.body)).active is not None
    back = f"/organize/makeups/{one.id}"
    assert agree(organizer, back, organizer.form(back)).status == 303
    assert makeups(course.store, period=period(course)) == []


def test_every_look_at_names_is_in_the_audit_log(course: Running, organizer: Browser) -> None:
    own = branch(course, OWN)
    organizer.get("/organize/excusals?who=M01")
    organizer.get(f"/organize/makeups/new?quiz=fire/fire&branch={own}")
    with course.store.read() as connection:
        acts = {row.act for row in connection.execute(select(audit))}
    assert {"looked members up", "looked at who failed or was absent"} <= acts
