"""The front matter: the cover and the editor's note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.manifest import Manifest
from compile.writing.layout import TEXT_WIDTH
from compile.writing.runs import run_xml
from compile.writing.text import chinese_month
from compile.writing.works import paragraph_xml

# Heights of the three bands of the cover; together a little less than the type area.
_MARK_BAND: Final = 1300
_TITLE_BAND: Final = 6000
_ORGANISER_BAND: Final = 5300
_SHORT_TITLE: Final = 12


def cover_xml(manifest: Manifest) -> str:
    """The cover as three bands of fixed height, so that a long title pushes nothing onto a second page. A line break
    in the title is kept."""
    longest = max(len(line) for line in manifest.title.split("\n"))
    title = "CoverTitle" if longest <= _SHORT_TITLE else "CoverTitleLong"
    bands = (
        _band(_MARK_BAND, "top", [("CoverMark", manifest.cover_mark)]),
        _band(_TITLE_BAND, "center", [(title, manifest.title), ("CoverSubtitle", manifest.subtitle)]),
        _band(
            _ORGANISER_BAND,
            "bottom",
            [("CoverOrganiser", manifest.organiser), ("CoverOrganiser", chinese_month(manifest.dated_on))],
        ),
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{TEXT_WIDTH}"/></w:tblGrid>{"".join(bands)}</w:tbl>'
    )


def _band(height: int, alignment: str, lines: list[tuple[str, str]]) -> str:
    shown = [paragraph_xml(style, run_xml(text)) for style, text in lines if text]
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="exact"/></w:trPr>'
        f'<w:tc><w:tcPr><w:tcW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:vAlign w:val="{alignment}"/></w:tcPr>'
        f"{''.join(shown) or paragraph_xml('CoverMark', '')}</w:tc></w:tr>"
    )


def iter_note_xml(manifest: Manifest) -> Iterator[str]:
    """The editor's note on a page of its own."""
    yield paragraph_xml("FrontTitle", run_xml(manifest.editor_note_title))
    for text in manifest.editor_note:
        yield paragraph_xml("Body", run_xml(text))
