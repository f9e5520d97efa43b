"""Which type a question of a Markdown bank is of, by the look of its answers."""

from __future__ import annotations

from weike.quizzes.draft import Draft
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.types import known


def claims(draft: Draft) -> list[type[Question]]:
    """The types that take this for theirs; one that holds questions of its own goes first."""
    found = [cls for cls in known().values() if cls.claims(draft)]
    return [cls for cls in found if cls.nests] or found


def read_question(draft: Draft) -> Question | None:
    """The question; None after problems were noted on the draft."""
    types = known()
    wanted = draft.attributes.get("type")
    if wanted is not None and wanted not in types:
        draft.problem(
            draft.line,
            _("the type {type} is not known here").format(type=wanted),
            _("known ones are: {names}").format(names=", ".join(types)),
        )
        return None
    if wanted is not None:
        return types[wanted].from_markdown(draft)
    found = claims(draft)
    if len(found) == 1 and (found[0].nests or not draft.misplaced()):
        return found[0].from_markdown(draft)
    if len(found) > 1:
        draft.problem(
            draft.line,
            _("two kinds of answer in one question: {names}").format(
                names=", ".join(cls.type for cls in found)
            ),
            _("leave one; write \\[[ where brackets are text"),
        )
    elif not found:
        draft.without_answers()
    return None
