"""Pictures in the book: the right ones in the right works, one copy each, in shape, inside the type area, telling nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date
from types import SimpleNamespace

import pytest
from lxml import etree
from msgspec.structs import replace
from PIL import Image

from bench.corpus import Book, invent_book
from compile.building import build
from compile.manifest import Manifest, Section, WorkEntry
from compile.manuscript import Manuscript, Picture
from compile.manuscript_json import dump_manuscript, load_manuscript
from compile.reading import read
from compile.writing.layout import EMU_PER_MM
from tests.ooxml import WP, A, R, W, read_part


def build_bytes(book: Book) -> bytes:
    sink = io.BytesIO()
    build(book.manifest, book.open_blob, sink)
    return sink.getvalue()


def list_works(book: Book) -> list[Manuscript]:
    entries = (entry for section in book.manifest.sections for entry in section.works)
    return [load_manuscript(book.blobs[entry.manuscript_key]) for entry in entries]


def list_pictures(manuscript: Manuscript) -> list[Picture]:
    return [block for block in manuscript.blocks if isinstance(block, Picture)]


def read_media(package: bytes) -> dict[str, bytes]:
    """The pictures of the package by relationship id."""
    relations = read_part(package, "word/_rels/document.xml.rels")
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {
            item.get("Id") or "": archive.read(f"word/{item.get('Target')}")
            for item in relations
            if (item.get("Type") or "").endswith("/image")
        }


def split_into_works(package: bytes) -> list[list[etree._Element]]:
    """The drawings of every work in order."""
    works: list[list[etree._Element]] = []
    for paragraph in read_part(package, "word/document.xml").iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "Heading2":
            works.append([])
        drawings = list(paragraph.iter(f"{WP}inline"))
        if drawings:
            works[-1] += drawings
    return works


@pytest.fixture(scope="module")
def book() -> Book:
    return invent_book(30, seed=11, photo_share=0.7, photo_px=240)


@pytest.fixture(scope="module")
def package(book: Book) -> bytes:
    return build_bytes(book)


def test_every_work_has_its_own_pictures_in_their_order(book: Book, package: bytes) -> None:
    keys = {relation: hashlib.sha256(data).hexdigest() for relation, data in read_media(package).items()}
    printed = [
        [keys[blip.get(f"{R}embed") or ""] for drawing in drawings for blip in drawing.iter(f"{A}blip")]
        for drawings in split_into_works(package)
    ]
    kept = [[picture.key for picture in list_pictures(manuscript)] for manuscript in list_works(book)]
    assert printed == kept
    assert sum(map(len, kept)) > 20


def test_every_picture_keeps_its_shape_inside_the_type_area(book: Book, package: bytes) -> None:
    pictures = [picture for manuscript in list_works(book) for picture in list_pictures(manuscript)]
    drawings = [drawing for drawings in split_into_works(package) for drawing in drawings]
    for picture, drawing in zip(pictures, drawings, strict=True):
        sizes = {
            (int(size.get("cx") or 0), int(size.get("cy") or 0)) for size in drawing.iter(f"{WP}extent", f"{A}ext")
        }
        ((width, height),) = sizes
        assert width / height == pytest.approx(picture.width_px / picture.height_px, rel=0.01)
        assert width <= 156 * EMU_PER_MM
        assert height <= 225 * EMU_PER_MM


def test_the_same_picture_in_every_work_is_packed_once(book: Book) -> None:
    picture = next(picture for manuscript in list_works(book) for picture in list_pictures(manuscript))
    works = [replace(manuscript, blocks=(*manuscript.blocks, picture)) for manuscript in list_works(book)[:5]]
    blobs = {hashlib.sha256(data).hexdigest(): data for data in map(dump_manuscript, works)}
    section = Section("作品", tuple(WorkEntry(key[:6], key) for key in blobs))
    package = build_bytes(
        Book(replace(book.manifest, sections=(section,), appendices=()), {**book.blobs, **blobs}),
    )
    packed = [hashlib.sha256(data).hexdigest() for data in read_media(package).values()]
    assert packed == list(dict.fromkeys(picture.key for work in works for picture in list_pictures(work)))


def test_a_photograph_comes_upright_into_the_book_and_tells_no_place_and_no_camera(files: SimpleNamespace) -> None:
    turned = files.jpeg(320, 200, orientation=6)
    assert b"SECRETCAMERA" in turned
    essay = files.docx(
        files.para("一把旧椅子")
        + files.para("渠水清清，大家都说办得好，心里亮堂堂的。")
        + files.para(inner=files.picture("rId9")),
        links={"rId9": ("image", "media/1.jpeg")},
        parts={"word/media/1.jpeg": turned},
    )
    reading = read(files.stream(essay))
    data = dump_manuscript(reading.manuscript)
    blobs = {hashlib.sha256(data).hexdigest(): data, **{file.key: file.data for file in reading.pictures}}
    entry = WorkEntry("1", next(iter(blobs)))
    package = build_bytes(Book(Manifest("汇编", "信访局", date(2020, 10, 1), (Section("作品", (entry,)),)), blobs))
    (media,) = read_media(package).values()
    with Image.open(io.BytesIO(media)) as image:
        assert image.size == (200, 320)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert not image.getexif()
    assert b"SECRET" not in media
