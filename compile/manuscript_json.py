"""Manuscripts as canonical JSON: the same manuscript is always the same bytes. The schema is in docs/manuscript.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from compile.manuscript import (
    Block,
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
)

FORMAT: Final = 1

_KEY = re.compile(r"[0-9a-f]{64}")
_MAX_COUNT = 1_000_000
Item = TypeVar("Item")
Json = dict[str, Any]


def dump_manuscript(manuscript: Manuscript) -> bytes:
    """UTF-8 JSON with sorted names, no blanks and no final newline; values that equal their default are left out."""
    return json.dumps(
        manuscript_to_json(manuscript), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def load_manuscript(data: bytes) -> Manuscript:
    """The manuscript in the JSON; raises ValueError that names the place of what is wrong, such as blocks[3].level."""
    try:
        document = json.loads(data)
    except RecursionError as error:
        raise ValueError("manuscript: nested too deeply") from error
    return manuscript_from_json(document)


def manuscript_from_json(document: object) -> Manuscript:
    """The manuscript in parsed JSON; raises ValueError like `load_manuscript`."""
    place = "manuscript"
    fields = check_object(document, place, {"format", "title"}, {"subtitle", "blocks", "notes"})
    if fields["format"] != FORMAT or isinstance(fields["format"], bool):
        raise ValueError(f"{place}.format: expected {FORMAT}")
    notes = load_list(fields, "notes", "", lambda item, at: _load_runs(item, at, note_count=0))
    return Manuscript(
        title=load_text(fields, "title", place),
        subtitle=load_text(fields, "subtitle", place),
        blocks=load_list(fields, "blocks", "", lambda item, at: _load_block(item, at, len(notes))),
        notes=notes,
    )


# Writing


def manuscript_to_json(manuscript: Manuscript) -> Json:
    """The manuscript ready for json.dumps."""
    return {
        "format": FORMAT,
        "title": manuscript.title,
        **_kept(subtitle=manuscript.subtitle),
        **_kept(blocks=[_block_to_json(block) for block in manuscript.blocks]),
        **_kept(notes=[_runs_to_json(note) for note in manuscript.notes]),
    }


def _block_to_json(block: Block) -> Json:
    match block:
        case Paragraph():
            align = "" if block.align == "left" else block.align
            return {"type": "paragraph", "runs": _runs_to_json(block.runs), **_kept(align=align)}
        case Heading():
            runs = _runs_to_json(block.runs)
            return {"type": "heading", "level": block.level, "runs": runs, **_kept(is_proposed=block.is_proposed)}
        case ListItem():
            runs = _runs_to_json(block.runs)
            return {"type": "list_item", "marker": block.marker, "runs": runs, **_kept(level=block.level)}
        case Picture():
            return {
                "type": "picture",
                "key": block.key,
                "width_px": block.width_px,
                "height_px": block.height_px,
                **_kept(caption=block.caption, photographer=block.photographer),
            }
        case Table():
            return {"type": "table", "columns": block.columns, "rows": [_row_to_json(row) for row in block.rows]}


def _row_to_json(row: Row) -> Json:
    return {"cells": [_cell_to_json(cell) for cell in row.cells], **_kept(is_header=row.is_header)}


def _cell_to_json(cell: Cell) -> Json:
    paragraphs = []
    for paragraph in cell.paragraphs:
        align = "" if paragraph.align == "left" else paragraph.align
        paragraphs.append({"runs": _runs_to_json(paragraph.runs), **_kept(align=align)})
    spans = {"column_span": cell.column_span, "row_span": cell.row_span}
    return {"paragraphs": paragraphs, **{name: span for name, span in spans.items() if span != 1}}


def _runs_to_json(runs: Sequence[Run]) -> list[Json]:
    written = []
    for run in runs:
        look = _kept(bold=run.bold, italic=run.italic, underline=run.underline, script=run.script)
        note = {} if run.note is None else {"note": run.note}
        written.append({"text": run.text, **look, **note})
    return written


def _kept(**values: object) -> Json:
    """The values that are not empty, false or zero."""
    return {name: value for name, value in values.items() if value}


# Reading


def _load_block(item: object, place: str, note_count: int) -> Block:
    kind = item.get("type") if isinstance(item, Mapping) else None
    if kind == "paragraph":
        return _load_paragraph(check_object(item, place, {"type", "runs"}, {"align"}), place, note_count)
    if kind == "heading":
        fields = check_object(item, place, {"type", "level", "runs"}, {"is_proposed"})
        level = load_count(fields, "level", place, lowest=1, highest=3)
        return Heading(
            level, _load_runs(fields["runs"], f"{place}.runs", note_count), _load_flag(fields, "is_proposed", place)
        )
    if kind == "list_item":
        fields = check_object(item, place, {"type", "marker", "runs"}, {"level"})
        runs = _load_runs(fields["runs"], f"{place}.runs", note_count)
        return ListItem(load_text(fields, "marker", place), runs, load_count(fields, "level", place, default=0))
    if kind == "picture":
        return _load_picture(
            check_object(item, place, {"type", "key", "width_px", "height_px"}, {"caption", "photographer"}), place
        )
    if kind == "table":
        fields = check_object(item, place, {"type", "columns", "rows"}, set())
        rows = load_list(fields, "rows", place, lambda row, at: _load_row(row, at, note_count))
        return Table(rows, load_count(fields, "columns", place, lowest=1))
    raise ValueError(f"{place}.type: unknown block type {kind!r}")


def _load_paragraph(fields: Json, place: str, note_count: int) -> Paragraph:
    align = fields.get("align", "left")
    if align not in ("left", "center", "right"):
        raise ValueError(f"{place}.align: expected left, center or right")
    return Paragraph(_load_runs(fields["runs"], f"{place}.runs", note_count), align)


def _load_picture(fields: Json, place: str) -> Picture:
    key = load_text(fields, "key", place)
    if not _KEY.fullmatch(key):
        raise ValueError(f"{place}.key: expected 64 hexadecimal digits")
    return Picture(
        key,
        load_count(fields, "width_px", place, lowest=1),
        load_count(fields, "height_px", place, lowest=1),
        load_text(fields, "caption", place),
        load_text(fields, "photographer", place),
    )


def _load_row(item: object, place: str, note_count: int) -> Row:
    fields = check_object(item, place, {"cells"}, {"is_header"})
    cells = load_list(fields, "cells", place, lambda cell, at: _load_cell(cell, at, note_count))
    return Row(cells, _load_flag(fields, "is_header", place))


def _load_cell(item: object, place: str, note_count: int) -> Cell:
    fields = check_object(item, place, {"paragraphs"}, {"column_span", "row_span"})
    paragraphs = load_list(
        fields,
        "paragraphs",
        place,
        lambda inner, at: _load_paragraph(check_object(inner, at, {"runs"}, {"align"}), at, note_count),
    )
    return Cell(
        paragraphs,
        load_count(fields, "column_span", place, lowest=1, default=1),
        load_count(fields, "row_span", place, lowest=1, default=1),
    )


def _load_runs(item: object, place: str, note_count: int) -> tuple[Run, ...]:
    if not isinstance(item, list):
        raise ValueError(f"{place}: expected a list of runs")
    return tuple(_load_run(run, f"{place}[{index}]", note_count) for index, run in enumerate(item))


def _load_run(item: object, place: str, note_count: int) -> Run:
    fields = check_object(item, place, {"text"}, {"bold", "italic", "underline", "script", "note"})
    script = fields.get("script", "")
    if script not in ("", "sup", "sub"):
        raise ValueError(f"{place}.script: expected sup or sub")
    return Run(
        load_text(fields, "text", place),
        _load_flag(fields, "bold", place),
        _load_flag(fields, "italic", place),
        _load_flag(fields, "underline", place),
        script,
        load_count(fields, "note", place, highest=note_count - 1) if "note" in fields else None,
    )


def check_object(item: object, place: str, required: set[str], optional: set[str]) -> Json:
    """The object with exactly these names; raises ValueError."""
    if not isinstance(item, dict):
        raise ValueError(f"{place}: expected an object")
    if missing := sorted(required - item.keys()):
        raise ValueError(f"{place}.{missing[0]}: missing")
    if unknown := sorted(item.keys() - required - optional):
        raise ValueError(f"{place}.{unknown[0]}: unknown name")
    return item


def load_list(fields: Json, name: str, place: str, load: Callable[[object, str], Item]) -> tuple[Item, ...]:
    """Every item of a list field, loaded with its place; raises ValueError."""
    at = f"{place}.{name}" if place else name
    items = fields.get(name, [])
    if not isinstance(items, list):
        raise ValueError(f"{at}: expected a list")
    return tuple(load(item, f"{at}[{index}]") for index, item in enumerate(items))


def load_text(fields: Json, name: str, place: str) -> str:
    """A text field, "" when it is left out; raises ValueError."""
    text = fields.get(name, "")
    if not isinstance(text, str):
        raise ValueError(f"{place}.{name}: expected a text")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{place}.{name}: half of a surrogate pair") from error
    return text


def _load_flag(fields: Json, name: str, place: str) -> bool:
    flag = fields.get(name, False)
    if not isinstance(flag, bool):
        raise ValueError(f"{place}.{name}: expected true or false")
    return flag


def load_count(
    fields: Json, name: str, place: str, *, lowest: int = 0, highest: int = _MAX_COUNT, default: int | None = None
) -> int:
    """A whole number within bounds; raises ValueError."""
    count = fields.get(name, default)
    if not isinstance(count, int) or isinstance(count, bool) or not lowest <= count <= highest:
        raise ValueError(f"{place}.{name}: expected a whole number from {lowest} to {highest}")
    return count
