"""The documents as LibreOffice sets them, measured on paper: mark, rules, imprint, page numbers, 22 lines of 28 characters."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from compile.documents.model import Document, Imprint, Signature
from compile.documents.writer import write_document
from tests.documents import EXAMPLES, read_example, write_record

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(
        not (shutil.which("soffice") and shutil.which("pdftoppm")), reason="LibreOffice or poppler is not installed"
    ),
]

PLAIN: Final = Document("document", "信访局", "标题", ("信" * 2000,), mark="信访局文件", number="〔〕号")
SIGNATURE: Final = Signature("柳河县信访局", "二〇二〇年五月九日", has_seal=True)
IMPRINT: Final = Imprint(("县委办公室",), "信访局", "　年　月　日")
# Millimetres from the upper edge of the paper.
TYPE_TOP, TYPE_BOTTOM, PAPER = 37.0, 262.0, 297.0
_DOTS_PER_MM: Final = 5


@dataclass(frozen=True)
class Band:
    """Rows of the page that hold ink without a gap, and how far the ink reaches, in mm."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Paper:
    """A document as pages."""

    path: Path
    pages: PdfReader

    def texts(self) -> list[str]:
        return [page.extract_text().replace("\n", "") for page in self.pages.pages]

    def bands(self, page: int, *, is_red: bool) -> list[Band]:
        """The bands of red or of black ink on a page counted from 1."""
        target = self.path.with_name(f"{self.path.stem}-{page}.png")
        if not target.exists():
            command = ["pdftoppm", "-r", str(_DOTS_PER_MM * 25.4), "-f", str(page), "-singlefile", "-png"]
            subprocess.run([*command, str(self.path), str(target.with_suffix(""))], check=True, timeout=60)
        with Image.open(target) as image:
            red, green, _ = image.convert("RGB").split()
        ink = ImageChops.subtract(red, green) if is_red else ImageChops.invert(red)
        return find_bands(ink.point(lambda value: 255 if value > 90 else 0))

    def words(self, page: int) -> list[tuple[float, float, float, str]]:
        """Left, top, right in points and text of the words of a page counted from 1."""
        command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(self.path), "-"]
        boxes = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
        found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]+)<', boxes)
        return [(float(left), float(top), float(right), text) for left, top, right, text in found]


def find_bands(ink: Image.Image) -> list[Band]:
    rows: list[list[int]] = []
    for y in range(ink.height):
        box = ink.crop((0, y, ink.width, y + 1)).getbbox()
        if box is None:
            continue
        if rows and rows[-1][1] == y:
            rows[-1] = [rows[-1][0], y + 1, min(rows[-1][2], box[0]), max(rows[-1][3], box[2])]
        else:
            rows.append([y, y + 1, box[0], box[2]])
    return [Band(*(value / _DOTS_PER_MM for value in row)) for row in rows]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paper]:
    """All kinds, a document of long text and one whose text fills two pages, set in one run."""
    folder = tmp_path_factory.mktemp("documents")
    for kind in EXAMPLES:
        (folder / f"{kind}.docx").write_bytes(write_record(kind, read_example(kind)))
    for name, document in {
        "long": PLAIN,
        "full": replace(PLAIN, body=("信。",) * 30, imprint=IMPRINT),
        "flags": replace(
            PLAIN, body=("正文。",), copy_number="000001", secrecy="秘密★1年", urgency="特急", signature=SIGNATURE
        ),
    }.items():
        sink = io.BytesIO()
        write_document(document, sink)
        (folder / f"{name}.docx").write_bytes(sink.getvalue())
    sources = sorted(folder.glob("*.docx"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    targets = [source.with_suffix(".pdf") for source in sources]
    return {target.stem: Paper(target, PdfReader(target)) for target in targets}


def near(value: float, *, by: float = 0.6) -> object:
    return pytest.approx(value, abs=by)


def test_every_kind_takes_the_pages_it_should(papers: dict[str, Paper]) -> None:
    counts = {kind: len(papers[kind].pages.pages) for kind in EXAMPLES if kind != "press-release"}
    assert counts == {
        "notice": 4,
        "reminder": 1,
        "minutes": 2,
        "public-notice": 2,
        "circular": 4,
        "certificate": 2,
        "case": 1,
    }


@pytest.mark.parametrize("kind", ["notice", "minutes", "flags"])
def test_mark_and_red_rule_stand_where_the_standard_wants_them(papers: dict[str, Paper], kind: str) -> None:
    mark, rule = papers[kind].bands(1, is_red=True)
    assert mark.top == near(TYPE_TOP + 35)
    assert (mark.left + mark.right) / 2 == near(28 + 156 / 2)
    assert rule.width == near(156)
    assert rule.left == near(28)
    above = [band.bottom for band in papers[kind].bands(1, is_red=False) if band.bottom < rule.top]
    assert rule.top - above[-1] == near(4)


def test_letter_stands_between_two_double_rules(papers: dict[str, Paper]) -> None:
    mark, *rules = papers["reminder"].bands(1, is_red=True)
    assert mark.top == near(30)
    assert [band.width for band in rules] == [near(170)] * 4
    assert [band.left for band in rules] == [near(20)] * 4
    heights = [band.bottom - band.top for band in rules]
    assert heights[0] > 2 * heights[1]
    assert heights[3] > 2 * heights[2]
    assert rules[0].top - mark.bottom == near(4)
    assert PAPER - rules[3].bottom == near(20)
    number, *_, copies = papers["reminder"].bands(1, is_red=False)
    assert number.right == near(184)
    assert number.top - rules[1].bottom == near(4.9, by=1)
    assert copies.bottom == near(TYPE_BOTTOM - 1.7)
    assert "—" not in papers["reminder"].texts()[0]


@pytest.mark.parametrize(
    ("kind", "is_numbered"), [("notice", False), ("minutes", True), ("circular", True), ("full", False)]
)
def test_imprint_ends_on_the_foot_of_an_even_last_page(papers: dict[str, Paper], kind: str, is_numbered: bool) -> None:
    paper = papers[kind]
    last = len(paper.pages.pages)
    assert last % 2 == 0
    rules = [band for band in paper.bands(last, is_red=False) if band.width > 150 and band.bottom - band.top < 1]
    assert len(rules) == 3
    assert rules[-1].bottom == near(TYPE_BOTTOM)
    assert [rule.width for rule in rules] == [near(156)] * 3
    assert (f"— {last} —" in paper.texts()[-1]) == is_numbered


def test_text_that_leaves_no_room_sends_the_imprint_to_the_next_even_page(papers: dict[str, Paper]) -> None:
    texts = papers["full"].texts()
    assert [text.count("信。") for text in texts] == [8, 22, 0, 0]
    assert texts[2] == ""
    assert texts[3].startswith("抄送：县委办公室。")


def test_page_numbers_stand_one_character_in_from_the_outer_edge(papers: dict[str, Paper]) -> None:
    for page in (1, 2, 3):
        dashes = [word for word in papers["long"].words(page) if word[3] == "—"]
        assert len(dashes) == 2
        if page % 2:
            assert dashes[-1][2] == near((210 - 26) / 25.4 * 72 - 14, by=1)
        else:
            assert dashes[0][0] == near(28 / 25.4 * 72 + 14, by=1)
    number = papers["long"].bands(2, is_red=False)[-1]
    assert number.top == near(TYPE_BOTTOM + 7, by=0.8)


def test_full_page_is_22_lines_of_28_characters(papers: dict[str, Paper]) -> None:
    lines = [word for word in papers["long"].words(2) if set(word[3]) == {"信"}]
    assert [len(text) for *_, text in lines] == [28] * 22
    assert {round(below[1] - above[1], 1) for above, below in pairwise(lines)} <= {28.9, 29.0}


def test_seal_fits_over_name_and_date_within_a_line_of_the_text(papers: dict[str, Paper]) -> None:
    *_, text, name, day, _ = papers["flags"].bands(1, is_red=False)
    assert (name.left + name.right) / 2 == near((day.left + day.right) / 2)
    assert 184 - day.right == near(4 * 5.64, by=1)
    # A seal of 42 mm, both lines a little under its middle.
    seal_top = (name.top + day.bottom) / 2 - 4 - 21
    assert 0 <= seal_top - text.bottom <= 10.2
