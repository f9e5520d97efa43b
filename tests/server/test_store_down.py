"""When the store cannot write, a phone hears that it must try again, and keeps its answer."""

from __future__ import annotations

from .conftest import Start


def test_an_answer_that_could_not_be_saved_is_refused_as_busy_and_saved_later(
    start: Start,
) -> None:
    running = start()
    browser = running.signed_in("M01")
    opened = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    path = f"/api/attempts/{opened['attempt']}/answers/gauge"
    answer = {"response": ["绿"], "event": "e" * 32, "seq": 1, "answered_at": opened["now"]}
    writer = running.store.writer
    limit, writer._limit = writer._limit, 0
    refused = browser.ask("PUT", path, data=answer)
    writer._limit = limit
    assert (refused.status, refused.error) == (503, "busy")
    assert refused.headers["Retry-After"] == "5"
    assert browser.ask("PUT", path, data=answer).json["saved"] is True
