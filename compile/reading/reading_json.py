"""Readings as JSON, without the bytes of their pictures: for programs, and for the way out of a reader's process."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from compile.manuscript import Key, Manuscript, Picture, Positive, picture_keys
from compile.manuscript_json import check_marks, decode
from compile.reading.types import DROPPED_KINDS, Byline, Dropped, FileKind, PictureFile, Reading

# What the readers make, by the first bytes of such a file.
_MEDIA_HEADS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
_Score = Annotated[float, Meta(ge=0, le=1)]


class _Picture(Struct, forbid_unknown_fields=True):
    key: Key
    media_type: Literal["image/jpeg", "image/png"]
    width_px: Positive
    height_px: Positive
    size_bytes: int
    is_screenshot: bool


class _Byline(Struct, forbid_unknown_fields=True):
    authors: tuple[str, ...]
    unit: str
    post: str
    phone: str
    confidence: dict[Literal["authors", "unit", "post", "phone"], _Score]


class _Dropped(Struct, forbid_unknown_fields=True):
    kind: str
    place: str
    excerpt: str


class _Document(Struct, forbid_unknown_fields=True):
    kind: FileKind
    manuscript: Manuscript
    byline: _Byline
    pictures: tuple[_Picture, ...]
    dropped: tuple[_Dropped, ...]


_DECODER: Final = msgspec.json.Decoder(_Document)


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """All of a reading but the bytes of its pictures, ready for json.dumps."""
    byline = reading.byline
    document = _Document(
        reading.kind,
        reading.manuscript,
        _Byline(byline.authors, byline.unit, byline.post, byline.phone, dict(byline.confidence)),  # type: ignore[arg-type]
        tuple(
            _Picture(
                picture.key,
                picture.media_type,  # type: ignore[arg-type]  # the readers make these two alone
                picture.width_px,
                picture.height_px,
                len(picture.data),
                picture.is_screenshot,
            )
            for picture in reading.pictures
        ),
        tuple(_Dropped(item.kind, item.place, item.excerpt) for item in reading.dropped),
    )
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain


def reading_from_json(document: object, pictures: Sequence[bytes]) -> Reading:
    """The reading in parsed JSON, with the bytes of its pictures in their order.

    Raises ValueError that names the place of what is wrong. Nothing is taken on trust: every picture must have the
    hash and checksum it is named by and the look of its type, and the manuscript must show these pictures and no others.
    """
    found = decode(_DECODER, msgspec.json.encode(document), "reading")
    check_marks(found.manuscript)
    if len(found.pictures) != len(pictures):
        raise ValueError("reading.pictures: not as many as their data")
    for item in found.dropped:
        if item.kind not in DROPPED_KINDS:
            raise ValueError(f"reading.dropped: unknown kind {item.kind!r}")
    files = tuple(_take_picture(item, data) for item, data in zip(found.pictures, pictures, strict=True))
    if picture_keys(found.manuscript) != tuple(file.key for file in files):
        raise ValueError("reading.pictures: not those of the manuscript")
    checksums = {file.key: zlib.crc32(file.data) for file in files}
    for block in found.manuscript.blocks:
        if isinstance(block, Picture) and block.crc32 != checksums[block.key]:
            raise ValueError("reading.pictures: a checksum that is not that of the data")
    byline = found.byline
    confidence: dict[str, float] = {str(name): score for name, score in byline.confidence.items()}
    return Reading(
        found.kind,
        found.manuscript,
        files,
        Byline(byline.authors, byline.unit, byline.post, byline.phone, confidence),
        tuple(Dropped(item.kind, item.place, item.excerpt) for item in found.dropped),
    )


def _take_picture(item: _Picture, data: bytes) -> PictureFile:
    if not data.startswith(_MEDIA_HEADS[item.media_type]):
        raise ValueError("reading.pictures: a type that is not that of the data")
    if item.key != hashlib.sha256(data).hexdigest() or item.size_bytes != len(data):
        raise ValueError("reading.pictures: a key that is not that of the data")
    return PictureFile(item.key, data, item.media_type, item.width_px, item.height_px, item.is_screenshot)
