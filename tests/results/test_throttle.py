"""Guessing gets slower and slower; people behind one address do not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from weike.results.access import signin
from weike.results.access.signin import SignInRefused
from weike.results.people import Member
from weike.results.store import Store

from .facts import NOW
from .signing import PIN, activate, refusal

AddMember = Callable[..., Member]


def test_failures_make_the_next_try_wait_longer_and_longer(
    store: Store, add_member: AddMember
) -> None:
    add_member("A1024")
    activate(store, "A1024")
    moment = NOW
    waits = []
    for _n in range(10):
        one = refusal(signin.sign_in_with_pin, store, "A1024", "111222", moment)
        if one.code == "wait":
            assert one.when is not None
            waits.append((one.when - moment).total_seconds())
            right = refusal(signin.sign_in_with_pin, store, "A1024", PIN, moment)
            assert right.code == "wait"
            moment = one.when
            refusal(signin.sign_in_with_pin, store, "A1024", "111222", moment)
    assert waits == [15, 30, 60, 120, 240]
    assert signin.sign_in_with_pin(store, "A1024", PIN, moment + timedelta(minutes=15))
    assert (
        refusal(
            signin.sign_in_with_pin, store, "A1024", "111222", moment + timedelta(minutes=16)
        ).code
        == "wrong"
    )  # a success has cleared the count


def test_codes_that_do_not_exist_wait_as_well(store: Store) -> None:
    codes = [
        refusal(signin.sign_in_with_pin, store, "NOBODY", "111222", NOW).code for _n in range(6)
    ]
    assert codes == ["wrong"] * 5 + ["wait"]


def test_trying_many_codes_from_one_address_has_to_wait(
    store: Store, add_member: AddMember
) -> None:
    add_member("A1024")
    activate(store, "A1024")
    told = [
        refusal(
            signin.sign_in_with_pin, store, f"X{n}", "111222", NOW, address=f"2001:db8::{n:x}"
        ).code
        for n in range(51)
    ]
    assert told == ["wrong"] * 50 + ["wait"]
    assert signin.sign_in_with_pin(store, "A1024", PIN, NOW, address="192.0.2.7")


def test_a_plant_behind_one_address_signs_in_without_a_wait(
    store: Store, add_member: AddMember
) -> None:
    """A hundred people, each of whom mistypes once, as everybody does."""
    add_member("A1024")
    activate(store, "A1024")
    for n in range(100):
        moment, address = NOW + timedelta(seconds=n), "192.0.2.7"
        wrong = refusal(signin.sign_in_with_pin, store, "A1024", "111222", moment, address=address)
        assert wrong.code == "wrong"
        assert signin.sign_in_with_pin(store, "A1024", PIN, moment, address=address)


def test_signing_in_oneself_buys_no_tries_at_others(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    activate(store, "A1024")
    told = []
    for n in range(60):
        told.append(
            refusal(
                signin.sign_in_with_pin, store, f"X{n}", "111222", NOW, address="192.0.2.7"
            ).code
        )
        if told[-1] == "wait":
            break
        with suppress(SignInRefused):
            signin.sign_in_with_pin(store, "A1024", PIN, NOW, address="192.0.2.7")
    assert told == ["wrong"] * 50 + ["wait"]


def test_a_clock_that_is_set_back_locks_nobody_out(store: Store, add_member: AddMember) -> None:
    add_member("A1024")
    activate(store, "A1024")
    for _n in range(6):
        refusal(signin.sign_in_with_pin, store, "A1024", "111222", NOW)
    assert signin.sign_in_with_pin(store, "A1024", PIN, NOW - timedelta(days=1))
