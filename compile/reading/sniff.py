"""What a file is, judged by its content and never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compile.errors import Refused
from compile.reading.archive import Archive
from compile.reading.ole import MAGIC, OleFile
from compile.reading.text import decode_text

FileFormat = Literal["docx", "odt", "doc", "doc-95", "doc-6", "wps", "rtf", "txt"]

_WEB_OR_CODE_HEADS = (
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<meta",
    "<script",
    "<svg",
    "<?xml",
    "<?php",
    "<%",
    "mime-version:",
)
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_TEXT_MIMETYPES = (
    b"",
    b"application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.text-template",
)
_FIB_BYTES = 12
_FIB_IS_ENCRYPTED = 0x0100
_LAST_WORD_6_VERSION = 103
_LAST_WORD_95_VERSION = 105


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The format found. `archive` is open for docx and odt, `text` is set for txt."""

    format: FileFormat
    archive: Archive | None = None
    text: str = ""


def sniff(data: bytes) -> Sniffed:
    """The format of the bytes; raises Refused when it is none of the accepted ones."""
    if not data or data.isspace():
        raise Refused("empty")
    if b"%PDF-" in data[:1024]:
        raise Refused("pdf")
    if data.startswith(_ZIP_MARKS):
        return _sniff_archive(Archive(data))
    if data.startswith(MAGIC):
        return Sniffed(_sniff_ole(data))
    if data.lstrip()[:5] == rb"{\rtf":
        return Sniffed("rtf")
    text = decode_text(data)
    if text is None or text.lstrip().lower().startswith(_WEB_OR_CODE_HEADS):
        raise Refused("wrong-type")
    return Sniffed("txt", text=text)


def _sniff_archive(archive: Archive) -> Sniffed:
    names = {name.lower() for name in archive.names}
    types = archive.read_xml("[Content_Types].xml") or b""
    if any(name.endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise Refused("macro")
    if b"wordprocessingml.document.main" in types or b"wordprocessingml.template.main" in types:
        return Sniffed("docx", archive)
    if "word/document.xml" in names:
        return Sniffed("docx", archive)
    if "content.xml" in names:
        mimetype = archive.read("mimetype", 1024) or b""
        if b"encryption-data" in (archive.read_xml("META-INF/manifest.xml") or b""):
            raise Refused("encrypted")
        if mimetype.strip() in _TEXT_MIMETYPES:
            return Sniffed("odt", archive)
    raise Refused("wrong-type")


def _sniff_ole(data: bytes) -> FileFormat:
    try:
        ole = OleFile(data)
    except ValueError as error:
        raise Refused("damaged") from error
    if not ole.streams:
        raise Refused("damaged")
    if "EncryptedPackage" in ole.streams:
        raise Refused("encrypted")
    if "WordDocument" in ole.streams:
        return _sniff_word(ole.read("WordDocument", _FIB_BYTES))
    if "MatOST" in ole.streams or "CONTENTS" in ole.streams:
        return "wps"
    raise Refused("wrong-type")


def _sniff_word(fib: bytes) -> FileFormat:
    """The Word generation from the file information block; raises Refused("encrypted") when its flag is set."""
    if len(fib) < _FIB_BYTES:
        raise Refused("damaged")
    version = int.from_bytes(fib[2:4], "little")
    if int.from_bytes(fib[10:12], "little") & _FIB_IS_ENCRYPTED:
        raise Refused("encrypted")
    if version <= _LAST_WORD_6_VERSION:
        return "doc-6"
    return "doc-95" if version <= _LAST_WORD_95_VERSION else "doc"
