"""What an author's HTML would have done in a page if it were not cleaned."""

from __future__ import annotations

from html.parser import HTMLParser

from weike.lessons.finding import Finding, error, warning
from weike.quizzes.html import is_remote
from weike.quizzes.i18n import _

RUNS = frozenset({"script"})
FRAMES = frozenset({"iframe", "frame", "frameset", "object", "embed", "applet", "portal"})
FORMS = frozenset({"form", "input", "button", "select", "textarea"})
LOADS = frozenset({"link", "base", "meta"})
LOADING = {
    "img": ("src", "srcset"),
    "audio": ("src",),
    "video": ("src", "poster"),
    "source": ("src", "srcset"),
    "track": ("src",),
}


def inspect(html: str, *, file: str, cell: int, source: str = "") -> list[Finding]:
    """What has to go from uncleaned HTML; `source` is the cell's text, for line numbers."""
    reader = _Inspector(file, cell, source)
    reader.feed(html)
    reader.close()
    return reader.findings


def line_of(source: str, *needles: str) -> int | None:
    """The first line of a cell that holds one of the texts, counted from 1."""
    for number, line in enumerate(source.splitlines(), 1):
        if any(needle and needle in line for needle in needles):
            return number
    return None


class _Inspector(HTMLParser):
    def __init__(self, file: str, cell: int, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.cell = cell
        self.source = source
        self.findings: list[Finding] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNS:
            self._error(f"<{tag}", _("a lesson cannot run scripts"), no_scripts())
        elif tag in FRAMES:
            self._error(
                f"<{tag}",
                _("a lesson cannot hold <{tag}>").format(tag=tag),
                _("show a picture or a film that lies beside the lesson, or link to the page"),
            )
        elif tag in FORMS:
            self._error(
                f"<{tag}",
                _("a lesson cannot hold <{tag}>").format(tag=tag),
                _("ask members with a %%quiz cell"),
            )
        elif tag in LOADS:
            self._error(
                f"<{tag}",
                _("a lesson cannot hold <{tag}>").format(tag=tag),
                _("leave it out; pages bring their own style"),
            )
        elif tag == "style":
            self._warn_style()
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    handle_startendtag = handle_starttag

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._error(
                name,
                _("a lesson cannot run scripts: {name} is set on <{tag}>").format(
                    name=name, tag=tag
                ),
                no_scripts(),
            )
        elif name == "style" and not value.startswith("text-align:"):
            self._warn_style()
        elif name in ("href", "src") and value.strip().lower().startswith("javascript:"):
            self._error(value, _("a lesson cannot run scripts"), no_scripts())
        elif name in LOADING.get(tag, ()) and name != "srcset":
            # An attachment lies inside the notebook, whatever its address looks like.
            if is_remote(value) and not value.startswith("attachment:"):
                self._error(
                    value,
                    _("{address} lies on another computer").format(address=value[:100]),
                    _(
                        "download the file, put it beside the lesson and name it by its "
                        "relative path"
                    ),
                )
        elif name == "srcset":
            self._error(value, _("srcset is not supported"), _("name one picture with src="))

    def _error(self, needle: str, message: str, repair: str) -> None:
        line = line_of(self.source, needle)
        finding = error(message, repair, file=self.file, cell=self.cell, line=line)
        if finding not in self.findings:
            self.findings.append(finding)

    def _warn_style(self) -> None:
        finding = warning(
            _("colours and sizes set in the text are left out"),
            _("pages look the same in every lesson, in light, dark and large text"),
            file=self.file,
            cell=self.cell,
            line=line_of(self.source, "style"),
        )
        if finding not in self.findings:
            self.findings.append(finding)


def no_scripts() -> str:
    return _("show a picture, a table or a static plot (matplotlib) instead")
