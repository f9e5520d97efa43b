"""`%%quiz`: a cell of Markdown becomes a quiz."""

from __future__ import annotations

from collections.abc import Iterator

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _, language, set_default_language, use_language
from weike.widgets.quiz import course_zone, in_live_part, live_note, quiz_of_cell
from weike.widgets.words import notebook_language

_RED = "\x1b[31m{}\x1b[0m"  # as JupyterLab colours tracebacks
_BOLD = "\x1b[1m{}\x1b[0m"


def load(shell: InteractiveShell) -> None:
    set_default_language(notebook_language())
    shell.magics_manager.register_function(quiz, magic_kind="cell", magic_name="quiz")


class CellError(BankError):
    """A `%%quiz` cell that cannot be read, shown with the lines that are meant."""

    def __init__(self, error: BankError, cell: str) -> None:
        super().__init__(error.source, error.problems)
        self.lines = ["", *cell.split("\n")]  # %%quiz itself is line 1
        self.spoken = language()

    def _render_traceback_(self) -> list[str]:
        with use_language(self.spoken):
            count = len(self.problems)
            head = _("{source} has {n} problems:").format(source=self.source, n=count)
            return [_RED.format(head), *(part for p in self.problems for part in self._shown(p))]

    def _shown(self, problem: Problem) -> Iterator[str]:
        yield f"  {problem}"
        if problem.line is not None and 1 < problem.line <= len(self.lines):
            yield _BOLD.format(f"    {problem.line} │ {self.lines[problem.line - 1]}")


def quiz(line: str, cell: str) -> None:
    """%%quiz [NAME]: show the questions below as a quiz.

    Begin a question with ##, mark right options with [x], others with [ ].
    """
    with use_language(notebook_language()):
        if in_live_part():
            print(live_note())
            return
        names = line.split()
        if len(names) > 1:
            raise WeikeError(
                _("%%quiz takes one name; write rules between two lines of --- below it")
            )
        # %%quiz itself is line 1 of the cell.
        try:
            bank = markdown.loads(cell, source=_("this cell"), zone=course_zone(), first_line=2)
        except BankError as error:
            raise CellError(error, cell) from None
        shown = quiz_of_cell(names[0] if names else None, bank)
    display(shown)  # type: ignore[no-untyped-call]
