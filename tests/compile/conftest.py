"""Builders of office files: plain functions handed out as fixtures, so no test imports a test module."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO
from xml.sax.saxutils import escape

import pytest
from PIL import Image

W_NAME = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{W_NAME}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATION_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
ODF_SPACES = {
    "office": "office",
    "text": "text",
    "table": "table",
    "style": "style",
    "draw": "drawing",
    "fo": "xsl-fo-compatible",
    "svg": "svg-compatible",
}
ODF_NAMES = (
    " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for key, name in ODF_SPACES.items())
    + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:math="http://www.w3.org/1998/Math/MathML"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)
ODT_TYPE = "application/vnd.oasis.opendocument.text"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def run(text: str, properties: str = "") -> str:
    """A w:r with one text."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def para(text: str = "", *, properties: str = "", look: str = "", inner: str = "") -> str:
    """A w:p: `text` in one run of the given look, then any inner XML."""
    head = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{head}{run(text, look) if text else ''}{inner}</w:p>"


def table(*rows: Sequence[str], cell_properties: str = "") -> str:
    """A w:tbl whose cells hold the given block XML."""
    cells = ("".join(f"<w:tc>{cell_properties}{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def zip_parts(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the parts in the given order."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return sink.getvalue()


def relations(entries: Mapping[str, tuple[str, str]]) -> str:
    """A .rels part: id to (last word of the type, target); targets with :// are external."""
    rows = ""
    for key, (kind, target) in entries.items():
        mode = ' TargetMode="External"' if "://" in target else ""
        rows += f'<Relationship Id="{key}" Type="{RELATION_TYPE}{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{rows}</Relationships>'


def docx(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    footnotes: str = "",
    comments: str = "",
    header: str = "",
    links: Mapping[str, tuple[str, str]] | None = None,
    parts: Mapping[str, str | bytes] | None = None,
    document: str = "",
) -> bytes:
    """A small .docx around the body XML; `document` replaces the whole main part."""
    sides = {"styles": styles, "numbering": numbering, "footnotes": footnotes, "comments": comments, "header": header}
    roots = {
        "styles": "styles",
        "numbering": "numbering",
        "footnotes": "footnotes",
        "comments": "comments",
        "header": "hdr",
    }
    entries: dict[str, tuple[str, str]] = {
        f"rSide{name}": (name, f"{name}.xml") for name, text in sides.items() if text
    }
    entries.update(links or {})
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations({"rId1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": document or f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(entries),
    }
    for name, text in sides.items():
        if text:
            files[f"word/{name}.xml"] = f"<w:{roots[name]} {NAMES}>{text}</w:{roots[name]}>"
    return zip_parts({**files, **(parts or {})})


def odt(
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    masters: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    mimetype: str = ODT_TYPE,
) -> bytes:
    """A small .odt around the body XML, with automatic styles, named styles and master pages."""
    files: dict[str, str | bytes] = {
        "mimetype": mimetype,
        "content.xml": f"<office:document-content {ODF_NAMES}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>",
        "styles.xml": f"<office:document-styles {ODF_NAMES}><office:styles>{styles}</office:styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>",
    }
    return zip_parts({**files, **(parts or {})})


def picture(relation_id: str, *, crop: str = "") -> str:
    """A run with an inline picture."""
    return (
        "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData "
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="{relation_id}"/>{crop}</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def jpeg(width: int = 320, height: int = 200, *, orientation: int = 1) -> bytes:
    """A small photograph with GPS, a camera serial number and a comment inside."""
    image = Image.new("RGB", (width, height), (200, 180, 160))
    image.paste((20, 60, 120), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 29.0, 12.5), 3: "E", 4: (117.0, 53.0, 4.25)})
    sink = io.BytesIO()
    image.save(sink, "JPEG", exif=exif, comment=b"SECRETCOMMENT", quality=92)
    return sink.getvalue()


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of 512-byte sectors with the given streams, each padded to full kilobytes and at least four."""
    end, sector = 0xFFFFFFFE, 512
    contents = {
        name: content.ljust(max(4096, -(-len(content) // 1024) * 1024), b"\0") for name, content in streams.items()
    }
    fat, entries, body, position = [0xFFFFFFFD, end], [("Root Entry", 5, end, 0)], b"", 2
    for name, content in contents.items():
        count = len(content) // sector
        fat += [*range(position + 1, position + count), end]
        entries.append((name, 2, position, len(content)))
        body += content
        position += count
    directory = b""
    for name, kind, start, size in entries:
        raw = name.encode("utf-16-le")
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + b"\xff" * 12
        directory += b"\0" * 36 + struct.pack("<III", start, size, 0)
    header = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0") + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *[0xFFFFFFFF] * 108)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    return header + table + directory.ljust(sector, b"\0") + body


def word_stream(*, is_encrypted: bool = False, version: int = 0xC1) -> bytes:
    """The head of a Word 97 main stream."""
    return struct.pack("<HHHHHH", 0xA5EC, version, 0, 0x0804, 0, 0x0100 if is_encrypted else 0)


def convert_to_old_word(sources: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """The .docx files as Word 97 files, by one start of LibreOffice."""
    program = shutil.which("soffice")
    assert program is not None
    for name, data in sources.items():
        (folder / f"{name}.docx").write_bytes(data)
    paths = [str(folder / f"{name}.docx") for name in sources]
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program, "--headless", profile, "--convert-to", "doc:MS Word 97", "--outdir", str(folder), *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return {name: (folder / f"{name}.doc").read_bytes() for name in sources}


def word_file(
    *pieces: tuple[str, str],
    footnotes: Sequence[tuple[int, str]] = (),
    marks: Sequence[tuple[int, int, bytes]] = (),
    boxes: str = "",
) -> bytes:
    """A Word 97 file whose text stands in pieces of (text, "cp1252" or "utf-16-le").

    `footnotes` are (position of the mark, text); `marks` give a property list to the bytes of (start, end) counted from
    the beginning of the text.
    """
    notes = "".join(text + "\r" for _, text in footnotes)
    length = sum(len(text) for text, _ in pieces)
    body, bounds, places = b"", [0], b""
    for text, encoding in (*pieces, (notes + boxes + "\r", "utf-16-le")):
        offset = 1024 + len(body)
        places += struct.pack("<HIH", 0, offset * 2 | 0x40000000 if encoding == "cp1252" else offset, 0)
        body += text.encode(encoding)
        bounds.append(bounds[-1] + len(text))
    piece_table = struct.pack(f"<{len(bounds)}I", *bounds) + places
    note_places = struct.pack(f"<{len(footnotes) + 1}I", *(place for place, _ in footnotes), length)
    note_ends = [sum(len(text) + 1 for _, text in footnotes[:count]) for count in range(len(footnotes) + 1)]
    structures = {
        0x1A2: b"\x02" + struct.pack("<I", len(piece_table)) + piece_table,
        0xAA: note_places + b"\0\0" * len(footnotes) if footnotes else b"",
        0xB2: struct.pack(f"<{len(note_ends)}I", *note_ends) if footnotes else b"",
        0xFA: struct.pack("<III", 1024, 1024 + len(body), 1),
    }
    head, table = bytearray(word_stream().ljust(512, b"\0")), b""
    for place, structure in structures.items():
        struct.pack_into("<II", head, place, len(table), len(structure))
        table += structure
    struct.pack_into("<H", head, 10, 0x0200)
    struct.pack_into("<7I", head, 0x4C, length, len(notes), 0, 0, 0, 0, len(boxes))
    return ole({"WordDocument": bytes(head) + look_page(marks) + body, "1Table": table})


def look_page(marks: Sequence[tuple[int, int, bytes]]) -> bytes:
    """A page of character properties: the property lists, counted from byte 1,024 of the stream."""
    edges = [1024 + edge for start, end, _ in marks for edge in (start, end)]
    page, lists = bytearray(512), 500
    for index, (_, _, properties) in enumerate(marks):
        lists -= (len(properties) + 2) // 2 * 2
        page[lists : lists + 1 + len(properties)] = bytes([len(properties)]) + properties
        page[len(edges) * 4 + index * 2] = lists // 2
    struct.pack_into(f"<{len(edges)}I", page, 0, *edges)
    page[511] = max(len(edges) - 1, 0)
    return bytes(page)


def stream(data: bytes) -> BinaryIO:
    """The bytes as an open file."""
    return io.BytesIO(data)


@pytest.fixture(scope="session")
def files() -> SimpleNamespace:
    """The builders of this module by name."""
    builders: dict[str, Callable[..., object]] = {
        "convert_to_old_word": convert_to_old_word,
        "docx": docx,
        "odt": odt,
        "ole": ole,
        "word_file": word_file,
        "word_stream": word_stream,
        "jpeg": jpeg,
        "para": para,
        "picture": picture,
        "relations": relations,
        "run": run,
        "stream": stream,
        "table": table,
        "zip_parts": zip_parts,
    }
    return SimpleNamespace(**builders, NAMES=NAMES, ODF_NAMES=ODF_NAMES, TYPES=TYPES)
