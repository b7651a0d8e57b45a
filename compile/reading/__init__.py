"""Readers: any accepted office file becomes a `Reading`."""

from __future__ import annotations

from typing import BinaryIO, Final

from compile.errors import Refused
from compile.reading.archive import Archive
from compile.reading.assemble import assemble
from compile.reading.docx import read_docx
from compile.reading.draft import Draft
from compile.reading.odt import read_odt
from compile.reading.office import Converter, LibreOfficeConverter, OfficeFormat, find_converter
from compile.reading.sniff import FileFormat, sniff
from compile.reading.text import read_text
from compile.reading.types import DROPPED_KINDS, Byline, Dropped, FileKind, PictureFile, Reading
from compile.reading.word_binary import read_word_binary

__all__ = [
    "DROPPED_KINDS",
    "Byline",
    "Converter",
    "Dropped",
    "FileKind",
    "LibreOfficeConverter",
    "PictureFile",
    "Reading",
    "Refused",
    "find_converter",
    "read",
]

MAX_FILE_BYTES: Final = 64 * 2**20

_KINDS: dict[FileFormat, FileKind] = {
    "docx": "docx",
    "odt": "odt",
    "doc": "doc",
    "doc-95": "doc",
    "doc-6": "doc",
    "wps": "wps",
    "rtf": "rtf",
    "txt": "txt",
}


def read(stream: BinaryIO, *, converter: Converter | None = None) -> Reading:
    """Everything of use in one office file: manuscript, pictures, byline, and what was left out.

    The type is judged by content. .docx, .odt and .txt are read here; the other types go through `converter` first.
    Where that fails or there is none, a Word file still gives its bare words, and the rest are refused. Raises Refused
    with a code of `compile.errors.REFUSALS`, nothing else.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise Refused("too-large")
    return assemble(*_read_draft(data, converter))


def _read_draft(data: bytes, converter: Converter | None) -> tuple[FileKind, Draft]:
    found = sniff(data)
    kind = _KINDS[found.format]
    if found.format == "txt":
        return kind, read_text(found.text)
    if found.format == "docx":
        assert found.archive is not None
        return kind, read_docx(found.archive)
    if found.format == "odt":
        assert found.archive is not None
        return kind, read_odt(found.archive)
    try:
        return kind, _read_converted(data, found.format, converter)
    except Refused:
        if kind != "doc" or (draft := _read_words(data)) is None:
            raise
        return kind, draft


def _read_converted(data: bytes, office_format: OfficeFormat, converter: Converter | None) -> Draft:
    if converter is None:
        raise Refused("needs-office")
    converted = converter.convert(data, office_format)
    try:
        return read_docx(Archive(converted))
    except Refused as refusal:
        raise Refused("conversion-failed") from refusal


def _read_words(data: bytes) -> Draft | None:
    """The bare words of a Word file, None when not even they can be read."""
    try:
        return read_word_binary(data)
    except Refused:
        return None
