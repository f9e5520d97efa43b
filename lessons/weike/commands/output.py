"""What commands that give figures have in common: their options, and where the result goes."""

from __future__ import annotations

from pathlib import Path

import click

from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _

PERIOD = click.option(
    "--period", metavar="PERIOD", help="2026, 2026-H2, 2026-Q4 or 2026-11. [default: this quarter]"
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "xlsx", "json"]),
    default="table",
    show_default=True,
)
OUTPUT = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to this file."
)
TO = click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the files are written. [default: here]",
)


def write(path: Path, data: str | bytes) -> None:
    """The bytes, or the text as UTF-8, into a file and a folder that need not be there yet.

    A `WeikeError` says why that cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=path, reason=why(error))
        ) from error
