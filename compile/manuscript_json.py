"""Manuscripts as canonical JSON: the same manuscript is always the same bytes. The schema is in docs/manuscript.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from compile.manuscript import Manuscript, Run, iter_runs

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(Manuscript)
_PLACE: Final = re.compile(r"(?P<fault>.*) - at `\$(?P<place>.*)`", re.DOTALL)
Kind = TypeVar("Kind")


def dump_manuscript(manuscript: Manuscript) -> bytes:
    """UTF-8 JSON with sorted names, no blanks and no final newline; values that equal their default are left out.
    Raises ValueError where a text holds half of a surrogate pair."""
    return _ENCODER.encode(manuscript)


def load_manuscript(data: bytes) -> Manuscript:
    """The manuscript in the JSON; raises ValueError that names the place of what is wrong, such as
    manuscript.blocks[3].level."""
    manuscript = decode(_DECODER, data, "manuscript")
    if b'"note"' in data:  # most works have none
        check_marks(manuscript)
    return manuscript


def decode(decoder: msgspec.json.Decoder[Kind], data: bytes, name: str) -> Kind:
    """What the decoder makes of the JSON; raises ValueError that names the place of what is wrong, after `name`."""
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(name_fault(error, name)) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: {error}") from error


def name_fault(error: msgspec.MsgspecError, name: str) -> str:
    """What is wrong behind its place, which begins with `name`."""
    found = _PLACE.fullmatch(str(error))
    return f"{name}{found['place']}: {found['fault']}" if found else f"{name}: {error}"


def check_marks(manuscript: Manuscript) -> None:
    """Every footnote mark points to a note, and none stands in a note; raises ValueError."""
    _check_marks(iter_runs(manuscript), len(manuscript.notes))
    _check_marks(manuscript.notes, 0)


def _check_marks(texts: Iterable[tuple[Run, ...]], note_count: int) -> None:
    for runs in texts:
        for run in runs:
            if run.note is not None and run.note >= note_count:
                raise ValueError(f"manuscript: a footnote mark points to note {run.note} of {note_count}")
