from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from weike.quizzes.errors import WeikeError
from weike.results.access import pins, signin
from weike.results.access.signin import WeakPinError
from weike.results.people import Member, find_member
from weike.results.store import Store
from weike.results.tables import link, membership, session

from .facts import NOW
from .signing import PIN, activate, refusal

AddMember = Callable[..., Member]


def later(**time: float) -> datetime:
    return NOW + timedelta(**time)


def leave(store: Store, member: Member, day: date) -> None:
    store.writer.run(
        lambda c: c.execute(
            membership.insert().values(member_id=member.id, since=day, branch_id=None, recorded=NOW)
        )
    )


def test_a_member_signs_in_with_code_and_pin(store: Store, add_member: AddMember) -> None:
    member = add_member("A1024")
    activate(store, "A1024")
    for code in ("A1024", " a1024 ", "Ａ１０２４"):
        found = signin.sign_in_with_pin(store, code, "４８２ ９１５", NOW)
        assert found.member.id == member.id
        again = signin.session_member(store, found.token, NOW)
        assert again is not None
        assert again.id == member.id


def test_a_refusal_is_the_same_for_codes_that_exist_and_codes_that_do_not(
    store: Store, add_member: AddMember
) -> None:
    add_member("A1024")
    add_member("B7")  # has no PIN yet
    activate(store, "A1024")
    by_pin = [
        refusal(signin.sign_in_with_pin, store, "A1024", "111222", NOW),
        refusal(signin.sign_in_with_pin, store, "B7", "111222", NOW),
        refusal(signin.sign_in_with_pin, store, "NOBODY", "111222", NOW),
        refusal(signin.sign_in_with_pin, store, "", "", NOW),
    ]
    by_activation = [
        refusal(signin.sign_in_with_activation, store, "B7", "AAAAA-BBBBB", PIN, NOW),
        refusal(signin.sign_in_with_activation, store, "NOBODY", "AAAAA-BBBBB", PIN, NOW),
    ]
    for told, words in ((by_pin, "工号或数字密码"), (by_activation, "工号或激活码")):
        assert {(str(one), one.code, one.when) for one in told} == {(str(told[0]), "wrong", None)}
        assert words in str(told[0])


def test_a_code_that_does_not_exist_takes_as_long(
    store: Store, add_member: AddMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member("A1024")
    activate(store, "A1024")
    checked: list[bool] = []
    real = pins.hasher.verify

    def verify(self: object, kept: str, pin: str) -> bool:
        checked.append(True)
        return real(kept, pin)

    monkeypatch.setattr(type(pins.hasher), "verify", verify)
    for code in ("A1024", "NOBODY"):
        refusal(signin.sign_in_with_pin, store, code, "111222", NOW)
    assert len(checked) == 2


@pytest.mark.parametrize(
    "pin", ["1234", "4321", "0123", "7890", "0000", "111111", "123", "1" * 13, "12a4", "", "1024"]
)
def test_a_pin_that_is_guessed_first_is_refused_with_a_reason(pin: str) -> None:
    with pytest.raises(WeakPinError):
        pins.accept(pin, "A1024")


@pytest.mark.parametrize("pin", ["4829", "1357", "121314", "００７３", "482915482915"])
def test_an_ordinary_pin_is_taken(pin: str) -> None:
    assert pins.accept(pin, "A1024").isdigit()


def test_a_pin_is_kept_only_as_argon2id(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    activate(store, "A1024")
    with store.read() as connection:
        kept = connection.execute(text("SELECT pin FROM credential")).scalar_one()
    assert kept.startswith("$argon2id$")


def test_the_defaults_of_argon2_are_not_weakened() -> None:
    from argon2 import PasswordHasher

    default = PasswordHasher()
    assert default.memory_cost >= 64 * 1024
    assert default.time_cost >= 2


def test_an_activation_code_of_a_member_works_once(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    add_member("B7")
    card = signin.make_activation(store, NOW, code="A1024")
    assert refusal(signin.sign_in_with_activation, store, "B7", card, PIN, NOW).code == "wrong"
    with pytest.raises(WeakPinError):
        signin.sign_in_with_activation(store, "A1024", card, "1234", NOW)
    typed = card.lower().replace("-", " ")
    assert signin.sign_in_with_activation(store, "A1024", typed, PIN, NOW).member.code == "A1024"
    again = refusal(signin.sign_in_with_activation, store, "A1024", card, "739204", NOW)
    assert again.code == "wrong"


def test_an_activation_code_of_a_branch_works_for_everyone_there_once(
    store: Store, add_member: AddMember
) -> None:
    inside = add_member("A1", branch="公司党委/生产党总支/储运党支部")
    add_member("A2", branch="公司党委/生产党总支/洗选党支部")
    add_member("B1", branch="公司党委/机关党支部")
    with store.read() as connection:
        parent = connection.execute(
            text("SELECT id FROM branch WHERE name = '生产党总支'")
        ).scalar_one()
    card = signin.make_activation(store, NOW, branch_id=parent)
    for code in ("A1", "A2"):
        assert signin.sign_in_with_activation(store, code, card, PIN, NOW).member.code == code
    taken = refusal(signin.sign_in_with_activation, store, inside.code, card, "739204", NOW)
    outside = refusal(signin.sign_in_with_activation, store, "B1", card, PIN, NOW)
    assert taken.code == outside.code == "wrong"


def test_an_activation_code_expires(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    card = signin.make_activation(store, NOW, code="A1024", days=30)
    late = later(days=31)
    assert refusal(signin.sign_in_with_activation, store, "A1024", card, PIN, late).code == "wrong"


def test_a_link_tells_whose_it_is_and_signs_in_until_it_expires(
    store: Store, add_member: AddMember
) -> None:
    member = add_member("A1024")
    token = signin.make_link(store, "a1024", NOW, days=30)
    assert len(token) >= 22
    for day in (0, 29):
        owner = signin.link_owner(store, token, later(days=day))
        assert owner is not None
        assert owner.id == member.id
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(session)).scalar_one() == 0
    for day in (0, 29):
        assert signin.sign_in_with_link(store, token, later(days=day)).member.id == member.id
    assert signin.link_owner(store, token, later(days=30)) is None
    assert refusal(signin.sign_in_with_link, store, token, later(days=30)).code == "wrong"
    with store.read() as connection:
        assert token not in connection.execute(select(link.c.hash)).scalars().all()


def test_revoked_links_sign_nobody_in_and_end_their_sessions(
    store: Store, add_member: AddMember
) -> None:
    add_member("A1024")
    token = signin.make_link(store, "A1024", NOW)
    found = signin.sign_in_with_link(store, token, NOW)
    signin.revoke_links(store, "A1024", NOW)
    assert signin.link_owner(store, token, NOW) is None
    assert signin.session_member(store, found.token, NOW) is None


def test_a_link_for_a_code_that_nobody_has_is_a_mistake(store: Store) -> None:
    with pytest.raises(WeikeError, match="X9"):
        signin.make_link(store, "X9", NOW)


def test_a_members_session_lasts_90_days_from_the_last_visit(
    store: Store, add_member: AddMember
) -> None:
    add_member("A1024")
    token = activate(store, "A1024").token
    visit = signin.find_session(store, token, later(hours=23))
    assert visit is not None
    assert not visit.renewed
    visit = signin.find_session(store, token, later(days=60))
    assert visit is not None
    assert visit.renewed
    store.writer.run(lambda c: None)  # the renewal is behind us
    assert signin.session_member(store, token, later(days=149)) is not None
    assert signin.session_member(store, token, later(days=400)) is None


def test_who_may_see_more_signs_in_every_day(store: Store, add_member: AddMember) -> None:
    add_member("L1", roles={"lecturer": None})
    token = activate(store, "L1").token
    assert signin.session_member(store, token, later(hours=11)) is not None
    assert signin.session_member(store, token, later(hours=12)) is None


def test_a_session_that_nobody_gave_is_none(store: Store) -> None:
    assert signin.session_member(store, "x" * 43, NOW) is None
    assert signin.session_member(store, "", NOW) is None


def test_signing_out_ends_this_session_only(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    phone, office = activate(store, "A1024"), signin.sign_in_with_pin(store, "A1024", PIN, NOW)
    signin.end_session(store, phone.token)
    assert signin.session_member(store, phone.token, NOW) is None
    assert signin.session_member(store, office.token, NOW) is not None


def test_a_new_pin_signs_out_everywhere_else(store: Store, add_member: AddMember) -> None:
    member = add_member("A1024")
    phone, office = activate(store, "A1024"), signin.sign_in_with_pin(store, "A1024", PIN, NOW)
    wrong = refusal(signin.set_pin, store, member, "739204", NOW, current="000111")
    assert wrong.code == "wrong"
    signin.set_pin(store, member, "739204", NOW, current=PIN, keep=phone.token)
    assert signin.session_member(store, phone.token, NOW) is not None
    assert signin.session_member(store, office.token, NOW) is None
    assert refusal(signin.sign_in_with_pin, store, "A1024", PIN, NOW).code == "wrong"
    assert signin.sign_in_with_pin(store, "A1024", "739204", NOW)


def test_who_came_by_a_link_may_choose_a_first_pin(store: Store, add_member: AddMember) -> None:
    member = add_member("A1024")
    found = signin.sign_in_with_link(store, signin.make_link(store, "A1024", NOW), NOW)
    signin.set_pin(store, member, PIN, NOW, keep=found.token)
    assert signin.sign_in_with_pin(store, "A1024", PIN, NOW)


def test_who_has_left_is_signed_out_and_cannot_come_back(
    store: Store, add_member: AddMember
) -> None:
    member = add_member("A1024")
    found = activate(store, "A1024")
    token = signin.make_link(store, "A1024", NOW)
    leave(store, member, date(2026, 10, 13))
    morning = datetime(2026, 10, 12, 16, 0, tzinfo=UTC)  # the 13th in Shanghai
    assert signin.session_member(store, found.token, NOW) is not None
    assert signin.session_member(store, found.token, morning) is None
    assert signin.link_owner(store, token, morning) is None
    assert refusal(signin.sign_in_with_pin, store, "A1024", PIN, morning).code == "wrong"
    assert refusal(signin.sign_in_with_link, store, token, morning).code == "wrong"


def test_what_is_long_over_is_forgotten(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    token = activate(store, "A1024").token
    signin.make_link(store, "A1024", NOW, days=1)
    signin.forget_expired(store, later(days=60))
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(link)).scalar_one() == 0
    assert signin.session_member(store, token, later(days=60)) is not None


def test_an_organizer_has_a_duty_for_the_subtree_and_nothing_else(
    store: Store, add_member: AddMember
) -> None:
    below = add_member("A1", branch="公司党委/生产党总支/储运党支部")
    beside = add_member("B1", branch="公司党委/机关党支部")
    organizer = add_member(
        "G1", branch="公司党委/机关党支部", roles={"organizer": "公司党委/生产党总支"}
    )
    everyone = add_member("S1", branch=None, roles={"administrator": None})
    assert organizer.can_see_branch(below.branch_id)
    assert not organizer.can_see_branch(beside.branch_id)
    assert not organizer.can_see_branch(None)
    assert not below.can_see_branch(below.branch_id)
    assert everyone.can_see_branch(beside.branch_id)
    assert everyone.branch_id is None
    assert not everyone.left


def test_a_member_is_in_the_branch_of_the_day(store: Store, add_member: AddMember) -> None:
    member = add_member("A1024", since=date(2026, 1, 1))
    other = add_member("B1", branch="机关党支部")
    store.writer.run(
        lambda c: c.execute(
            membership.insert().values(
                member_id=member.id,
                since=date(2026, 11, 1),
                branch_id=other.branch_id,
                recorded=NOW,
            )
        )
    )
    before = find_member(store, code="A1024", now=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    after = find_member(store, code="A1024", now=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    assert before is not None
    assert after is not None
    assert (before.branch_id, after.branch_id) == (member.branch_id, other.branch_id)


def test_a_pin_check_is_quick_enough_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(pins, "hasher", PasswordHasher())
    kept = pins.hash_pin(PIN)
    began = time.monotonic()
    assert pins.matches(kept, PIN)
    assert time.monotonic() - began < 5
