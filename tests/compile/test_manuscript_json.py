"""Canonical JSON of manuscripts: round trip, same bytes, and errors that name the place."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compile.manuscript import Cell, Heading, ListItem, Manuscript, Paragraph, Picture, Row, Run, Table
from compile.manuscript_json import dump_manuscript, load_manuscript

KEY = "0" * 63 + "a"
TEXT = st.text(max_size=12)
SIZE = st.integers(1, 5_000)
CHECKSUM = st.none() | st.integers(0, 0xFFFFFFFF)


def runs(note_count: int) -> st.SearchStrategy[tuple[Run, ...]]:
    notes = st.one_of(st.none(), st.integers(0, note_count - 1)) if note_count else st.none()
    one = st.builds(Run, TEXT, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "sup", "sub"]), notes)
    return st.lists(one, max_size=3).map(tuple)


def blocks(note_count: int) -> st.SearchStrategy[object]:
    text = runs(note_count)
    paragraph = st.builds(Paragraph, text, st.sampled_from(["left", "center", "right"]))
    cell = st.builds(Cell, st.lists(paragraph, max_size=2).map(tuple), st.integers(1, 4), st.integers(1, 4))
    row = st.builds(Row, st.lists(cell, max_size=3).map(tuple), st.booleans())
    return st.one_of(
        paragraph,
        st.builds(Heading, st.integers(1, 3), text, st.booleans()),
        st.builds(ListItem, TEXT, text, st.integers(0, 8)),
        st.builds(Picture, st.text("0123456789abcdef", min_size=64, max_size=64), SIZE, SIZE, TEXT, TEXT, CHECKSUM),
        st.builds(Table, st.lists(row, max_size=3).map(tuple), SIZE),
    )


MANUSCRIPTS = st.integers(0, 2).flatmap(
    lambda count: st.builds(
        Manuscript,
        TEXT,
        TEXT,
        st.lists(blocks(count), max_size=4).map(tuple),
        st.lists(runs(0), min_size=count, max_size=count).map(tuple),
    )
)


@given(MANUSCRIPTS)
def test_what_is_dumped_loads_to_the_same_manuscript_and_dumps_to_the_same_bytes(manuscript: Manuscript) -> None:
    data = dump_manuscript(manuscript)
    assert load_manuscript(data) == manuscript
    assert dump_manuscript(load_manuscript(data)) == data
    assert not data.endswith(b"\n")


def test_the_bytes_are_fixed() -> None:
    manuscript = Manuscript("小河", blocks=(Paragraph((Run("水来了", bold=True, note=0),)),), notes=((Run("注"),),))
    assert dump_manuscript(manuscript).decode() == (
        '{"blocks":[{"runs":[{"bold":true,"note":0,"text":"水来了"}],"type":"paragraph"}],'
        '"format":1,"notes":[[{"text":"注"}]],"title":"小河"}'
    )


def test_a_picture_of_an_older_manuscript_keeps_its_bytes() -> None:
    old = f'{{"blocks":[{{"height_px":2,"key":"{KEY}","type":"picture","width_px":3}}],"format":1,"title":""}}'.encode()
    assert load_manuscript(old).blocks == (Picture(KEY, 3, 2, crc32=None),)
    assert dump_manuscript(load_manuscript(old)) == old


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "manuscript: Expected `object`"),
        ({"format": 1}, "manuscript: Object missing required field `title`"),
        ({"format": 2, "title": ""}, "manuscript.format"),
        ({"format": True, "title": ""}, "manuscript.format"),
        ({"format": 1, "title": 5}, "manuscript.title"),
        ({"format": 1, "title": "", "author": "周明"}, "manuscript: Object contains unknown field `author`"),
        ({"format": 1, "title": "", "blocks": {}}, "manuscript.blocks: Expected `array`"),
        ({"format": 1, "title": "", "blocks": [{"type": "video"}]}, "blocks[0].type"),
        ({"format": 1, "title": "", "blocks": [{"type": "heading", "level": 4, "runs": []}]}, "blocks[0].level"),
        ({"format": 1, "title": "", "blocks": [{"type": "heading", "level": True, "runs": []}]}, "blocks[0].level"),
        (
            {"format": 1, "title": "", "blocks": [{"type": "paragraph", "runs": [{}]}]},
            "blocks[0].runs[0]: Object missing required field `text`",
        ),
        ({"format": 1, "title": "", "blocks": [{"type": "paragraph", "runs": [], "align": "both"}]}, "blocks[0].align"),
        (
            {"format": 1, "title": "", "blocks": [{"type": "paragraph", "runs": [{"text": "", "note": 0}]}]},
            "a footnote mark points to note 0 of 0",
        ),
        ({"format": 1, "title": "", "notes": [[{"text": "", "note": 0}]]}, "a footnote mark points to note 0 of 0"),
        (
            {"format": 1, "title": "", "blocks": [{"type": "picture", "key": "../x", "width_px": 1, "height_px": 1}]},
            "blocks[0].key",
        ),
        (
            {"format": 1, "title": "", "blocks": [{"type": "picture", "key": KEY, "width_px": 0, "height_px": 1}]},
            "blocks[0].width_px",
        ),
        (
            {
                "format": 1,
                "title": "",
                "blocks": [{"type": "table", "columns": 1, "rows": [{"cells": [{"paragraphs": 1}]}]}],
            },
            "blocks[0].rows[0].cells[0].paragraphs",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_place(document: object, place: str) -> None:
    with pytest.raises(ValueError, match=re.escape(place)):
        load_manuscript(json.dumps(document).encode())


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b'{"format":1,"title":"\\ud800"}', b"[" * 100_000, b'{"format":1,"title":NaN}']
)
def test_broken_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        load_manuscript(data)
