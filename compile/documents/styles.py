"""The named styles of official documents: those of the book where they agree, and the elements a book has not."""

from __future__ import annotations

from typing import Final

from compile.writing.fonts import Face
from compile.writing.layout import BODY_TIGHTENING, LINE, TEXT_WIDTH, TWIPS_PER_PT
from compile.writing.styles import STYLES, Style

RED: Final = "FF0000"
TITLE_SIZE: Final = 440
TITLE_STEP: Final = 700
# 4号, of imprint and page number.
SMALL_SIZE: Final = 280
# Word processors set four fifths of an exact line above the base line; of a Han character 0.86 stand above it. A line of
# this share of the size has the upper edge of its characters for its own.
_SNUG_LINE: Final = 1.075
_MARK_LARGEST_PT: Final = 60
# An empty paragraph between the two lines of a double rule.
DOUBLE_RULE_GAP: Final = 30

# Stretches in another face than their paragraph.
DOCUMENT_LABELS: Final[tuple[tuple[str, str, Face], ...]] = (
    ("RareCharacter", "生僻字", "rare"),
    ("Hei", "黑体字", "hei"),
    ("Kai", "楷体字", "kai"),
)

_OF_THE_BOOK: Final = (
    "Subtitle",
    "Blank",
    "Body",
    "TableText",
    "TableHead",
    "TableLead",
    "TableGap",
    "PageNumberOdd",
    "PageNumberEven",
    "SectionEnd",
)
_HEADINGS: Final = (
    Style(
        "Heading1",
        "heading 1",
        "hei",
        16,
        indent_characters=2,
        tightening=BODY_TIGHTENING,
        outline=0,
        keeps_with_next=True,
        follows="Body",
    ),
    Style(
        "Heading2",
        "heading 2",
        "kai",
        16,
        indent_characters=2,
        tightening=BODY_TIGHTENING,
        outline=1,
        keeps_with_next=True,
        follows="Body",
    ),
)
_ELEMENTS: Final = (
    Style("Flag", "份号", "body", 16),
    Style("FlagHei", "密级和紧急程度", "hei", 16),
    Style("Number", "发文字号", "body", 16, align="center"),
    Style("LetterNumber", "信函发文字号", "body", 16, align="right"),
    Style("Issuer", "纪要发文机关和日期", "body", 16),
    Style("Title", "Title", "title", 22, line=TITLE_STEP, align="center", keeps_with_next=True, keeps_together=True),
    Style("Recipients", "主送机关", "body", 16, tightening=BODY_TIGHTENING),
    Style("AttachmentList", "附件说明", "body", 16, keeps_together=True),
    Style("Signature", "署名和成文日期", "body", 16, align="right", keeps_together=True),
    Style("Labelled", "带标签的段落", "body", 16, tightening=BODY_TIGHTENING, align="both"),
    Style("AttachmentMark", "附件序号", "hei", 16, starts_page=True, keeps_with_next=True),
    Style("TableTitle", "表题", "hei", 16, align="center", keeps_with_next=True),
    Style("Imprint", "版记", "body", 14, left=SMALL_SIZE, right=SMALL_SIZE),
    Style("Rule", "红色双线", "body", 1, line=DOUBLE_RULE_GAP),
    Style("CertificateTitle", "证书题名", "title", 48, line=1300, align="center", color=RED),
    Style("CertificateName", "证书称谓", "kai", 24, line=800, align="left"),
    Style("CertificateText", "证书正文", "body", 24, line=800, indent_characters=2, align="both"),
    Style("CertificateSigner", "证书落款", "body", 22, line=640, align="right"),
    Style("CertificateNumber", "证书编号", "body", 14, line=LINE, align="left"),
)


def mark_size_pt(mark: str) -> int:
    """The size at which a 发文机关标志 stands on one line, at most 60 pt."""
    return min(_MARK_LARGEST_PT, TEXT_WIDTH // TWIPS_PER_PT // max(len(mark), 1))


def mark_line(mark: str) -> int:
    """The line height of a 发文机关标志, which begins where its characters begin."""
    return round(mark_size_pt(mark) * TWIPS_PER_PT * _SNUG_LINE)


def document_styles(mark: str = "") -> tuple[Style, ...]:
    """All styles of a document with the given 发文机关标志."""
    size_pt = mark_size_pt(mark)
    red_mark = Style("Mark", "发文机关标志", "title", size_pt, line=mark_line(mark), align="center", color=RED)
    of_the_book = tuple(style for style in STYLES if style.id in _OF_THE_BOOK)
    return (*of_the_book, *_HEADINGS, red_mark, *_ELEMENTS)
