"""One question as an `assessmentItem`."""

from __future__ import annotations

import re

from weike.quizzes.html import render
from weike.quizzes.number import plain
from weike.quizzes.qti.interactions import Asked, Piece, known, piece
from weike.quizzes.qti.xhtml import Pictures, attribute, xhtml
from weike.quizzes.question import Partial, Question

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p2"
_SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_TITLE = 80


def can_hold(question: Question) -> bool:
    return question.asks and all(
        known(one) for one in (_inner(question) if question.nests else [question])
    )


def identifier(question: Question) -> str:
    """A name that XML takes; two questions of a bank never share one."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", f"item-{question.id}")


def item(question: Question, partial: Partial, pictures: Pictures) -> str:
    """The item as XML, its scores in points."""
    pieces = _pieces(question, partial, pictures)
    responses = "".join(part for one in pieces for part in one.responses)
    body = "".join(f"<div>{one.body}</div>" for one in pieces)
    if question.nests:
        body = f"<div>{xhtml(question.stem, pictures)}</div>{body}"
    rules = "".join(rule for one in pieces for rule in one.rules)
    if question.nests:
        summed = "".join(f'<variable identifier="{one.score}"/>' for one in pieces)
        rules += f'<setOutcomeValue identifier="SCORE"><sum>{summed}</sum></setOutcomeValue>'
    told = _explanations(question, pictures)
    if told:
        rules += (
            '<setOutcomeValue identifier="EXPLANATION"><baseValue baseType="identifier">shown'
            "</baseValue></setOutcomeValue>"
        )
    processing = f"<responseProcessing>{rules}</responseProcessing>" if rules else ""
    title = re.sub(r"<[^>]*>|\s+", " ", render(question.stem)).strip()[:_TITLE]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="{NAMESPACE}" '
        f'xmlns:xsi="{_INSTANCE}" xsi:schemaLocation="{NAMESPACE} {_SCHEMA}" '
        f'identifier="{identifier(question)}" title={attribute(title or question.id)} '
        f'adaptive="false" timeDependent="false">'
        f"{responses}{_outcomes(question, pieces, told=bool(told))}"
        f"<itemBody>{body}</itemBody>{processing}{told}</assessmentItem>\n"
    )


def _inner(question: Question) -> list[Question]:
    return [one for one, _layout, _response in question.nested({}, None)]


def _pieces(question: Question, partial: Partial, pictures: Pictures) -> list[Piece]:
    if not question.nests:
        return [piece(Asked(question, "RESPONSE", "SCORE", "FEEDBACK", partial, pictures))]
    return [
        piece(Asked(one, f"RESPONSE_{n}", f"SCORE_{n}", f"FEEDBACK_{n}", partial, pictures))
        for n, one in enumerate(_inner(question), start=1)
    ]


def _outcomes(question: Question, pieces: list[Piece], *, told: bool) -> str:
    scores = ["SCORE", *(one.score for one in pieces if one.score != "SCORE")]
    found = [
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="float">'
        "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
        for name in scores
    ]
    found.append(
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        f"<defaultValue><value>{plain(question.points)}</value></defaultValue></outcomeDeclaration>"
    )
    found += [outcome for one in pieces for outcome in one.outcomes]
    if told:
        found.append(
            '<outcomeDeclaration identifier="EXPLANATION" cardinality="single" '
            'baseType="identifier"/>'
        )
    return "".join(found)


def _explanations(question: Question, pictures: Pictures) -> str:
    texts = [one.explanation for one in [*_inner(question), question] if one.explanation]
    if not texts:
        return ""
    inside = "".join(f"<div>{xhtml(one, pictures)}</div>" for one in texts)
    return (
        '<modalFeedback outcomeIdentifier="EXPLANATION" identifier="shown" showHide="show">'
        f"{inside}</modalFeedback>"
    )
