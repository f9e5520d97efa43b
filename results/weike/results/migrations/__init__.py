"""The store's history, shipped with the package (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from weike.quizzes.i18n import _
from weike.results.errors import StoreError

_LOCK = 0x7765696B65  # "weike": one process upgrades, the others wait


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the database of `connection` up to date, inside its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    try:
        command.upgrade(config(connection), to)
    except CommandError as error:
        raise StoreError(
            _("the database was made by a newer Weike; upgrade Weike, or restore a backup")
        ) from error


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an .ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def head() -> str | None:
    """The newest migration of the chain."""
    return ScriptDirectory.from_config(config()).get_current_head()
