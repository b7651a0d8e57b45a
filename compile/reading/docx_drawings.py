"""Drawings of a .docx: the pictures, text boxes and WordArt in them, and what cannot be carried over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from lxml import etree

from compile.reading.docx_inline import choose_branch
from compile.reading.pictures import Crop
from compile.reading.xml_parts import MC, A, R, V, W

_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_HUNDRED_PERCENT = 100_000
_ALT_TEXTS = ("descr", "title", "alt", _OFFICE + "title")


class DrawingPart(NamedTuple):
    """One thing inside a drawing. `element` is set for a box, `relation_id` for a picture, `text` for WordArt and for
    words that stand behind a picture for those who cannot see it."""

    kind: Literal["box", "picture", "linked-picture", "word-art", "alt-text", "chart", "diagram", "object"]
    element: etree._Element | None = None
    relation_id: str = ""
    crop: Crop | None = None
    text: str = ""


def iter_drawing_parts(drawing: etree._Element) -> Iterator[DrawingPart]:
    """The parts in document order; a box is given once and not looked into."""
    for child in drawing:
        tag = child.tag
        for name in _ALT_TEXTS:
            if text := (child.get(name) or "").strip():
                yield DrawingPart("alt-text", text=text)
        if tag == MC + "AlternateContent":
            branch = choose_branch(child)
            if branch is not None:
                yield from iter_drawing_parts(branch)
        elif tag == W + "txbxContent":
            yield DrawingPart("box", element=child)
        elif tag == A + "blip":
            yield _read_blip(child)
        elif tag == V + "imagedata":
            relation_id = child.get(R + "id") or child.get(_OFFICE + "relid") or ""
            if relation_id:
                yield DrawingPart("picture", relation_id=relation_id)
        elif tag == V + "textpath":
            if text := (child.get("string") or "").strip():
                yield DrawingPart("word-art", text=text)
        elif tag == A + "txBody":  # a text in a locked canvas
            if text := "".join(item.text or "" for item in child.iter(A + "t")).strip():
                yield DrawingPart("word-art", text=text)
        elif tag == A + "graphicData":
            uri = (child.get("uri") or "").rsplit("/", 1)[-1]
            if uri in ("chart", "chartex", "diagram"):
                yield DrawingPart("diagram" if uri == "diagram" else "chart")
            else:
                yield from iter_drawing_parts(child)
        elif tag == _OFFICE + "OLEObject":
            yield DrawingPart("object", text=child.get("ProgID") or "")
        else:
            yield from iter_drawing_parts(child)


def _read_blip(blip: etree._Element) -> DrawingPart:
    embedded = blip.get(R + "embed")
    if not embedded:
        return DrawingPart("linked-picture", relation_id=blip.get(R + "link") or "")
    fill = blip.getparent()
    cut = fill.find(A + "srcRect") if fill is not None else None
    return DrawingPart("picture", relation_id=embedded, crop=_read_crop(cut))


def _read_crop(cut: etree._Element | None) -> Crop | None:
    """The shares cut from left, top, right and bottom; what was cropped away must not come back in print."""
    if cut is None:
        return None
    left, top, right, bottom = (_to_share(cut.get(side)) for side in ("l", "t", "r", "b"))
    if left + right >= 1 or top + bottom >= 1 or not any((left, top, right, bottom)):
        return None
    return left, top, right, bottom


def _to_share(value: str | None) -> float:
    try:
        return min(max(int(value or "0") / _HUNDRED_PERCENT, 0.0), 1.0)
    except ValueError:
        return 0.0
