"""Whose a lesson is decides who may see it before it is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from weike.results.authoring.works import all_authors, authors, claim, may_see
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import member as members

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PERSON = Member(id="m1", code="M1", name="甲", branch_id=None)


@pytest.fixture(autouse=True)
def _people(store: Store) -> None:
    rows = [{"id": one, "created": NOW} for one in ("m1", "m2")]
    store.writer.run(lambda connection: connection.execute(insert(members), rows))


def being(*roles: str, id: str = "m1") -> Member:
    return replace(PERSON, id=id, roles=frozenset({"member", *roles}))


def test_a_lesson_may_have_several_authors_and_each_counts_once(store: Store) -> None:
    for who in ("m1", "m1", "m2"):
        claim(store, "fire", who, NOW)
    claim(store, "dust", "m2", NOW)
    assert authors(store, "fire") == {"m1", "m2"}
    assert authors(store, "nobodys") == frozenset()
    assert all_authors(store) == {"fire": {"m1", "m2"}, "dust": {"m2"}}


def test_a_lesson_of_somebody_is_seen_by_its_author_and_reviewers_only(store: Store) -> None:
    claim(store, "fire", "m2", NOW)
    assert may_see(store, "fire", being("lecturer", id="m2"))
    assert may_see(store, "fire", being("reviewer"))
    assert may_see(store, "fire", being("administrator"))
    assert not may_see(store, "fire", being("lecturer"))
    assert not may_see(store, "fire", being("organizer"))
    assert not may_see(store, "fire", being())


def test_a_lesson_from_the_folder_is_seen_by_every_lecturer(store: Store) -> None:
    assert may_see(store, "folder", being("lecturer"))
    assert may_see(store, "folder", being("reviewer"))
    assert not may_see(store, "folder", being("organizer"))
    assert not may_see(store, "folder", being())
