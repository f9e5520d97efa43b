"""What is wrong with one file, said while somebody writes it: nothing is run."""

from __future__ import annotations

from weike.lessons.check import check_course
from weike.lessons.finding import Finding
from weike.lessons.sources import source_path
from weike.quizzes.course import Course


def quick_findings(course: Course, path: str) -> list[Finding]:
    """Everything that `weike check --no-run` says of a lesson or a bank of the course.

    `path` is relative to the course folder, as `read_source` takes it. Clashes with other files
    are found too. Raises `WeikeError` for a file that is neither a lesson nor a bank.
    """
    file = source_path(course, path)
    return list(check_course(course, files=[file], run=False).findings)
