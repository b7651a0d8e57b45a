"""What the shells share: the open database, files, indexes and converter of one installation."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from compile.reading import Converter, find_converter
from review_app.config import Settings
from review_app.storage.database import Database
from review_app.storage.files import FileStore
from review_app.storage.index import Audience, SearchIndex, open_index


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened once per process. `wake` is set after a commit that left work in the outbox."""

    settings: Settings
    database: Database
    files: FileStore
    indexes: dict[Audience, SearchIndex]
    converter: Converter | None
    wake: threading.Event = field(default_factory=threading.Event)


def open_resources(settings: Settings) -> Resources:
    """Open everything `settings` name, without touching their content; raises UnsafeDatabase if pragmas do not hold."""
    database = Database(settings.database_path)
    database.check_pragmas()
    return Resources(
        settings=settings,
        database=database,
        files=FileStore(settings.uploads_dir),
        indexes={audience: open_index(settings.index_dir / audience, audience) for audience in Audience},
        converter=find_converter(settings.soffice),
    )
