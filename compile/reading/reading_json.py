"""Readings as JSON, without the bytes of their pictures: for programs, and for the way out of a reader's process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, get_args

from compile.manuscript import picture_keys
from compile.manuscript_json import (
    Json,
    check_object,
    load_count,
    load_list,
    load_text,
    manuscript_from_json,
    manuscript_to_json,
)
from compile.reading.types import DROPPED_KINDS, Byline, Dropped, FileKind, PictureFile, Reading

_KINDS: Final[dict[object, FileKind]] = {kind: kind for kind in get_args(FileKind)}
# What the readers make, by the first bytes of such a file.
_MEDIA_HEADS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
_PICTURE_NAMES = {"key", "media_type", "width_px", "height_px", "size_bytes"}


def reading_to_json(reading: Reading) -> Json:
    """All of a reading but the bytes of its pictures, ready for json.dumps."""
    byline = reading.byline
    return {
        "kind": reading.kind,
        "manuscript": manuscript_to_json(reading.manuscript),
        "byline": {
            "authors": list(byline.authors),
            "unit": byline.unit,
            "post": byline.post,
            "phone": byline.phone,
            "confidence": dict(byline.confidence),
        },
        "pictures": [
            {
                "key": picture.key,
                "media_type": picture.media_type,
                "width_px": picture.width_px,
                "height_px": picture.height_px,
                "size_bytes": len(picture.data),
            }
            for picture in reading.pictures
        ],
        "dropped": [{"kind": item.kind, "place": item.place, "excerpt": item.excerpt} for item in reading.dropped],
    }


def reading_from_json(document: object, pictures: Sequence[bytes]) -> Reading:
    """The reading in parsed JSON, with the bytes of its pictures in their order.

    Raises ValueError that names the place of what is wrong. Nothing is taken on trust: every picture must have the
    hash it is named by and the look of its type, and the manuscript must show these pictures and no others.
    """
    fields = check_object(document, "reading", {"kind", "manuscript", "byline", "pictures", "dropped"}, set())
    if not isinstance(fields["kind"], str) or fields["kind"] not in _KINDS:
        raise ValueError("reading.kind: unknown")
    data = iter(pictures)
    reading = Reading(
        kind=_KINDS[fields["kind"]],
        manuscript=manuscript_from_json(fields["manuscript"]),
        pictures=load_list(fields, "pictures", "reading", lambda item, at: _load_picture(item, at, data)),
        byline=_load_byline(fields["byline"]),
        dropped=load_list(fields, "dropped", "reading", _load_dropped),
    )
    if next(data, None) is not None:
        raise ValueError("reading.pictures: more data than pictures")
    if picture_keys(reading.manuscript) != tuple(picture.key for picture in reading.pictures):
        raise ValueError("reading.pictures: not those of the manuscript")
    return reading


def _load_picture(item: object, place: str, pictures: Iterator[bytes]) -> PictureFile:
    fields = check_object(item, place, _PICTURE_NAMES, set())
    media_type = load_text(fields, "media_type", place)
    data = next(pictures, b"")
    if media_type not in _MEDIA_HEADS or not data.startswith(_MEDIA_HEADS[media_type]):
        raise ValueError(f"{place}.media_type: not that of the data")
    if fields["key"] != hashlib.sha256(data).hexdigest() or fields["size_bytes"] != len(data):
        raise ValueError(f"{place}.key: not that of the data")
    width_px, height_px = (load_count(fields, name, place, lowest=1) for name in ("width_px", "height_px"))
    return PictureFile(fields["key"], data, media_type, width_px, height_px)


def _load_byline(item: object) -> Byline:
    place = "reading.byline"
    fields = check_object(item, place, {"authors", "unit", "post", "phone", "confidence"}, set())
    texts = {name: load_text(fields, name, place) for name in ("unit", "post", "phone")}
    scores = check_object(fields["confidence"], f"{place}.confidence", set(), {"authors", *texts})
    for name, score in scores.items():
        if not isinstance(score, float | int) or isinstance(score, bool) or not 0 <= score <= 1:
            raise ValueError(f"{place}.confidence.{name}: expected a number from 0 to 1")
    authors = load_list(fields, "authors", place, lambda author, at: load_text({at: author}, at, place))
    return Byline(authors, **texts, confidence=scores)


def _load_dropped(item: object, place: str) -> Dropped:
    fields = check_object(item, place, {"kind", "place", "excerpt"}, set())
    kind = load_text(fields, "kind", place)
    if kind not in DROPPED_KINDS:
        raise ValueError(f"{place}.kind: unknown")
    return Dropped(kind, load_text(fields, "place", place), load_text(fields, "excerpt", place))
