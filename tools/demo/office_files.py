"""Sets the demo essays as flat OpenDocument pages, in the many ways clerks lay out a page."""

from __future__ import annotations

import base64
import re
from html import escape

from tools.demo.sources import DEMO, PICTURE, Source, phone_of

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("meta", "meta"),
    )
)
FULL_SPACE = "　"


def flat_page(source: Source, unit_name: str) -> str:
    """The essay as one flat .fodt text, set in the layout its header names."""
    layout = source.head["file"].split()[1]
    header = (
        f"<text:p text:style-name='Tag'>清源县“最美信访干部”征文{FULL_SPACE}{unit_name}{FULL_SPACE}{source.head['authors']}</text:p>"
        if layout == "header"
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><meta:initial-creator>{source.head["authors"].split("、")[0]}</meta:initial-creator><dc:title>{source.head["title"]}</dc:title></office:meta>
{_styles(layout, header)}
<office:body><office:text>{_top(source, unit_name, layout)}{_body(source, layout)}{_bottom(source, unit_name, layout)}</office:text></office:body>
</office:document>"""


def plain_page(source: Source, unit_name: str) -> str:
    """The essay as typed into a plain text window: no looks, every paragraph opened by two full spaces."""
    lines = [source.head["title"]]
    if source.head["subtitle"]:
        lines.append(source.head["subtitle"])
    lines += [f"{unit_name}{FULL_SPACE}{source.head['authors']}", ""]
    lines += [
        re.sub(r"\*\*|^#+ ", "", line) if line.startswith("#") else FULL_SPACE * 2 + line.replace("**", "")
        for line in source.lines
        if line
    ]
    lines += ["", f"联系电话：{phone_of(source)}", ""]
    return "\n".join(lines)


def _styles(layout: str, header: str) -> str:
    is_formal = layout in ("under-title", "header", "form")
    body_font, body_pt = ("仿宋_GB2312", 16) if is_formal else ("宋体", 14)
    title_font, title_weight = ("方正小标宋简体", "normal") if is_formal else ("宋体", "bold")
    indent = "0pt" if layout == "end-line" else f"{body_pt * 2}pt"

    def paragraph(
        name: str, font: str, size_pt: float, *, align: str = "start", first: str = "0pt", weight: str = "normal"
    ) -> str:
        face = f'style:font-name-asian="{font}" style:font-name="{font}" style:font-size-asian="{size_pt}pt" fo:font-size="{size_pt}pt"'
        return (
            f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="Standard">'
            f'<style:paragraph-properties fo:text-align="{align}" fo:text-indent="{first}" fo:line-height="28.95pt" style:auto-text-indent="false"/>'
            f'<style:text-properties {face} fo:font-weight="{weight}" style:font-weight-asian="{weight}"/></style:style>'
        )

    fonts = "".join(
        f'<style:font-face style:name="{name}" svg:font-family="{name}"/>'
        for name in ("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体")
    )
    shapes = (
        paragraph("Title_", title_font, 22, align="center", weight=title_weight)
        + paragraph("Sub", "楷体_GB2312", 16, align="center")
        + paragraph("Body", body_font, body_pt, first=indent)
        + paragraph("Verse", body_font, body_pt, align="center" if layout == "under-title" else "start")
        + paragraph("Head1", "黑体", body_pt, first=indent, weight="bold")
        + paragraph("Head2", "楷体_GB2312", body_pt, first=indent)
        + paragraph("Right", body_font, body_pt, align="end")
        + paragraph("Note_", "楷体_GB2312", 12, align="center")
        + paragraph("Cell", "宋体", 12)
        + paragraph("Small", "宋体", 12)
        + paragraph("Middle", "宋体", 12, align="center")
    )
    picture = paragraph("Shot", "宋体", 12, align="center").replace('fo:line-height="28.95pt" ', "")
    return f"""<office:font-face-decls>{fonts}</office:font-face-decls>
<office:styles><style:style style:name="Standard" style:family="paragraph"/><style:style style:name="Heading_1" style:display-name="Heading 1" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="1"><style:text-properties style:font-name-asian="黑体" fo:font-size="16pt" style:font-size-asian="16pt"/></style:style></office:styles>
<office:automatic-styles>{shapes}{picture}{paragraph("Tag", "楷体_GB2312", 10.5, align="end")}
<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold" style:font-weight-asian="bold"/></style:style>
<style:style style:name="Framed" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000" fo:padding="2pt"/></style:style>
<style:style style:name="Frame" style:family="graphic"><style:graphic-properties style:vertical-pos="middle" style:vertical-rel="text"/></style:style>
<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-suffix="." style:num-format="1"><style:list-level-properties text:space-before="1cm" text:min-label-width="0.8cm"/></text:list-level-style-number></text:list-style>
<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" fo:margin-top="{"25mm" if header else "37mm"}" fo:margin-bottom="30mm" fo:margin-left="28mm" fo:margin-right="26mm"/>{'<style:header-style><style:header-footer-properties fo:min-height="8mm" fo:margin-bottom="4mm"/></style:header-style>' if header else ""}</style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4">{f"<style:header>{header}</style:header>" if header else ""}</style:master-page></office:master-styles>"""


def _p(style: str, markup: str) -> str:
    return f'<text:p text:style-name="{style}">{markup}</text:p>'


def _top(source: Source, unit_name: str, layout: str) -> str:
    head = source.head
    authors = head["authors"]
    title = _p("Title_", escape(head["title"])) + (_p("Sub", escape(head["subtitle"])) if head["subtitle"] else "")
    match layout:
        case "first-line":
            return (
                _p("Small", f"姓名：{authors}{FULL_SPACE}单位：{unit_name}{FULL_SPACE}电话：{phone_of(source)}") + title
            )
        case "under-title":
            return title + _p("Sub", f"{unit_name}{FULL_SPACE}{authors}") + _p("Body", "")
        case "spaced-name":
            spaced = "、".join(FULL_SPACE.join(name) if len(name) == 2 else name for name in authors.split("、"))
            return title + _p("Sub", f"{unit_name}{FULL_SPACE * 3}{spaced}")
        case "form":
            rows = (
                ("题目", head["title"]),
                ("作者", authors),
                ("单位", unit_name),
                ("职务", head["post"]),
                ("联系电话", phone_of(source)),
            )
            return _table([list(row) for row in rows], has_header=False) + _p("Body", "") + title
        case _:
            return title


def _bottom(source: Source, unit_name: str, layout: str) -> str:
    if layout == "end-line":
        return _p(
            "Right",
            f"（作者：{source.head['authors']}{FULL_SPACE}单位：{unit_name}{FULL_SPACE}电话：{phone_of(source)}）",
        )
    return ""


def _body(source: Source, layout: str) -> str:
    is_verse = source.head["genre"] == "诗歌"
    notes = {match[1]: match[2] for line in source.lines if (match := re.match(r"\[\^(\d+)\]: (.+)$", line))}
    markup: list[str] = []
    stanza: list[str] = []
    table: list[list[str]] = []
    items: list[str] = []
    for line in (*source.lines, ""):
        if table and not line.startswith("|"):
            markup.append(_table(table, has_header=True))
            table = []
        if items and not re.match(r"\d+\. ", line):
            markup.append(_listed(items, layout))
            items = []
        if stanza and not line:
            markup += [*(_p("Verse", verse) for verse in stanza), _p("Verse", "")]
            stanza = []
        if not line or re.match(r"\[\^\d+\]: ", line):
            continue
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif re.match(r"\d+\. ", line):
            items.append(line)
        elif (picture := PICTURE.match(line)) is not None:
            markup.append(_picture(picture, layout))
        elif line.startswith("## "):
            markup.append(_p("Head2", _inline(line[3:], notes)))
        elif line.startswith("# "):
            markup.append(
                f'<text:h text:style-name="Heading_1" text:outline-level="1">{escape(line[2:])}</text:h>'
                if layout == "first-line"
                else _p("Head1", escape(line[2:]))
            )
        elif line.startswith("  "):
            markup.append(_p("Right", _inline(line.strip(), notes)))
        elif is_verse:
            stanza.append(_inline(line, notes))
        else:
            markup.append(_p("Body", (FULL_SPACE * 2 if layout == "end-line" else "") + _inline(line, notes)))
    return "".join(markup)


def _inline(text: str, notes: dict[str, str]) -> str:
    marked = re.sub(r"\*\*(.+?)\*\*", r'<text:span text:style-name="Bold">\1</text:span>', escape(text, quote=False))
    return re.sub(
        r"\[\^(\d+)\]",
        lambda match: (
            f'<text:note text:note-class="footnote"><text:note-citation>{match[1]}</text:note-citation><text:note-body>{_p("Small", escape(notes[match[1]]))}</text:note-body></text:note>'
        ),
        marked,
    )


def _listed(items: list[str], layout: str) -> str:
    if layout not in ("header", "form"):
        return "".join(_p("Body", _inline(item, {})) for item in items)
    rows = "".join(
        f"<text:list-item>{_p('Body', _inline(item.split(' ', 1)[1], {}))}</text:list-item>" for item in items
    )
    return f'<text:list text:style-name="Numbers">{rows}</text:list>'


def _table(rows: list[list[str]], *, has_header: bool) -> str:
    def cells(row: list[str], style: str) -> str:
        framed = "".join(
            f'<table:table-cell table:style-name="Framed" office:value-type="string">{_p(style, escape(text))}</table:table-cell>'
            for text in row
        )
        return f"<table:table-row>{framed}</table:table-row>"

    top = f"<table:table-header-rows>{cells(rows[0], 'Middle')}</table:table-header-rows>" if has_header else ""
    rest = "".join(cells(row, "Cell") for row in rows[1 if has_header else 0 :])
    return f'<table:table><table:table-column table:number-columns-repeated="{len(rows[0])}"/>{top}{rest}</table:table>'


def _picture(mark: re.Match[str], layout: str) -> str:
    data = base64.b64encode((DEMO / "photos" / f"{mark['name']}.jpg").read_bytes()).decode("ascii")
    frame = f'<draw:frame draw:style-name="Frame" draw:name="{mark["name"]}" text:anchor-type="as-char" svg:width="14cm" svg:height="9.34cm"><draw:image><office:binary-data>{data}</office:binary-data></draw:image></draw:frame>'
    lead = "▲" if layout == "end-line" else ""
    return _p("Shot", frame) + _p("Note_", f"{lead}{escape(mark['caption'])}（{mark['photographer']} 摄）")
