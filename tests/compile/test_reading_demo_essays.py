"""Every essay of the demo contest, made by an office suite, is read back to the words its source states."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from compile.manuscript import Heading, ListItem, Manuscript, Paragraph, Picture, Table, body_text, plain_text
from compile.reading import Reading, find_converter, read

DEMO: Final = Path(__file__).parents[2] / "review_app" / "demo"
CONTEST: Final[dict[str, Any]] = json.loads((DEMO / "contest.json").read_text(encoding="utf-8"))
UNITS: Final = {unit["code"]: unit["short"] for unit in CONTEST["units"]}
ESSAYS: Final = CONTEST["essays"]
# WPS saves the format of Word 97, so e32.wps is a doc.
OLD_FORMATS: Final = {"e12": "doc", "e19": "rtf", "e32": "doc"}
OPEN_DOCUMENTS: Final = [essay for essay in ESSAYS if essay["file"].endswith(".odt")]
STATES_PHONE: Final = {"first-line", "end-line", "form", "plain"}
PICTURE: Final = re.compile(r"!\[(?P<caption>.+)（(?P<photographer>.+) 摄）\]\(.+\)")

needs_office = pytest.mark.skipif(find_converter() is None, reason="LibreOffice is not installed")


def name_of(essay: dict[str, Any]) -> str:
    return str(essay["name"])


@pytest.mark.parametrize("essay", ESSAYS, ids=name_of)
def test_essay_is_read_as_its_source_states(essay: dict[str, Any]) -> None:
    path = DEMO / (essay["plain_file"] or essay["file"])
    check(essay, read(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize("essay", OPEN_DOCUMENTS, ids=name_of)
def test_essay_saved_as_open_document_is_read_without_an_office_suite(essay: dict[str, Any]) -> None:
    reading = read(io.BytesIO((DEMO / essay["file"]).read_bytes()))
    assert reading.kind == "odt"
    check(essay, reading)


@pytest.fixture(scope="module")
def converted() -> dict[str, Reading]:
    """The last essay of every format that needs an office suite, by name; two are converted at once."""
    converter = find_converter()

    def read_one(name: str) -> Reading:
        path = DEMO / next(essay["file"] for essay in ESSAYS if essay["name"] == name)
        return read(io.BytesIO(path.read_bytes()), converter=converter)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(OLD_FORMATS, pool.map(read_one, OLD_FORMATS), strict=True))


@pytest.mark.office
@needs_office
@pytest.mark.parametrize("name", OLD_FORMATS)
def test_essay_in_an_older_format_is_read_the_same(name: str, converted: dict[str, Reading]) -> None:
    essay = next(essay for essay in ESSAYS if essay["name"] == name)
    assert converted[name].kind == OLD_FORMATS[name]
    check(essay, converted[name])


def check(essay: dict[str, Any], reading: Reading) -> None:
    manuscript, byline, layout = reading.manuscript, reading.byline, essay["layout"]
    assert (manuscript.title, manuscript.subtitle) == (essay["title"], essay["subtitle"])
    assert (list(byline.authors), byline.unit) == (essay["authors"], UNITS[essay["unit"]])
    assert byline.post == (essay["post"] if layout == "form" else "")
    assert byline.phone == (essay["phone"] if layout in STATES_PHONE else "")
    lines = read_source(essay)
    assert outline(manuscript) == expect_outline(lines, genre=essay["genre"], layout=layout)
    assert [plain_text(note) for note in manuscript.notes] == [
        line.partition(": ")[2] for line in lines if line.startswith("[^")
    ]
    # The outline above already holds every word; what a blind reader must not see is asked once more, by name.
    text, source = body_text(manuscript), "\n".join(lines)
    for secret in (*essay["authors"], UNITS[essay["unit"]], essay["phone"]):
        assert text.count(secret) == source.count(secret)


def read_source(essay: dict[str, Any]) -> list[str]:
    """The lines of the source below its head."""
    text = (DEMO / "source" / f"{essay['name']}.md").read_text(encoding="utf-8")
    return text.partition("\n\n")[2].splitlines()


def outline(manuscript: Manuscript) -> list[tuple[str, ...]]:
    """The blocks as kind and text."""
    rows: list[tuple[str, ...]] = []
    for block in manuscript.blocks:
        match block:
            case Paragraph(runs=runs):
                rows.append(("paragraph", plain_text(runs)))
            case Heading(runs=runs):
                rows.append(("heading", plain_text(runs)))
            case ListItem(marker=marker, runs=runs):
                rows.append(("item", f"{marker} {plain_text(runs)}"))
            case Picture(caption=caption, photographer=photographer):
                rows.append(("picture", caption, photographer))
            case Table(rows=table_rows):
                for row in table_rows:
                    cells = ("".join(plain_text(part.runs) for part in cell.paragraphs) for cell in row.cells)
                    rows.append(("row", *cells))
    return rows


def expect_outline(lines: list[str], *, genre: str, layout: str) -> list[tuple[str, ...]]:
    """What the source becomes: a poem is one paragraph whose stanzas are parted by an empty line."""
    if genre == "诗歌":
        return [("paragraph", "\n".join(lines).strip())]
    rows: list[tuple[str, ...]] = []
    for line in lines:
        text = re.sub(r"\*\*|\[\^\d\]", "", line).strip()
        if not text or line.startswith("[^"):
            continue
        if picture := PICTURE.fullmatch(line):
            rows.append(("picture", picture["caption"], picture["photographer"]))
        elif line.startswith("|"):
            rows.append(("row", *(cell.strip() for cell in text.strip("|").split("|"))))
        elif line.startswith("#"):
            rows.append(("heading", text.lstrip("# ")))
        elif re.fullmatch(r"\*\*[^*]+\*\*", line):
            rows.append(("heading", text))
        elif re.match(r"\d\. ", line) and layout in ("header", "form"):
            rows.append(("item", text))
        else:
            rows.append(("paragraph", text))
    return rows
