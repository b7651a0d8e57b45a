"""What a reader gives back: the manuscript, its pictures, the byline found, and everything it dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compile.manuscript import Manuscript

FileKind = Literal["docx", "odt", "doc", "wps", "rtf", "txt"]


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture re-encoded to bare pixels (no EXIF, XMP or comment), upright. `key` is the SHA-256 hex of `data`."""

    key: str
    data: bytes
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote it, as far as the file says. `confidence` gives 0.0 to 1.0 per field name that was found."""

    authors: tuple[str, ...] = ()
    unit: str = ""
    post: str = ""
    phone: str = ""
    confidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One thing the reader left out or changed. `kind` is a code of docs/manuscript.md, `place` says where in words
    a clerk understands, `excerpt` holds at most 60 characters of it with long numbers masked."""

    kind: str
    place: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one file. `kind` is the type found by content, never by name."""

    kind: FileKind
    manuscript: Manuscript
    pictures: tuple[PictureFile, ...]
    byline: Byline
    dropped: tuple[Dropped, ...]
