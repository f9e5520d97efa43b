"""Moodle XML that is broken, or made to do harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes import BankError
from weike.quizzes.formats import moodle

from .moodlexml import answer, quiz, xml


def test_bad_questions_are_kept_apart_with_their_lines_and_can_be_mended() -> None:
    data = quiz(
        xml("essay", "", "一"), xml("random", "", "二"), xml("truefalse", answer("true", 0))
    )
    reading = moodle.read(data)
    assert [question.stem for question in reading.bank] == ["一"]
    assert [problem.line for problem in reading.problems] == [4, 5]
    back = moodle.dump_rejected(data, reading)
    again = moodle.read(back)
    assert [one.source for one in again.rejected] == [one.source for one in reading.rejected]
    assert b"<!-- line 4: a question of the type random cannot be taken" in back
    mended = back.replace(b'fraction="0"', b'fraction="100"')
    assert moodle.read(mended).bank.questions[0].type == "boolean"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "there is no <question> in the file"),
        (b"hello", "there is no <question> in the file"),
        (b"<quiz></quiz>", "there is no <question> in the file"),
        (b"<quiz><question type='essay'></quiz>", "this is no XML: mismatched tag"),
        (b"PK\x03\x04<&<", "this is no XML"),
        (b"<a>" * 200 + b"</a>" * 200, "the XML is nested too deeply"),
        (b" " * (20 * 1024 * 1024 + 1), "the file is larger than 20 MB"),
        (
            b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>',
            "the file declares a document type or entities",
        ),
        (
            b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
            "the file declares a document type or entities",
        ),
        (b'<!DOCTYPE quiz SYSTEM "http://x.example/a.dtd"><quiz/>', "a document type or entities"),
    ],
)
def test_a_dangerous_or_broken_file_is_a_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(BankError) as caught:
        moodle.read(data, source="a.xml")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "question",
    [
        xml("cloze", "", "{1:SA:=a" + "~b" * 100_000 + "}"),
        xml("cloze", "", "{1:SA:=a" * 20_000),
        xml("cloze", "", "{1:SA:=a}" + "\\(" * 40_000),
        xml("essay", "", "<ul><li>" * 2_000),
    ],
    ids=["answers", "open", "formulas", "lists"],
)
def test_what_is_made_to_keep_the_reader_busy_is_answered_soon(question: str) -> None:
    begun = time.process_time()
    moodle.read(quiz(question))
    assert time.process_time() - begun < 10


PIECES = st.sampled_from(
    [
        *("<question type='", "multichoice", "cloze", "numerical", "shortanswer", "matching"),
        *("gapselect", "ordering", "truefalse", "'>", "</question>", "<quiz>", "</quiz>"),
        *("<questiontext format='html'><text>", "</text></questiontext>", "<![CDATA[", "]]>"),
        *(
            "<answer fraction='",
            "100",
            "50",
            "-1e999",
            "nan",
            "'>",
            "</answer>",
            "<text>",
            "</text>",
        ),
        *("{1:SA:=a}", "{1:MC:=a~b", "}", "[[1]]", "<p>", "</ul>", "<li>", "<table>", "&", "&#0;"),
        *("<subquestion>", "</subquestion>", "<dragbox>", "</dragbox>", "绿", "*", "____", "\\"),
    ]
)
WRAPPED = st.builds(
    lambda kind, stem, answers: quiz(
        xml(kind, "".join(answers), stem.replace("]]>", "")),
    ),
    st.sampled_from(["multichoice", "shortanswer", "numerical", "truefalse", "cloze", "gapselect",
                     "ordering", "matching", "essay", "description"]),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(
        st.builds(
            answer,
            st.sampled_from(["a", "b", "*", "5", "true", "<p>x</p>", "", "a|b", "]]", "1e400"]),
            st.sampled_from([100, 50, 33.333, 0, -100, "x", "1e9", "nan"]),
            st.sampled_from(["", "<tolerance>0.1</tolerance>", "<tolerance>x</tolerance>",
                             "<range>1..9</range>"]),
        ),
        max_size=4,
    ),
)  # fmt: skip


@given(
    st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())
    | WRAPPED
    | st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: quiz(f"<question type='essay'>{text}</question>"))
)
def test_nothing_crashes_the_reader_and_every_question_can_be_graded(data: bytes) -> None:
    try:
        reading = moodle.read(data)
    except BankError:
        return
    for question in reading.bank:
        assert question.problems() == []
        assert question.flaw() is None
    if reading.bank.questions:
        again = moodle.read(moodle.dumps(reading.bank))
        assert again.rejected or len(again.bank) == len(reading.bank)
