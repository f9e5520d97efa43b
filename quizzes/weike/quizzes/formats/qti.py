"""QTI 2.2, to take questions elsewhere: a zip with a manifest and one item for each question.

It is written and not read. Scores are points; the rule for multiple choice is that of the bank.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from datetime import tzinfo
from typing import NoReturn

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.i18n import _
from weike.quizzes.loss import Loss
from weike.quizzes.qti.item import can_hold, identifier, item
from weike.quizzes.qti.xhtml import Pictures
from weike.quizzes.question import Question
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering

SUFFIXES = (".zip",)
BINARY = True
_TYPE = "imsqti_item_xmlv2p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same bank gives the same bytes


def loads(data: bytes, *, source: str = "", zone: tzinfo | None = None) -> NoReturn:
    raise BankError(
        source or _("the bank"),
        [
            Problem(
                message=_("QTI packages can be written here, and not be read"),
                repair=_("export the questions as Moodle XML, GIFT or Excel, and bring that"),
            )
        ],
    )


def dumps(bank: Bank) -> bytes:
    """Write the questions that QTI has a form for; `losses` names the others."""
    out = io.BytesIO()
    resources = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, data: str | bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED)

        for number, question in enumerate(filter(can_hold, bank.questions), start=1):
            pictures = Pictures(prefix=f"images/{number}-")
            name = identifier(question)
            path = f"items/{name}.xml"
            add(path, item(question, bank.rules.partial, pictures))
            files = [path]
            for picture, content in pictures.files.items():
                files.append(f"items/{picture}")
                add(files[-1], base64.b64decode(content))
            resources.append(_resource(name, files))
        add("imsmanifest.xml", _manifest(resources))
    return out.getvalue()


def losses(bank: Bank) -> tuple[Loss, ...]:
    """What the package does not say; nothing can be read back to find it."""
    names = ("title", "topic", "language", "bank", "rules")
    head = [name for name in names if getattr(bank, name) != getattr(Bank(), name)]
    found = [Loss(item=None, what=_("{name} is lost").format(name=name)) for name in head]
    for question in bank.questions:
        found += _losses_of(question, bank)
    return tuple(found)


def _losses_of(question: Question, bank: Bank) -> Iterator[Loss]:
    if not can_hold(question):
        what = _("left out, QTI has no form for the type {type}").format(type=question.type)
        yield Loss(item=question.id, what=what, left_out=True)
        return
    names = [name for name in ("topic", "difficulty", "tags") if getattr(question, name)]
    pictures = Pictures()
    item(question, bank.rules.partial, pictures)
    if pictures.left:
        names.append("pictures")
    for one in (question, *(inner for inner, _l, _r in question.nested({}, None))):
        if _says_to_an_answer(one):
            names.append("feedback")
        if isinstance(one, Ordering) and bank.rules.partial == "per-option":
            names.append("partial")
    for name in dict.fromkeys(names):
        yield Loss(item=question.id, what=_("{name} is lost").format(name=name))


def _says_to_an_answer(question: Question) -> bool:
    if isinstance(question, Blank):
        return any(one.feedback for blank in question.blanks for one in blank)
    return isinstance(question, Numeric) and any(one.feedback for one in question.answers)


def _resource(name: str, files: list[str]) -> str:
    inside = "".join(f'<file href="{file}"/>' for file in files)
    head = f'<resource identifier="resource-{name}" type="{_TYPE}" href="{files[0]}">'
    return f"{head}{inside}</resource>"


def _manifest(resources: list[str]) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{_PACKAGE}" '
        'identifier="weike-bank"><metadata><schema>QTIv2.2 Package</schema>'
        "<schemaversion>1.0.0</schemaversion></metadata><organizations/>"
        f"<resources>{''.join(resources)}</resources></manifest>\n"
    )
