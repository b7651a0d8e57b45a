"""Forms, frames and poems around an essay: from the file to a blind manuscript."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from compile.manuscript import Manuscript, Paragraph, Run, body_text, plain_text
from compile.reading import Byline, read

BODY = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。他的布包里装着笔记本、水杯和一张写满电话的纸。"
BIG = '<w:b/><w:sz w:val="44"/>'
CENTER = '<w:jc w:val="center"/>'


def entry_form(files: SimpleNamespace) -> str:
    rows = (("作者", "周　明", "性别", "男"), ("身份证号码", "11010519491231002X", "联系电话", "13800138000"))
    return str(files.table(*([files.para(text) for text in row] for row in rows)))


def essay_of(files: SimpleNamespace, paragraphs: int) -> str:
    return str(files.para("老陈的三本账", look=BIG, properties=CENTER) + files.para(BODY) * paragraphs)


@pytest.mark.parametrize("place", ["inside the frame", "below its own title"])
def test_an_entry_form_is_found_wherever_it_stands(files: SimpleNamespace, place: str) -> None:
    if place == "inside the frame":
        body = files.table([entry_form(files) + essay_of(files, 7)])
    else:
        body = (
            files.para("征文作品报送登记表（个人）", look=BIG, properties=CENTER)
            + entry_form(files)
            + essay_of(files, 7)
        )
    reading = read(files.stream(files.docx(body)))
    assert reading.manuscript == Manuscript("老陈的三本账", blocks=(Paragraph((Run(BODY),)),) * 7)
    assert (reading.byline.authors, reading.byline.phone) == (("周明",), "13800138000")
    assert "1949" not in repr(reading)


@pytest.mark.parametrize("label", ["正文", "作品　内容", "主要事迹"])
def test_an_essay_in_a_cell_of_its_form_is_lifted_out(files: SimpleNamespace, label: str) -> None:
    rows = [[files.para("作者"), files.para("周明")], [files.para("身份证号码"), files.para("11010519491231002X")]]
    reading = read(files.stream(files.docx(files.table(*rows, [files.para(label), essay_of(files, 7)]))))
    assert reading.manuscript == Manuscript("老陈的三本账", blocks=(Paragraph((Run(BODY),)),) * 7)
    assert reading.byline.authors == ("周明",)
    assert "1949" not in repr(reading)


def test_a_table_inside_a_table_of_the_essay_becomes_text(files: SimpleNamespace) -> None:
    inner = files.table([files.para("甲"), files.para("乙")])
    table = files.table([files.para("村名"), inner], [files.para("东河村"), files.para("三户")])
    (_, block) = read(files.stream(files.docx(files.para("题目") + files.para(BODY) + table))).manuscript.blocks
    assert [[plain_text(part.runs) for part in cell.paragraphs] for row in block.rows for cell in row.cells] == [
        ["村名"], ["甲　乙"], ["东河村"], ["三户"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "authors", "is_cut"),
    [
        ("王㛃", ("王㛃",), True),
        ("周　明", ("周明",), True),
        ("老陈", (), False),
        ("高山流水", (), False),
    ],
)
def test_a_bare_name_under_a_text_file_is_its_author(
    files: SimpleNamespace, end: str, authors: tuple[str, ...], is_cut: bool
) -> None:
    reading = read(files.stream(f"门前那条小河\n{BODY}\n{BODY}\n{end}\n".encode("gb18030")))
    assert reading.byline.authors == authors
    assert body_text(reading.manuscript).split("\n") == [BODY, BODY] + [end] * (not is_cut)


def test_the_last_verse_of_a_poem_is_no_author(files: SimpleNamespace) -> None:
    verse = ["春天的窗口下，", "你数着一粒一粒的种子。", "风来的时候，", "它们都抬起头。", "向阳花"]
    reading = read(files.stream("\n".join(["门前", *verse]).encode()))
    assert (reading.byline, body_text(reading.manuscript).split("\n")) == (Byline(), verse)


def test_a_name_under_the_text_that_the_head_does_not_know_stays(files: SimpleNamespace) -> None:
    text = f"门前那条小河\n柳河镇　许静\n{BODY}\n{BODY}\n"
    other, same = (read(files.stream((text + name).encode())) for name in ("周明", "许　静"))
    assert body_text(other.manuscript) == f"{BODY}\n{BODY}\n周明"
    assert (body_text(same.manuscript), same.byline.authors) == (f"{BODY}\n{BODY}", ("许静",))


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
