"""Parsing of untrusted XML parts: no DTD, no entities, no network, a bounded tree."""

from __future__ import annotations

import codecs
import posixpath
import re
from typing import NamedTuple

from lxml import etree

from compile.errors import Refused
from compile.reading.archive import Archive
from compile.reading.draft import Report

MAX_TAGS = 1_500_000

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
XLINK = "{http://www.w3.org/1999/xlink}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# ISO 29500 strict names read as the transitional ones, so one reader serves both.
_STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", M),
)
_WIDE_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class ParsedPart(NamedTuple):
    """The root of a part, and whether broken XML had to be repaired (text may be missing)."""

    root: etree._Element
    is_repaired: bool


def parse_xml(data: bytes) -> ParsedPart:
    """The tree of one part; raises Refused with unsafe (any DOCTYPE), too-large or damaged."""
    data = _to_narrow(data)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("unsafe")
    if data.count(b"<") > MAX_TAGS:
        raise Refused("too-large")
    if b"purl.oclc.org/ooxml" in data:
        for strict, transitional in _STRICT_NAMES:
            data = data.replace(strict, transitional[1:-1].encode())
    is_repaired = False
    try:
        root = etree.fromstring(data, _make_parser(recover=False))
    except etree.XMLSyntaxError as error:
        if "XML_PARSE_HUGE" in str(error):
            raise Refused("too-large") from error
        root, is_repaired = _repair(data), True
    except ValueError as error:
        raise Refused("damaged") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("unsafe")
    return ParsedPart(root, is_repaired)


def read_part(archive: Archive, name: str, report: Report) -> etree._Element | None:
    """The root of a part, None when it is missing; a repaired part is reported."""
    data = archive.read_xml(name)
    if not data:
        return None
    part = parse_xml(data)
    if part.is_repaired:
        report.add("repaired", posixpath.basename(name))
    return part.root


def read_side_part(archive: Archive, name: str, report: Report) -> etree._Element | None:
    """The root of a part the text can do without; None when it is missing or, which is reported, beyond repair."""
    try:
        return read_part(archive, name, report)
    except Refused as refusal:
        if refusal.code != "damaged":
            raise
        report.add("damaged-part", posixpath.basename(name))
        return None


def _make_parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _repair(data: bytes) -> etree._Element:
    try:
        root = etree.fromstring(data, _make_parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("damaged") from error
    if root is None:
        raise Refused("damaged")
    return root


def _to_narrow(data: bytes) -> bytes:
    """Wide encodings as UTF-8, so that a DOCTYPE cannot hide from a byte search."""
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            try:
                return _DECLARATION.sub("", data.decode(encoding), count=1).encode()
            except UnicodeError as error:
                raise Refused("damaged") from error
    return data
