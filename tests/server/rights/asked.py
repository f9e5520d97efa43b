"""Who asks a route, and the answers that many routes give in common."""

from __future__ import annotations

from dataclasses import dataclass

# Who asks: nobody, the owner of the attempt and the kernel, another member, and the duties.
PEOPLE = {
    "nobody": None,
    "owner": "M04",
    "other": "M05",
    "lecturer": "L01",
    "organizer": "O01",
    "administrator": "A01",
}
NONE_32 = "0" * 32
NO_KERNEL = "00000000-0000-0000-0000-000000000000"
ANSWER = {"response": "?", "event": "0" * 16, "seq": 1, "answered_at": "2026-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What each of `PEOPLE` is answered, in their order."""

    method: str
    path: str
    expected: tuple[int, ...]
    body: object = None

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


def everyone(status: int) -> tuple[int, ...]:
    return (status,) * len(PEOPLE)


def members(status: int, *, nobody: int) -> tuple[int, ...]:
    return (nobody, *everyone(status)[1:])


def only_owner(status: int) -> tuple[int, ...]:
    """Another's attempt or kernel looks to everybody else as if it were not there."""
    return (401, status, 404, 404, 404, 404)


def organizers(status: int) -> tuple[int, ...]:
    """Pages for those who answer for branches; the others are told so."""
    return (302, 403, 403, 403, status, status)


def teachers(status: int) -> tuple[int, ...]:
    """Pages for those who write and review lessons."""
    return (302, 403, 403, status, 403, status)


PAGE, API = members(200, nobody=302), members(200, nobody=401)
NOT_THERE = members(404, nobody=401)
FOREIGN = (302, 403, 403, 403, 404, 200)  # a branch that is not in the organizer's care

# A lesson that is published and has no file here: nobody can write it.
NO_DRAFT_PAGE, NO_DRAFT = (302, 403, 403, 404, 403, 404), (401, 403, 403, 404, 403, 404)
