"""Drawings of an .odt: the pictures, text boxes and objects in its frames and shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import unquote

from lxml import etree

from compile.errors import Refused
from compile.reading.archive import Archive
from compile.reading.xml_parts import DRAW, MATH, OFFICE, TABLE, TEXT, XLINK, parse_xml

ObjectKind = Literal["chart", "formula", "object"]

_GROUPS = frozenset((DRAW + "g", DRAW + "a", "{urn:oasis:names:tc:opendocument:xmlns:dr3d:1.0}scene"))
_OBJECTS = frozenset(DRAW + name for name in ("object", "object-ole"))
_FOREIGN = frozenset(DRAW + name for name in ("applet", "plugin", "floating-frame", "control"))
_MATH_TOKENS = tuple(MATH + name for name in ("mi", "mn", "mo", "mtext"))
_WITH_TEXT = frozenset((TEXT + "p", TEXT + "h", TEXT + "list", TABLE + "table"))


class DrawingPart(NamedTuple):
    """One thing inside a drawing. A box is given by its element; a picture and the preview of an object by the names
    of the parts that hold it, the best one first."""

    kind: Literal["box", "picture", "linked-picture", "object"]
    element: etree._Element
    names: tuple[str, ...] = ()


def iter_drawing_parts(drawing: etree._Element) -> Iterator[DrawingPart]:
    """The parts in document order; a box is given once and not looked into."""
    tag = drawing.tag
    if tag in _GROUPS:
        for child in drawing:
            yield from iter_drawing_parts(child)
    elif tag == DRAW + "frame":
        yield from _iter_frame_parts(drawing)
    elif tag in _FOREIGN:
        yield DrawingPart("object", drawing)
    elif _holds_text(drawing):
        yield DrawingPart("box", drawing)


def find_object(frame: etree._Element) -> etree._Element | None:
    """The object that a frame shows, None when it shows a text or a picture."""
    return next((child for child in frame if child.tag in _OBJECTS), None)


class ObjectReader:
    """Tells what the embedded objects of a package are, each looked into once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, tuple[ObjectKind, str]] = {}

    def read(self, element: etree._Element) -> tuple[ObjectKind, str]:
        """The kind of an object, and the text of a formula."""
        if len(element):
            return _judge_object(element)
        name = _part_name(element)
        if name not in self._known:
            self._known[name] = self._look_into(f"{name}/content.xml")
        return self._known[name]

    def _look_into(self, name: str) -> tuple[ObjectKind, str]:
        data = self._archive.read_xml(name)
        try:
            return _judge_object(parse_xml(data).root) if data else ("object", "")
        except Refused:  # an object beyond reading is reported like any other; the text around it is what counts
            return "object", ""


def _judge_object(root: etree._Element) -> tuple[ObjectKind, str]:
    math = root if root.tag == MATH + "math" else next(root.iter(MATH + "math"), None)
    if math is not None:
        return "formula", "".join((token.text or "").strip() for token in math.iter(*_MATH_TOKENS))
    return ("chart" if next(root.iter(OFFICE + "chart"), None) is not None else "object"), ""


def _iter_frame_parts(frame: etree._Element) -> Iterator[DrawingPart]:
    """What a frame shows: the text of its box, else its object, else its picture. The rest are stand-ins."""
    names, is_linked = _find_pictures(frame)
    shown = find_object(frame)
    if shown is None:
        shown = next((child for child in frame if child.tag in _FOREIGN), None)
    if (box := frame.find(DRAW + "text-box")) is not None:
        yield DrawingPart("box", box)
    elif shown is not None:
        yield DrawingPart("object", shown, names)
    elif names:
        yield DrawingPart("picture", frame, names)
    elif is_linked:
        yield DrawingPart("linked-picture", frame)
    elif _holds_text(frame):
        yield DrawingPart("box", frame)
    for image in frame.iterfind(DRAW + "image"):
        if _holds_text(image):
            yield DrawingPart("box", image)


def _find_pictures(frame: etree._Element) -> tuple[tuple[str, ...], bool]:
    """The names of the parts that hold the picture, and whether one is only linked."""
    images = frame.findall(DRAW + "image")
    names = tuple(name for image in images if (name := _part_name(image)))
    return names, len(names) < len(images)


def _part_name(element: etree._Element) -> str:
    """The part of the package that an element shows, "" for an address outside of it."""
    address = (element.get(XLINK + "href") or "").removeprefix("#").removeprefix("./")
    is_outside = address.startswith(("/", "../")) or ":" in address.split("/", 1)[0]
    return "" if is_outside else unquote(address).rstrip("/")


def _holds_text(element: etree._Element) -> bool:
    return any(child.tag in _WITH_TEXT for child in element)
