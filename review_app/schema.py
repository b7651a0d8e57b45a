"""Bringing the database to the newest schema, under a lock so that two starts cannot meet."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from review_app.storage.database import Database

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction; does nothing when the database is already at the head."""
    if revision == "head" and is_current(database):
        return
    with database.engine.execution_options(review_begin="BEGIN IMMEDIATE").begin() as connection:
        command.upgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    with database.engine.connect() as connection:
        return _current(connection) == ScriptDirectory.from_config(_config(connection)).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
