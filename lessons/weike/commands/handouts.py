"""`weike export outline`, `handout` and `paper`: a lesson on paper, or as pictures for a chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING

import click

from weike.commands.output import TO
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

if TYPE_CHECKING:
    from weike.commands.export import Desk
    from weike.lessons.handouts.documents import Documents

_SLUGS = click.argument("slugs", metavar="SLUG...", nargs=-1, required=True)
_PICTURES = click.option(
    "--pictures", is_flag=True, help="Page pictures (PNG) in the size of a phone, instead of a PDF."
)
_KEY = click.option("--key", is_flag=True, help="With the answers.")
Write = Callable[[str, str, str], None]  # HTML, what it is, the rest of the name


@click.command()
@_SLUGS
@_PICTURES
@TO
def outline(slugs: Sequence[str], pictures: bool, folder: Path) -> None:
    """Write outlines to read before class, with room for notes and a QR code."""
    with _press(folder, pictures) as (desk, write):
        for slug in slugs:
            write(_documents(desk, slug, pictures).outline(), _("Outline before class"), slug)


@click.command()
@_SLUGS
@_KEY
@_PICTURES
@TO
def handout(slugs: Sequence[str], key: bool, pictures: bool, folder: Path) -> None:
    """Write a lesson's text and questions to print out, with the answers or without."""
    with _press(folder, pictures) as (desk, write):
        for slug in slugs:
            html = _documents(desk, slug, pictures).handout(key=key, every=True)
            write(html, _("Handout with answers") if key else _("Handout"), slug)


@click.command()
@click.argument("slug")
@click.option("--quiz", metavar="NAME", help="Which quiz, where the lesson has several.")
@click.option(
    "--variants",
    metavar="N",
    default=1,
    show_default=True,
    type=click.IntRange(1, len(ascii_uppercase)),
    help="Papers A, B, C, …, each drawn and mixed in its own way.",
)
@click.option(
    "--number",
    metavar="NUMBER",
    help="Print the paper of this number again, also after the lesson has changed.",
)
@_KEY
@_PICTURES
@TO
def paper(
    slug: str,
    quiz: str | None,
    variants: int,
    number: str | None,
    key: bool,
    pictures: bool,
    folder: Path,
) -> None:
    """Write an exam paper with its answer sheet.

    Its number stands on every sheet, and prints the same paper again.
    """
    from weike.lessons.handouts.documents import read_number

    letters, version = read_number(number) if number else (ascii_uppercase[:variants], "")
    with _press(folder, pictures) as (desk, write):
        documents = _documents(desk, slug, pictures, version)
        for letter in letters:
            html = documents.paper(quiz, key=key, variant=letter)
            words = _("Exam paper with answers") if key else _("Exam paper")
            write(html, words, f"{quiz or slug}-{letter}")


@contextmanager
def _press(folder: Path, pictures: bool) -> Iterator[tuple[Desk, Write]]:
    from weike.commands.export import Desk
    from weike.lessons.handouts.pictures import page_pictures
    from weike.results.reporting.printing import press

    with Desk.of(folder) as desk, press() as running:

        def write(html: str, kind: str, name: str) -> None:
            if not pictures:
                desk.write(running.pdf(html, footer=desk.course.title), kind, name, suffix="pdf")
                return
            for number, page in enumerate(page_pictures(running.pdf(html)), 1):
                desk.write(page, kind, name, number, suffix="png")

        yield desk, write


def _documents(desk: Desk, slug: str, pictures: bool, version: str = "") -> Documents:
    from weike.lessons.handouts.documents import Documents
    from weike.results.catalogue import lesson
    from weike.results.versions import find_version

    found = find_version(desk.store, slug, version) if version else lesson(desk.store, slug)
    if found is None and version:
        raise WeikeError(
            _("there is no version {version} of {slug}").format(version=version, slug=slug)
        )
    if found is None:
        raise WeikeError(_("no lesson {slug} is published").format(slug=slug))
    course = desk.course
    return Documents(
        lesson=found,
        store=desk.store,
        organisation=course.title,
        address=f"{course.public_url}{course.base_url}" if course.public_url else None,
        shape="phone" if pictures else "a4",
    )
