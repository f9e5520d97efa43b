"""`weike bring`: a lesson out of a document that a lecturer already has."""

from __future__ import annotations

import json
from pathlib import Path

import click

from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--into", metavar="SLUG", help="The lesson's address. [default: from FILE's name]")
@click.option("--dry-run", is_flag=True, help="Say what would come of it; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def bring(source: Path, into: str | None, dry_run: bool, as_json: bool) -> None:
    """Make a lesson of a Word document or a PDF.

    Headings, lists, tables, pictures and equations of a .docx become the lesson's own. Of a PDF,
    also of slides saved as PDF, each page becomes a picture with its text. What could not be taken
    and what has to be confirmed is said.
    """
    from weike.lessons.bringing.bring import bring as read_document
    from weike.lessons.bringing.bring import keep

    course = load_course()
    try:
        data = source.read_bytes()
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be read: {reason}").format(name=source, reason=why(error))
        ) from error
    brought = read_document(course, source.name, data, slug=into)
    target = None if dry_run else keep(course, brought)
    if as_json:
        report = {
            "slug": brought.slug,
            "title": brought.title,
            "into": None if target is None else str(target),
            "pictures": len(brought.media),
            "findings": [finding.to_json() for finding in brought.findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for finding in brought.findings:
        click.echo(f"  {finding}")
    if target is None:
        click.echo(_("nothing is written, as asked"))
    else:
        click.echo(
            _("{file} is a lesson now; look at it, then: weike publish {slug}").format(
                file=target, slug=brought.slug
            )
        )
