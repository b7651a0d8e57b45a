"""The named styles of the book, one row each; nothing else in a book carries a look of its own."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from compile.writing.fonts import LATIN, Face, FontSet
from compile.writing.layout import (
    BOARD_COLUMN,
    BOARD_COLUMNS,
    BOARD_LABEL,
    BOARD_SPACE,
    BODY_SIZE,
    BODY_TIGHTENING,
    BOX_INDENT,
    BOX_PADDING,
    DEEPEST_LIST,
    IMPRINT_GAP,
    IMPRINT_LABEL,
    IMPRINT_LINE,
    IMPRINT_NOTE_LINE,
    LINE,
    NOTE_LINE,
    TABLE_GAP,
    TABLE_LINE,
    TEXT_WIDTH,
    TITLE_AFTER,
    TITLE_BEFORE,
    TWIPS_PER_PT,
)


class Style(Struct, frozen=True):
    """A paragraph style. Lengths in twips; `line` is an exact line height, 0 for as high as its content;
    `indent_characters` indents the first line, `hangs` lets it begin at the margin instead, with a tab to the others;
    `borders` are the sides that are ruled; `color` is six hex digits, "" for black; `outline` counts from 0 as Word
    does, None for plain text."""

    id: str
    name: str
    face: Face
    size_pt: float
    line: int = LINE
    before: int = 0
    after: int = 0
    left: int = 0
    right: int = 0
    indent_characters: int = 0
    tightening: int = 0
    align: str = "left"
    color: str = ""
    is_bold: bool = False
    outline: int | None = None
    keeps_with_next: bool = False
    keeps_together: bool = False
    starts_page: bool = False
    borders: tuple[str, ...] = ()
    tabs: tuple[int, ...] = ()
    hangs: bool = False
    has_dot_leader: bool = False
    follows: str = ""


_BOX: Final = ("top", "left", "bottom", "right")

STYLES: Final[tuple[Style, ...]] = (
    Style("CoverMark", "封面标识", "hei", 16),
    Style("CoverTitle", "封面题名", "title", 36, line=2 * LINE, align="center"),
    Style("CoverTitleLong", "封面长题名", "title", 26, line=869, align="center"),
    Style("CoverSubtitle", "封面副题", "kai", 18, before=290, align="center"),
    Style("CoverOrganiser", "封面编印单位", "kai", 18, line=724, align="center"),
    Style("ImprintGap", "扉页间隔", "body", 16, line=IMPRINT_GAP),
    Style(
        "ImprintFact",
        "扉页条目",
        "body",
        14,
        line=IMPRINT_LINE,
        left=IMPRINT_LABEL,
        borders=("top", "bottom"),
        hangs=True,
    ),
    Style("ImprintNote", "扉页说明", "kai", 12, line=IMPRINT_NOTE_LINE, before=BOX_PADDING),
    Style(
        "BoardGroup",
        "编委会名单",
        "body",
        16,
        before=BOARD_SPACE,
        left=BOARD_LABEL,
        tabs=tuple(BOARD_LABEL + column * BOARD_COLUMN for column in range(1, BOARD_COLUMNS)),
        hangs=True,
    ),
    Style(
        "ImprintTitle",
        "扉页题名",
        "title",
        18,
        before=TITLE_BEFORE,
        after=TITLE_AFTER,
        align="center",
        starts_page=True,
        keeps_with_next=True,
    ),
    Style(
        "FrontTitle",
        "前置标题",
        "title",
        22,
        before=TITLE_BEFORE,
        after=TITLE_AFTER,
        align="center",
        starts_page=True,
        keeps_with_next=True,
    ),
    Style(
        "TOCHeading",
        "TOC Heading",
        "title",
        22,
        before=TITLE_BEFORE,
        after=TITLE_AFTER,
        align="center",
        starts_page=True,
        keeps_with_next=True,
    ),
    Style("TOC1", "toc 1", "hei", 16, has_dot_leader=True),
    Style("TOC2", "toc 2", "body", 16, left=320, tightening=BODY_TIGHTENING, has_dot_leader=True),
    Style(
        "Heading1",
        "heading 1",
        "title",
        36,
        line=2 * LINE,
        before=6 * LINE,
        align="center",
        outline=0,
        keeps_together=True,
    ),
    Style(
        "Heading2",
        "heading 2",
        "title",
        22,
        before=LINE,
        align="center",
        outline=1,
        keeps_with_next=True,
        keeps_together=True,
        starts_page=True,
        follows="Body",
    ),
    Style("Subtitle", "Subtitle", "kai", 16, align="center", keeps_with_next=True, follows="Body"),
    Style("Byline", "署名", "kai", 16, align="center", keeps_with_next=True, follows="Body"),
    Style("Blank", "空行", "body", 16, keeps_with_next=True),
    Style("Body", "作品正文", "body", 16, indent_characters=2, tightening=BODY_TIGHTENING, align="both"),
    Style("BodyCentered", "作品正文居中", "body", 16, tightening=BODY_TIGHTENING, align="center"),
    Style("BodyRight", "作品正文居右", "body", 16, tightening=BODY_TIGHTENING, align="right"),
    Style(
        "Heading3",
        "heading 3",
        "hei",
        16,
        indent_characters=2,
        outline=2,
        keeps_with_next=True,
        keeps_together=True,
        follows="Body",
    ),
    Style(
        "Heading4",
        "heading 4",
        "kai",
        16,
        indent_characters=2,
        outline=3,
        keeps_with_next=True,
        keeps_together=True,
        follows="Body",
    ),
    Style(
        "Heading5",
        "heading 5",
        "body",
        16,
        indent_characters=2,
        outline=4,
        is_bold=True,
        keeps_with_next=True,
        keeps_together=True,
        follows="Body",
    ),
    *(
        Style(
            f"Item{level or ''}",
            f"列表项{level or ''}",
            "body",
            16,
            left=level * BODY_SIZE,
            indent_characters=2,
            tightening=BODY_TIGHTENING,
            align="both",
        )
        for level in range(DEEPEST_LIST + 1)
    ),
    Style("Picture", "图片", "body", 1, line=0, align="center", keeps_together=True),
    Style("Caption", "caption", "kai", 12, align="center", keeps_together=True, follows="Body"),
    Style("TableText", "表格文字", "body", 12, line=TABLE_LINE, align="left"),
    Style("TableHead", "表头文字", "hei", 12, line=TABLE_LINE, align="center"),
    Style("TableLead", "表前间隔", "body", 5, line=TABLE_GAP, keeps_with_next=True),
    Style("TableGap", "表后间隔", "body", 5, line=TABLE_GAP),
    Style(
        "Comment",
        "点评",
        "kai",
        16,
        left=BOX_INDENT,
        right=BOX_INDENT,
        indent_characters=2,
        borders=_BOX,
        keeps_together=True,
    ),
    Style("CommentBy", "点评署名", "kai", 16, left=BOX_INDENT, right=BOX_INDENT, align="right", borders=_BOX),
    Style(
        "AppendixTitle",
        "附录标题",
        "title",
        22,
        before=TITLE_BEFORE,
        after=TITLE_AFTER,
        align="center",
        outline=0,
        keeps_with_next=True,
        starts_page=True,
    ),
    Style("BackCover", "封底文字", "kai", 16, align="center"),
    Style("RunningHeadOdd", "单页眉", "song", 9, line=0, align="right", borders=("bottom",)),
    Style("RunningHeadEven", "双页眉", "song", 9, line=0, borders=("bottom",)),
    Style("PageNumberOdd", "单页码", "song", 14, line=0, right=280, align="right"),
    Style("PageNumberEven", "双页码", "song", 14, line=0, left=280),
    Style("FootnoteText", "footnote text", "body", 9, line=NOTE_LINE, align="both"),
    # Carries a section break on a page that may be full: half a point still fits under 22 lines.
    Style("SectionEnd", "分节", "body", 1, line=10),
)


# Stretches of text in another face than their paragraph: style id, name, face.
LABELS: Final[tuple[tuple[str, str, Face], ...]] = (
    ("RareCharacter", "生僻字", "rare"),
    ("ItemMarker", "列表编号", "body"),
    ("CommentLabel", "点评标签", "hei"),
)


def styles_xml(
    fonts: FontSet,
    declarations: str,
    styles: tuple[Style, ...] = STYLES,
    labels: tuple[tuple[str, str, Face], ...] = LABELS,
    text_width: int = TEXT_WIDTH,
) -> str:
    """The styles part: document defaults, the paragraph styles, and the few character styles; the type
    area is `text_width` twips wide."""
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_font("body", fonts)}<w:kern w:val="0"/>'
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    base = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/><w:jc w:val="both"/></w:pPr>'
        f"<w:rPr>{_font('body', fonts)}</w:rPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultCharacter">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="PlainTable"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )
    characters = (
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        f'<w:basedOn w:val="DefaultCharacter"/><w:rPr>{_font("body", fonts)}<w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    characters += "".join(
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultCharacter"/><w:rPr>{_font(face, fonts)}</w:rPr></w:style>'
        for style, name, face in labels
    )
    rows = "".join(_style_xml(style, fonts, text_width) for style in styles)
    return f"<w:styles {declarations}>{defaults}{base}{rows}{characters}</w:styles>"


def _style_xml(style: Style, fonts: FontSet, text_width: int) -> str:
    is_custom = any(character > "\x7f" for character in style.name) or style.id == "Body"
    custom = ' w:customStyle="1"' if is_custom else ""
    following = f'<w:next w:val="{style.follows}"/>' if style.follows else ""
    color = f'<w:color w:val="{style.color}"/>' if style.color else ""
    tightening = f'<w:spacing w:val="{style.tightening}"/>' if style.tightening else ""
    half_points = round(style.size_pt * 2)
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="Normal"/>{following}<w:qFormat/><w:pPr>{_paragraph_properties(style, text_width)}</w:pPr>'
        f"<w:rPr>{_font(style.face, fonts)}{'<w:b/><w:bCs/>' if style.is_bold else ''}{color}{tightening}"
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
    )


def _paragraph_properties(style: Style, text_width: int) -> str:
    """The properties in the order the schema asks for."""
    parts = []
    if style.keeps_with_next:
        parts.append("<w:keepNext/>")
    if style.keeps_together:
        parts.append("<w:keepLines/>")
    if style.starts_page:
        parts.append("<w:pageBreakBefore/>")
    if style.borders:
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="6" w:space="{BOX_PADDING // TWIPS_PER_PT}" w:color="auto"/>'
            for side in style.borders
        )
        parts.append(f"<w:pBdr>{sides}</w:pBdr>")
    if style.has_dot_leader:
        parts.append(f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{text_width}"/></w:tabs>')
    if style.tabs:
        stops = "".join(f'<w:tab w:val="left" w:pos="{position}"/>' for position in style.tabs)
        parts.append(f"<w:tabs>{stops}</w:tabs>")
    height = f' w:line="{style.line}" w:lineRule="exact"' if style.line else ' w:line="240" w:lineRule="auto"'
    parts.append(f'<w:spacing w:before="{style.before}" w:after="{style.after}"{height}/>')
    indent = f' w:hanging="{style.left}"' if style.hangs else first_line_indent(style.indent_characters, style.size_pt)
    if style.left or style.right or indent:
        parts.append(f'<w:ind w:left="{style.left}" w:right="{style.right}"{indent}/>')
    parts.append(f'<w:jc w:val="{style.align}"/>')
    if style.outline is not None:
        parts.append(f'<w:outlineLvl w:val="{style.outline}"/>')
    return "".join(parts)


def first_line_indent(characters: int, size_pt: float = 16) -> str:
    """Attributes that indent a first line both ways: in characters for Word and WPS, in twips for the others."""
    if not characters:
        return ""
    return f' w:firstLineChars="{characters * 100}" w:firstLine="{round(characters * size_pt * TWIPS_PER_PT)}"'


def _font(face: Face, fonts: FontSet) -> str:
    name: str = getattr(fonts, face)
    # The page number is set in half-width Song figures throughout; all other Latin text in Times.
    latin = name if face == "song" else LATIN
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{name}" w:cs="{latin}"/>'
