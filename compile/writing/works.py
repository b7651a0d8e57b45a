"""One work as Word XML: title, byline, blocks in order, and the reviewer's comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from compile.manifest import WorkEntry
from compile.manuscript import Block, Heading, ListItem, Paragraph, Picture, Run, Table, print_subtitle
from compile.plan import MISSING_PICTURE, PlannedWork
from compile.writing.blocks import is_stanza, title_margin
from compile.writing.case_card import lay_out_case
from compile.writing.grid import lay_out_table
from compile.writing.layout import TEXT_WIDTH, fit_picture, limit_level, place_picture
from compile.writing.pages import caption_text
from compile.writing.runs import Notes, run_xml, runs_xml
from compile.writing.tables import table_xml
from compile.writing.text import escape, one_line

_BODY_STYLES: Final = {"left": "Body", "center": "BodyCentered", "right": "BodyRight"}


class Ids(Struct):
    """What is counted through the whole book: footnotes, bookmarks, drawings. `relations` gives the relationship id
    of every usable picture by its key; `text_width` (twips) is what tables and pictures may fill; `has_house_titles` is
    False where titles look as a template says."""

    relations: Mapping[str, str]
    text_width: int = TEXT_WIDTH
    has_house_titles: bool = True
    notes: Notes = field(default_factory=Notes)
    bookmarks: int = 0
    drawings: int = 0


def bookmark_name(number: int) -> str:
    """The name the contents link to."""
    return f"_Toc{number:08d}"


def paragraph_xml(style: str, content: str, properties: str = "") -> str:
    """A paragraph in a named style; `properties` are further paragraph properties in schema order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def marked_title_xml(style: str, title: str, ids: Ids, properties: str = "") -> str:
    """A heading the contents name, inside the next bookmark of the book; `properties` as in `paragraph_xml`."""
    ids.bookmarks += 1
    number = ids.bookmarks
    return paragraph_xml(
        style,
        f'<w:bookmarkStart w:id="{number}" w:name="{bookmark_name(number)}"/>{run_xml(title)}'
        f'<w:bookmarkEnd w:id="{number}"/>',
        properties,
    )


def work_xml(work: PlannedWork, ids: Ids) -> str:
    """The work as complete XML."""
    return "".join(_iter_work_xml(work, ids))


def _iter_work_xml(work: PlannedWork, ids: Ids) -> Iterator[str]:
    entry, manuscript = work.entry, work.manuscript
    margin = title_margin(work.title) if ids.has_house_titles else 0
    properties = f'<w:ind w:left="{margin}" w:right="{margin}"/>' if margin else ""
    yield marked_title_xml("Heading2", work.title, ids, properties)
    if manuscript.subtitle:
        yield paragraph_xml("Subtitle", run_xml(print_subtitle(manuscript.subtitle)))
    if entry.byline:
        yield paragraph_xml("Byline", run_xml(entry.byline))
    yield paragraph_xml("Blank", "")
    for block in manuscript.blocks:
        yield _block_xml(block, manuscript.notes, ids)
    if entry.case:
        yield table_xml(lay_out_case(entry.case, ids.text_width), (), ids.notes)
    if entry.comment:
        yield from _iter_comment_xml(entry)


def _block_xml(block: Block, notes: tuple[tuple[Run, ...], ...], ids: Ids) -> str:
    match block:
        case Paragraph():
            keep = "<w:keepLines/>" if is_stanza(block.runs) else ""
            return paragraph_xml(_BODY_STYLES[block.align], runs_xml(block.runs, notes, ids.notes), keep)
        case Heading():
            return paragraph_xml(f"Heading{min(max(block.level, 1), 3) + 2}", runs_xml(block.runs, notes, ids.notes))
        case ListItem():
            number = run_xml(block.marker, style="ItemMarker") if block.marker else ""
            text = runs_xml(block.runs, notes, ids.notes)
            return paragraph_xml(f"Item{limit_level(block.level) or ''}", number + text)
        case Picture():
            return "".join(_iter_picture_xml(block, ids))
        case Table() if block.rows:
            return table_xml(lay_out_table(block, width=ids.text_width), notes, ids.notes)
    return ""


def _iter_picture_xml(picture: Picture, ids: Ids) -> Iterator[str]:
    """The picture, or a line in its place, and its caption, which never parts from it."""
    caption = caption_text(picture)
    keep = "<w:keepNext/>" if caption else ""
    relation = ids.relations.get(picture.key)
    if relation is None:
        yield paragraph_xml("BodyCentered", run_xml(MISSING_PICTURE), keep)
    else:
        ids.drawings += 1
        width, height = fit_picture(picture.width_px, picture.height_px, ids.text_width)
        line, under = place_picture(height)
        drawing = _drawing_xml(picture.caption, relation, ids.drawings, width, height)
        yield paragraph_xml(
            "Picture", drawing, f'{keep}<w:spacing w:after="{under}" w:line="{line}" w:lineRule="atLeast"/>'
        )
    if caption:
        yield paragraph_xml("Caption", run_xml(caption))


def _drawing_xml(caption: str, relation: str, number: int, width: int, height: int) -> str:
    described = f'id="{number}" name="图片 {number}" descr="{escape(one_line(caption))}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {described}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {described}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def _iter_comment_xml(entry: WorkEntry) -> Iterator[str]:
    """An empty line and the framed comment, held together."""
    lines = entry.comment.split("\n")
    yield paragraph_xml("Blank", "")
    for index, text in enumerate(lines):
        label = run_xml("点评：", style="CommentLabel") if index == 0 else ""
        has_more = index < len(lines) - 1 or entry.comment_by
        yield paragraph_xml("Comment", label + run_xml(text), "<w:keepNext/>" if has_more else "")
    if entry.comment_by:
        yield paragraph_xml("CommentBy", run_xml(entry.comment_by))
