"""`%%quiz`: a cell of Markdown becomes a quiz."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _, set_default_language, use_language
from weike.widgets.quiz import course_zone, in_live_part, live_note, quiz_of_cell
from weike.widgets.words import notebook_language


def load(shell: InteractiveShell) -> None:
    set_default_language(notebook_language())
    shell.magics_manager.register_function(quiz, magic_kind="cell", magic_name="quiz")


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
        bank = markdown.loads(cell, source=_("this cell"), zone=course_zone(), first_line=2)
        shown = quiz_of_cell(names[0] if names else None, bank)
    display(shown)  # type: ignore[no-untyped-call]
