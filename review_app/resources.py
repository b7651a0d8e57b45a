"""What the shells share: the open database, files, indexes, LibreOffice and reader of one installation."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import select

from compile.office_suite import OfficeSuite, find_office
from compile.reading import Converter, LibreOfficeConverter
from compile.reading.isolated import IsolatedReader
from review_app.config import Settings
from review_app.models import Installation
from review_app.schema import migrate
from review_app.storage.database import Database
from review_app.storage.files import FileStore
from review_app.storage.fingerprints import FingerprintTable
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened once per process. `office` sets books and `converter` reads old files, both by LibreOffice; None without
    it. `fingerprints` are those of the compared essays, filled when first needed. `wake` is set after a commit that left
    work in the outbox, `stopping` when the worker is to end soon."""

    settings: Settings
    database: Database
    files: FileStore
    indexes: dict[IndexAudience, SearchIndex]
    office: OfficeSuite | None
    converter: Converter | None
    reader: IsolatedReader
    fingerprints: FingerprintTable = field(default_factory=FingerprintTable)
    wake: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

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
    office, converter = _find_office(settings.soffice)
    return Resources(
        settings=settings,
        database=database,
        files=FileStore(settings.uploads_dir),
        indexes={
            "bureau": SearchIndex(settings.index_dir / "bureau", audience="bureau", epoch=epoch),
            "reviewer": SearchIndex(settings.index_dir / "reviewer", audience="reviewer", epoch=epoch),
        },
        office=office,
        converter=converter,
        reader=_find_reader(settings.soffice),
    )


@cache
def _find_office(program: str) -> tuple[OfficeSuite | None, Converter | None]:
    """LibreOffice and the converter made of it, which holds the places for two at once."""
    office = find_office(program=program)
    return office, None if office is None else LibreOfficeConverter(office)


@cache
def _find_reader(program: str) -> IsolatedReader:
    return IsolatedReader(_find_office(program)[1])
