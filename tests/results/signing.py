"""Signing in, step by step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from weike.results.access import signin
from weike.results.access.signin import SignInRefused
from weike.results.store import Store

from .facts import NOW

PIN = "482915"


def activate(store: Store, code: str, pin: str = PIN) -> signin.Session:
    card = signin.make_activation(store, NOW, code=code)
    return signin.sign_in_with_activation(store, code, card, pin, NOW)


def refusal(call: Callable[..., object], *args: object, **options: object) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        call(*args, **options)
    return caught.value
