"""What every page for lecturers goes through: who may, the tabs, what is wrong with a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from weike.quizzes.i18n import _
from weike.results.audit import audit
from weike.results.periods import local_date
from weike.server.base import Handler
from weike.server.days import moment_words
from weike.server.downloads import send_file

TEACHERS: Final = frozenset({"lecturer", "reviewer", "administrator"})
WRITERS: Final = frozenset({"lecturer", "administrator"})

# The pages of the area in the order of their tabs: name, path, words.
TABS: Final[Sequence[tuple[str, str, Callable[[], str]]]] = (
    ("lessons", "teach", lambda: _("Lessons")),
    ("bank", "teach/bank", lambda: _("Question bank")),
    ("reviews", "teach/reviews", lambda: _("Reviews")),
    ("essays", "teach/essays", lambda: _("Essays")),
)


class Teaching(Handler):
    """A page for those who look after lessons."""

    roles = TEACHERS

    def page(
        self,
        template: str,
        *,
        tab: str,
        status: int = 200,
        crumbs: Sequence[tuple[str, str]] = (),
        problem: str = "",
        saved: str = "",
        **values: Any,
    ) -> None:
        """Show `teach/<template>` under the tab of this name.

        `crumbs` are (address, words) from the top, the page itself without an address; `problem`
        says what is wrong with what was sent, `saved` what was done.
        """
        self.show(
            f"teach/{template}",
            status=status,
            tab="teach",
            area=tab,
            areas=[(name, path, words()) for name, path, words in TABS],
            here=self.request.path,
            to=self.address,
            crumbs=crumbs,
            problem=problem,
            saved=saved,
            **values,
        )

    def address(self, path: str, *parts: str, **query: object) -> str:
        """A page of this course; `parts` may hold any letter."""
        asked = {name: str(value) for name, value in query.items() if value not in (None, "")}
        whole = "/".join([path, *(quote(part, safe="") for part in parts)])
        return f"{self.base_url}{whole}{'?' if asked else ''}{urlencode(asked)}"

    def moment(self, at: datetime) -> str:
        zone = self.site.course.zone
        return moment_words(at, local_date(self.now, zone), zone)

    def send_file(self, body: bytes, name: str, *, binary: bool = True) -> None:
        send_file(self, body, name, binary=binary)

    async def audit(self, act: str, subject: str, detail: object = None) -> None:
        """Record that this member looked at somebody, or changed something."""
        await self.work(
            audit, self.site.store, self.member.id, act, subject, self.now, detail=detail
        )
