"""The front matter: the cover, the imprint, the editorial board and the editor's note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.manifest import BoardGroup, EditorialBoard, Imprint, Manifest
from compile.writing.frame import Frame
from compile.writing.layout import TEXT_HEIGHT
from compile.writing.matter import is_long_role, list_name_rows
from compile.writing.runs import run_xml
from compile.writing.text import chinese_month
from compile.writing.works import paragraph_xml

# Heights of the three bands of the cover; together a little less than the type area.
_MARK_BAND: Final = 1300
_TITLE_BAND: Final = 6000
_ORGANISER_BAND: Final = 5300
_SHORT_TITLE: Final = 12
_TAB: Final = "<w:r><w:tab/></w:r>"
_BREAK: Final = "<w:r><w:br/></w:r>"


def cover_xml(manifest: Manifest, frame: Frame) -> str:
    """The cover as three bands of fixed height, so that a long title pushes nothing onto a second page. A line break
    in the title is kept."""
    longest = max(len(line) for line in manifest.title.split("\n"))
    title = "CoverTitle" if longest <= _SHORT_TITLE else "CoverTitleLong"
    return bands_xml(
        frame,
        (_MARK_BAND, "top", [("CoverMark", manifest.cover_mark)]),
        (_TITLE_BAND, "center", [(title, manifest.title), ("CoverSubtitle", manifest.subtitle)]),
        (
            _ORGANISER_BAND,
            "bottom",
            [("CoverOrganiser", manifest.organiser), ("CoverOrganiser", chinese_month(manifest.dated_on))],
        ),
    )


def bands_xml(frame: Frame, *bands: tuple[int, str, list[tuple[str, str]]]) -> str:
    """A page in bands of fixed height: height on the house's paper, where its texts stand in it, and their styles."""
    rows = "".join(
        _band_xml(height * frame.text_height // TEXT_HEIGHT, frame.text_width, alignment, lines)
        for height, alignment, lines in bands
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{frame.text_width}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{frame.text_width}"/></w:tblGrid>{rows}</w:tbl>'
    )


def _band_xml(height: int, width: int, alignment: str, lines: list[tuple[str, str]]) -> str:
    shown = [paragraph_xml(style, run_xml(text)) for style, text in lines if text]
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="exact"/></w:trPr>'
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="{alignment}"/></w:tcPr>'
        f"{''.join(shown) or paragraph_xml('CoverMark', '')}</w:tc></w:tr>"
    )


def iter_imprint_xml(manifest: Manifest) -> Iterator[str]:
    """The imprint on a page of its own: the title of the book, and the ruled lines with the free ones under them."""
    imprint = manifest.imprint or Imprint()
    yield paragraph_xml("FrontTitle", run_xml(manifest.title))
    if manifest.subtitle:
        yield paragraph_xml("CoverSubtitle", run_xml(manifest.subtitle))
    yield paragraph_xml("ImprintGap", "")
    for fact in imprint.facts:
        yield paragraph_xml("ImprintFact", run_xml(fact.label) + _TAB + run_xml(fact.value))
    for text in imprint.lines:
        yield paragraph_xml("ImprintNote", run_xml(text))


def iter_board_xml(board: EditorialBoard) -> Iterator[str]:
    """The editorial board on a page of its own."""
    yield paragraph_xml("FrontTitle", run_xml(board.title))
    for group in board.groups:
        yield paragraph_xml("BoardGroup", _group_xml(group))


def _group_xml(group: BoardGroup) -> str:
    rows = (_TAB.join(run_xml(_spread(name, 3)) for name in row) for row in list_name_rows(group))
    gap = _BREAK if is_long_role(group.role) else _TAB
    return run_xml(_spread(group.role, 4), style="CommentLabel") + gap + _BREAK.join(rows)


def _spread(text: str, width: int) -> str:
    """A word of two or three characters drawn out to the width of so many, as such lists are set."""
    if len(text) == 2:
        return text[0] + "　" * (width - 2) + text[1]
    return "\u2002".join(text) if len(text) == 3 < width else text


def iter_note_xml(manifest: Manifest) -> Iterator[str]:
    """The editor's note on a page of its own."""
    yield paragraph_xml("FrontTitle", run_xml(manifest.editor_note_title))
    for text in manifest.editor_note:
        yield paragraph_xml("Body", run_xml(text))
