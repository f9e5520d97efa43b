"""`weike.toml`, with the mistakes that people make in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from weike.quizzes.course import CourseError, load_course
from weike.quizzes.errors import WeikeError


def problems(folder: Path, text: str | bytes) -> str:
    (folder / "weike.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CourseError) as raised:
        load_course(folder)
    return str(raised.value)


def test_a_file_that_an_editor_began_with_a_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_bytes('\ufefftitle = "甲"\r\nlanguage = "en"\r\n'.encode())
    assert load_course(tmp_path).title == "甲"


def test_mistakes_are_said_in_the_courses_language(tmp_path: Path) -> None:
    assert problems(tmp_path, 'language = "en"\ntitel = "x"') == (
        "weike.toml has 1 problem: unknown setting titel; did you mean title?"
    )
    assert "未知的设置 titel；是不是 title？" in problems(
        tmp_path, 'language = "zh-CN"\ntitel = "x"'
    )
    assert "unknown setting colour; known ones are: award, base_url, " in problems(
        tmp_path, 'language = "en"\ncolour = "red"'
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title = “x”", "line 2: title cannot be read; “ is full-width"),
        ('levels = ["a"，"b"]', "， is full-width"),
        ("title = x", 'line 2: title cannot be read; write it as title = "text"'),
        ('language = "en"', "line 2: the setting language stands there twice; delete one"),
        ('levels = ["a"', "weike.toml has 1 problem: line 2: "),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_repair(
    tmp_path: Path, line: str, said: str
) -> None:
    assert said in problems(tmp_path, f'language = "en"\n{line}\n')


def test_a_line_that_cannot_be_read_may_hold_a_password_and_is_not_repeated(
    tmp_path: Path,
) -> None:
    assert "hunter2" not in problems(tmp_path, "database_url = postgresql://weike:hunter2@db/weike")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    said = problems(tmp_path, 'language = "en"\ntitle = "我的"'.encode("gb18030"))
    assert said == "weike.toml has 1 problem: the file is not UTF-8; save it again as UTF-8"


def test_a_proxy_is_an_address(tmp_path: Path) -> None:
    said = problems(tmp_path, 'language = "en"\ntrusted_proxies = ["10.0.0"]')
    assert "trusted_proxies: 10.0.0 is no address; write one such as 10.0.0.5" in said


def test_the_path_of_the_public_address_is_the_prefix_and_is_not_doubled(tmp_path: Path) -> None:
    address = 'language = "en"\npublic_url = "https://x.org/weike/"\n'
    (tmp_path / "weike.toml").write_text(address + 'base_url = "/weike"\n', encoding="utf-8")
    course = load_course(tmp_path)
    assert (course.public_url, course.base_url) == ("https://x.org", "/weike/")
    assert 'base_url is /; write base_url = "/weike/"' in problems(tmp_path, address)


def test_a_folder_that_is_not_there_is_not_looked_for_above(tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_text('language = "en"\n', encoding="utf-8")
    with pytest.raises(WeikeError, match="typo"):
        load_course(tmp_path / "typo")


def test_the_award_has_limits_that_make_sense(tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_text(
        'levels = ["公司", "车间"]\n[award]\nposted_days = 7\ncoverage = 0.9\nlevel = "车间"\n',
        encoding="utf-8",
    )
    award = load_course(tmp_path).award
    assert (award.posted_days, award.coverage, award.level) == (7, 0.9, "车间")
    assert (award.least, award.persons) == (5, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("posted_days = 0", "posted_days"),
        ("coverage = 80", "0.8"),
        ("coverage = true", "0.8"),
        ("least = 1", "least"),
        ("least = 5.5", "whole number"),
        ('level = "车间"', "车间"),
        ("speed = 1", "posted_days"),
    ],
)
def test_a_senseless_award_is_refused_with_the_repair(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "weike.toml").write_text(f"[award]\n{line}\n", encoding="utf-8")
    with pytest.raises(WeikeError, match=said):
        load_course(tmp_path)


def test_an_hour_of_training_has_as_many_minutes_as_the_course_says(tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_text("", encoding="utf-8")
    assert load_course(tmp_path).training.minutes_per_hour == 45
    (tmp_path / "weike.toml").write_text("[training]\nminutes_per_hour = 60\n", encoding="utf-8")
    assert load_course(tmp_path).training.minutes_per_hour == 60


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("minutes_per_hour = 0", "from 1 to 60"),
        ("minutes_per_hour = 7.5", "whole number"),
        ("minutes = 45", "minutes_per_hour"),
    ],
)
def test_a_senseless_hour_is_refused_with_the_repair(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "weike.toml").write_text(f"[training]\n{line}\n", encoding="utf-8")
    with pytest.raises(WeikeError, match=said):
        load_course(tmp_path)


def test_a_review_has_one_to_three_steps_with_names_of_their_own(tmp_path: Path) -> None:
    def steps(names: str) -> tuple[str, ...]:
        (tmp_path / "weike.toml").write_text(f"review_steps = {names}\n", encoding="utf-8")
        return load_course(tmp_path).review_steps

    assert steps('["初审", "复审", "终审"]') == ("初审", "复审", "终审")
    for wrong in ("[]", '["审", "审"]', '["一", "二", "三", "四"]', "true"):
        with pytest.raises(CourseError):
            steps(wrong)
