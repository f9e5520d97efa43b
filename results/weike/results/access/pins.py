"""Number PINs: which are accepted, how they are kept, how they are compared."""

from __future__ import annotations

import threading
import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

SHORTEST, LONGEST = 4, 12

hasher = PasswordHasher()  # argon2id; one check takes about 0.1 s and 64 MiB
_two_at_a_time = threading.BoundedSemaphore(2)
_nobodys = ""


class WeakPinError(WeikeError):
    """A PIN that cannot be taken, with the reason."""


def accept(pin: str, code: str) -> str:
    """The PIN in ASCII digits; raises `WeakPinError` for one that a stranger would try first."""
    digits = normal(pin)
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise WeakPinError(
            _("a PIN is {shortest} to {longest} digits").format(shortest=SHORTEST, longest=LONGEST)
        )
    if len(set(digits)) == 1:
        raise WeakPinError(_("a PIN of one repeated digit is guessed first; choose another"))
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    if steps in ({1}, {9}):
        raise WeakPinError(_("a PIN such as 1234 or 4321 is guessed first; choose another"))
    if digits in code:
        raise WeakPinError(_("this PIN is a part of the member code; choose another"))
    return digits


def normal(pin: str) -> str:
    """Full-width digits are digits, and spaces between them are nothing."""
    return "".join(unicodedata.normalize("NFKC", pin).split())


def hash_pin(digits: str) -> str:
    with _two_at_a_time:
        return hasher.hash(digits)


def matches(kept: str | None, pin: str) -> bool:
    """Whether the PIN is the kept one. Takes as long where none is kept."""
    global _nobodys
    if kept is None and not _nobodys:
        _nobodys = hash_pin("no PIN has letters")
    with _two_at_a_time:
        try:
            return hasher.verify(kept or _nobodys, normal(pin)[:64]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
