"""What the writer writes the reader reads back: every manuscript comes through Word, and through JSON, as it was."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from msgspec.structs import replace

from compile.building import build
from compile.manifest import Manifest, Section, WorkEntry
from compile.manuscript import Block, Cell, Heading, ListItem, Manuscript, Paragraph, Picture, Row, Run, Table
from compile.manuscript_json import dump_manuscript, load_manuscript
from compile.reading import Reading, read
from tests.manuscripts import MANUSCRIPTS, PICTURES
from tests.ooxml import edit_part, find_faults
from tests.validator import needs_validator, validate

SLOW = [HealthCheck.too_slow]  # a shared machine may be
QUICK = [phase for phase in Phase if phase is not Phase.explain]  # explaining takes longer than finding and shrinking
BYLINE = "柳河镇　周明"


def write(*manuscripts: Manuscript, pictures: Mapping[str, bytes] = PICTURES) -> bytes:
    """A book of these works and nothing else."""
    blobs = {hashlib.sha256(data).hexdigest(): data for data in map(dump_manuscript, manuscripts)}
    section = Section("作品", tuple(WorkEntry(str(number), key, BYLINE) for number, key in enumerate(blobs)))
    manifest = Manifest("汇编", "信访局", date(2020, 10, 1), (section,))
    bare = replace(manifest, has_cover=False, has_contents=False, has_section_pages=False)
    sink = io.BytesIO()
    build(bare, lambda key: io.BytesIO({**blobs, **pictures}[key]), sink)
    return sink.getvalue()


def read_back(package: bytes) -> Reading:
    return read(io.BytesIO(package))


def normalise(manuscript: Manuscript) -> Manuscript:
    """The manuscript as print shows it. What changes, and why:

    - neighbouring runs of one look are one run, for nobody sees where they met; a line break has no look;
    - the levels of headings in use become 1, 2, 3, as the reader does for every work; a heading is bold or not by its
      level, and once printed it is no longer a proposal;
    - the paragraphs of a table are aligned by the house: header cells and columns of short entries in the middle;
    - header rows stand at the top of a table and over something: Word repeats no others.

    A subtitle is printed behind a dash, an item behind its number: both come back as they were.
    """
    levels = sorted({block.level for block in manuscript.blocks if isinstance(block, Heading)})
    return replace(manuscript, blocks=tuple(_normalise_block(block, levels) for block in manuscript.blocks))


def _normalise_block(block: Block, levels: list[int]) -> Block:
    match block:
        case Heading(level=level, runs=runs):
            return Heading(levels.index(level) + 1, merge([replace(run, bold=False) for run in runs]))
        case Paragraph(runs=runs) | ListItem(runs=runs):
            return replace(block, runs=merge(runs))
        case Table(rows=rows):
            top = next((index for index, row in enumerate(rows) if not row.is_header), 0)
            return replace(block, rows=tuple(_normalise_row(row, index < top) for index, row in enumerate(rows)))
    return block


def _normalise_row(row: Row, is_header: bool) -> Row:
    return replace(
        row, is_header=is_header, cells=tuple(replace(cell, paragraphs=_unaligned(cell)) for cell in row.cells)
    )


def _unaligned(cell: Cell) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(merge(paragraph.runs)) for paragraph in cell.paragraphs)


def merge(runs: tuple[Run, ...] | list[Run]) -> tuple[Run, ...]:
    """One run for every stretch of one look."""
    merged: list[Run] = []
    for run in runs:
        lines = run.text.split("\n")
        pieces = [replace(run, text=line, note=None) for line in lines]
        parted = [pieces[0], *(part for piece in pieces[1:] for part in (Run("\n"), piece))]
        parted[-1] = replace(parted[-1], note=run.note)
        for piece in parted:
            last = merged[-1] if merged else None
            if (
                last
                and last.note is None
                and (replace(last, text="") == replace(piece, text="", note=None) or not piece.text)
            ):
                merged[-1] = replace(last, text=last.text + piece.text, note=piece.note)
            elif piece.text or piece.note is not None:
                merged.append(piece)
    return tuple(merged)


@settings(max_examples=150, deadline=None, phases=QUICK, suppress_health_check=SLOW)
@given(MANUSCRIPTS)
def test_a_manuscript_comes_through_word_and_json_as_it_was(manuscript: Manuscript) -> None:
    reading = read_back(write(manuscript))
    assert normalise(reading.manuscript) == normalise(manuscript)
    assert {picture.key: picture.data for picture in reading.pictures}.items() <= PICTURES.items()
    assert (reading.byline.authors, reading.byline.unit) == (("周明",), "柳河镇")
    # The words behind a picture repeat its caption; the reader names such words, whatever they say.
    has_captions = any(isinstance(block, Picture) and block.caption for block in manuscript.blocks)
    assert {entry.kind for entry in reading.dropped} == {"byline"} | ({"alt-text"} if has_captions else set())
    assert load_manuscript(dump_manuscript(manuscript)) == manuscript
    assert load_manuscript(dump_manuscript(reading.manuscript)) == reading.manuscript


@pytest.fixture(scope="module")
def drawn() -> list[Manuscript]:
    """Manuscripts from ten draws of their own, the same at every run: within one draw they resemble each other."""
    manuscripts: list[Manuscript] = []

    @settings(max_examples=15, deadline=None, phases=[Phase.generate], database=None, suppress_health_check=SLOW)
    @given(MANUSCRIPTS)
    def draw(manuscript: Manuscript) -> None:
        manuscripts.append(manuscript)

    for number in range(10):
        seed(number)(draw)()
    return manuscripts


# What a careless writer or reader could lose: the part of the file, what stands in it, and what is left of that.
LOSSES = {
    "bold": ("document", "<w:b/><w:bCs/>", ""),
    "italic": ("document", "<w:i/>", ""),
    "underline": ("document", '<w:u w:val="single"/>', ""),
    "script": ("document", 'w:val="superscript"', 'w:val="subscript"'),
    "alignment": ("document", 'w:val="BodyRight"', 'w:val="Body"'),
    "subtitle": ("document", "——记", "——"),
    "heading": ("document", 'w:val="Heading5"', 'w:val="Body"'),
    "heading level": ("document", 'w:val="Heading[45]"', 'w:val="Heading3"'),
    "number of an item": ("document", 'w:val="ItemMarker"', 'w:val="RareCharacter"'),
    "level of an item": ("document", 'w:val="Item2"', 'w:val="Item1"'),
    "merged columns": ("document", '<w:gridSpan w:val="2"/>', ""),
    "merged rows": ("document", "<w:vMerge/>", ""),
    "header rows": ("document", "<w:tblHeader/>", ""),
    "a picture": ("document", "<w:drawing>.*?</w:drawing>", ""),
    "a caption": ("document", 'w:val="Caption"', 'w:val="Body"'),
    "a photographer": ("document", "（周明 摄）", "（ 摄）"),
    "line breaks": ("document", "<w:br/>", ""),
    "a rare character": ("document", "𠮷", "□"),
    "a paragraph": ("document", '<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr>.*?</w:p>', ""),
    "a mark": ("document", '<w:footnoteReference w:id="1"/>', ""),
    "which note is whose": ("document", '<w:footnoteReference w:id="2"/>', '<w:footnoteReference w:id="1"/>'),
    "the look of a note": ("footnotes", "<w:b/>", ""),
    "the text of a note": ("footnotes", "春风", "秋风"),
}  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
def test_a_planted_loss_is_found(drawn: list[Manuscript], loss: str) -> None:
    part, lost, left = LOSSES[loss]
    for manuscript in drawn:
        package = write(manuscript)
        spoilt = edit_part(package, f"word/{part}.xml", lambda xml: re.sub(lost, left, xml))
        if spoilt != package and normalise(read_back(spoilt).manuscript) != normalise(manuscript):
            return
    pytest.fail("no manuscript shows the loss")


@needs_validator
def test_a_book_of_all_these_works_is_valid(drawn: list[Manuscript], tmp_path: Path) -> None:
    book = tmp_path / "book.docx"
    book.write_bytes(write(*drawn))
    assert find_faults(book.read_bytes()) == []
    assert validate(book) == []


def test_a_photo_is_encoded_anew_and_keeps_its_size_and_place(files: SimpleNamespace) -> None:
    """The one thing that does not come back byte for byte: pixels of strangers are never passed on as they are."""
    photo = files.jpeg(320, 200)
    key = hashlib.sha256(photo).hexdigest()
    caption = Picture(key, 320, 200, "入户走访", "周明")
    text = Paragraph((Run("渠水清清。"),))
    reading = read_back(write(Manuscript("一把旧椅子", blocks=(text, caption, text)), pictures={key: photo}))
    (picture,) = reading.pictures
    assert reading.manuscript.blocks == (text, replace(caption, key=picture.key, crc32=zlib.crc32(picture.data)), text)
    assert (picture.media_type, picture.width_px, picture.height_px) == ("image/jpeg", 320, 200)
    assert picture.key != key
