"""Faults of a Word package that a program could trip over: what no schema sees."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from compile.writing.styles import STYLES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_ID = 2**31 - 1
_LEFTOVERS = {
    f"{W}{tag}"
    for tag in (
        *("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange"),
        *("commentRangeStart", "commentRangeEnd", "commentReference", "altChunk", "subDoc", "customXml", "smartTag"),
        *("object", "pict", "control", "attachedTemplate", "endnoteReference"),
    )
}
_FOREIGN_PARTS = re.compile(
    "vbaProject|embeddings/|activeX|customXml|comments|endnotes|attachedToolbars", re.IGNORECASE
)
# BookBase: the ground under the styles of the house in a book that a template frames.
_HOUSE_STYLES = {style.id for style in STYLES} | {
    *(
        "Normal",
        "DefaultCharacter",
        "PlainTable",
        "FootnoteReference",
        "RareCharacter",
        "ItemMarker",
        "CommentLabel",
        "BookBase",
    )
}
_FACELESS_STYLES = {"DefaultCharacter", "PlainTable"}
_RUN_LOOKS = {f"{W}{tag}" for tag in ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "u", "vertAlign")}
# Beside its style a paragraph says what depends on its content alone: the line a picture asks for, the middle of a
# narrow column, the sides a long title is set in by, that the lines of a stanza stay together.
_PARAGRAPH_LOOKS = {f"{W}{tag}" for tag in ("pStyle", "keepNext", "keepLines", "spacing", "ind", "jc", "sectPr")}


def read_part(package: bytes, name: str) -> etree._Element:
    """A part as an element tree."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return etree.fromstring(archive.read(name))


def edit_part(package: bytes, name: str, edit: Callable[[str], str]) -> bytes:
    """The package with one part rewritten; everything else stays as it was packed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(sink, "w") as target:
        for member in source.infolist():
            data = source.read(member)
            target.writestr(member, edit(data.decode()) if member.filename == name else data)
    return sink.getvalue()


def find_faults(package: bytes) -> list[str]:
    """Every fault found, in words; none for a sound package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        faults = list(_zip_faults(archive))
        parts = {name: archive.read(name) for name in archive.namelist()}
    trees = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".rels"))}
    faults += _type_faults(parts, trees["[Content_Types].xml"])
    faults += _relation_faults(parts, trees)
    document, styles = trees["word/document.xml"], trees["word/styles.xml"]
    faults += _style_faults(trees, {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")})
    faults += _note_faults(document, trees.get("word/footnotes.xml"))
    faults += _id_faults(document)
    for name, tree in trees.items():
        faults += [f"{name}: {fault}" for fault in (*_field_faults(tree), *_leftover_faults(tree))]
    faults += [f"foreign part: {name}" for name in parts if _FOREIGN_PARTS.search(name)]
    anchors = {link.get(f"{W}anchor") for link in document.iter(f"{W}hyperlink")}
    bookmarks = {mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")}
    faults += [f"link to no bookmark: {anchor}" for anchor in sorted(anchors - bookmarks)]
    return faults


def find_look_faults(package: bytes) -> list[str]:
    """Every look that does not come from a named style of the book, and every style or face the book does not know."""
    document, notes, styles, fonts = (
        read_part(package, f"word/{name}.xml") for name in ("document", "footnotes", "styles", "fontTable")
    )
    faults = []
    kept = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    faults += [f"foreign style: {style}" for style in sorted(map(str, kept - _HOUSE_STYLES))]
    faces = {font.get(f"{W}name"): font for font in fonts}
    for style in styles.iter(f"{W}style"):
        face = style.find(f"{W}rPr/{W}rFonts")
        name = face.get(f"{W}eastAsia") if face is not None else None
        if name not in faces and style.get(f"{W}styleId") not in _FACELESS_STYLES:
            faults.append(f"style {style.get(f'{W}styleId')} in an unknown face: {name}")
        if name in faces and faces[name].find(f"{W}altName") is None:
            faults.append(f"face without stand-ins: {name}")
    for tree in (document, notes):
        for tag, allowed in (("rPr", _RUN_LOOKS), ("pPr", _PARAGRAPH_LOOKS)):
            for properties in tree.iter(f"{W}{tag}"):
                faults += [f"look of its own: {child.tag}" for child in properties if child.tag not in allowed]
        faults += [
            f"set in by itself: {paragraph.get(f'{W}val')}"
            for paragraph in tree.iter(f"{W}pStyle")
            if paragraph.get(f"{W}val") != "Heading2" and list(paragraph.itersiblings(f"{W}ind"))
        ]
        faults += [
            f"face of its own: {dict(face.attrib)}"
            for face in tree.iter(f"{W}rFonts")
            if set(face.attrib) != {f"{W}hint"}
        ]
    return faults


def _zip_faults(archive: zipfile.ZipFile) -> Iterator[str]:
    yield from (f"damaged member {name}" for name in [archive.testzip()] if name)
    names = archive.namelist()
    yield from (f"member twice: {name}" for name, count in Counter(names).items() if count > 1)
    if names[0] != "[Content_Types].xml":
        yield "[Content_Types].xml is not first"
    for member in archive.infolist():
        is_picture = member.filename.endswith((".jpeg", ".jpg", ".png"))
        if is_picture and member.compress_type != zipfile.ZIP_STORED:
            yield f"wrongly packed: {member.filename}"
        if not member.filename.isascii() and not member.flag_bits & 0x800:
            yield f"name in no known encoding: {member.filename}"


def _leftover_faults(tree: etree._Element) -> Iterator[str]:
    """What comes from merged files or from editing: tracked changes, comments, controls, embedded objects."""
    found = {element.tag for element in tree.iter() if isinstance(element.tag, str)} & _LEFTOVERS
    yield from (f"leftover {tag.rpartition('}')[2]}" for tag in sorted(found))


def _type_faults(parts: dict[str, bytes], types: etree._Element) -> Iterator[str]:
    defaults = {item.get("Extension") for item in types if item.tag.endswith("}Default")}
    overrides = {item.get("PartName") for item in types if item.tag.endswith("}Override")}
    for name in parts:
        if name != "[Content_Types].xml" and f"/{name}" not in overrides and name.rsplit(".", 1)[-1] not in defaults:
            yield f"part without a type: {name}"
    yield from (f"type of no part: {name}" for name in overrides if name.lstrip("/") not in parts)


def _relation_faults(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> Iterator[str]:
    reached = {"[Content_Types].xml"}
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        folder = posixpath.dirname(posixpath.dirname(name))
        ids: set[str | None] = set()
        for relation in tree:
            if relation.get("TargetMode") == "External":
                yield f"external relationship: {relation.get('Target')}"
            target = posixpath.normpath(posixpath.join(folder, relation.get("Target") or ""))
            reached.add(target)
            if target not in parts:
                yield f"relationship to no part: {target}"
            if relation.get("Id") in ids:
                yield f"relationship id twice: {relation.get('Id')}"
            ids.add(relation.get("Id"))
        owner = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        if owner in trees:
            used = {
                value for element in trees[owner].iter() for key, value in element.attrib.items() if key.startswith(R)
            }
            yield from (f"no relationship {value}" for value in sorted(used - ids))
            shown = {item.get("Id") for item in tree if (item.get("Type") or "").endswith("/image")} - used
            yield from (f"picture that nobody shows: {value}" for value in sorted(map(str, shown)))
    yield from (f"unreached part: {name}" for name in parts if name not in reached)


def _style_faults(trees: dict[str, etree._Element], known: set[str | None]) -> Iterator[str]:
    for name, tree in trees.items():
        for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
            used = {element.get(f"{W}val") for element in tree.iter(f"{W}{tag}")}
            yield from (f"{name}: no style {style}" for style in used - known)
    if any(True for _ in trees["word/document.xml"].iter(f"{W}numId")):
        yield "numbering without a numbering part"


def _note_faults(document: etree._Element, notes: etree._Element | None) -> Iterator[str]:
    marks = [int(mark.get(f"{W}id") or -9) for mark in document.iter(f"{W}footnoteReference")]
    if notes is None:
        yield from (f"footnote mark without a footnotes part: {mark}" for mark in marks)
        return
    kept = [int(note.get(f"{W}id") or -9) for note in notes]
    if marks != list(range(1, len(marks) + 1)):
        yield f"footnote marks not dense and ascending: {marks[:9]}"
    if kept != [-1, 0, *marks]:
        yield "footnotes do not match their marks"
    if marks and marks[-1] > 32_767:
        yield "footnote id too large"


def _id_faults(document: etree._Element) -> Iterator[str]:
    starts = [mark.get(f"{W}id") for mark in document.iter(f"{W}bookmarkStart")]
    ends = [mark.get(f"{W}id") for mark in document.iter(f"{W}bookmarkEnd")]
    names = [mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")]
    drawings = [drawing.get("id") for drawing in document.iter(f"{WP}docPr")]
    if sorted(map(str, starts)) != sorted(map(str, ends)):
        yield "bookmarks not closed"
    for what, values in (("bookmark id", starts), ("bookmark name", names), ("drawing id", drawings)):
        yield from (f"{what} twice: {value}" for value, count in Counter(values).items() if count > 1)
    yield from (f"id too large: {value}" for value in [*starts, *drawings] if int(value or 0) > _MAX_ID)
    yield from (f"bookmark name too long: {name}" for name in names if len(name or "") > 40)


def _field_faults(tree: etree._Element) -> Iterator[str]:
    depth = 0
    for mark in tree.iter(f"{W}fldChar"):
        depth += {"begin": 1, "separate": 0, "end": -1}[mark.get(f"{W}fldCharType") or ""]
        if depth < 0:
            yield "field ends before it begins"
    if depth:
        yield "field not closed"
