"""`weike bank`: question banks between formats."""

from __future__ import annotations

import json
from pathlib import Path

import click

from weike.quizzes.bank import format_of, load_bank
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _
from weike.quizzes.loss import Export, export
from weike.quizzes.schema import bank_schema


@click.group()
def bank() -> None:
    """Convert question banks; print their schema."""


@bank.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def convert(source: Path, target: Path, as_json: bool) -> None:
    """Write the bank IN in the format of OUT, and say what OUT cannot hold.

    The endings of the names choose the formats. A question that OUT could not give back is left
    out and named.
    """
    module = format_of(target)
    read = load_bank(source)
    made = export(read, module)
    if read.questions and not made.written:
        raise WeikeError(
            _("{name} could hold none of the questions; nothing is written").format(
                name=target.name
            )
        )
    try:
        target.write_text(made.text, encoding="utf-8")
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=target, reason=why(error))
        ) from error
    click.echo(_as_json(made) if as_json else _as_text(made, target))


@bank.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a bank in JSON."""
    click.echo(json.dumps(bank_schema(), ensure_ascii=False, indent=2))


def _as_json(made: Export) -> str:
    losses = [
        {"item": loss.item, "what": loss.what, "left_out": loss.left_out} for loss in made.losses
    ]
    return json.dumps({"written": made.written, "losses": losses}, ensure_ascii=False, indent=2)


def _as_text(made: Export, target: Path) -> str:
    message = _("{name}: {n} questions written; this was lost:")
    if not made.losses:
        message = _("{name}: {n} questions written; nothing was lost")
    head = message.format(name=target.name, n=made.written)
    return "\n  ".join([head, *map(str, made.losses)])
