"""Bringing the database to the newest schema, under a lock so that two starts cannot meet."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from review_app.domain.errors import N_, Conflict
from review_app.storage.database import Database

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction; does nothing when the database is already at the head. Raises Conflict
    for a database that a later program has changed."""
    if revision == "head" and is_current(database):
        return
    with database.engine.execution_options(review_begin="BEGIN IMMEDIATE").begin() as connection:
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise Conflict(N_("数据库是更新版本的程序建立的。请用新版程序打开，或恢复旧版程序的备份。")) from error


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
