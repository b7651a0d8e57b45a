"""The body of a .docx as its author sees it: numbers, accepted changes, fields, boxes, tables, notes."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from compile.errors import Refused
from compile.manuscript import Heading, ListItem, Manuscript, Paragraph, Run, Table, body_text, plain_text
from compile.reading import Reading, read

ReadBody = Callable[..., Reading]

SENTENCE = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"
BIG = '<w:b/><w:sz w:val="44"/>'


@pytest.fixture
def read_body(files: SimpleNamespace) -> Callable[..., Reading]:
    """Reads body XML behind a title line."""

    def read_one(body: str, **parts: object) -> Reading:
        return read(files.stream(files.docx(files.para("题目在此", look=BIG) + body, **parts)))

    return read_one


def texts(manuscript: Manuscript) -> list[str]:
    return body_text(manuscript).split("\n")


def kinds(reading: Reading) -> list[tuple[str, str]]:
    return [(item.kind, item.excerpt) for item in reading.dropped]


def level(number: int, number_format: str, text: str, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{number}">{extra}<w:numFmt w:val="{number_format}"/><w:lvlText w:val="{text}"/></w:lvl>'


def abstract(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def number(number_id: int, abstract_id: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{number_id}"><w:abstractNumId w:val="{abstract_id}"/>{overrides}</w:num>'


def numbered(number_id: int, at: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number_id}"/></w:numPr>'


# Numbering


def test_typed_numbers_stay_text_and_automatic_ones_become_what_word_shows(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    numbering = (
        abstract(0, level(0, "decimal", "%1.", '<w:start w:val="3"/>'), level(1, "lowerLetter", "%1.%2)"))
        + abstract(1, level(0, "bullet", "\uf0b7"))
        + number(1, 0)
        + number(2, 1)
    )
    body = "".join(
        (
            files.para("1、要有耐心。"),
            files.para("⑴ 要细心。"),
            files.para("第一,要有恒心。"),
            files.para("自动三。", properties=numbered(1)),
            files.para("自动四。", properties=numbered(1)),
            files.para("四之一。", properties=numbered(1, 1)),
            files.para("四之二。", properties=numbered(1, 1)),
            files.para("自动五。", properties=numbered(1)),
            files.para("五之一。", properties=numbered(1, 1)),
            files.para("一点。", properties=numbered(2)),
        )
    )
    manuscript = read_body(body, numbering=numbering).manuscript
    assert manuscript.blocks == (
        Paragraph((Run("1、要有耐心。"),)),
        Paragraph((Run("⑴ 要细心。"),)),
        Paragraph((Run("第一,要有恒心。"),)),
        ListItem("3.", (Run("自动三。"),)),
        ListItem("4.", (Run("自动四。"),)),
        ListItem("4.a)", (Run("四之一。"),), 1),
        ListItem("4.b)", (Run("四之二。"),), 1),
        ListItem("5.", (Run("自动五。"),)),
        ListItem("5.a)", (Run("五之一。"),), 1),
        ListItem("•", (Run("一点。"),)),
    )


def test_a_list_that_overrides_its_start_counts_anew_and_its_sibling_goes_on(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="10"/></w:lvlOverride>'
    numbering = abstract(0, level(0, "decimal", "%1.")) + number(1, 0) + number(2, 0, restart)
    body = "".join(
        files.para(f"第{index}。", properties=numbered(which)) for index, which in enumerate((1, 1, 2, 2, 1))
    )
    manuscript = read_body(body, numbering=numbering).manuscript
    assert [block.marker for block in manuscript.blocks] == ["1.", "2.", "10.", "11.", "12."]


@pytest.mark.parametrize(
    ("number_format", "start", "shown"),
    [
        ("chineseCounting", 12, "十二"),
        ("chineseCountingThousand", 205, "二百零五"),
        ("ideographDigital", 10, "一〇"),
        ("upperLetter", 27, "AA"),
        ("lowerRoman", 14, "xiv"),
        ("upperRoman", 1999, "MCMXCIX"),
        ("decimalEnclosedCircle", 21, "㉑"),
        ("decimalEnclosedParen", 3, "⑶"),
        ("chineseLegalSimplified", 23, "贰拾叁"),
        ("ideographTraditional", 3, "丙"),
        ("decimalZero", 7, "07"),
        ("decimalFullWidth", 12, "１２"),
        ("somethingNew", 8, "8"),
    ],
)
def test_number_formats_are_written_out(
    read_body: ReadBody, files: SimpleNamespace, number_format: str, start: int, shown: str
) -> None:
    numbering = abstract(0, level(0, number_format, "（%1）", f'<w:start w:val="{start}"/>')) + number(1, 0)
    block = read_body(files.para("一条。", properties=numbered(1)), numbering=numbering).manuscript.blocks[0]
    assert block.marker == f"（{shown}）"


def test_headings_numbered_through_their_style_carry_the_number_in_their_text(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{index}"><w:name w:val="heading {index}"/><w:pPr>'
        f'<w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{index - 1}"/></w:pPr></w:style>'
        for index in (1, 2)
    )
    linked = [f'<w:pStyle w:val="{index}"/>' for index in (1, 2)]
    numbering = abstract(
        0,
        level(0, "chineseCountingThousand", "%1、", linked[0]),
        level(1, "decimal", "%1.%2", linked[1] + "<w:isLgl/>"),
    ) + number(1, 0)
    body = "".join(
        files.para(text, properties=f'<w:pStyle w:val="{style}"/>')
        for text, style in (("初到", 1), ("雨夜", 2), ("回访", 1))
    )
    manuscript = read_body(body + files.para(SENTENCE), styles=styles, numbering=numbering).manuscript
    assert manuscript.blocks[:3] == (
        Heading(1, (Run("一、初到"),)),
        Heading(2, (Run("1.1 雨夜"),)),
        Heading(1, (Run("二、回访"),)),
    )


# Headings


@pytest.mark.parametrize("name", ["heading 1", "标题 1", "Heading 1"])
def test_heading_styles_are_known_by_name_in_any_language(
    read_body: ReadBody, files: SimpleNamespace, name: str
) -> None:
    styles = f'<w:style w:type="paragraph" w:styleId="a7"><w:name w:val="{name}"/></w:style>'
    body = files.para("初到柳河", properties='<w:pStyle w:val="a7"/>') + files.para(SENTENCE)
    assert read_body(body, styles=styles).manuscript.blocks[0] == Heading(1, (Run("初到柳河"),))


def test_short_bold_lines_are_proposed_and_bold_sentences_are_not(read_body: ReadBody, files: SimpleNamespace) -> None:
    body = "".join(
        (
            files.para("雨夜接访", look="<w:b/>"),
            files.para(SENTENCE),
            files.para("他一夜没睡。", look="<w:b/>"),
            files.para(SENTENCE * 2),
            files.para("（二）回访"),
            files.para(SENTENCE * 3),
        )
    )
    blocks = read_body(body).manuscript.blocks
    assert blocks[0] == Heading(1, (Run("雨夜接访"),), is_proposed=True)
    assert blocks[2] == Paragraph((Run("他一夜没睡。", bold=True),))
    assert blocks[4] == Heading(2, (Run("（二）回访"),), is_proposed=True)


def faced(files: SimpleNamespace, text: str, face: str, properties: str = "") -> str:
    return str(files.para(text, look=f'<w:rFonts w:eastAsia="{face}"/>', properties=properties))


def test_short_lines_alone_in_a_heading_face_are_proposed(read_body: ReadBody, files: SimpleNamespace) -> None:
    prose = faced(files, SENTENCE, "仿宋_GB2312")
    body = (
        prose
        + faced(files, "雨夜接访", "黑体")
        + faced(files, "第一盏灯", "楷体_GB2312")
        + prose
        + faced(files, "回访", "SimHei")
        + prose * 2
    )
    blocks = read_body(body).manuscript.blocks
    assert [block for block in blocks if isinstance(block, Heading)] == [
        Heading(1, (Run("雨夜接访"),), is_proposed=True),
        Heading(2, (Run("第一盏灯"),), is_proposed=True),
        Heading(1, (Run("回访"),), is_proposed=True),
    ]


def test_quotations_verses_and_last_lines_in_a_heading_face_stay_text(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    prose = faced(files, SENTENCE, "仿宋_GB2312")
    right = '<w:jc w:val="right"/>'
    body = (
        prose
        + faced(files, "他在信里写道：", "楷体_GB2312")
        + prose
        + faced(files, "灯亮着", "楷体_GB2312")
        + faced(files, "人等着", "楷体_GB2312")
        + prose
        + faced(files, "那年的水啊，还在流。", "黑体")
        + prose
        + faced(files, "山上　余某", "楷体_GB2312", right)
        + prose
        + faced(files, "这一句话他记了二十多年一个字也没有忘记过的", "黑体")
        + prose
        + faced(files, "未完", "黑体")
    )
    assert {type(block) for block in read_body(body).manuscript.blocks} == {Paragraph}


def test_a_whole_text_in_a_heading_face_proposes_nothing(read_body: ReadBody, files: SimpleNamespace) -> None:
    prose = faced(files, SENTENCE, "微软雅黑")
    body = prose + faced(files, "雨夜", "微软雅黑") + prose
    assert {type(block) for block in read_body(body).manuscript.blocks} == {Paragraph}


def test_a_whole_poem_in_bold_proposes_no_headings(read_body: ReadBody, files: SimpleNamespace) -> None:
    body = "".join(files.para(f"第{index}行诗写给你", look="<w:b/>") for index in "一二三四")
    assert {type(block) for block in read_body(body).manuscript.blocks} == {Paragraph}


# Tracked changes, comments, hidden text


def test_tracked_changes_are_read_as_accepted_and_reported_without_their_author(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    who = 'w:id="1" w:author="县政府办-王" w:date="2020-08-10T09:00:00Z"'
    body = (
        files.para(
            inner=files.run("去年接访")
            + f"<w:del {who}><w:r><w:delText>三百</w:delText></w:r></w:del>"
            + f"<w:ins {who}>{files.run('四百')}</w:ins>"
            + f"<w:moveFrom {who}>{files.run('挪走的')}</w:moveFrom>"
            + files.run("人次。")
        )
        + files.para("前半句，", properties=f"<w:rPr><w:del {who}/></w:rPr>")
        + files.para("后半句。")
    )
    reading = read_body(body)
    assert texts(reading.manuscript) == ["去年接访四百人次。", "前半句，后半句。"]
    assert kinds(reading) == [("deleted-text", "三百"), ("inserted-text", "四百"), ("deleted-text", "挪走的")]
    assert "县政府办" not in repr(reading)


def test_a_deleted_last_paragraph_mark_does_not_swallow_the_text(read_body: ReadBody, files: SimpleNamespace) -> None:
    mark = '<w:rPr><w:del w:id="1"/></w:rPr>'
    inside = files.table(
        (files.para("格里一", properties=mark), files.para("格里二")), (files.para("三"), files.para("四"))
    )
    manuscript = read_body(files.para(SENTENCE) + inside + files.para("末句。", properties=mark)).manuscript
    assert texts(manuscript) == [SENTENCE, "格里一", "格里二", "三", "四", "末句。"]


def test_comments_and_hidden_text_are_listed_with_long_numbers_masked(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    comments = f'<w:comment w:id="4" w:author="王">{files.para("核实 13800138000")}</w:comment>'
    body = files.para(SENTENCE) + files.para(
        inner='<w:commentRangeStart w:id="4"/>'
        + files.run("他来了。")
        + files.run("旧稿 11010519491231002X", "<w:vanish/>")
    )
    reading = read_body(body, comments=comments)
    assert texts(reading.manuscript) == [SENTENCE, "他来了。"]
    assert [(item.kind, item.place, item.excerpt) for item in reading.dropped] == [
        ("hidden-text", "第 3 段", "旧稿 " + "*" * 18),
        ("comment", "第 3 段", "核实 " + "*" * 11),
    ]


# Fields, notes, links, symbols


def field(files: SimpleNamespace, code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        mark.format("begin")
        + f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        + mark.format("separate")
        + result
        + mark.format("end")
    )


def test_fields_give_their_result_and_a_contents_list_is_dropped(read_body: ReadBody, files: SimpleNamespace) -> None:
    contents = field(
        files, " TOC \\o &quot;1-3&quot; ", files.run("一、初到……1") + "</w:p><w:p>" + files.run("二、回访……3")
    )
    body = f"<w:p>{contents}</w:p>" + files.para(
        inner=field(files, " DATE ", files.run("2020年")) + files.run("夏天，水来了。")
    )
    reading = read_body(body)
    assert texts(reading.manuscript) == ["2020年夏天，水来了。"]
    assert kinds(reading) == [("contents", "一、初到……1"), ("contents", "二、回访……3")]


def test_a_note_on_the_title_is_left_out_and_reported(files: SimpleNamespace) -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    note = '<w:footnote w:id="{}"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
    data = files.docx(
        files.para("信访路上", inner=mark.format(1)) + files.para(SENTENCE, inner=mark.format(2)),
        footnotes=note.format(1, "本文写于2019年。") + note.format(2, "据工作记录。"),
    )
    reading = read(files.stream(data))
    assert [plain_text(note) for note in reading.manuscript.notes] == ["据工作记录。"]
    assert [(item.kind, item.place, item.excerpt) for item in reading.dropped] == [
        ("title-note", "脚注", "本文写于2019年。")
    ]


def test_a_phonetic_guide_is_left_out_and_reported(read_body: ReadBody, files: SimpleNamespace) -> None:
    guide = f"<w:r><w:ruby><w:rt>{files.run('yù')}</w:rt><w:rubyBase>{files.run('彧')}</w:rubyBase></w:ruby></w:r>"
    reading = read_body(files.para("荀", inner=guide + files.run("来了。")))
    assert (texts(reading.manuscript), kinds(reading)) == (["荀彧来了。"], [("phonetic", "yù")])


def test_a_table_inside_a_paragraph_keeps_its_text(read_body: ReadBody, files: SimpleNamespace) -> None:
    reading = read_body(files.para("外文。", inner=files.table((files.para("内文。"),))))
    assert texts(reading.manuscript) == ["外文。内文。"]


def test_beyond_a_hundred_of_a_kind_the_report_counts(read_body: ReadBody, files: SimpleNamespace) -> None:
    deleted = "".join(
        f"<w:p><w:del><w:r><w:delText>旧{number}</w:delText></w:r></w:del>{files.run(SENTENCE)}</w:p>"
        for number in range(130)
    )
    hidden = files.para("秘密", look="<w:vanish/>")
    dropped = read_body(deleted + hidden).dropped
    assert [item.excerpt for item in dropped] == [*(f"旧{number}" for number in range(100)), "秘密", ""]
    assert (dropped[-1].kind, dropped[-1].place) == ("deleted-text", "另有 30 处")


def test_a_contents_field_that_never_ends_does_not_swallow_the_essay(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    assert texts(read_body(f"<w:p>{begun}</w:p>" + files.para(SENTENCE)).manuscript) == [SENTENCE]


def test_footnotes_are_numbered_in_the_order_of_their_marks(read_body: ReadBody, files: SimpleNamespace) -> None:
    notes = "".join(
        f'<w:footnote w:id="{key}"><w:p><w:r><w:footnoteRef/></w:r>{files.run(text)}</w:p></w:footnote>'
        for key, text in ((2, " 乙注。"), (7, " 甲注。"), (9, "没有人提到。"))
    )
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = files.para("甲", inner=mark.format(7) + files.run("，乙", "<w:b/>") + mark.format(2) + files.run("。"))
    manuscript = read_body(body, footnotes=notes).manuscript
    assert manuscript.blocks == (Paragraph((Run("甲", note=0), Run("，乙", bold=True, note=1), Run("。"))),)
    assert manuscript.notes == ((Run("甲注。"),), (Run("乙注。"),))


def test_the_paragraphs_of_a_footnote_are_one_run_with_a_line_break(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    note = f'<w:footnote w:id="1">{files.para("甲注。")}{files.para("续注。")}</w:footnote>'
    manuscript = read_body(
        files.para("甲", inner='<w:r><w:footnoteReference w:id="1"/></w:r>'), footnotes=note
    ).manuscript
    assert manuscript.notes == ((Run("甲注。\n续注。"),),)


def test_links_smart_tags_and_controls_are_read_through_and_prompts_are_not(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{files.para('[在此键入标题]')}</w:sdtContent></w:sdt>"
    body = (
        "<!-- note --><?pi x?>"
        + prompt
        + files.para("[在此键入副标题]")
        + files.para(
            inner=f'<w:hyperlink r:id="rX">{files.run("链接")}</w:hyperlink><w:smartTag>{files.run("标签")}</w:smartTag>'
            f"<w:sdt><w:sdtContent>{files.run('控件')}</w:sdtContent></w:sdt>" + files.run("。")
        )
    )
    reading = read_body(body)
    assert texts(reading.manuscript) == ["链接标签控件。"]
    assert kinds(reading) == [("placeholder", "[在此键入标题]"), ("placeholder", "[在此键入副标题]")]


def test_looks_are_kept_and_fonts_are_not(read_body: ReadBody, files: SimpleNamespace) -> None:
    styles = '<w:style w:type="character" w:styleId="s1"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    body = files.para(
        inner=files.run("粗", '<w:rStyle w:val="s1"/>')
        + files.run("斜", "<w:i/>")
        + files.run("线", '<w:u w:val="single"/>')
        + files.run("上", '<w:vertAlign w:val="superscript"/>')
        + files.run("平", '<w:rStyle w:val="s1"/><w:b w:val="0"/><w:color w:val="FF0000"/>')
        + files.run("常。", '<w:sz w:val="30"/>')
    )
    assert read_body(body, styles=styles).manuscript.blocks == (
        Paragraph(
            (
                Run("粗", bold=True),
                Run("斜", italic=True),
                Run("线", underline=True),
                Run("上", script="sup"),
                Run("平常。"),
            )
        ),
    )


# Boxes


def box(files: SimpleNamespace, text: str) -> str:
    shape = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    inside = f"<w:txbxContent>{files.para(text, look=BIG)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic>'
        f'<a:graphicData uri="{shape}"><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></a:graphicData></a:graphic>'
        f"</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_box_text_is_read_once_after_its_anchor_and_a_title_box_gives_the_title(files: SimpleNamespace) -> None:
    body = (
        files.para(inner=box(files, "框里的题目"))
        + files.para(SENTENCE, inner=box(files, "“把群众当亲人。”"))
        + files.para("后来呢？")
    )
    manuscript = read(files.stream(files.docx(body))).manuscript
    assert manuscript.title == "框里的题目"
    assert texts(manuscript) == [SENTENCE, "“把群众当亲人。”", "后来呢？"]


def test_words_behind_pictures_boxes_and_tables_are_reported_once_with_numbers_masked(files: SimpleNamespace) -> None:
    shape = '<w:r><w:pict><v:shape alt="{0}" o:title="{0}"><v:textbox><w:txbxContent>{1}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>'
    inner = shape.format("内框 13800138000", files.para("框里的话。"))
    picture = files.picture("p").replace("<a:graphic>", '<wp:docPr id="1" descr="张大山" title="合影"/><a:graphic>')
    table = files.table([files.para("甲"), files.para("乙")]).replace(
        "<w:tbl>", '<w:tbl><w:tblPr><w:tblCaption w:val="名单"/><w:tblDescription w:val=""/></w:tblPr>'
    )
    body = (
        files.para("题目")
        + files.para(SENTENCE, inner=shape.format("外框", files.para("外框的话。", inner=inner)))
        + files.para(inner=picture)
        + table
        + files.para(SENTENCE)
    )
    data = files.docx(body, links={"p": ("image", "media/p.jpg")}, parts={"word/media/p.jpg": files.jpeg()})
    reading = read(files.stream(data))
    assert [(item.kind, item.place, item.excerpt) for item in reading.dropped] == [
        ("alt-text", "第 4 段", "内框 ***********"),
        ("alt-text", "第 4 段", "外框"),
        ("alt-text", "第 4 段", "合影"),
        ("alt-text", "第 4 段", "张大山"),
        ("alt-text", "第 4 段", "名单"),
    ]


def test_old_word_art_gives_its_words(files: SimpleNamespace) -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="艺术字题目"/></v:shape></w:pict></w:r>'
    assert read(files.stream(files.docx(files.para(inner=art) + files.para(SENTENCE)))).manuscript.title == "艺术字题目"


# Tables


def test_merged_cells_become_spans_and_inner_tables_become_text(read_body: ReadBody, files: SimpleNamespace) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{files.para(text)}</w:tc>"

    inner = files.table((files.para("内一"), files.para("内二"))) + files.para()
    rows = (
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>"
        + cell("年度", '<w:vMerge w:val="restart"/>')
        + cell("件数", '<w:gridSpan w:val="2"/>')
        + "</w:tr>"
        "<w:tr>" + cell("", "<w:vMerge/>") + cell("来信") + cell("来访") + "</w:tr>"
        f"<w:tr>{cell('2020')}<w:tc>{inner}</w:tc>{cell('3')}</w:tr>"
        '<w:tr><w:trPr><w:del w:id="1"/></w:trPr>' + cell("删去的行") + "</w:tr>"
    )
    table = read_body(files.para(SENTENCE) + f"<w:tbl>{rows}</w:tbl>").manuscript.blocks[-1]
    assert isinstance(table, Table)
    shape = [
        [(plain_text(cell.paragraphs[0].runs), cell.column_span, cell.row_span) for cell in row.cells]
        for row in table.rows
    ]
    assert (table.columns, [row.is_header for row in table.rows]) == (3, [True, False, False])
    assert shape == [
        [("年度", 1, 2), ("件数", 2, 1)],
        [("来信", 1, 1), ("来访", 1, 1)],
        [("2020", 1, 1), ("内一　内二", 1, 1), ("3", 1, 1)],
    ]


# Odd packages


def test_strict_documents_are_read(files: SimpleNamespace) -> None:
    strict = files.NAMES.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    xml = f"<w:document {strict}><w:body>{files.para('严格的题目')}{files.para(SENTENCE)}</w:body></w:document>"
    assert read(files.stream(files.docx("", document=xml))).manuscript.title == "严格的题目"


def test_a_package_without_types_relations_or_side_parts_still_gives_its_text(files: SimpleNamespace) -> None:
    mark = '<w:r><w:footnoteReference w:id="3"/></w:r>'
    body = (
        files.para("题目")
        + files.para(SENTENCE, inner=mark + files.picture("rNone"))
        + files.para("末。", properties=numbered(5))
    )
    xml = f"<w:document {files.NAMES}><w:body>{body}</w:body></w:document>"
    reading = read(files.stream(files.zip_parts({"word/document.xml": xml})))
    assert texts(reading.manuscript) == [SENTENCE, "末。"]
    assert kinds(reading) == [("picture-missing", "")]


def test_broken_xml_is_repaired_once_and_reported(files: SimpleNamespace) -> None:
    xml = f"<w:document {files.NAMES}><w:body>{files.para('题目')}{files.para(SENTENCE)}<w:p><w:r><w:t>尾巴"
    reading = read(files.stream(files.docx("", document=xml)))
    assert (texts(reading.manuscript), kinds(reading)[0][0]) == ([SENTENCE, "尾巴"], "repaired")


@pytest.mark.parametrize(
    ("body", "code"), [("<w:p/>", "no-text"), ("<w:p><w:r><w:t>  </w:t></w:r></w:p>", "no-text"), ("", "no-text")]
)
def test_a_document_without_text_says_so(files: SimpleNamespace, body: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read(files.stream(files.docx(body)))
