"""The published lessons, ready to be sent: composed once, compressed once, the same for everyone.

Four faces of a lesson exist: in each language of the interface, plain and in large text.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from markupsafe import Markup

from weike.quizzes.i18n import _, use_language
from weike.results.authoring.releases import Release
from weike.results.catalogue import LessonSummary, lesson, load_published, publication_counter
from weike.results.store import Store
from weike.results.versions import LessonVersion
from weike.server.assets import digest, pack
from weike.server.pages import Pages, component_words, live_words

SIZE = 600
CONTROLS = " data-models="  # of a live part that needs no page of its own
LIVE_MARK = re.compile(r'(<section class="weike-live"[^>]*>).*?(</section>)', re.DOTALL)
# A browser fetches the picture of a film and draws its player at once, wherever the film stands:
# a quarter of the work before the first paint. page.js does both when the text can be read.
FILM = re.compile(r"<video\b[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One face of a lesson's page."""

    body: bytes
    packed: bytes
    etag: str
    live: bool = False  # with controls on the page itself


class Shelf:
    """What is published, as of the last look at the publication counter."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store = store
        self._pages = pages
        self._counter = -1
        self._sheets: OrderedDict[tuple[str, str, str, bool], Sheet] = OrderedDict()
        self.lessons: tuple[LessonSummary, ...] = ()
        self.by_slug: Mapping[str, LessonSummary] = {}
        self.releases: Mapping[str, Release] = {}

    def refresh(self) -> bool:
        """Look whether anything was published or withdrawn; runs in a thread every second."""
        if publication_counter(self._store) == self._counter:
            return False
        with self._store.read() as connection:
            memory = load_published(connection, self._store)
        self.lessons = memory.lessons
        self.by_slug = {one.slug: one for one in memory.lessons}
        self.releases = memory.releases
        self._counter = memory.counter
        return True

    def sheet(self, slug: str, language: str, large: bool) -> Sheet | None:
        """The page if it has been composed already."""
        summary = self.by_slug.get(slug)
        if summary is None:
            return None
        return self._sheets.get((slug, summary.version, language, large))

    def compose(self, slug: str, language: str, large: bool) -> Sheet | None:
        """The page, made now; None where no such lesson is published."""
        version = lesson(self._store, slug)
        if version is None:
            return None
        sheet = self._compose(version, language, large)
        self._sheets[slug, version.version, language, large] = sheet
        while len(self._sheets) > SIZE:
            self._sheets.popitem(last=False)
        return sheet

    def _compose(self, version: LessonVersion, language: str, large: bool) -> Sheet:
        live = CONTROLS in version.body_html
        page = self._pages.render(
            "lesson.html",
            language=language,
            large=large,
            member=None,
            lesson=version,
            questions=sum(q.rules.draw or len(q.questions) for q in version.quizzes),
            first_quiz=f"{version.slug}/{version.quizzes[0].id}" if version.quizzes else None,
            has_heading="<h1" in version.body_html,
            prints=find_spec("playwright") is not None,
            pictures=find_spec("pypdfium2") is not None,
            body=self._body(version, language),
            words=component_words(language),
            live_words=live_words(language) if live else None,
        ).encode()
        return Sheet(body=page, packed=pack(page), etag=f'"{digest(page)}"', live=live)

    def _body(self, version: LessonVersion, language: str) -> Markup:
        """The rendered notebook; at the mark of the live part, the way there."""
        with use_language(language):
            way = Markup(
                '<p><a class="button" href="{base}lessons/{slug}/live">{words}</a></p>'
                '<p class="help">{hint}</p>'
            ).format(
                base=self._pages.course.base_url,
                slug=version.slug,
                words=_("Open the interactive part"),
                hint=_("It opens on a page of its own; your answers here are kept."),
            )
        html = LIVE_MARK.sub(
            lambda mark: mark[0] if CONTROLS in mark[1] else f"{mark[1]}{way}{mark[2]}",
            version.body_html,
        )
        html = FILM.sub(lambda film: _later(film[0]), html)
        return Markup(html)  # noqa: S704 - cleaned when it was published


def _later(film: str) -> str:
    return film.replace(' controls=""', ' data-controls=""').replace(' poster="', ' data-poster="')
