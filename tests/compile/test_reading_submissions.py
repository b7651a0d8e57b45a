"""Whole submissions as units send them: from the messy file to a blind manuscript."""

from __future__ import annotations

import io
from types import SimpleNamespace

import docx as python_docx
from docx.shared import Pt

from compile.manuscript import Heading, Paragraph, Picture, body_text, plain_text
from compile.reading import Byline, read

BODY = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。他的布包里装着笔记本、水杯和一张写满电话的纸。"
BIG = '<w:b/><w:sz w:val="44"/>'
CENTER = '<w:jc w:val="center"/>'


def test_an_essay_written_in_word_with_its_byline_at_both_ends(files: SimpleNamespace) -> None:
    document = python_docx.Document()
    title = document.add_paragraph().add_run("信访路上的那盏灯")
    title.bold, title.font.size = True, Pt(22)
    document.add_paragraph("柳河镇信访办　　　周　明")
    for _ in range(3):
        document.add_paragraph("　　" + BODY)
    document.add_paragraph("（作者单位：柳河镇人民政府　电话：13800138000）")
    sink = io.BytesIO()
    document.save(sink)

    reading = read(files.stream(sink.getvalue()))
    assert (reading.manuscript.title, reading.byline.authors) == ("信访路上的那盏灯", ("周明",))
    assert (reading.byline.unit, reading.byline.phone) == ("柳河镇信访办", "13800138000")
    assert reading.manuscript.blocks == tuple(Paragraph(reading.manuscript.blocks[0].runs) for _ in range(3))  # type: ignore[union-attr]
    assert body_text(reading.manuscript) == "\n".join([BODY] * 3)
    for secret in ("周明", "周　明", "柳河镇", "13800138000"):
        assert secret not in repr(reading.manuscript)


def test_photographs_in_the_text_with_captions(files: SimpleNamespace) -> None:
    body = (
        files.para("三张照片", look=BIG, properties=CENTER)
        + files.para(BODY)
        + files.para(inner=files.picture("p1"))
        + files.para("▲图为老陈在村民家中了解情况（李娜摄）")
        + files.para(BODY, inner=files.picture("p1"))
        + files.para("完了。")
    )
    data = files.docx(body, links={"p1": ("image", "media/1.jpg")}, parts={"word/media/1.jpg": files.jpeg(1600, 900)})
    reading = read(files.stream(data))
    key = reading.pictures[0].key
    assert [type(block) for block in reading.manuscript.blocks] == [Paragraph, Picture, Paragraph, Picture, Paragraph]
    assert reading.manuscript.blocks[1] == Picture(key, 1600, 900, "图为老陈在村民家中了解情况", "李娜")
    assert b"SECRET" not in reading.pictures[0].data


def test_an_essay_inside_a_frame_with_an_entry_form_on_top(files: SimpleNamespace) -> None:
    fields = {
        "姓　名": "周　明",
        "单位": "柳河镇人民政府",
        "职务": "科员",
        "身份证": "11010519491231002X",
        "电话": "13800138000",
    }
    form = files.table(*([files.para(label), files.para(value)] for label, value in fields.items()))
    essay = (
        files.para("老陈的三本账", look=BIG, properties=CENTER)
        + files.para(BODY)
        + files.para("一、第一本账")
        + files.para(BODY)
    )
    reading = read(files.stream(files.docx(form + files.para() + files.table([essay]))))
    assert reading.byline == Byline(
        ("周明",), "柳河镇人民政府", "科员", "13800138000", {"authors": 0.95, "unit": 0.95, "post": 0.95, "phone": 0.95}
    )
    assert reading.manuscript.title == "老陈的三本账"
    assert [type(block) for block in reading.manuscript.blocks] == [Paragraph, Heading, Paragraph]
    assert "1949" not in repr(reading)
    assert [(item.kind, item.excerpt) for item in reading.dropped] == [("form", "姓名、单位、职务、身份证、电话")]


def test_a_summary_row_form_over_one_row_of_values(files: SimpleNamespace) -> None:
    heads = [files.para(text) for text in ("作品题目", "作者", "单位", "联系电话", "身份证号码")]
    values = [files.para(text) for text in ("门前那条小河", "王芳", "县信访局", "13900139000", "11010519491231002X")]
    reading = read(files.stream(files.docx(files.table(heads, values) + files.para(BODY) + files.para(BODY))))
    assert (reading.manuscript.title, reading.byline.authors, reading.byline.unit) == (
        "门前那条小河",
        ("王芳",),
        "县信访局",
    )
    assert "1949" not in repr(reading)


def test_a_table_of_names_in_the_essay_is_no_form(files: SimpleNamespace) -> None:
    rows = [
        [files.para(text) for text in row]
        for row in (("姓名", "单位"), ("周明", "柳河镇"), ("王芳", "县信访局"), ("李娜", "城关镇"))
    ]
    body = files.para("题目") + files.para(BODY) + files.table(*rows) + files.para(BODY)
    reading = read(files.stream(files.docx(body)))
    assert reading.byline == Byline()
    assert "王芳" in body_text(reading.manuscript)


def test_an_essay_broken_by_hand_into_one_paragraph(files: SimpleNamespace) -> None:
    text = "　　" + BODY * 3
    lines = [
        "信访路上",
        "柳河镇信访办　周　明",
        *(text[start : start + 30] for start in range(0, len(text), 30)),
        "- 1 -",
        "　　他又出发了。",
    ]
    inner = "<w:r><w:br/></w:r>".join(files.run(line) for line in lines)
    reading = read(files.stream(files.docx(files.para(inner=inner))))
    assert (reading.manuscript.title, reading.byline.authors) == ("信访路上", ("周明",))
    assert body_text(reading.manuscript).split("\n") == [BODY * 3, "他又出发了。"]


def test_a_poem_keeps_its_lines(files: SimpleNamespace) -> None:
    verse = ["春风吹过小小的窗口", "一杯热茶捧到你手上", "听你说完那些年的事", "我把它写在本子上"]
    inner = "<w:r><w:br/></w:r>".join(files.run(line) for line in ["春到信访局", "周明", *verse])
    reading = read(files.stream(files.docx(files.para(inner=inner))))
    assert (reading.manuscript.title, reading.byline.authors) == ("春到信访局", ("周明",))
    (poem,) = reading.manuscript.blocks
    assert isinstance(poem, Paragraph)
    assert plain_text(poem.runs).split("\n") == verse


def test_the_same_file_gives_the_same_reading(files: SimpleNamespace) -> None:
    data = files.docx(
        files.para("题目") + files.para(BODY, inner=files.picture("p")),
        links={"p": ("image", "media/p.jpg")},
        parts={"word/media/p.jpg": files.jpeg()},
    )
    assert read(files.stream(data)) == read(files.stream(data))
