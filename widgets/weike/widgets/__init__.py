"""The quiz component: one widget for notebooks, and the same bytes for pages.

`%load_ext weike.widgets` in a notebook, then `%%quiz my-quiz` or `Quiz("my-quiz", bank=…)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from weike.widgets.words import words

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from weike.widgets.quiz import Quiz

__all__ = ["Quiz", "words"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    from weike.widgets.magic import load

    load(shell)


def __getattr__(name: str) -> object:
    # A server that only needs the script and the words imports no Jupyter widget.
    if name == "Quiz":
        from weike.widgets.quiz import Quiz

        return Quiz
    raise AttributeError(name)
