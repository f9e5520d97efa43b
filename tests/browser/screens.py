"""Every page of ours and every state of a quiz, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page

from weike.results.assigning.assignments import assign
from weike.results.assigning.makeups import make_up, plan_makeup
from weike.results.assigning.overrides import override_rules
from weike.results.authoring.prepared import keep_prepared
from weike.results.authoring.reviews import add_remark, submit
from weike.results.awarding import rankings
from weike.results.awarding.objections import object_to
from weike.results.catalogue import lesson
from weike.results.people import find_member
from weike.results.periods import Period

from .answers import Key
from .people import Client, People, Person

OPEN, STARTED, SUBMITTED, LIVE = "fire-extinguisher", "lockout", "confined-space", "belt-stop"
READY = ".wq-card:visible, .wq-result:visible"
ENGLISH_LESSON = "coal-dust"
WAITING = "0" * 31 + "1"


def nothing(page: Page) -> None:
    """The page as it opens."""


def refused_sign_in(page: Page) -> None:
    page.locator("#code").fill("D9999")
    page.locator("#pin").fill("999999")
    page.locator("form button[type=submit]").click()
    page.locator("#problem").wait_for()


def first_use(page: Page) -> None:
    page.locator(".first-use summary").click()
    page.locator("#activation").wait_for()


def first_question(page: Page) -> None:
    """Where the feedback stands; on a desktop all questions are shown anyway."""
    while page.locator(".wq-go-back").is_visible():
        page.locator(".wq-go-back").click()
    page.locator(".wq-feedback").first.wait_for()


def a_branch(page: Page) -> None:
    """Down from the overview to the topics of the branch."""
    page.locator("main a[href*='organize/branches/']").last.click()
    page.locator(".crumbs, h2").first.wait_for()


def a_topic(page: Page) -> None:
    a_branch(page)
    page.locator("main a[href*='/topics/']").last.click()
    page.locator(".crumbs").wait_for()


def something_wrong(page: Page) -> None:
    page.locator(".asked summary").first.click()
    page.locator(".asked button").first.wait_for()


def a_correction(page: Page) -> None:
    """What would change if everybody earned the first question."""
    first = page.locator(".asked li").first
    first.locator("summary").click()
    first.locator("input[value=full]").check()
    first.locator("input[name=because]").fill("?")
    first.locator("button").click()
    page.locator(".confirm").wait_for()


def a_paragraph(page: Page) -> None:
    page.locator(".paragraph summary").click()
    page.locator(".paragraph textarea").wait_for()


def a_confirmation(page: Page) -> None:
    """What an assignment would change; it is not made."""
    page.locator("input[name=lesson]").first.check()
    page.locator("form.deciding button[type=submit]").click()
    page.locator(".confirm").wait_for()


def the_first(page: Page) -> None:
    page.locator("main .task h2 a").first.click()
    page.locator("main .task").first.wait_for(state="detached")


def the_person(page: Page) -> None:
    page.locator("main .rows a").first.click()
    page.locator("form.deciding").wait_for()


def a_remark(page: Page) -> None:
    page.locator(".say summary").first.click()
    page.locator(".say textarea").first.wait_for()


def a_new_question(page: Page) -> None:
    """An empty one says what is missing. Nothing is sent: other tests look at the same file."""
    page.route("**/document", lambda route: route.abort())
    page.locator(".compose-block[data-kind=text]").first.wait_for()
    page.locator("#compose-add .compose-adding > button").nth(1).click()
    page.locator(".compose-block[data-kind=quiz] .compose-adding button").first.click()
    page.locator(".compose-missing li").first.wait_for()


def the_history(page: Page) -> None:
    page.locator("#compose-acts button").nth(2).click()
    page.locator("#compose-notice h2").wait_for()


def a_ranking(page: Page) -> None:
    """The one that `decide` has posted, with everything open that can be."""
    page.locator("main .lines a").last.click()
    page.locator(".stages").wait_for()
    for summary in page.locator("main summary").all():
        summary.click()


def a_draft(page: Page) -> None:
    page.locator("form.draft button").click()
    page.locator(".stages").wait_for()


def unsubmitted(page: Page) -> None:
    """交卷 while questions are open."""
    while page.locator(".wq-go-next").is_visible():
        page.locator(".wq-go-next").click()
    page.wait_for_timeout(450)
    page.locator(".wq-go-submit").click()
    page.locator(".wq-ask").wait_for()


@dataclass(frozen=True, slots=True)
class Screen:
    """`who` is "anyone", "member" or a duty; `ready` is what the page shows."""

    name: str
    path: str
    who: str = "member"
    ready: str = "main h1, main form"
    status: int = 200
    act: Callable[[Page], None] = nothing
    language: str | None = None  # of the lesson, where it is not the course's


def screens(link: str) -> Iterator[Screen]:
    """All of them; `link` is the path of a personal link that works."""
    yield Screen("login", "/login", "anyone")
    yield Screen("login-first-use", "/login", "anyone", act=first_use)
    yield Screen("login-refused", "/login", "anyone", act=refused_sign_in)
    yield Screen("link", link, "anyone")
    yield Screen("link-gone", "/login/" + "x" * 22, "anyone", status=404)
    yield Screen("home", "/")
    yield Screen("lesson-open", f"/lessons/{OPEN}", ready=READY)
    yield Screen("lesson-unsubmitted", f"/lessons/{OPEN}", ready=READY, act=unsubmitted)
    yield Screen("lesson-feedback", f"/lessons/{STARTED}", ready=READY, act=first_question)
    yield Screen("lesson-result", f"/lessons/{SUBMITTED}", ready=READY)
    yield Screen("lesson-live", f"/lessons/{LIVE}", ready=READY)
    yield Screen("lesson-dust", f"/lessons/{ENGLISH_LESSON}", ready=READY, language="en")
    for slug in ("frozen-coal", "cardiac-arrest", "write-a-lesson", "read-branch-scores"):
        yield Screen(f"lesson-{slug}", f"/lessons/{slug}", ready=READY)
    yield Screen("pictures", f"/lessons/{OPEN}/print/outline/", ready=".sheets img")
    yield Screen("me", "/me")
    yield Screen("me-training", "/me/training")
    yield Screen("branches", "/branches")
    yield Screen("branches-organizer", "/branches", "organizer")
    yield Screen("organize", "/organize", "organizer")
    yield Screen("organize-no-answers", "/organize?period=2025-Q1", "organizer")
    yield Screen("organize-branch", "/organize", "organizer", act=a_branch)
    yield Screen("organize-topic", "/organize", "organizer", act=a_topic)
    quiz = f"/organize/quizzes/{OPEN}/{OPEN}"
    yield Screen("organize-lesson", f"/organize/lessons/{OPEN}", "organizer")
    yield Screen("organize-quiz", quiz, "organizer")
    yield Screen("organize-item", f"{quiz}/items/fire-004?attempts=all", "organizer")
    correct = f"/organize/rescore/{SUBMITTED}/{SUBMITTED}"
    yield Screen("rescore", correct, "organizer", act=something_wrong)
    yield Screen("rescore-report", correct, "organizer", act=a_correction)
    yield Screen("organize-unfinished", "/organize/unfinished", "organizer", act=a_paragraph)
    yield Screen("organize-files", "/organize/files", "organizer")
    yield Screen("organize-dashboards", "/organize/dashboards", "organizer")
    yield from deciding_screens()
    yield Screen("rankings", "/rankings")
    yield Screen("ranking-posted", "/rankings", act=a_ranking)
    yield Screen("organize-rankings", "/organize/rankings", "organizer")
    yield Screen("organize-ranking-posted", "/organize/rankings", "organizer", act=a_ranking)
    yield Screen("organize-ranking-draft", "/organize/rankings", "organizer", act=a_draft)
    yield Screen("home-lecturer", "/", "lecturer")
    yield Screen("teach", "/teach", "lecturer")
    yield from reviewing_screens()
    yield from bank_screens()
    yield Screen("forbidden", "/teach", status=403)
    yield Screen("missing", "/lessons/no-such-lesson", status=404)


def deciding_screens() -> Iterator[Screen]:
    """What organizers decide; `decide` has left something to see."""
    later = f"/organize/assignments?period={next_quarter()}"
    yield Screen("assignments", later, "organizer")
    yield Screen("assignment", later, "organizer", act=the_first)
    yield Screen("assignment-new", "/organize/assignments/new", "organizer")
    yield Screen("assignment-sure", "/organize/assignments/new", "organizer", act=a_confirmation)
    yield Screen("excusals", "/organize/excusals?who=D00", "organizer")
    yield Screen("excusal", "/organize/excusals?who=D00", "organizer", act=the_person)
    yield Screen("overrides", "/organize/overrides", "organizer")
    yield Screen("override-whom", "/organize/overrides/new", "organizer")
    who = "/organize/overrides/new?who=D00"
    yield Screen("override-new", who, "organizer", act=the_person)
    yield Screen("makeups", "/organize/makeups", "organizer")
    yield Screen("makeup", "/organize/makeups", "organizer", act=the_first)
    yield Screen("makeup-new", f"/organize/makeups/new?quiz={OPEN}/{OPEN}", "organizer")


def bank_screens() -> Iterator[Screen]:
    """For lecturers; more of them in test_lecturer_bank.py."""
    fire = "/teach/bank/question?bank=quizzes/fire.md&item=fire-004"
    yield Screen("teach-bank", "/teach/bank", "lecturer")
    yield Screen("teach-question", fire, "lecturer", ready="#preview .wq-card")
    new = "/teach/bank/new?type=matching&bank=quizzes/fire.md"
    yield Screen("teach-question-new", new, "lecturer")
    yield Screen("teach-import", "/teach/bank/import", "lecturer")
    yield Screen("teach-essays", "/teach/essays", "lecturer")


def reviewing_screens() -> Iterator[Screen]:
    """A version that waits; `ask_for_review` has submitted it."""
    lesson = f"/teach/lessons/{ENGLISH_LESSON}"
    yield Screen("compose-new", "/teach/lessons/new", "lecturer")
    written = f"/teach/lessons/{OPEN}/edit"
    composer = ".compose-block"
    yield Screen("compose", written, "lecturer", ready=composer)
    yield Screen("compose-question", written, "lecturer", ready=composer, act=a_new_question)
    yield Screen("compose-history", written, "lecturer", ready=composer, act=the_history)
    yield Screen("teach-lesson", lesson, "lecturer")
    yield Screen("teach-lesson-reviewer", lesson, "reviewer")
    yield Screen("teach-reviews", "/teach/reviews", "reviewer")
    version = f"{lesson}/versions/{WAITING}"
    yield Screen("teach-version-author", version, "lecturer", language="en")
    yield Screen("teach-version", version, "reviewer", act=a_remark, language="en")
    yield Screen("teach-try", f"{version}/try/", "reviewer", ready=READY, language="en")
    yield Screen("teach-phone", f"{version}/phone", "reviewer")
    yield Screen("teach-changes", f"{version}/changes", "reviewer", language="en")
    yield Screen("teach-release", f"{lesson}/release", "reviewer")


def ask_for_review(people: People, author: Person, reviewer: Person) -> None:
    """A lesson with another sentence and another first key, submitted, and a remark on it."""
    store, now = people.store, datetime.now(UTC)
    shown = lesson(store, ENGLISH_LESSON)
    assert shown is not None
    body = shown.body_html.replace("</p>", " Keep it wet.</p>", 1)
    finding = {"severity": "warning", "message": "?", "repair": "!", "file": "a", "cell": 1}
    keep_prepared(
        store,
        replace(shown, version=WAITING, body_html=body),
        file="lessons/a.ipynb",
        content=b"{}",
        findings=[finding],
        by=author.id,
        now=now,
    )
    steps = ("初审", "复审", "终审")
    one = submit(
        store, ENGLISH_LESSON, WAITING, steps=steps, by=author.id, now=now, remark="请审阅。"
    )
    add_remark(
        store, one.id, "请写明出处。", place="b2", quote="Coal dust", by=reviewer.id, now=now
    )


def next_quarter() -> Period:
    """Where an assignment concerns nobody yet."""
    return Period.of(Period.current(datetime.now(UTC), ZoneInfo("Asia/Shanghai")).after)


def decide(people: People, member: Person) -> None:
    """Decisions that other tests on the same server do not notice."""
    store, now = people.store, datetime.now(UTC)
    ranking = rankings.draft(store, period=f"{now:%Y}", by="command", now=now)
    rankings.post(store, ranking, by="command", now=now)
    known = find_member(store, id=member.id, now=now)
    assert known is not None
    object_to(store, ranking, member=known, text="请再核对一次名册。", now=now)
    after = now + timedelta(days=6)
    due = next_quarter().first + timedelta(days=30)
    assign(
        store,
        by="command",
        lessons=[OPEN, STARTED],
        period=next_quarter(),
        branch=member.branch_id,
        due=due,
        now=now,
    )
    override_rules(
        store,
        quiz=f"{STARTED}/{STARTED}",
        member=member.id,
        limit=timedelta(minutes=30),
        closes=now + timedelta(days=90),
        reason="视力障碍",
        by="command",
        now=now,
    )
    plan = plan_makeup(
        store,
        quiz=f"{SUBMITTED}/{SUBMITTED}",
        branch=member.branch_id,
        period=Period.current(now, store.zone),
        now=now,
    )
    make_up(store, plan, members=[member.id], opens=now, closes=after, by="command", now=now)


def study(person: Person, key: Mapping[str, Key]) -> None:
    """Bring a member to where every state of a quiz can be seen."""
    client = Client.of(person)
    answer(client, STARTED, key, wrong={0}, count=2)
    attempt = answer(client, SUBMITTED, key, wrong={2, 4})
    client.call("POST", f"api/attempts/{attempt}/submit", {})


def answer(
    client: Client, slug: str, key: Mapping[str, Key], *, wrong: set[int], count: int | None = None
) -> str:
    """Answer the first questions of a lesson's quiz through the API; returns the attempt."""
    opened: Any = client.call("POST", "api/attempts", {"quiz": f"{slug}/{slug}"})
    for n, item in enumerate(opened["paper"]["items"][:count]):
        body = {
            "response": key[slug].response(item, right=n not in wrong),
            "event": f"{opened['attempt']}{n}",
            "seq": n + 1,
            "answered_at": opened["now"],
        }
        client.call("PUT", f"api/attempts/{opened['attempt']}/answers/{item['item']}", body)
    attempt: str = opened["attempt"]
    return attempt


class Visitors:
    """One browser for each kind of visitor, all with the same look."""

    def __init__(self, people: People, persons: Mapping[str, Person], make: Any) -> None:
        self._people, self._persons, self._make = people, persons, make
        self._contexts: dict[str, BrowserContext] = {}

    def context(self, who: str) -> BrowserContext:
        if who not in self._contexts:
            self._contexts[who] = self._make()
            if who != "anyone":
                self._sign_in(self._contexts[who], self._persons[who])
        return self._contexts[who]

    def _sign_in(self, context: BrowserContext, person: Person) -> None:
        page = context.new_page()
        page.goto(person.link)
        page.locator("form button[type=submit]").click()
        page.locator(".greeting").wait_for()
        page.close()

    def open(self, screen: Screen) -> Page:
        page = self.context(screen.who).new_page()
        answer = page.goto(self._people.server.url + screen.path)
        assert answer is not None
        assert answer.status == screen.status, screen.name
        page.locator(screen.ready).first.wait_for()
        screen.act(page)
        return page
