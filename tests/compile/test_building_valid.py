"""Every book is valid for the makers of the format: the Open XML SDK, docx-integrity, python-docx and our own finders.

The schema wml.xsd is not tried on its own: no package on the lock brings it, and the SDK holds the same rules.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
from datetime import date
from pathlib import Path
from typing import get_args

import docx
import docx_integrity
import pytest
from msgspec.structs import replace

from bench.corpus import Book, add_every_part, invent_book
from compile.building import build
from compile.manifest import FontProfile, Manifest, Section, WorkEntry
from compile.manuscript import Block, Cell, Heading, ListItem, Manuscript, Paragraph, Picture, Row, Run, Table
from compile.manuscript_json import dump_manuscript
from compile.writing.house_template import write_house_template
from tests.hostile_texts import HOSTILE_TEXTS
from tests.ooxml import W, edit_part, find_faults, find_look_faults
from tests.validator import needs_validator, validate


def bind(*manuscripts: Manuscript, **fields: str) -> Book:
    """A book of these works; `fields` go to every entry."""
    blobs = {hashlib.sha256(data).hexdigest(): data for data in map(dump_manuscript, manuscripts)}
    entries = tuple(WorkEntry(str(number), key, **fields) for number, key in enumerate(blobs, start=1))
    return Book(Manifest("汇编", "柳河县信访局", date(2020, 12, 31), (Section("作品", entries),)), blobs)


def write(book: Book, path: Path) -> Path:
    """The book in a file; no work of it may be left out."""
    with path.open("w+b") as sink:
        report = build(book.manifest, book.open_blob, sink)
    assert report.works == sum(len(section.works) for section in book.manifest.sections)
    return path


def frame(book: Book) -> Book:
    """The same book in the template that the house hands out."""
    sink = io.BytesIO()
    write_house_template(sink)
    key = hashlib.sha256(sink.getvalue()).hexdigest()
    return Book(replace(book.manifest, template_key=key), {**book.blobs, key: sink.getvalue()})


def find_all_faults(path: Path) -> list[str]:
    """What the finders say that run on every machine."""
    package = path.read_bytes()
    docx.Document(io.BytesIO(package))
    inspected = [str(fault) for fault in docx_integrity.check(path) if fault.severity != docx_integrity.INFO]
    return find_faults(package) + find_look_faults(package) + inspected


def text(words: str, *, note: int | None = None) -> Paragraph:
    return Paragraph((Run(words, note=note),))


def cell(words: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell((text(words),), columns, rows)


# Blocks at the edges of what a manuscript may say, each a work of its own.
EDGES: dict[str, tuple[Block, ...]] = {
    "nothing at all": (),
    "empty blocks": (Paragraph(()), Heading(1, ()), ListItem("", ()), Table((), 1), Table((Row(()),), 1)),
    "a table first and last": (Table((Row((cell("甲"),)),), 1), Table((Row((cell("乙"),)),), 1)),
    "merged cells": (
        Table(
            (
                Row((cell("类别", rows=2), cell("数量", columns=2)), is_header=True),
                Row((cell("来访"), cell("来信")), is_header=True),
                Row((cell("甲", columns=3, rows=2),)),
                Row(()),
                Row((cell("长", rows=9), cell("多"), cell("余"), cell("出"), cell("界", columns=70))),
            ),
            3,
        ),
    ),
    "63 columns": (Table((Row(tuple(cell(str(number)) for number in range(63)), is_header=True), Row(())), 63),),
    "more columns than Word allows": (Table((Row(tuple(cell(str(number)) for number in range(80))),), 80),),
    "rows taller than a page": (Table((Row((cell("长" * 3000), cell("短"))),), 2),),
    "notes in tables, headings, items and lines": (
        Heading(1, (Run("题", note=0),)),
        ListItem("1.", (Run("项", note=1),)),
        Table((Row((Cell((text("格", note=2), text("", note=0))),)),), 1),
        text("", note=1),
    ),
    "lists of all levels and beyond": tuple(ListItem("（一）", (Run("项"),), level) for level in range(12)),
    "pictures that are missing": (Picture("0" * 64, 1, 1), Picture("1" * 64, 90_000, 2, "图说", "周明")),
    "breaks and tabs": (text("\n\n春眠\t不觉晓\r\n处处\n"), text(" \t 　"), text("x" * 5_000)),
    "every look at once": (
        Paragraph((Run("全", True, True, True, "sup", 0), Run("部", True, True, True, "sub"), Run("“镕”", True)), "right"),
    ),
}  # fmt: skip
NOTES = ((Run("甲"), Run("注", bold=True)), (), (Run("两\n行", script="sup"),))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file of every kind of book, by its name."""
    folder = tmp_path_factory.mktemp("valid")
    small = invent_book(1, seed=9, photo_share=1.0, photo_px=120)
    bare = replace(small.manifest, has_cover=False, has_contents=False, has_section_pages=False, editor_note=())
    made = {f"{works} works": invent_book(works, photo_px=120) for works in (1, 30, 100, 1000)}
    made |= {
        f"faces of {profile}": dataclasses.replace(small, manifest=replace(small.manifest, font_profile=profile))
        for profile in get_args(FontProfile)
    }
    made["every part"] = dataclasses.replace(small, manifest=add_every_part(small.manifest))
    made["in a template"] = frame(small)
    made["nothing but the work"] = dataclasses.replace(small, manifest=replace(bare, appendices=()))
    made["edges"] = bind(*(Manuscript(name, blocks=blocks, notes=NOTES) for name, blocks in EDGES.items()))
    made["hostile texts"] = bind(*map(spread, HOSTILE_TEXTS), byline="<&>]]>\x00", comment="\ufffe\n𠀀")
    return {name: write(book, folder / f"{number}.docx") for number, (name, book) in enumerate(made.items())}


def spread(words: str) -> Manuscript:
    """A work that says the words wherever it can say something."""
    blocks = (
        text(words, note=0),
        Heading(3, (Run(words),)),
        ListItem(words, (Run(words, bold=True),)),
        Picture("0" * 64, 10, 10, words, words),
        Table((Row((cell(words),), is_header=True), Row((cell(words),))), 1),
    )
    return Manuscript(words * (1 + 120 // len(words)), words, blocks, ((Run(words),),))


NAMES = (
    *(f"{works} works" for works in (1, 30, 100, 1000)),
    *(f"faces of {profile}" for profile in get_args(FontProfile)),
    *("every part", "in a template", "nothing but the work", "edges", "hostile texts"),
)


def test_every_book_that_is_made_is_looked_at(books: dict[str, Path]) -> None:
    assert tuple(books) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_finder_finds_a_fault(books: dict[str, Path], name: str) -> None:
    assert find_all_faults(books[name]) == []


@needs_validator
@pytest.mark.parametrize("name", NAMES)
def test_the_open_xml_sdk_finds_no_error(books: dict[str, Path], name: str) -> None:
    assert validate(books[name]) == []


@needs_validator
@pytest.mark.parametrize("office", ["Office2007", "Office2010", "Office2016"])
def test_older_versions_of_word_know_everything_that_is_used(books: dict[str, Path], office: str) -> None:
    assert validate(books["edges"], office) == []


@needs_validator
def test_the_open_xml_sdk_finds_a_planted_error(books: dict[str, Path], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.docx"
    package = books["1 works"].read_bytes()
    spoilt.write_bytes(edit_part(package, "word/document.xml", lambda xml: xml.replace("<w:jc ", "<w:jd ", 1)))
    (error,) = validate(spoilt)
    assert "/word/document.xml" in error
    assert f"{W[1:-1]}:jd" in error


def test_docx_integrity_finds_a_planted_fault(books: dict[str, Path], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.docx"
    package = books["1 works"].read_bytes()
    spoilt.write_bytes(
        edit_part(package, "word/document.xml", lambda xml: xml.replace('w:val="Byline"', 'w:val="Lost"'))
    )
    assert [fault.code for fault in docx_integrity.check(spoilt)] == ["STY001"]
