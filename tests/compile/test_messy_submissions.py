"""Twelve submissions as units really send them, each built as a file, and what it comes out as."""

from __future__ import annotations

import io
import re
import zlib
from types import SimpleNamespace

import docx as python_docx
import pytest
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph
from PIL import Image, ImageDraw

from compile.manuscript import (
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Run,
    body_text,
    count_manuscript_words,
    plain_text,
)
from compile.reading import Byline, Reading, Refused, find_converter, read

BODY = (
    "那天清晨，雾还没有散，老陈已经走在去东河村的路上。他的布包里装着笔记本、水杯和一张写满电话的纸。"
    "村里人都说，只要老陈来了，再难的结也有人解。渠只差六十米，可这六十米，拖了整整三年。"
)
SCHEMAS = "http://schemas.openxmlformats.org/"
needs_office = pytest.mark.skipif(find_converter() is None, reason="LibreOffice is not installed")


def add_line(
    document: Document, text: str = "", *, bold: bool = False, size_pt: float = 0.0, centred: bool = False
) -> WordParagraph:
    """A paragraph in one look."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size_pt:
        run.font.size = Pt(size_pt)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def add_title(document: Document, text: str) -> WordParagraph:
    return add_line(document, text, bold=True, size_pt=22, centred=True)


def add_xml(document: Document, files: SimpleNamespace, body: str) -> None:
    """What python-docx cannot make, at the end of the body."""
    for element in list(parse_xml(f"<w:body {files.NAMES}>{body}</w:body>")):
        document.element.body.sectPr.addprevious(element)


def save(document: Document) -> bytes:
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


def read_document(document: Document) -> Reading:
    return read(io.BytesIO(save(document)))


def list_dropped(reading: Reading) -> list[tuple[str, str, str]]:
    return [(item.kind, item.place, item.excerpt) for item in reading.dropped]


def list_texts(manuscript: Manuscript) -> list[str]:
    return body_text(manuscript).split("\n")


def list_headings(manuscript: Manuscript) -> list[tuple[int, str, bool]]:
    return [
        (block.level, plain_text(block.runs), block.is_proposed)
        for block in manuscript.blocks
        if isinstance(block, Heading)
    ]


def test_m1_a_spaced_name_below_the_title_and_a_telephone_in_the_last_line() -> None:
    document = python_docx.Document()
    document.core_properties.author, document.core_properties.title = "周明", "县政府办内部稿"
    add_line(document, "信访路上的那盏灯", bold=True, size_pt=22)
    add_line(document, "柳河镇信访办　　　周　明")
    for _ in range(3):
        add_line(document, "　　" + BODY)
    add_line(document, "（作者单位：柳河镇人民政府　电话：13800138000）")
    reading = read_document(document)
    assert reading.manuscript == Manuscript("信访路上的那盏灯", blocks=(Paragraph((Run(BODY),)),) * 3)
    assert reading.byline == Byline(
        ("周明",), "柳河镇信访办", "", "13800138000", {"authors": 0.9, "unit": 0.9, "phone": 0.9}
    )
    assert list_dropped(reading) == [
        ("byline", "题目下方", "柳河镇信访办 周明"),
        ("byline", "文末", "（作者单位：柳河镇人民政府 电话：***********）"),
    ]
    assert "内部稿" not in repr(reading)


def bold_headings() -> Document:
    """M2: indents typed as two full-width spaces, headings that are bold and nothing else."""
    document = python_docx.Document()
    add_line(document, "一把旧椅子", bold=True, size_pt=18)
    add_line(document, "柳河镇　许静")
    for heading in ("雨夜里的电话", "六十米的水渠", "她把椅子搬到门口"):
        add_line(document, heading, bold=True)
        for _ in range(7):
            add_line(document, "　　" + BODY)
    add_line(document, "一句整行加粗的话，它有句号，不是小标题。", bold=True)
    return document


def broken_lines() -> Document:
    """M8: 宋体五号, broken by hand every thirty characters, page numbers typed in the text."""
    document = python_docx.Document()
    document.core_properties.title = "柳河镇2009年信访材料"
    text = "　　" + BODY * 3
    lines = ["信访路上", "柳河镇信访办　周　明", *(text[start : start + 30] for start in range(0, len(text), 30))]
    lines[6:6] = ["- 1 -"]
    run = document.add_paragraph().add_run()
    run.font.size, run.font.name = Pt(10.5), "宋体"
    for line in (*lines, "- 2 -", "　　他又出发了。"):
        run.add_text(line)
        run.add_break()
    return document


@pytest.fixture(scope="module")
def old_word_files(files: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    sources = {"bold": save(bold_headings()), "broken": save(broken_lines())}
    found: dict[str, bytes] = files.convert_to_old_word(sources, tmp_path_factory.mktemp("old"))
    return found


@pytest.mark.office
@needs_office
def test_m2_an_old_file_of_wps_with_bold_headings(old_word_files: dict[str, bytes]) -> None:
    data = old_word_files["bold"]
    assert data.startswith(bytes.fromhex("d0cf11e0"))
    reading = read(io.BytesIO(data), converter=find_converter())
    assert (reading.kind, reading.manuscript.title, reading.byline.authors) == ("doc", "一把旧椅子", ("许静",))
    assert count_manuscript_words(reading.manuscript) > 1900
    assert list_headings(reading.manuscript) == [
        (1, "雨夜里的电话", True),
        (1, "六十米的水渠", True),
        (1, "她把椅子搬到门口", True),
    ]
    assert list_texts(reading.manuscript)[1] == BODY


@pytest.mark.office
@needs_office
def test_m8_an_old_word_file_broken_by_hand(old_word_files: dict[str, bytes]) -> None:
    reading = read(io.BytesIO(old_word_files["broken"]), converter=find_converter())
    assert (reading.kind, reading.manuscript.title, reading.byline.authors) == ("doc", "信访路上", ("周明",))
    assert reading.manuscript.blocks == (Paragraph((Run(BODY * 3),)), Paragraph((Run("他又出发了。"),)))
    assert [entry for entry in list_dropped(reading) if entry[0] == "typed-page-number"] == [
        ("typed-page-number", "正文", "- 1 -"),
        ("typed-page-number", "正文", "- 2 -"),
    ]
    assert "2009" not in repr(reading)


def photograph(shade: int) -> bytes:
    """Six megabytes from a camera that noted place and maker."""
    image = Image.effect_noise((300, 200), 60).resize((2400, 1600)).convert("RGB")
    image.paste((shade, 60, 90), (0, 0, 400, 400))
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 29.0, 12.5), 3: "E", 4: (117.0, 53.0, 4.25)})
    sink = io.BytesIO()
    image.save(sink, "JPEG", exif=exif, quality=85)
    data = sink.getvalue()
    segment = b"\xff\xee" + (65_533).to_bytes(2, "big") + b"SECRETNOTES".ljust(65_531)
    return data[:20] + segment * ((6_000_000 - len(data)) // len(segment) + 1) + data[20:]


def chat() -> bytes:
    """A telephone's screen full of messages."""
    image = Image.new("RGB", (1080, 1920), (237, 237, 237))
    draw = ImageDraw.Draw(image)
    draw.text((300, 40), "Zhang 13800138000", fill="black", font_size=56)
    for row in range(9):
        left, top = (40 if row % 2 else 240), 150 + row * 190
        draw.rounded_rectangle((left, top, left + 790, top + 150), 20, fill="white")
        for line in range(2):
            draw.text((left + 30, top + 15 + line * 60), "he came about the road again", "black", font_size=52)
    sink = io.BytesIO()
    image.save(sink, "PNG")
    return sink.getvalue()


def test_m3_photographs_in_the_text_and_one_that_is_a_chat() -> None:
    document = python_docx.Document()
    add_title(document, "三张照片")
    lines = ("▲图为老陈在村民家中了解情况（李娜摄）", "▲图为水渠通水（李　娜　摄）", "▲图为群众的来信")
    for data, line in zip((photograph(20), photograph(200), chat()), lines, strict=True):
        add_line(document, BODY)
        document.add_paragraph().add_run().add_picture(io.BytesIO(data))
        add_line(document, line)
    add_line(document, "　　完了。")
    document.inline_shapes[2]._inline.docPr.set("descr", "张大山 13800138000 的微信")
    reading = read_document(document)
    one, two, three = ((picture.key, zlib.crc32(picture.data)) for picture in reading.pictures)
    assert [block for block in reading.manuscript.blocks if not isinstance(block, Paragraph)] == [
        Picture(one[0], 2400, 1600, "图为老陈在村民家中了解情况", "李娜", one[1]),
        Picture(two[0], 2400, 1600, "图为水渠通水", "李娜", two[1]),
        Picture(three[0], 1080, 1920, "图为群众的来信", "", three[1]),
    ]
    assert [type(block) for block in reading.manuscript.blocks] == [Paragraph, Picture] * 3 + [Paragraph]
    assert list_dropped(reading) == [
        ("alt-text", "第 6 段", "张大山 *********** 的微信"),
        ("screenshot", "图 3", ""),
    ]
    for picture in reading.pictures:
        assert b"SECRET" not in picture.data
        with Image.open(io.BytesIO(picture.data)) as image:
            assert dict(image.getexif()) == {}


def test_m4_numbers_typed_by_hand_and_a_list_word_counts_from_three(files: SimpleNamespace) -> None:
    document = python_docx.Document()
    numbering = document.part.numbering_part.element
    level = '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    scheme = f'<w:abstractNum w:abstractNumId="99">{level}</w:abstractNum>'
    link = '<w:num w:numId="99"><w:abstractNumId w:val="99"/></w:num>'
    for element in list(parse_xml(f"<w:numbering {files.NAMES}>{scheme}{link}</w:numbering>")):
        numbering.append(element)
    add_title(document, "五种写法")
    typed = ["一、走村入户", "(一)先听后问", "1、记清楚每一件事。", "⑴带上水杯。", "第一,不推诿。"]
    for text in typed:
        add_line(document, text)
        add_line(document, BODY)
    counted = ["当天的事当天办。", "办不了的说明白。", "说明白的还要回访。"]
    list_properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="99"/></w:numPr>'
    add_xml(document, files, "".join(files.para(text, properties=list_properties) for text in counted))
    manuscript = read_document(document).manuscript
    assert list_texts(manuscript) == [
        *(text for line in typed for text in (line, BODY)),
        *(f"{number}.{text}" for number, text in enumerate(counted, 3)),
    ]
    assert list_headings(manuscript) == [(1, "一、走村入户", True), (2, "(一)先听后问", True)]
    assert manuscript.blocks[-3:] == tuple(ListItem(f"{n}.", (Run(text),)) for n, text in enumerate(counted, 3))


def test_m5_tracked_changes_and_comments(files: SimpleNamespace) -> None:
    document = python_docx.Document()
    add_title(document, "一条水渠")
    who = 'w:id="9" w:author="县政府办-王" w:date="2020-08-10T09:00:00Z"'
    for number in range(14):
        deleted = f"<w:del {who}><w:r><w:delText>删去{number}</w:delText></w:r></w:del>" if number < 9 else ""
        inserted = f"<w:ins {who}>{files.run(f'添上{number}')}</w:ins>"
        add_xml(document, files, files.para("老陈说，", inner=deleted + inserted + files.run("，就这样。")))
    for place, text in ((2, "这段太虚, 删掉"), (5, "数据核实下")):
        document.add_comment(document.paragraphs[place].runs, text, author="县政府办-王", initials="王")
    reading = read_document(document)
    assert list_texts(reading.manuscript) == [f"老陈说，添上{number}，就这样。" for number in range(14)]
    found = list_dropped(reading)
    assert [entry for entry in found if entry[0] == "deleted-text"] == [
        ("deleted-text", f"第 {number + 2} 段", f"删去{number}") for number in range(9)
    ]
    assert [entry for entry in found if entry[0] == "inserted-text"] == [
        ("inserted-text", f"第 {number + 2} 段", f"添上{number}") for number in range(14)
    ]
    assert [entry for entry in found if entry[0] == "comment"] == [
        ("comment", "第 3 段", "这段太虚, 删掉"),
        ("comment", "第 6 段", "数据核实下"),
    ]
    assert len(found) == 9 + 14 + 2
    assert "县政府办" not in repr(reading)


def box(files: SimpleNamespace, text: str, *, art: str = "") -> str:
    """A text box of Word 2010 with the same text once more for Word 2007; `art`: a WordArt shape."""
    inside = f"<w:txbxContent>{files.para(text)}</w:txbxContent>"
    uri = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData uri="{uri}">'
        f"<wps:wsp><wps:txbx>{inside}</wps:txbx><wps:bodyPr>{art}</wps:bodyPr></wps:wsp></a:graphicData></a:graphic>"
        f"</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_m6_the_title_in_word_art_and_a_quotation_in_a_box(files: SimpleNamespace) -> None:
    document = python_docx.Document()
    art = '<a:prstTxWarp prst="textArchUp"/>'
    add_xml(document, files, files.para(inner=box(files, "灯下的来访登记簿", art=art)) + files.para("柳河镇　周　明"))
    add_xml(document, files, files.para(BODY, inner=box(files, "“把群众当亲人。”")) + files.para("后来呢？"))
    reading = read_document(document)
    assert (reading.manuscript.title, reading.byline.authors) == ("灯下的来访登记簿", ("周明",))
    assert list_texts(reading.manuscript) == [BODY, "“把群众当亲人。”", "后来呢？"]


def test_m7_the_essay_in_a_red_frame_below_an_entry_form() -> None:
    document = python_docx.Document()
    form = {
        "姓　名": "周　明", "单位": "柳河镇人民政府", "职务": "科员", "身份证": "11010519491231002X", "电话": "13800138000",
    }  # fmt: skip
    rows = document.add_table(len(form), 2).rows
    for row, (label, value) in zip(rows, form.items(), strict=True):
        row.cells[0].text, row.cells[1].text = label, value
    document.add_paragraph()
    frame = document.add_table(1, 1)
    frame.style = "Table Grid"
    cell = frame.rows[0].cells[0]
    title = cell.paragraphs[0].add_run("老陈的三本账")
    title.bold, title.font.size = True, Pt(22)
    for text in (BODY, "一、第一本账", BODY, "二、第二本账", BODY):
        cell.add_paragraph(text)
    reading = read_document(document)
    certain = {"authors": 0.95, "unit": 0.95, "post": 0.95, "phone": 0.95}
    assert reading.byline == Byline(("周明",), "柳河镇人民政府", "科员", "13800138000", certain)
    assert reading.manuscript.title == "老陈的三本账"
    assert [type(block) for block in reading.manuscript.blocks] == [Paragraph, Heading, Paragraph, Heading, Paragraph]
    assert list_dropped(reading) == [("form", "表格", "姓名、单位、职务、身份证、电话")]
    assert "19491231" not in repr(reading)


def test_m9_versions_of_one_essay_are_read_apart() -> None:
    readings = []
    for change in ("", "后来又添了一句。", "另一个镇的老李也这样说。"):
        document = python_docx.Document()
        add_title(document, "信访路上")
        for _ in range(8):
            add_line(document, BODY)
        add_line(document, "他又出发了。" + change)
        readings.append(read_document(document).manuscript)
    assert len(set(readings)) == 3
    assert {(manuscript.title, manuscript.blocks[:8]) for manuscript in readings} == {
        ("信访路上", (Paragraph((Run(BODY),)),) * 8)
    }


def test_m10_a_scan_is_no_work_and_says_what_it_may_be_used_for() -> None:
    sink = io.BytesIO()
    Image.effect_noise((400, 560), 80).save(sink, "PDF")
    with pytest.raises(Refused) as refused:
        read(io.BytesIO(sink.getvalue()))
    assert (refused.value.code, refused.value.message) == ("pdf", "PDF 不能作为参评文稿")
    assert refused.value.remedy == "请上传可编辑的 Word 或 WPS 文稿；PDF 可作为证明材料另行提交。"


def test_m11_prompts_a_header_tag_and_an_earlier_draft_kept_hidden(files: SimpleNamespace) -> None:
    document = python_docx.Document()
    document.sections[0].header.paragraphs[0].text = "“最美信访干部”征文"
    document.sections[0].header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    cover = (
        "<!-- made by WPS --><?wps version='2019'?><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + files.para("[在此键入标题]")
        + "</w:sdtContent></w:sdt>"
    )
    add_xml(document, files, cover)
    for prompt in ("[在此处键入副标题]", "[作者姓名]", "[选取日期]", "[单击此处输入文字。]"):
        add_line(document, prompt)
    add_title(document, "门前那条小河")
    paragraph = add_line(document, BODY)
    hidden = paragraph.add_run("旧稿：张大山 13800138000 不服。")
    hidden.font.hidden = True
    reading = read_document(document)
    assert reading.manuscript == Manuscript("门前那条小河", blocks=(Paragraph((Run(BODY),)),))
    assert list_dropped(reading) == [
        ("placeholder", "第 1 段", "[在此键入标题]"),
        ("hidden-text", "第 6 段", "旧稿：张大山 *********** 不服。"),
        ("header", "页眉", "“最美信访干部”征文"),
        ("placeholder", "正文", "[在此处键入副标题]"),
        ("placeholder", "正文", "[作者姓名]"),
        ("placeholder", "正文", "[选取日期]"),
        ("placeholder", "正文", "[单击此处输入文字。]"),
    ]
    assert reading.byline == Byline()


def test_m12_a_mail_saved_as_text_keeps_every_character_as_typed() -> None:
    lines = [
        "东河村的晚上",
        "柳河镇 王㛃 陳某",
        "张大山(信访人,家住东河村3组,62岁,2018年7月起因征地上访)又来了.",
        '老陈说:"您先坐,慢慢讲."',
        "他把茶放在桌上,屋里静了下来.",
    ]
    reading = read(io.BytesIO("\r\n".join(lines).encode("gb18030")))
    assert (reading.kind, reading.manuscript.title) == ("txt", "东河村的晚上")
    assert (reading.byline.authors, reading.byline.unit) == (("王㛃", "陳某"), "柳河镇")
    assert list_texts(reading.manuscript) == lines[2:]


# What else arrives


def test_a_title_of_sixty_one_characters_in_two_lines_with_a_dashed_subtitle() -> None:
    document = python_docx.Document()
    long = "一位在信访窗口坐了三十一个年头的老同志怎样把每一封来信都当作家书来读"
    longer = "并且让全镇十七个村庄的人都学会先坐下来喝一杯热茶再说话"
    assert len(long + longer) == 61
    add_title(document, long)
    add_title(document, longer)
    add_line(document, "——记柳河镇信访办主任周明", size_pt=16, centred=True)
    add_line(document, "柳河镇　许静", centred=True)
    add_line(document, BODY)
    reading = read_document(document)
    assert (reading.manuscript.title, reading.manuscript.subtitle) == (long + longer, "记柳河镇信访办主任周明")
    assert (reading.byline.authors, list_texts(reading.manuscript)) == (("许静",), [BODY])


def test_two_columns_are_read_one_after_the_other() -> None:
    document = python_docx.Document()
    add_title(document, "两栏")
    add_line(document, BODY)
    section = document.add_section(WD_SECTION.CONTINUOUS)
    section._sectPr.append(parse_xml(f'<w:cols xmlns:w="{SCHEMAS}wordprocessingml/2006/main" w:num="2"/>'))
    for text in ("左栏第一段。", "左栏第二段。", "右栏第一段。"):
        add_line(document, text)
    assert list_texts(read_document(document).manuscript) == [BODY, "左栏第一段。", "左栏第二段。", "右栏第一段。"]


def test_an_equation_drawn_as_a_picture_is_a_picture_in_its_place(files: SimpleNamespace) -> None:
    formula = io.BytesIO()
    Image.new("L", (240, 60), 255).save(formula, "PNG")
    document = python_docx.Document()
    add_title(document, "算一笔账")
    paragraph = add_line(document, "每亩的补偿按下式计算：")
    paragraph.add_run().add_picture(formula)
    name = f"{SCHEMAS}officeDocument/2006/math"
    add_xml(
        document,
        files,
        files.para("其中", inner=f'<m:oMath xmlns:m="{name}"><m:r><m:t>a=b+c</m:t></m:r></m:oMath>' + files.run("。")),
    )
    reading = read_document(document)
    assert [type(block) for block in reading.manuscript.blocks] == [Paragraph, Picture, Paragraph]
    assert list_texts(reading.manuscript) == ["每亩的补偿按下式计算：", "其中a=b+c。"]
    assert list_dropped(reading) == [("formula", "第 3 段", "a=b+c")]


def test_marks_that_turn_the_writing_direction_are_gone_and_the_quotation_marks_stay() -> None:
    document = python_docx.Document()
    add_title(document, "两个引号")
    add_line(document, "她说：\u202e”先坐“\u202c，又说：\u200f「不急」。")
    assert list_texts(read_document(document).manuscript) == ["她说：”先坐“，又说：「不急」。"]


def test_an_essay_in_one_paragraph_is_parted_at_its_line_breaks() -> None:
    document = python_docx.Document()
    run = document.add_paragraph().add_run()
    for line in ("一个段落", "柳河镇　许静", "　　" + BODY, "　　" + BODY, "　　" + BODY, "　　他又出发了。"):
        run.add_text(line)
        run.add_break()
    reading = read_document(document)
    assert (reading.manuscript.title, reading.byline.authors) == ("一个段落", ("许静",))
    assert list_texts(reading.manuscript) == [BODY] * 3 + ["他又出发了。"]


def test_an_essay_without_a_single_break_stays_one_paragraph() -> None:
    document = python_docx.Document()
    add_line(document, BODY * 8)
    manuscript = read_document(document).manuscript
    assert (manuscript.title, manuscript.blocks) == ("", (Paragraph((Run(BODY * 8),)),))


def test_footnotes_and_a_contents_field_in_one_essay(files: SimpleNamespace) -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    contents = mark.format("begin") + "<w:r><w:instrText> TOC </w:instrText></w:r>" + mark.format("separate")
    body = (
        files.para("一本账", look='<w:b/><w:sz w:val="44"/>')
        + files.para(inner=contents + files.run("一、初到……1"))
        + files.para("二、回访……3", inner=mark.format("end"))
        + files.para("一、初到")
        + files.para(BODY, inner='<w:r><w:footnoteReference w:id="2"/></w:r>')
    )
    note = f'<w:footnote w:id="2">{files.para("据村史。")}</w:footnote>'
    reading = read(files.stream(files.docx(body, footnotes=note)))
    assert reading.manuscript == Manuscript(
        "一本账", "", (Heading(1, (Run("一、初到"),), True), Paragraph((Run(BODY, note=0),))), ((Run("据村史。"),),)
    )
    assert [(kind, excerpt) for kind, _place, excerpt in list_dropped(reading)] == [
        ("contents", "一、初到……1"),
        ("contents", "二、回访……3"),
    ]


def test_no_blank_of_an_indent_is_left_anywhere() -> None:
    document = python_docx.Document()
    add_title(document, "缩进")
    for blank in ("　　", "    ", "\u00a0\u00a0", "\t", "\u2003\u2003"):
        add_line(document, blank + BODY)
    assert not re.search(r"[\s　]", body_text(read_document(document).manuscript).replace("\n", ""))
