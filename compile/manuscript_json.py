"""Manuscripts as canonical JSON: the same manuscript is always the same bytes. The schema is in docs/manuscript.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compile.manuscript import Manuscript, Run, iter_runs

if TYPE_CHECKING:  # a writer of books needs no reader of office files
    from compile.reading.types import Reading

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(Manuscript)
_PLACE: Final = re.compile(r"(?P<fault>.*) - at `\$(?P<place>.*)`", re.DOTALL)


def dump_manuscript(manuscript: Manuscript) -> bytes:
    """UTF-8 JSON with sorted names, no blanks and no final newline; values that equal their default are left out.
    Raises ValueError where a text holds half of a surrogate pair."""
    return _ENCODER.encode(manuscript)


def load_manuscript(data: bytes) -> Manuscript:
    """The manuscript in the JSON; raises ValueError that names the place of what is wrong, such as
    manuscript.blocks[3].level."""
    try:
        manuscript = _DECODER.decode(data)
    except msgspec.MsgspecError as error:
        found = _PLACE.fullmatch(str(error))
        place, fault = (found["place"], found["fault"]) if found else ("", str(error))
        raise ValueError(f"manuscript{place}: {fault}") from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"manuscript: {error}") from error
    _check_marks(iter_runs(manuscript), len(manuscript.notes))
    _check_marks(manuscript.notes, 0)
    return manuscript


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """All of a reading but the bytes of its pictures, ready for json.dumps."""
    byline = reading.byline
    return {
        "kind": reading.kind,
        "manuscript": msgspec.to_builtins(reading.manuscript),
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


def _check_marks(texts: Iterable[tuple[Run, ...]], note_count: int) -> None:
    """Every footnote mark points to a note."""
    for runs in texts:
        for run in runs:
            if run.note is not None and run.note >= note_count:
                raise ValueError(f"manuscript: a footnote mark points to note {run.note} of {note_count}")
