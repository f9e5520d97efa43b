"""What was acknowledged is there, whatever happens to the process afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from sqlalchemy import select

from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import response

Publish = Callable[..., object]
AddMember = Callable[..., Member]

QUIZ = "---\ntitle: 灭火器\n---\n\n## 每分钟多少次？ {#n1}\n= 110\n"
ENOUGH = 200

# Many answer at once; each event is printed as soon as it is acknowledged, and never before.
CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from weike.results.answering.attempts import Attempts
from weike.results.people import find_member
from weike.results.store import open_store

async def main():
    store = open_store(sys.argv[1])
    attempts = Attempts(store)
    now = datetime.now(UTC)
    members = [find_member(store, code=f"A{n}", now=now) for n in range(8)]
    keys = [(await attempts.open(m, "fire/quiz", now=now))["attempt"] for m in members]

    async def answering(n):
        for seq in range(400):
            body = {
                "response": "110",
                "event": f"event-{n}-{seq:06d}",
                "seq": seq,
                "answered_at": now.isoformat(),
            }
            await attempts.answer(members[n], keys[n], "n1", body, now=datetime.now(UTC))
            sys.stdout.write(body["event"] + "\\n")
            sys.stdout.flush()

    await asyncio.gather(*map(answering, range(8)))

asyncio.run(main())
"""


def test_every_acknowledged_answer_survives_a_kill(
    store: Store, url: str, add_member: AddMember, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    for n in range(8):
        add_member(f"A{n}")
    child = subprocess.Popen([sys.executable, "-c", CHILD, url], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child:
        acknowledged = [child.stdout.readline().strip() for _n in range(ENOUGH)]
        child.kill()
        acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -9
    assert all(acknowledged)
    with store.read() as connection:
        kept = set(connection.execute(select(response.c.event)).scalars())
    assert set(acknowledged) - kept == set()
    assert len(kept) >= ENOUGH
