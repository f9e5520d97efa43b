from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from weike.quizzes.i18n import use_language

# A busy machine is no failure.
settings.register_profile("quizzes", deadline=None, max_examples=60)
settings.load_profile("quizzes")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with use_language("en"):
        yield
