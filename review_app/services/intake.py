"""Taking a file in: read it, keep the original and what was read by hash. Everything here happens before the
transaction, so that the transaction holds no file work; a file kept but never referred to is swept later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from compile.file_names import safe_file_name
from compile.manuscript import Manuscript, count_manuscript_words, picture_keys, undo_headings, with_title
from compile.manuscript_json import dump_manuscript, load_manuscript
from compile.reading.isolated import IsolatedReader
from review_app.models import StoredFile
from review_app.storage.files import FileStore
from review_app.work import Work

MANUSCRIPT_TYPE: Final = "application/json"
_MEDIA_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "rtf": "application/rtf",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file safely on disk that still needs its row."""

    key: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Intake:
    """All that one uploaded file gave, already kept: the original first, then the manuscript, then the pictures."""

    files: tuple[KeptFile, ...]
    original_name: str
    kind: str
    manuscript: Manuscript
    byline: dict[str, Any]
    dropped: list[dict[str, str]]

    @property
    def original_key(self) -> str:
        """SHA-256 of the untouched original."""
        return self.files[0].key

    @property
    def manuscript_key(self) -> str:
        """SHA-256 of the manuscript JSON."""
        return self.files[1].key

    def retitled(self, title: str, kept: KeptFile) -> Intake:
        """The same intake with its manuscript kept under another title."""
        files = (self.files[0], kept, *self.files[2:])
        return replace(self, files=files, manuscript=with_title(self.manuscript, title, self.manuscript.subtitle))

    @property
    def picture_keys(self) -> list[str]:
        """The pictures in order."""
        return list(picture_keys(self.manuscript))

    @property
    def words(self) -> int:
        """Length by Word's rule."""
        return count_manuscript_words(self.manuscript)


def take_in(
    files: FileStore, reader: IsolatedReader, *, data: bytes, name: str, limit_bytes: int | None = None
) -> Intake:
    """Read and keep one uploaded file. Raises Refused (unreadable, with a remedy) or Invalid (too large).

    The file is read in a process of its own; only the original, untouched, and what was read come into this one."""
    reading = reader.read(data)
    original = files.put(data, limit_bytes=limit_bytes)
    kept = [KeptFile(original.key, original.size_bytes, _MEDIA_TYPES[reading.kind])]
    kept.append(keep_manuscript(files, reading.manuscript))
    for picture in reading.pictures:
        stored = files.put(picture.data)
        kept.append(KeptFile(stored.key, stored.size_bytes, picture.media_type))
    byline = asdict(replace(reading.byline, confidence=dict(reading.byline.confidence)))
    return Intake(
        files=tuple(kept),
        original_name=clean_upload_name(name),
        kind=reading.kind,
        manuscript=reading.manuscript,
        byline=byline,
        dropped=[asdict(dropped) for dropped in reading.dropped],
    )


def clean_upload_name(name: str) -> str:
    """The name of an uploaded file without the folders some browsers send, at most 200 characters."""
    return safe_file_name(name.replace("\\", "/").rsplit("/", 1)[-1], limit=200)


def keep_manuscript(files: FileStore, manuscript: Manuscript) -> KeptFile:
    """Keep a manuscript as canonical JSON."""
    stored = files.put(dump_manuscript(manuscript))
    return KeptFile(stored.key, stored.size_bytes, MANUSCRIPT_TYPE)


def confirm_manuscript(
    files: FileStore, *, read_key: str, title: str, subtitle: str, undone: Collection[int] = ()
) -> KeptFile:
    """The manuscript as read, under the confirmed title and subtitle and with the proposed headings at the indexes
    `undone` as paragraphs, kept."""
    manuscript = undo_headings(load_manuscript(files.read(read_key)), undone)
    return keep_manuscript(files, with_title(manuscript, title, subtitle))


def add_file_rows(work: Work, kept: tuple[KeptFile, ...]) -> None:
    """Give kept files their rows; those already known are left as they are."""
    for file in kept:
        if work.session.get(StoredFile, file.key) is None:
            work.session.add(
                StoredFile(key=file.key, size_bytes=file.size_bytes, media_type=file.media_type, created_at=work.now)
            )
            work.session.flush()
