"""Invented manuscripts for hypothesis: all that an essay can say, in words that no reader takes for anything else.

No text here can be a name, a unit or a date, since those are bylines; centred lines end with a full stop, since one
that does not may be a subtitle; one cell at least beside another is filled, since one alone is a frame.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from itertools import count

from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from compile.manuscript import Block, Cell, Heading, ListItem, Manuscript, Paragraph, Picture, Row, Run, Table


def _draw_picture(width: int, height: int) -> bytes:
    sink = io.BytesIO()
    image = Image.new("RGB", (width, height), (width, height, 90))
    image.paste((200, 20, 20), (0, 0, width // 2, height // 3))
    image.save(sink, "PNG")
    return sink.getvalue()


_SIZES = {hashlib.sha256(_draw_picture(*size)).hexdigest(): size for size in ((90, 60), (40, 160), (1, 1))}
PICTURES = {key: _draw_picture(*size) for key, size in _SIZES.items()}

_PLAIN_WORDS = (
    "春风",
    "渠水清清",
    "他说",
    "办到了",
    "一起走",
    "在2019年",
    "门口的灯",
    "想了想",
    "三百二十米",
    "不容易",
)
_WORDS = (*_PLAIN_WORDS, "“人来了”", "——", "……", "镕喆", "𠮷", "a b", "H2O", "<&>", "]]>", "100%", "😀", "(1)", "é·")
_MARKERS = ("1.", "（二）", "③", "•", "a)", "第四条", "1.1.2", "Ⅳ", "—")
_LOOKS = st.builds(
    Run, st.just(""), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(("", "", "", "sup", "sub"))
)
_NOTED = st.sampled_from((None, None, None, 0))  # 0: with a note, numbered once the whole work stands


def _say(*, fewest: int = 1, most: int, words: tuple[str, ...] = _WORDS) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=fewest, max_size=most).map("".join)


def _runs(opening: st.SearchStrategy[str], end: str = "", *, most: int = 3) -> st.SearchStrategy[tuple[Run, ...]]:
    """The opening, then stretches of other looks, then the mark at the end."""
    stretch = st.builds(lambda look, text, note: replace(look, text=text, note=note), _LOOKS, _say(most=3), _NOTED)
    return st.builds(
        lambda first, others, note: (Run(first), *others, *([Run(end, note=note)] if end else [])),
        opening,
        st.lists(stretch, max_size=most).map(tuple),
        _NOTED,
    )


_OPENING = _say(most=3, words=_PLAIN_WORDS)
_ALIGNS = st.sampled_from(("left", "left", "left", "center", "right"))
_PROSE = st.one_of(
    st.builds(Paragraph, _runs(_OPENING, "。"), _ALIGNS),
    st.builds(Paragraph, _runs(_OPENING.map("一、".__add__), most=1)),
    st.builds(lambda look, text: Paragraph((replace(look, text=text),)), _LOOKS, _OPENING),
)
_HEADINGS = st.builds(Heading, st.integers(1, 3), _runs(_OPENING, most=1), st.booleans())
_ITEMS = st.builds(ListItem, st.sampled_from(_MARKERS), _runs(_OPENING), st.integers(0, 4))
_PICTURES = st.builds(
    lambda key, caption, name: Picture(key, *_SIZES[key], caption, name, zlib.crc32(PICTURES[key])),
    st.sampled_from(sorted(PICTURES)),
    st.one_of(st.just(""), _say(most=4, words=_PLAIN_WORDS)),
    st.sampled_from(("", "周明", "李秀兰")),
)
_VERSE = st.builds(lambda text, look: replace(look, text=text), _say(most=2, words=_PLAIN_WORDS), _LOOKS)


def _write_poem(stanzas: list[list[Run]], align: str) -> Paragraph:
    lines = [run for stanza in stanzas for run in (*stanza, Run(""))][:-1]
    pieces = [replace(run, text=run.text + "\n") for run in lines[:-1]]
    return Paragraph((*pieces, lines[-1]), align)  # type: ignore[arg-type]


_POEMS = st.builds(
    _write_poem,
    st.lists(st.lists(_VERSE, min_size=2, max_size=4), min_size=1, max_size=3),
    st.sampled_from(("left", "center")),
)
_CELL_TEXTS = st.lists(st.builds(Paragraph, _runs(_OPENING, most=2), _ALIGNS), min_size=1, max_size=2).map(tuple)


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    """A table of cells that cover the grid without a gap, two filled ones or more in its first row."""
    columns, height = draw(st.integers(2, 5)), draw(st.integers(2, 4))
    taken: set[tuple[int, int]] = set()
    rows = []
    headers = draw(st.integers(0, height))
    for top in range(height):
        cells = []
        for left in range(columns):
            if (top, left) in taken:
                continue
            free = next((right for right in range(left, columns) if (top, right) in taken), columns) - left
            span = draw(st.integers(1, min(free, 3 if top else columns - 1)))
            depth = draw(st.integers(1, min(height - top, 3)))
            taken |= {(row, column) for row in range(top, top + depth) for column in range(left, left + span)}
            is_filled = (top == 0 and len(cells) < 2) or draw(st.booleans())
            cells.append(Cell(draw(_CELL_TEXTS) if is_filled else (), span, depth))
        rows.append(Row(tuple(cells), is_header=top < headers))
    return Table(tuple(rows), columns)


_BLOCKS = st.one_of(_PROSE, _HEADINGS, _ITEMS, _PICTURES, _tables(), _POEMS)


def _number_notes(title: str, subtitle: str, drawn: list[Block], texts: list[str]) -> Manuscript:
    """The manuscript with a note of its own for every mark."""
    numbers = count()

    def number(runs: tuple[Run, ...]) -> tuple[Run, ...]:
        return tuple(run if run.note is None else replace(run, note=next(numbers)) for run in runs)

    def settle(block: Block) -> Block:
        match block:
            case Picture():
                return block
            case Table(rows=rows):
                return replace(
                    block, rows=tuple(replace(row, cells=tuple(map(settle_cell, row.cells))) for row in rows)
                )
            case _:
                return replace(block, runs=number(block.runs))

    def settle_cell(cell: Cell) -> Cell:
        return replace(cell, paragraphs=tuple(replace(item, runs=number(item.runs)) for item in cell.paragraphs))

    blocks = tuple(map(settle, drawn))
    notes = tuple((Run(texts[index % len(texts)] + str(index)), Run("注", bold=True)) for index in range(next(numbers)))
    return Manuscript(title, subtitle, blocks, notes)


MANUSCRIPTS = st.builds(
    _number_notes,
    _say(fewest=2, most=5, words=_PLAIN_WORDS),
    st.one_of(st.just(""), _say(fewest=2, most=4, words=_PLAIN_WORDS).map("记".__add__)),
    st.builds(
        lambda before, prose, after: [*before, prose, *after],
        st.lists(_BLOCKS, max_size=4),
        _PROSE,
        st.lists(_BLOCKS, max_size=4),
    ),
    st.lists(_say(most=3), min_size=1, max_size=3),
)
