"""Banks of any kind, with texts that tempt every reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from weike.quizzes import Bank, Question
from weike.quizzes.choice import Option
from weike.quizzes.rules import Rules
from weike.quizzes.text import normalise
from weike.quizzes.types.blank import Blank, Synonym
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.material import Material
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.note import Note
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll
from weike.quizzes.types.single import Single

# Words that tempt every rule of the form.
_TEMPTING = (
    "灭火器 绿色 the fire x=1 {x=1} {} {#a} [x] [ ] [[ ]] ** * _ ` $x^2$ ![图](a.svg) ( ) -> \\ #"
    " ## > - = 1. | : ： <b> &amp; ± .. % 正确 错误 ［ｘ］ ～ ' \""
)
_ORDINARY = "灭火器 绿色 使用 $x^2$ **重要** `码` A"
WORDS = st.sampled_from(_TEMPTING.split())
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).map(str.strip).filter(bool)
WILD = st.lists(LINES, min_size=1, max_size=3).map("\n\n".join)
TEXTS = st.lists(st.sampled_from(_ORDINARY.split()), min_size=1, max_size=4).map("".join)
SHARES = st.integers(1, 99).map(lambda n: n / 100)
NUMBERS = st.integers(-99999, 99999).map(lambda n: n / 100)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def common(texts: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "stem": texts,
        "points": st.just(1.0) | st.integers(0, 20).map(lambda n: n / 2),
        "topic": maybe(TEXTS),
        "difficulty": maybe(st.integers(1, 5)),
        "tags": st.lists(TEXTS, max_size=2, unique=True).map(tuple),
        "explanation": maybe(texts),
    }


def options(texts: st.SearchStrategy[str], rights: Any) -> st.SearchStrategy[Any]:
    option = st.builds(
        Option, text=texts, feedback=maybe(texts), weight=maybe(SHARES), right=st.booleans()
    )
    several = st.lists(option, min_size=2, max_size=5, unique_by=lambda o: " ".join(o.text.split()))
    return several.filter(lambda found: rights(sum(o.right for o in found))).map(tuple)


def questions(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Question]:
    own = {name: part for name, part in common(texts).items() if name != "points"}
    inner = st.lists(asked(texts), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        asked(texts),
        st.builds(Note, **common(texts)),
        st.builds(Material, questions=inner, **own),
    )


def asked(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Question]:
    synonym = st.builds(
        Synonym, text=TEXTS, weight=st.just(1.0) | SHARES, feedback=maybe(LINES | WILD)
    )
    blank = st.lists(synonym, max_size=2).map(lambda more: (Synonym(text="绿色"), *more))
    value = st.builds(
        Answer,
        value=NUMBERS,
        tolerance=NUMBERS.map(abs),
        unit=maybe(st.sampled_from(["次", "%", "m²", "次/分", "℃"])),
        feedback=maybe(WILD),
    )
    span = st.builds(
        lambda low, high, unit: Answer(min=min(low, high), max=max(low, high), unit=unit),
        NUMBERS,
        NUMBERS,
        maybe(st.just("mm")),
    )
    return st.one_of(
        st.builds(Single, options=options(texts, lambda n: n == 1), **common(texts)),
        st.builds(Multiple, options=options(texts, lambda n: n >= 1), **common(texts)),
        st.builds(
            Boolean,
            right=st.booleans(),
            if_right=maybe(texts),
            if_wrong=maybe(texts),
            **common(texts),
        ),
        st.builds(
            Blank, blanks=st.lists(blank, min_size=1, max_size=3).map(tuple), **common(texts)
        ),
        st.builds(
            Numeric,
            answers=st.lists(value | span, min_size=1, max_size=2).map(tuple),
            **common(texts),
        ),
        st.builds(
            Matching,
            pairs=different(texts, 2).flatmap(
                lambda lefts: st.tuples(*(st.tuples(st.just(left), texts) for left in lefts))
            ),
            distractors=st.lists(texts, max_size=2).map(tuple),
            **common(texts),
        ).filter(lambda question: question.flaw() is None),
        st.builds(Ordering, items=different(texts, 2), **common(texts)),
        st.builds(Essay, **common(texts)),
        st.builds(Poll, options=options(texts, lambda _n: True), **common(texts)),
    )


def different(texts: st.SearchStrategy[str], least: int) -> st.SearchStrategy[tuple[str, ...]]:
    """Texts that a reader tells apart."""
    return st.lists(texts, min_size=least, max_size=4, unique_by=normalise).map(tuple)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
RULES = st.builds(
    Rules,
    passing=st.integers(0, 100).map(lambda n: n / 100),
    behaviour=st.sampled_from(["practice", "test", "exam"]),
    partial=st.sampled_from(["all-or-nothing", "missed-half", "per-option"]),
    attempts=maybe(st.integers(1, 9)),
    wait=maybe(st.integers(1, 99999).map(lambda s: timedelta(seconds=s))),
    limit=maybe(st.integers(1, 99999).map(lambda s: timedelta(seconds=s))),
    open=maybe(MOMENTS),
    shuffle=st.sampled_from(["none", "questions", "options", "both"]),
    counts=st.sampled_from(["first", "last", "best", "mean"]),
)


def banks(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Bank]:
    several = st.lists(
        questions(texts), min_size=1, max_size=3, unique_by=lambda q: normalise(q.stem)
    )
    return st.builds(
        Bank,
        title=maybe(LINES),
        topic=maybe(LINES),
        language=maybe(st.sampled_from(["zh-CN", "en"])),
        rules=RULES,
        questions=several.map(tuple),
    )
