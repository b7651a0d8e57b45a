"""The measures of the printed page after GB/T 9704, in twips (1/20 pt) unless a name says otherwise."""

from __future__ import annotations

from typing import Final

PAGE_WIDTH: Final = 11906
PAGE_HEIGHT: Final = 16838
MARGIN_TOP: Final = 2098
MARGIN_BOTTOM: Final = 1984
MARGIN_LEFT: Final = 1588
MARGIN_RIGHT: Final = 1474
FOOTER_DISTANCE: Final = 1304

TEXT_WIDTH: Final = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
TEXT_HEIGHT: Final = PAGE_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM

# What may be filled: word processors round every row of a table, so a page is not used to its last twip.
FILL_HEIGHT: Final = TEXT_HEIGHT - 8

# 22 lines of 28.95 pt fill 637.8 pt; 29 pt would leave room for 21 only.
LINE: Final = 579
LINES_PER_PAGE: Final = TEXT_HEIGHT // LINE
# The space over and under a title of the front matter or an appendix; together one line.
TITLE_BEFORE: Final = 290
TITLE_AFTER: Final = LINE - TITLE_BEFORE
# 16 pt narrowed by 0.25 pt: 28 characters fill 442.2 pt.
BODY_SIZE: Final = 320
BODY_TIGHTENING: Final = -5
# Titles of works.
TITLE_SIZE: Final = 440
# Captions and tables.
SMALL_SIZE: Final = 240

# Lists are set in by one character for each level down to this one.
DEEPEST_LIST: Final = 4

NOTE_LINE: Final = 300
# The rule above the footnotes of a page, with its surroundings.
NOTE_RULE: Final = 160
TABLE_LINE: Final = 400
TABLE_GAP: Final = 140
CELL_MARGIN_SIDE: Final = 100
CELL_MARGIN_TOP: Final = 50
# The frame round a reviewer's comment.
BOX_INDENT: Final = 160
BOX_PADDING: Final = 120
# What a ruled line takes.
RULE: Final = 10

# The imprint: its lines, and how far their values stand from the margin.
IMPRINT_SIZE: Final = 280
IMPRINT_LINE: Final = 480
IMPRINT_LABEL: Final = 1680
IMPRINT_NOTE_LINE: Final = 400
# The empty space between the title and the lines of the imprint.
IMPRINT_GAP: Final = 8 * LINE
# The editorial board: how far the names stand from the margin, and how many columns of them there are.
BOARD_LABEL: Final = 2240
BOARD_COLUMN: Final = 1600
BOARD_COLUMNS: Final = 4
BOARD_SPACE: Final = LINE // 2
# A running head stands as far over the text as the page number under it.
HEAD_DISTANCE: Final = 1320

TWIPS_PER_PT: Final = 20
TWIPS_PER_MM: Final = 1440 / 25.4
EMU_PER_TWIP: Final = 635
EMU_PER_MM: Final = 36_000

_PICTURE_MAX_WIDTH_EMU: Final = 140 * EMU_PER_MM
_PICTURE_MAX_HEIGHT_EMU: Final = 150 * EMU_PER_MM
# A small picture is not blown up beyond this resolution, where single pixels begin to show.
_EMU_PER_PIXEL: Final = 914_400 // 120
# Under an inline picture stands the depth of its tiny line of text.
_PICTURE_DEPTH: Final = 10
_PICTURE_MIN_SPACE: Final = 140
_PICTURE_MAX_SPACE: Final = 400


def limit_level(level: int) -> int:
    """The level at which an item of a list is set, from 0."""
    return min(max(level, 0), DEEPEST_LIST)


def fit_picture(width_px: int, height_px: int, text_width: int = TEXT_WIDTH) -> tuple[int, int]:
    """Width and height in EMU at which a picture is printed: at most 140 mm by 150 mm and no wider than the text
    (twips), its proportions kept."""
    width, height = max(width_px, 1) * _EMU_PER_PIXEL, max(height_px, 1) * _EMU_PER_PIXEL
    widest = min(_PICTURE_MAX_WIDTH_EMU, text_width * EMU_PER_TWIP)
    scale = min(1.0, widest / width, _PICTURE_MAX_HEIGHT_EMU / height)
    return max(round(width * scale), EMU_PER_TWIP), max(round(height * scale), EMU_PER_TWIP)


def place_picture(height_emu: int) -> tuple[int, int]:
    """How high the line of a picture is and the space under it, which add up to whole lines of text. The line is a
    little higher than the picture, so the picture keeps its distance from the text above, on every part of the page."""
    height = -(-height_emu // EMU_PER_TWIP) + _PICTURE_DEPTH
    lines = -(-(height + _PICTURE_MIN_SPACE) // LINE)
    line = min(lines * LINE, height + _PICTURE_MAX_SPACE)
    return line, lines * LINE - line
