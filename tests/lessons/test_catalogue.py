"""Which notebooks are lessons, and what they say of themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from weike.lessons.catalogue import read_lesson, read_lessons


def said(folder: Any, **metadata: Any) -> list[tuple[str, str, str]]:
    """(severity, message, repair) of a lesson with this metadata."""
    _source, findings = read_lesson(folder.lesson("# One\n\nText.", **metadata), folder.course)
    assert {finding.file for finding in findings} <= {"lessons/fire/one.ipynb"}
    return [(one.severity, one.message, one.repair) for one in findings]


def test_a_lesson_is_every_notebook_that_is_not_software_hidden_or_a_checkpoint(
    folder: Any,
) -> None:
    for name in (
        "lessons/fire/a.ipynb",
        "lessons/guide/b.ipynb",
        "lessons/deep/er/c.ipynb",
        "lessons/weike/server/starter.ipynb",
        "lessons/fire/.ipynb_checkpoints/a-checkpoint.ipynb",
        "lessons/_drafts/d.ipynb",
    ):
        folder.lesson("# T", name=name)
    assert [one.slug for one in read_lessons(folder.course).lessons] == ["c", "a", "b"]


def test_the_slug_is_the_files_stem_unless_the_metadata_sets_it(folder: Any) -> None:
    assert folder.read("# T").slug == "one"
    assert folder.read("# T", slug="fire-2").slug == "fire-2"


def test_the_title_is_the_first_heading_unless_the_metadata_sets_it(folder: Any) -> None:
    assert folder.read("```\n# no\n```\n# 灭火器 #\n", title=None).title == "灭火器"
    assert folder.read("# **灭火器** `2`", title=None).title == "灭火器 2"
    assert folder.read("# 灭火器", title="Other").title == "Other"


def test_the_topic_is_the_folders_name_unless_the_metadata_sets_it(folder: Any) -> None:
    assert folder.read("# T", topic=None).topic == "fire"
    assert folder.read("# T", topic="消防").topic == "消防"


def test_a_lesson_speaks_the_courses_language_unless_it_sets_its_own(folder: Any) -> None:
    assert folder.read("# T").language == "en"
    assert folder.read("# T", language="zh-CN").language == "zh-CN"


@pytest.mark.parametrize(
    ("metadata", "severity", "message", "repair"),
    [
        (
            {"slug": "Fire Safety!"},
            "error",
            "“Fire Safety!” cannot be an address",
            "use small letters, digits and hyphens only, for example fire-safety: rename the file,"
            " or set slug in its metadata",
        ),
        (
            {"minutes": "5"},
            "error",
            "minutes in the metadata is not a whole number from 1 to 120",
            "write the number without quotes, for example 5",
        ),
        (
            {"minutes": None},
            "warning",
            "the lesson does not say how long it takes",
            "fill in the minutes (in its metadata: minutes)",
        ),
        (
            {"order": "first"},
            "error",
            "order in the metadata is not a whole number",
            "write the number without quotes, for example 10",
        ),
        (
            {"language": "fr"},
            "error",
            "there is no language “fr”",
            "choose one of zh-CN, en",
        ),
        (
            {"title": 3},
            "error",
            "title in the metadata is not a text",
            "write it in quotes, or leave it out",
        ),
        (
            {"minuts": 5},
            "warning",
            "the metadata has an unknown entry minuts",
            "known ones are: title, topic, minutes, audience, slug, language, order, narration",
        ),
    ],
)
def test_metadata_that_does_not_fit_is_named_with_its_repair(
    folder: Any, metadata: dict[str, Any], severity: str, message: str, repair: str
) -> None:
    assert (severity, message, repair) in said(folder, **metadata)


def test_a_lesson_without_a_title_is_told_where_to_put_one(folder: Any) -> None:
    _source, findings = read_lesson(folder.lesson("Text only.", title=None), folder.course)
    assert [str(one) for one in findings] == [
        "the lesson has no title; begin its first Markdown cell with “# ” and the title"
    ]


def test_a_lesson_without_a_topic_is_told_to_move_into_a_folder(folder: Any) -> None:
    path = folder.lesson("# T", name="lessons/one.ipynb", topic=None)
    _source, (finding,) = read_lesson(path, folder.course)
    assert (finding.severity, finding.message) == ("warning", "the lesson has no topic")


def test_two_lessons_of_one_slug_are_both_left_out_and_named(folder: Any) -> None:
    folder.lesson("# A", name="lessons/fire/one.ipynb")
    folder.lesson("# B", name="lessons/dust/one.ipynb")
    catalogue = read_lessons(folder.course)
    assert catalogue.lessons == ()
    assert catalogue.broken == {"one"}
    assert {one.file for one in catalogue.findings} == {
        "lessons/fire/one.ipynb",
        "lessons/dust/one.ipynb",
    }
    assert "used by 2 lessons" in catalogue.findings[0].message


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        ('{"cells": [\n}', "the file is damaged: it is not valid JSON", 2),
        ("[1, 2]", "this is not a notebook", None),
        (
            '{"cells": [{"cell_type": "poem", "source": ""}]}',
            "a part is of an unknown kind: poem",
            None,
        ),
        ('{"nbformat": 3, "cells": []}', "this notebook has the old format 3", None),
        (b"\xff\xfe\x00", "the file is not written in UTF-8", None),
        ("[" * 100_000, "the file is damaged: it is not valid JSON", None),
    ],
)
def test_a_file_that_is_no_notebook_is_named_with_reason_and_repair(
    folder: Any, content: str | bytes, message: str, line: int | None
) -> None:
    folder.write("lessons/fire/one.ipynb", content)
    catalogue = read_lessons(folder.course)
    (finding,) = catalogue.findings
    assert catalogue.lessons == ()
    assert (finding.severity, finding.file) == ("error", "lessons/fire/one.ipynb")
    assert (finding.message, finding.line) == (message, line)
    assert finding.repair


def test_a_notebook_that_is_a_link_out_of_the_course_is_refused(folder: Any) -> None:
    outside = folder.root.parent / "secret.ipynb"
    outside.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4}))
    (folder.root / "lessons/fire").mkdir()
    (folder.root / "lessons/fire/one.ipynb").symlink_to(outside)
    (finding,) = read_lessons(folder.course).findings
    assert finding.message == "the file is a link that leads out of the course folder"
