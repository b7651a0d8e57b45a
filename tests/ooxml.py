"""Faults of a Word package that a program could trip over: what no schema sees."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MAX_ID = 2**31 - 1


def read_part(package: bytes, name: str) -> etree._Element:
    """A part as an element tree."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return etree.fromstring(archive.read(name))


def find_faults(package: bytes) -> list[str]:
    """Every fault found, in words; none for a sound package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
        faults = [f"damaged member {name}" for name in [archive.testzip()] if name]
    faults += [f"member twice: {name}" for name, count in Counter(names).items() if count > 1]
    if names[0] != "[Content_Types].xml":
        faults.append("[Content_Types].xml is not first")
    trees = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".rels"))}
    faults += _type_faults(parts, trees["[Content_Types].xml"])
    faults += _relation_faults(parts, trees)
    document, styles = trees["word/document.xml"], trees["word/styles.xml"]
    faults += _style_faults(trees, {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")})
    faults += _note_faults(document, trees.get("word/footnotes.xml"))
    faults += _id_faults(document)
    for name, tree in trees.items():
        faults += [f"{name}: {fault}" for fault in _field_faults(tree)]
    anchors = {link.get(f"{W}anchor") for link in document.iter(f"{W}hyperlink")}
    bookmarks = {mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")}
    faults += [f"link to no bookmark: {anchor}" for anchor in sorted(anchors - bookmarks)]
    return faults


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
    yield from (f"unreached part: {name}" for name in parts if name not in reached)


def _style_faults(trees: dict[str, etree._Element], known: set[str | None]) -> Iterator[str]:
    for name, tree in trees.items():
        for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next"):
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
