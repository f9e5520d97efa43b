"""Members object to a ranking while it is posted, and each is answered once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from weike.quizzes.errors import WeikeError
from weike.results.awarding.objections import answer, may_object, object_to, objections
from weike.results.awarding.rankings import approve
from weike.results.people import Member
from weike.results.store import Store

from .contest import AFTER, DRAFTED, POSTED, People, get, posted

AddMember = Callable[..., Member]
pytestmark = pytest.mark.usefixtures("english")


def test_nothing_is_approved_while_objections_are_open(store: Store, people: People) -> None:
    id = posted(store)
    with pytest.raises(WeikeError, match="2027-01-10"):
        approve(store, id, by="command", now=POSTED + timedelta(days=2))
    raised = object_to(store, id, member=people["乙0"], text="我考了两次", now=POSTED)
    with pytest.raises(WeikeError, match="1 objections"):
        approve(store, id, by="command", now=AFTER)
    answer(store, raised, text="只算第一次", by="command", now=AFTER)
    approve(store, id, by="command", now=AFTER)
    assert get(store, id).state == "approved"
    [kept] = objections(store, id)
    assert (kept.text, kept.answer, kept.member) == ("我考了两次", "只算第一次", people["乙0"].id)


def test_members_of_a_ranked_branch_may_object_until_the_posting_ends(
    store: Store, people: People, add_member: AddMember
) -> None:
    id = posted(store)
    ranking = get(store, id)
    assert may_object(ranking, people["小0"], POSTED)
    stranger = add_member("X1", branch="别处/丁", since=date(2027, 1, 5))
    assert not may_object(ranking, stranger, POSTED)
    assert not may_object(ranking, people["甲0"], AFTER)
    for member, now in ((stranger, POSTED), (people["甲0"], AFTER)):
        with pytest.raises(WeikeError, match="not open"):
            object_to(store, id, member=member, text="?", now=now)
    assert not may_object(get(store, id), people["甲0"], DRAFTED + timedelta(days=30))


def test_objections_are_sentences_of_bounded_length_and_number(
    store: Store, people: People
) -> None:
    id = posted(store)
    for text in ("  ", "x" * 1001):
        with pytest.raises(WeikeError):
            object_to(store, id, member=people["甲0"], text=text, now=POSTED)
    for n in range(5):
        object_to(store, id, member=people["甲0"], text=f"第{n}", now=POSTED)
    with pytest.raises(WeikeError, match="5 objections"):
        object_to(store, id, member=people["甲0"], text="第6", now=POSTED)


def test_an_answer_is_given_once(store: Store, people: People) -> None:
    raised = object_to(store, posted(store), member=people["甲0"], text="为何？", now=POSTED)
    answer(store, raised, text="因为", by="command", now=AFTER)
    with pytest.raises(WeikeError, match="already"):
        answer(store, raised, text="改口", by="command", now=AFTER)
