"""推荐您学 on the home page: further lessons, each with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from weike.results.assigning.assignments import assign
from weike.results.periods import Period, local_date

from .conftest import Start


def test_the_home_page_says_what_to_learn_next_and_why(start: Start) -> None:
    running = start()
    member = running.signed_in("M01")
    shown = member.get("/").text.partition('id="suggested"')[2].partition("</section>")[0]
    assert 'href="/lessons/read"' in shown, "fire stands above already"
    assert 'href="/lessons/fire"' not in shown
    assert "还没开始" in shown
    now = datetime.now(UTC)
    zone = running.store.zone
    span = Period.current(now, zone)
    # The day before the period ends is the last that is allowed.
    soon = min(local_date(now, zone) + timedelta(days=3), span.after - timedelta(days=1))
    assign(running.store, by="command", lessons=["fire"], period=span, due=soon, now=now)
    assign(running.store, by="command", lessons=["live"], period=span, due=soon, now=now)
    shown = member.get("/").text.partition('id="suggested"')[2].partition("</section>")[0]
    assert 'href="/lessons/live"' in shown
    assert f"{soon} 到期" in shown
    assert 'href="/lessons/read"' not in shown, "it is not assigned"
