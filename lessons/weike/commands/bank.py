"""`weike bank`: question banks in and out, between formats, and their schema."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from weike.commands.output import OUTPUT, write
from weike.lessons.questions.incoming import Incoming, give_back, read_incoming, to_take
from weike.quizzes.bank import (
    Bank,
    Format,
    format_of,
    formats,
    is_binary,
    load_bank,
    named,
    readable,
)
from weike.quizzes.course import load_course
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats import excel, markdown
from weike.quizzes.i18n import _
from weike.quizzes.loss import Export, export, pictures_left
from weike.quizzes.schema import bank_schema
from weike.quizzes.text import brief

_SHOWN = 20  # of what the course has already; --json tells all


@click.group()
def bank() -> None:
    """Import, export and convert question banks; print their schema."""


class Converting(click.Command):
    """Names the formats that are installed at the end of its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.section("Endings"):
            formatter.write_dl(_endings(written=self.name != "import"))


def _endings(*, written: bool) -> list[tuple[str, str]]:
    """Each ending with the format's name, which --from takes."""
    ways = formats() if written else readable()
    return [
        (" ".join(module.SUFFIXES), name if name in readable() else f"{name}, for OUT only")
        for name, module in ways.items()
    ]


@bank.command(cls=Converting)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "form", metavar="FORMAT", help="The format of IN, where its name lies.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def convert(source: Path, target: Path, form: str | None, as_json: bool) -> None:
    """Write the bank IN in the format of OUT, and say what OUT cannot hold.

    The endings of the names choose the formats. A question that OUT could not give back is left
    out and named.
    """
    made = _exported(load_bank(source, form=form), format_of(target), target.name)
    write(target, made.data)
    click.echo(_as_json(made) if as_json else _as_text(made, target.name))


@bank.command("export", cls=Converting)
@click.argument("names", nargs=-1, metavar="[BANK]...")
@click.option("--format", "form", metavar="FORMAT", help="[default: that of FILE, else json]")
@OUTPUT
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON; needs --output.")
def export_banks(
    names: tuple[str, ...], form: str | None, output: Path | None, as_json: bool
) -> None:
    """Write questions of the course's banks into one file, and say what it cannot hold.

    BANK is a file in quizzes/, such as fire.md; without it, all of them are written. Without
    --output the questions are printed, and the report goes beside them.
    """
    from weike.lessons.questions.together import together  # needs what reads lessons

    course = load_course()
    if form is not None:
        module = named(form)
    else:
        module = formats()["json"] if output is None else format_of(output)
    if output is None and (as_json or is_binary(module)):
        raise WeikeError(_("say with -o into which file to write"))
    bank, losses = together(course, names)
    made = _exported(bank, module, output.name if output else form or "json")
    made = replace(made, losses=(*losses, *made.losses))
    if output is None:
        click.echo(made.data, nl=False)
        return click.echo(_as_text(made, form or "json"), err=True)
    write(output, made.data)
    click.echo(_as_json(made) if as_json else _as_text(made, output.name))


def _exported(read: Bank, module: Format, name: str) -> Export:
    made = export(read, module)
    if read.questions and not made.written:
        raise WeikeError(
            _("{name} could hold none of the questions; nothing is written").format(name=name)
        )
    if hasattr(module, "losses"):  # it tells of pictures itself
        return made
    return replace(made, losses=(*made.losses, *pictures_left(read)))


@bank.command("import", cls=Converting)
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--into", metavar="NAME", help="The bank's name in quizzes/. [default: that of FILE]")
@click.option("--from", "form", metavar="FORMAT", help="The format of FILE, where its name lies.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--keep-good", is_flag=True, help="Take the good questions; give the others back.")
@click.option("--replace", is_flag=True, help="Write over a bank of that name.")
@click.option("--new-only", is_flag=True, help="Leave out what the course asks already.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_bank(
    source: Path,
    into: str | None,
    form: str | None,
    dry_run: bool,
    keep_good: bool,
    replace: bool,
    new_only: bool,
    as_json: bool,
) -> None:
    """Bring a question bank of any known format into the course's folder quizzes/.

    Every problem is told at once. Without --keep-good, one bad question keeps all of them out; with
    it, the bad ones are written beside FILE, in its format, with the reasons. A question that
    another bank or a lesson of the course asks already is named, and left out with --new-only.
    """
    from weike.lessons.questions.library import Shelves  # reads lessons too: takes a moment

    course = load_course()
    target = course.quizzes / f"{Path(into or source.name).stem}.md"
    if not dry_run and target.exists() and not replace:
        raise WeikeError(
            _("{name} is there already; say --replace, or another name with --into").format(
                name=target
            )
        )
    with _few_collections():
        others = Shelves(course).library(without=target)
        incoming = read_incoming(source, source.name, others, form=form)
        if incoming.failure:
            raise BankError(source.name, incoming.failure)
        reading = incoming.reading
        good = keep_good or not reading.rejected
        made = export(
            to_take(incoming, others, twice=not new_only) if good else Bank(),
            cast(Format, markdown),
        )
    rejects = None
    if not dry_run and made.written:
        target.parent.mkdir(parents=True, exist_ok=True)
        for name, picture in reading.media.items():
            (target.parent / name).parent.mkdir(parents=True, exist_ok=True)
            write(target.parent / name, picture)
        write(target, made.data)
        if reading.rejected:
            name, content = give_back(incoming)
            rejects = source.with_name(name)
            write(rejects, content)
    report = {
        "file": source.name,
        "questions": len(reading.bank),
        "imported": 0 if dry_run else made.written,
        "rejected": len(reading.rejected),
        "duplicates": [
            {"item": item, "file": file} for item, file in (incoming.duplicates or {}).items()
        ],
        "into": None if dry_run or not made.written else str(target),
        "rejects": None if rejects is None else str(rejects),
        "problems": [_problem(problem) for problem in reading.problems],
        "dropped": list(reading.dropped),
        "losses": [str(loss) for loss in made.losses],
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        lines = _report(report, incoming, dry_run=dry_run, new_only=new_only, good=good)
        click.echo("\n".join(lines))
    if not (made.written and good):
        raise SystemExit(1)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Thousands of questions are kept, and looking for garbage among them takes a fifth of the time
    that they take."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@bank.command()
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
def template(target: Path) -> None:
    """Write an Excel workbook to fill in, with drop-down lists and a sheet of explanations."""
    if target.suffix.lower() != ".xlsx":
        raise WeikeError(_("name the template with .xlsx at its end"))
    if target.exists():
        raise WeikeError(_("{name} is there already").format(name=target))
    write(target, excel.dumps(Bank()))
    click.echo(_("{name} is ready to be filled in").format(name=target))


@bank.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a bank in JSON."""
    click.echo(json.dumps(bank_schema(), ensure_ascii=False, indent=2))


def _report(
    report: dict[str, Any], incoming: Incoming, *, dry_run: bool, new_only: bool, good: bool
) -> list[str]:
    count, bad = report["questions"], report["rejected"]
    lines = [_("{name}: {n} questions can be taken").format(name=report["file"], n=count)]
    if bad:
        lines.append(_("{n} cannot, for these reasons:").format(n=bad))
        lines += [f"  {problem}" for problem in incoming.reading.problems]
    if known := incoming.duplicates:
        sentence = _("{n} are asked in the course already; --new-only leaves them out:")
        if new_only:
            sentence = _("{n} are asked in the course already, and left out:")
        lines.append(sentence.format(n=len(known)))
        there = [one for one in incoming.reading.bank if one.id in known]
        lines += [f"  {brief(one.stem)} – {known[one.id]}" for one in there[:_SHOWN]]
        lines += ["  …"] if len(there) > _SHOWN else []
    for title, entries in (
        (_("left out, a bank has no place for it:"), report["dropped"]),
        (_("lost on the way:"), report["losses"]),
    ):
        if entries:
            lines += [title, *(f"  {entry}" for entry in entries)]
    if dry_run:
        lines.append(_("nothing is written, as asked"))
    elif report["into"]:
        lines.append(
            _("{n} questions are in {file}").format(n=report["imported"], file=report["into"])
        )
        if report["rejects"]:
            lines.append(
                _("the others, with the reasons, are in {file}").format(file=report["rejects"])
            )
    elif good and count:
        lines.append(_("0 imported; the course asks all of them already"))
    else:
        lines.append(_("0 imported; mend the file, or say --keep-good to take the good ones"))
    return lines


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "repair": problem.repair,
    }


def _as_json(made: Export) -> str:
    losses = [
        {"item": loss.item, "what": loss.what, "left_out": loss.left_out} for loss in made.losses
    ]
    return json.dumps({"written": made.written, "losses": losses}, ensure_ascii=False, indent=2)


def _as_text(made: Export, name: str) -> str:
    message = _("{name}: {n} questions written; this was lost:")
    if not made.losses:
        message = _("{name}: {n} questions written; nothing was lost")
    head = message.format(name=name, n=made.written)
    return "\n  ".join([head, *map(str, made.losses)])
