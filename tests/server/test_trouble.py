"""What passes is told to be tried again; what is our mistake is not."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from weike.quizzes.i18n import use_language
from weike.results.errors import StoreUnavailableError
from weike.server.trouble import passing


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailableError("the store is closed"), "Nothing can be saved"),
        (OSError(errno.ENOSPC, "db.internal"), "Nothing can be saved"),
        (
            OperationalError("SELECT", {}, sqlite3.OperationalError("db.internal")),
            "get at its data",
        ),
    ],
)
def test_a_trouble_that_passes_is_said_in_our_own_words(error: BaseException, said: str) -> None:
    with use_language("en"):
        sentence = passing(error)
    assert sentence is not None
    assert said in sentence
    assert "internal" not in sentence


def test_a_query_that_is_wrong_is_our_mistake_and_goes_to_the_log() -> None:
    engine = create_engine("sqlite://")
    with pytest.raises(DBAPIError) as raised, closing(engine.connect()) as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    engine.dispose()
    assert isinstance(raised.value, OperationalError)
    assert passing(raised.value) is None
    assert passing(OSError(errno.ENOENT, "gone")) is None
