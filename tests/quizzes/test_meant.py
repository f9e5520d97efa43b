"""What is offered to a person who wrote a word that nobody knows."""

from __future__ import annotations

from weike.quizzes.i18n import use_language
from weike.quizzes.meant import meant


def test_words_that_are_like_it_are_offered_in_the_readers_own_punctuation() -> None:
    with use_language("en"):
        assert meant("fier", ["water", "fire", "fired"]) == "did you mean fire, fired?"
    with use_language("zh-CN"):
        assert meant("fier", ["water", "fire", "fired"]) == "是不是 fire、fired？"
        assert meant("电工人", ["焊工", "电工"]) == "是不是 电工？"


def test_where_nothing_is_like_it_the_first_ten_are_named() -> None:
    with use_language("en"):
        assert meant("#", [str(n) for n in range(10)]).endswith(
            "known ones are: " + ", ".join("0123456789")
        )
        assert meant("#", [str(n) for n in range(11)]).endswith("8, 9, …")
        assert meant("#", [str(n) for n in range(11)], else_all=False) == ""
        assert meant("fier", ["fire"], else_all=False) == "did you mean fire?"


def test_where_nothing_is_known_nothing_is_offered() -> None:
    assert meant("fire", []) == ""
