"""What the shells share: the open database, files, indexes, converter and reader of one installation."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import select

from compile.reading import Converter, find_converter
from compile.reading.isolated import IsolatedReader
from review_app.config import Settings
from review_app.models import Installation
from review_app.schema import migrate
from review_app.storage.database import Database
from review_app.storage.files import FileStore
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened once per process. `wake` is set after a commit that left work in the outbox."""

    settings: Settings
    database: Database
    files: FileStore
    indexes: dict[IndexAudience, SearchIndex]
    converter: Converter | None
    reader: IsolatedReader
    wake: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        """Let go of the database and the indexes."""
        for index in self.indexes.values():
            index.close()
        self.database.dispose()


def open_resources(settings: Settings) -> Resources:
    """Open everything `settings` name, with the database at the newest schema; raises UnsafeDatabase if the settings
    that make it safe do not hold."""
    database = Database(settings.database_path)
    database.check_pragmas()
    migrate(database)
    with database.read() as session:
        epoch = session.scalars(select(Installation.epoch)).one()
    return Resources(
        settings=settings,
        database=database,
        files=FileStore(settings.uploads_dir),
        indexes={
            "bureau": SearchIndex(settings.index_dir / "bureau", audience="bureau", epoch=epoch),
            "reviewer": SearchIndex(settings.index_dir / "reviewer", audience="reviewer", epoch=epoch),
        },
        converter=_find_converter(settings.soffice),
        reader=_find_reader(settings.soffice),
    )


@cache
def _find_converter(program: str) -> Converter | None:
    return find_converter(program=program)


@cache
def _find_reader(program: str) -> IsolatedReader:
    return IsolatedReader(_find_converter(program))
