"""GIFT, rule by rule as Moodle's reader has them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes import Bank, BankError, Question, grade
from weike.quizzes.formats import gift
from weike.quizzes.loss import export
from weike.quizzes.question import Grade
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.single import Single


def only(text: str) -> Any:
    (question,) = gift.loads(text)
    return question


def body(text: str) -> dict[str, Any]:
    return only(text).to_json()


def problems(text: str) -> list[tuple[int | None, str]]:
    return [(p.line, p.message) for p in gift.read(text).problems]


def score(question: Question, response: object) -> float:
    result = grade(question, response)
    assert isinstance(result, Grade)
    return result.score


# 1. Blocks, comments, categories, names


def test_questions_stand_apart_by_blank_lines_whatever_ends_a_line() -> None:
    text = "\ufeffOne {T}\r\n\r\n\r\nTwo {F}\r\rThree\r {\r=a\r~b\r}"
    assert [question.stem for question in gift.loads(text)] == ["One", "Two", "Three"]


def test_two_slashes_are_a_comment_only_at_the_start_of_a_line() -> None:
    question = only("// not asked\nSee http://example.org // here {T}\n// nor this")
    assert question.stem == "See http://example.org // here"


def test_comments_name_the_id_and_tags() -> None:
    question = only("// question: 7  [id:fire-7] [tag:消防] [tag:hot work]\n::A name::Stem {T}")
    assert (question.id, question.tags) == ("fire-7", ("消防", "hot work"))


def test_a_name_that_can_be_an_id_is_one_and_another_is_told_as_dropped() -> None:
    assert only("::fire-7:: Stem {T}").id == "fire-7"
    reading = gift.read("::What comes first?:: Stem {T}")
    assert reading.bank.questions[0].id.startswith("q-")
    assert reading.dropped == ("names that cannot be ids",)


def test_a_category_is_the_topic_of_what_follows() -> None:
    text = "$CATEGORY: $course$/top/消防/灭火器\n\nA {T}\n\nB {T}\n\n$CATEGORY: top\n\nC {T}"
    assert [question.topic for question in gift.loads(text)] == ["消防/灭火器", "消防/灭火器", None]


def test_a_question_right_under_a_category_line_is_not_lost() -> None:
    (question,) = gift.loads("$CATEGORY: 消防\nStem {T}\n")
    assert (question.stem, question.topic) == ("Stem", "消防")
    (one, two) = gift.loads("One {T}\n$CATEGORY: 消防\nTwo {T}")
    assert (one.topic, two.topic) == (None, "消防")


@pytest.mark.parametrize(
    "text",
    [
        "::a::One {T}\n::b::Two {F}\n::c::Three",
        "::a:: One {\n=x\n~y\n}\n::b::\nTwo {T}\n:: c :: Three { }",
        "One {T}\nTwo {F}\nThree {}",
        "One {=a ~b}\n// [id:two]\nTwo is here {F}\n// the last\nThree",
        "One {T}\nTwo\n{F}\nThree\n{}",
    ],
)
def test_questions_that_nothing_parts_are_parted_and_keep_their_keys(text: str) -> None:
    reading = gift.read(text)
    assert [q.stem.replace("\\\n", " ").split()[0] for q in reading.bank] == ["One", "Two", "Three"]
    assert not reading.rejected


def test_a_sentence_that_goes_on_behind_its_answers_stays_one() -> None:
    question = only("Water boils at {\n=100 =one hundred\n}\ndegrees at sea level,\nmore or less.")
    assert question.stem.startswith("Water boils at ____ degrees at sea level,\\\nmore")


@pytest.mark.parametrize(
    "text", ["Sum {1:SA:=a} and {1:SA:=b}", "int f() { return 1; } {=a ~b}", "Q {=f(x){y} ~b}"]
)
def test_a_second_brace_is_named_and_no_key_goes_into_the_text(text: str) -> None:
    ((line, message),) = problems(text)
    assert (line, message) == (1, "there is a second { beside the one that begins the answers")


# 2. Escapes and braces


def test_escaped_signs_are_text() -> None:
    question = only(r"::a\:b::f\(x\) \= \{1\; 2\} \~ \# \\ a\nb {=x\=y ~\{z\}}")
    assert question.stem.split("\n")[-1].strip() == "b"
    assert "= {1" in question.stem.replace("\\", "")
    assert [o.text for o in question.options] == ["x=y", "{z}"]


@pytest.mark.parametrize("text", ["Stem {=a ~b", "Stem =a ~b}", "Stem } {=a ~b"])
def test_one_brace_alone_is_an_error(text: str) -> None:
    assert problems(f"Good {{T}}\n\n{text}") == [(3, "the answers have only one brace")]


def test_a_blank_line_inside_the_answers_is_told_and_nothing_else_is_lost() -> None:
    reading = gift.read("Bad {\n=a\n\n~b\n}\n\nGood {T}")
    assert [question.stem for question in reading.bank] == ["Good"]
    assert [one.source for one in reading.rejected] == ["Bad {\n=a", "~b\n}"]


def test_no_brace_is_a_description() -> None:
    assert body("Read this first.")["type"] == "note"


def test_text_behind_the_answers_puts_the_gap_into_the_sentence() -> None:
    question = only("Two plus {=2 =two} equals four.")
    assert isinstance(question, Blank)
    assert question.stem == "Two plus ____ equals four."
    question = only("Extinguishers are {~blue =red} here.")
    assert (type(question), question.stem) == (Single, "Extinguishers are ____ here.")


# 3. The order of the tests


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ("{}", "essay"),
        ("{ }", "essay"),
        ("{#5}", "numeric"),
        ("{#=5 =%50%6}", "numeric"),
        ("{=a ~b}", "single"),
        ("{=a -> 1 ~b -> 2}", "single"),
        ("{~%50%a ~%50%b ~c}", "multiple"),
        ("{=a -> 1 =b -> 2}", "matching"),
        ("{T}", "boolean"),
        ("{TRUE}", "boolean"),
        ("{F}", "boolean"),
        ("{FALSE#no#yes}", "boolean"),
        ("{true}", "blank"),
        ("{t}", "blank"),
        ("{=red}", "blank"),
        ("{red}", "blank"),
        ("{>3 EXACT\na\nb\nc\n}", "ordering"),
    ],
)
def test_what_stands_in_the_braces_decides_the_type(answers: str, kind: str) -> None:
    assert body(f"Stem {answers}")["type"] == kind


def test_a_true_in_small_letters_is_a_word_to_type() -> None:
    assert score(only("Stem {true}"), ["true"]) == 1


def test_matching_needs_two_pairs_and_takes_an_empty_left_side_as_a_distractor() -> None:
    question = only("Match {\n=cat -> cat food\n=dog -> bone\n= -> nothing\n}")
    assert isinstance(question, Matching)
    assert question.pairs == (("cat", "cat food"), ("dog", "bone"))
    assert question.distractors == ("nothing",)
    assert problems("Match {=cat -> food}") == [
        (1, "a matching question with fewer than two pairs")
    ]
    assert problems("Match {=cat -> food =dog}") == [(1, "dog is no pair")]


# 4. Weights


def test_without_an_equals_sign_several_answers_are_right() -> None:
    question = only("Pick {~%50%a ~%50%b ~%-100%c}")
    assert isinstance(question, Multiple)
    assert [(o.text, o.right, o.weight) for o in question.options] == [
        ("a", True, None),
        ("b", True, None),
        ("c", False, -1.0),
    ]


def test_thirds_are_shares_and_uneven_weights_are_kept() -> None:
    even = only("Pick {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}")
    assert [o.weight for o in even.options] == [None, None, None, None]
    uneven = only("Pick {~%75%a ~%25%b ~c}")
    assert [o.weight for o in uneven.options] == [0.75, 0.25, None]


def test_a_single_choice_may_have_a_partly_right_option() -> None:
    question = only("Pick {=a#good ~%50%b#half ~c}")
    assert isinstance(question, Single)
    assert [(o.right, o.weight, o.feedback) for o in question.options] == [
        (True, None, "good"),
        (False, 0.5, "half"),
        (False, None, None),
    ]


def test_a_choice_without_any_right_answer_is_named_and_kept_apart() -> None:
    assert problems("Pick {~a ~b}") == [(1, "no right answer")]


def test_short_answers_have_weights_and_the_catch_all_is_told_as_dropped() -> None:
    reading = gift.read("Who {=%100%Ada =%50%Lovelace#nearly =%0%*#nobody}")
    (question,) = reading.bank
    assert isinstance(question, Blank)
    assert [(s.text, s.weight, s.feedback) for s in question.blanks[0]] == [
        ("Ada", 1.0, None),
        ("Lovelace", 0.5, "nearly"),
    ]
    assert reading.dropped == ("answers that earn nothing, with what is said to them",)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("{#5}", [{"value": 5}]),
        ("{#5:0.5}", [{"value": 5, "tolerance": 0.5}]),
        ("{#3.141..3.142}", [{"min": 3.141, "max": 3.142}]),
        ("{#-2..-1}", [{"min": -2, "max": -1}]),
        ("{#1e3:1e1}", [{"value": 1000, "tolerance": 10}]),
        (
            "{#=1822:0 #right\n=%50%1822:2 #near\n~#wrong}",
            [
                {"value": 1822, "feedback": "right"},
                {"value": 1822, "tolerance": 2, "weight": 0.5, "feedback": "near"},
            ],
        ),
    ],
)
def test_numbers_have_tolerances_ranges_and_weights(answers: str, expected: Any) -> None:
    question = only(f"How many {answers}")
    assert isinstance(question, Numeric)
    assert question.to_json()["answers"] == expected


def test_a_number_that_is_none_is_named() -> None:
    assert problems("How many {#five}") == [(1, "five is no number")]
    assert problems("How many {#}") == [(1, "no right answer")]


def test_the_right_answer_may_be_marked_with_both_signs() -> None:
    assert [o.right for o in only("Pick {~a ~=b ~ = c#x ~d}").options][:2] == [False, True]
    assert [o.text for o in only("Pick {~a\n~=b\n~c}").options] == ["a", "b", "c"]


def test_a_sign_inside_an_option_never_moves_the_key() -> None:
    told = "x= holds a sign that begins an answer"
    assert problems("Which? {\n~x=5\n=y is 5\n~z}") == [(1, told)]
    assert [o.text for o in only(r"Which? {~x\=5 =y\=5}").options] == ["x=5", "y=5"]
    assert [o.text for o in only("Tight {~a=b~c}").options] == ["a", "b", "c"]


def test_a_wildcard_is_no_answer_that_anyone_could_type() -> None:
    message = "the right answer has the wildcard *, which a bank does not know"
    assert problems("Who {=*Ada*}") == [(1, message)]
    reading = gift.read("Who {=Ada =Ada*}")
    assert reading.bank.questions[0].to_json()["blanks"] == [["Ada"]]
    assert reading.dropped == ("answers with the wildcard *",)
    assert only(r"Times {=\*}").blanks[0][0].text == "*"


def test_lines_that_were_drawn_in_the_stem_ask_for_nothing() -> None:
    assert only("_____ is the largest, ____ the smallest. {=Asia}").stem.count(" ____ ") == 0
    assert score(only("_____ is the largest. {=Asia}"), ["asia"]) == 1
    assert score(only("____ is not {=red} but ___."), ["red"]) == 1


# 5. Feedback


def test_the_first_feedback_of_a_truth_is_for_the_wrong_answer() -> None:
    question = only("Stem {T#that is wrong#that is right####Because.}")
    assert isinstance(question, Boolean)
    assert (question.if_wrong, question.if_right) == ("that is wrong", "that is right")
    assert question.explanation == "Because."


def test_general_feedback_stands_behind_the_last_four_signs() -> None:
    assert only("Stem {=a#yes ~b#no\n####In general.}").explanation == "In general."


# 6. Formats and what GIFT cannot hold


def test_the_format_before_the_stem_says_how_to_read_it() -> None:
    assert only("[markdown]**bold** {T}").stem == "**bold**"
    assert only("[html]<p>Two <b>bold</b> words</p> {T}").stem == "Two **bold** words"
    assert only("[plain]a*b*c {T}").stem == "a\\*b\\*c"
    assert only("[moodle]5 > 3 and 2 * 3 {T}").stem == "5 > 3 and 2 * 3"


def test_every_text_may_name_its_own_format() -> None:
    question = only(
        "[html]Stem {=[plain]a*b* #[html]<b>yes</b>\n~[markdown]*c*#[moodle]no\n~&lt;d&gt;}"
    )
    assert [(o.text, o.feedback) for o in question.options] == [
        ("a\\*b\\*", "**yes**"),
        ("*c*", "no"),
        ("\\<d\\>", None),
    ]
    match = only("Match {=[html]<i>a</i> -> 1 =[plain]b -> 2}")
    assert match.pairs == (("*a*", "1"), ("b", "2"))
    assert only("Who {=[html]<p>Ada</p> =[plain]Ada L}").to_json()["blanks"] == [["Ada", "Ada L"]]
    assert only("Stem {T#[html]<b>no</b>####[plain]x*y*z}").explanation == "x\\*y\\*z"


def test_formulas_lines_and_code_look_as_in_moodle() -> None:
    assert only(r"[html]Is \\(x^2 \= 4\\)? {T}").stem == "Is $x^2 = 4$?"
    assert only("First line\nsecond line {T}").stem == "First line\\\nsecond line"
    stem = only("[html]<p>Prints?</p><pre>for i in x\\:\n    print(i)</pre>{T}").stem
    assert stem == "Prints?\n\n```\nfor i in x:\n    print(i)\n```"


def test_a_picture_that_cannot_come_along_is_named() -> None:
    reading = gift.read(r'[html]See <img src\="@@PLUGINFILE@@/a.png" alt\="a valve"> {T}')
    assert reading.bank.questions[0].stem == "See a valve"
    assert reading.dropped == ("the file a.png",)


def test_a_text_that_looks_like_a_format_is_written_as_text() -> None:
    question = only(r"[plain]Tag? {=[plain][html] ~[plain]b*c}")
    assert question.options[0].text.replace("\\", "") == "[html]"
    assert gift.loads(gift.dumps(Bank(questions=(question,)))).questions == (question,)


def test_a_full_width_colon_is_text() -> None:
    assert only("：：名：：题目：第一步 {T}").stem == "：：名：：题目：第一步"


def test_the_newer_ordering_form_is_read() -> None:
    question = only("In order {>3 EXACT VERTICAL ABSOLUTE_POSITION SHOW\nfirst\nsecond\nthird\n}")
    assert question.items == ("first", "second", "third")


def test_an_export_names_what_gift_cannot_hold() -> None:
    question = only("Stem {=a ~b}")
    rich = Bank(
        title="灭火器",
        questions=(type(question)(**{**vars(question), "points": 2.0, "difficulty": 3}),),
    )
    told = [str(loss) for loss in export(rich, gift).losses]
    assert any("title" in loss for loss in told)
    assert any("points" in loss for loss in told)
    assert any("difficulty" in loss for loss in told)


def test_what_was_read_is_written_and_read_the_same() -> None:
    text = "\n\n".join(
        [
            "$CATEGORY: $course$/top/消防",
            "// [id:a] [tag:x]\n::a::Stem {=a#b ~c####d}",
            "Pick {~%75%a ~%25%b ~%-50%c}",
            "A {=b =%50%c} d",
            "[markdown]x{#=1..2 =%50%3:0.5}",
            "Match {=a -> b =c -> d = -> e}",
            "Order {>2\none\ntwo\n}",
            "Essay {}",
            "Note",
            "True {T#no#yes}",
        ]
    )
    bank = gift.loads(text)
    assert len(bank) == 9
    assert gift.loads(gift.dumps(bank)) == bank


# Nothing crashes, and no key is lost in silence

SIGNS = r"= ~ # { } -> \ : :: %50% %-100% %x% T F TRUE a b 5 .. #### [html] $CATEGORY: // > 绿"
PARTS = st.sampled_from([*SIGNS.split(), "\n", "\n\n", " "])


@given(st.lists(PARTS, max_size=40).map("".join) | st.text(max_size=200))
def test_no_text_crashes_the_reader_and_every_question_can_be_graded(text: str) -> None:
    reading = gift.read(text)
    for question in reading.bank:
        assert question.problems() == []
        assert question.flaw() is None
    if reading.rejected:
        with pytest.raises(BankError):
            gift.loads(text)
    again = gift.read(gift.dumps(reading.bank))
    assert [q.type for q in again.bank] == [q.type for q in reading.bank] or again.rejected
