"""How answers may be spelled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes.duration import read_duration
from weike.quizzes.number import DecimalCommaError, read_quantity, same_unit
from weike.quizzes.text import normalise


@pytest.mark.parametrize(
    "spelling",
    [
        "Green Zone",
        "green  zone",
        " GREEN\tZONE ",
        "ＧＲＥＥＮ　ＺＯＮＥ",
        "green zone。",
        "Green zone!…",
        "\ufeffGreen\u200b zone.\u200e",
    ],
)
def test_spellings_of_one_text_are_the_same(spelling: str) -> None:
    assert normalise(spelling) == "green zone"


@pytest.mark.parametrize(
    ("left", "right"),
    [("90%", "90"), ("C#", "C"), ("C++", "C"), ("绿 色", "绿色"), ("STRASSE", "STRAE")],
)
def test_spellings_of_different_texts_stay_different(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


def test_full_width_punctuation_case_folding_and_bare_punctuation() -> None:
    assert normalise("提起，拔掉") == normalise("提起,拔掉")
    assert normalise("Straße") == normalise("STRASSE")
    assert normalise("？") == "?"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.2e3", "1200", ""),
        ("１２", "12", ""),
        ("12 %", "12", "%"),
        ("12%", "12", "%"),
        ("１２％", "12", "%"),
        ("110次", "110", "次"),
        ("\u200b110 \u2060次\u200e", "110", "次"),
        ("110 次。", "110", "次"),
        ("+5.", "5", ""),
        (".5", "0.5", ""),
        ("−5", "-5", ""),
        ("3。14", "3.14", ""),
        ("1.2×10^3 Pa", "1200", "Pa"),
        ("3 eV", "3", "eV"),
        ("1,234,567", "1234567", ""),
        ("1,234.5 kg", "1234.5", "kg"),
        ("１，２３４，５６７", "1234567", ""),
    ],
)
def test_a_number_is_read_however_it_is_spelled(text: str, value: str, unit: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert (quantity.value, quantity.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("text", ["3,14", "3，14", "-0,5", ",5", "1,234", "1.234,5", "12,3456"])
def test_a_comma_that_may_be_a_decimal_point_is_told_apart(text: str) -> None:
    with pytest.raises(DecimalCommaError):
        read_quantity(text)


@pytest.mark.parametrize("text", ["", "abc", "十", "NaN", "inf", "--5", "次110"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_quantity(text) is None


def test_a_square_is_not_taken_for_a_digit() -> None:
    quantity = read_quantity("10²")
    assert quantity is not None
    assert (quantity.value, quantity.unit) == (Decimal(10), "²")


@given(st.text(max_size=30))
def test_no_text_crashes_the_reader_of_numbers(text: str) -> None:
    try:
        read_quantity(text)
    except DecimalCommaError:
        assert "," in text or "，" in text


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("kg", "KG", True),
        ("Kg", "kg", True),
        ("m²", "m2", True),
        ("℃", "°C", True),
        ("次 / 分", "次/分", True),
        ("Mpa", "MPa", True),
        ("mW", "MW", False),
        ("MA", "mA", False),
        ("kg", "g", False),
    ],
)
def test_units_agree_in_any_case_but_never_milli_with_mega(
    left: str, right: str, same: bool
) -> None:
    assert same_unit(left, right) is same


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("600", 600),
        ("10 min", 600),
        ("10分钟", 600),
        ("10 分", 600),
        ("1 h 30 min", 5400),
        ("1小时30分", 5400),
        ("90s", 90),
        ("1.5 h", 5400),
        ("2 天", 172800),
    ],
)
def test_a_length_of_time_is_read_however_it_is_written(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "10 parsec", "min 10", "-5"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="^" + text):
        read_duration(text)
