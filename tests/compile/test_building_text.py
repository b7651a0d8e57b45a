"""What stands in the book: every text once, in order, in its look, whatever it holds."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import Any

import docx
import pytest
from lxml import etree

from bench.corpus import invent_book
from compile.building import build
from compile.manifest import Appendix, BuildReport, Manifest, Section, WorkEntry
from compile.manuscript import (
    Block,
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
    iter_texts,
    plain_text,
)
from compile.manuscript_json import dump_manuscript, load_manuscript
from compile.writing.runs import Notes, run_xml
from tests.hostile_texts import HOSTILE_TEXTS
from tests.ooxml import WP, W, find_faults, read_part


def build_one(*blocks: Block, notes: tuple[tuple[Run, ...], ...] = (), **fields: Any) -> tuple[bytes, BuildReport]:
    """A book of one work; `fields` go to the entry or the manuscript."""
    names = {name: fields.pop(name) for name in ("title", "subtitle") if name in fields}
    manuscript = Manuscript(**{"title": "一把旧椅子", **names}, blocks=blocks, notes=notes)
    data = dump_manuscript(manuscript)
    key = hashlib.sha256(data).hexdigest()
    entry = WorkEntry("1", key, **{"byline": "柳河镇　周明", **fields})
    manifest = Manifest("汇编", "信访局", date(2020, 10, 1), (Section("作品", (entry,)),))
    sink = io.BytesIO()
    report = build(manifest, lambda wanted: io.BytesIO({key: data}[wanted]), sink)
    return sink.getvalue(), report


def body_paragraphs(package: bytes) -> list[etree._Element]:
    """The paragraphs after the contents, those of tables among them, empty ones left out."""
    document = read_part(package, "word/document.xml")
    paragraphs = [p for p in document.iter(f"{W}p") if not any(a.tag == f"{W}sdtContent" for a in p.iterancestors())]
    return [paragraph for paragraph in paragraphs if text_of(paragraph)]


def text_of(paragraph: etree._Element) -> str:
    return "".join(
        {f"{W}br": "\n", f"{W}tab": "\t"}.get(element.tag, element.text or "")
        for element in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab")
        if element.getparent().tag == f"{W}r"
    )


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    assert style is not None
    return str(style.get(f"{W}val"))


def test_every_text_of_every_work_stands_once_and_in_order() -> None:
    book = invent_book(30, seed=3)
    sink = io.BytesIO()
    build(book.manifest, book.open_blob, sink)
    printed = [text_of(paragraph) for paragraph in body_paragraphs(sink.getvalue())]
    expected = [
        "内部资料　免费交流",
        "“我与信访”征文\n优秀作品汇编",
        "二〇二〇年度",
        "柳河县信访局",
        "二〇二〇年十二月",
    ]
    expected += ["编者按", *book.manifest.editor_note]
    for section in book.manifest.sections:
        expected.append(section.title)
        for entry in section.works:
            manuscript = load_manuscript(book.blobs[entry.manuscript_key])
            body = [text for text in iter_texts(manuscript) if text][: -len(manuscript.notes) or None]
            expected += [manuscript.title, *filter(None, [manuscript.subtitle]), entry.byline, *body]
            expected += ["点评：" + entry.comment, entry.comment_by] if entry.comment else []
    for appendix in book.manifest.appendices:
        expected += [appendix.title, *appendix.columns, *(text for row in appendix.rows for text in row)]
    assert printed == expected
    notes = read_part(sink.getvalue(), "word/footnotes.xml")
    kept = [
        plain_text(note)
        for section in book.manifest.sections
        for entry in section.works
        for note in load_manuscript(book.blobs[entry.manuscript_key]).notes
    ]
    assert len(kept) > 0
    assert [text_of(note).strip() for note in notes][2:] == kept


def test_looks_of_runs_survive_character_for_character() -> None:
    runs = (
        Run("平"),
        Run("粗", bold=True),
        Run("斜", italic=True),
        Run("线", underline=True),
        Run("m"),
        Run("2", script="sup"),
        Run("下", bold=True, script="sub"),
    )
    package, _ = build_one(Paragraph(runs))
    paragraph = docx.Document(io.BytesIO(package)).paragraphs[-1]
    printed = [
        (r.text, bool(r.bold), bool(r.italic), bool(r.underline), bool(r.font.superscript), bool(r.font.subscript))
        for r in paragraph.runs
    ]
    assert printed == [(r.text, r.bold, r.italic, r.underline, r.script == "sup", r.script == "sub") for r in runs]


def test_each_kind_of_block_gets_its_style() -> None:
    package, _ = build_one(
        Heading(1, (Run("一级"),)),
        Heading(2, (Run("二级"),)),
        Heading(3, (Run("三级"),)),
        Paragraph((Run("左"),)),
        Paragraph((Run("中"),), align="center"),
        Paragraph((Run("右"),), align="right"),
        ListItem("（二）", (Run("项"),)),
        subtitle="——副题",
        comment="好文章",
        comment_by="某评审",
    )
    pairs = [(style_of(p), text_of(p)) for p in body_paragraphs(package)]
    assert pairs[pairs.index(("Heading2", "一把旧椅子")) :] == [
        ("Heading2", "一把旧椅子"),
        ("Subtitle", "——副题"),
        ("Byline", "柳河镇　周明"),
        ("Heading3", "一级"),
        ("Heading4", "二级"),
        ("Heading5", "三级"),
        ("Body", "左"),
        ("BodyCentered", "中"),
        ("BodyRight", "右"),
        ("Item", "（二）项"),
        ("Comment", "点评：好文章"),
        ("CommentBy", "某评审"),
    ]


@pytest.mark.parametrize(
    ("subtitle", "printed"),
    [("记柳河镇信访办", "——记柳河镇信访办"), ("——记一次接访", "——记一次接访"), ("（节选）", "（节选）"), ("", None)],
)
def test_subtitle_is_printed_behind_its_dash(subtitle: str, printed: str | None) -> None:
    package, _ = build_one(Paragraph((Run("文"),)), subtitle=subtitle)
    lines = {style_of(paragraph): text_of(paragraph) for paragraph in body_paragraphs(package)}
    assert lines.get("Subtitle") == printed


def test_every_list_begins_with_its_own_number_and_keeps_its_levels() -> None:
    numbers = [("1.", 0), ("2.", 0), ("a)", 1), ("b)", 1), ("•", 4), ("•", 9), ("3.", 0)]
    items = [ListItem(number, (Run("项"),), level) for number, level in numbers]
    package, _ = build_one(*items, Paragraph((Run("又一份"),)), *items)
    printed = [(style_of(paragraph), text_of(paragraph)) for paragraph in body_paragraphs(package)]
    one_list = [
        *(("Item", "1.项"), ("Item", "2.项"), ("Item1", "a)项"), ("Item1", "b)项")),
        *(("Item4", "•项"), ("Item4", "•项"), ("Item", "3.项")),
    ]
    assert printed[-15:] == [*one_list, ("Body", "又一份"), *one_list]
    styles = {style.get(f"{W}styleId"): style for style in read_part(package, "word/styles.xml").iter(f"{W}style")}
    indents = [styles[name].find(f"{W}pPr/{W}ind") for name in ("Item", "Item1", "Item4")]
    assert [indent.get(f"{W}left") for indent in indents if indent is not None] == ["0", "320", "1280"]


def test_line_breaks_and_tabs_in_a_run_become_their_elements() -> None:
    package, _ = build_one(Paragraph((Run("春眠不觉晓\n处处闻啼鸟\t甲"),)))
    assert text_of(body_paragraphs(package)[-1]) == "春眠不觉晓\n处处闻啼鸟\t甲"
    assert "\n" not in "".join(t.text or "" for t in body_paragraphs(package)[-1].iter(f"{W}t"))


@pytest.mark.parametrize("mark", "“”‘’…—·")
def test_runs_with_marks_of_both_scripts_are_hinted_to_the_chinese_face(mark: str) -> None:
    assert '<w:rFonts w:hint="eastAsia"/>' in run_xml(f"甲{mark}乙")
    assert "w:hint" not in run_xml("甲，乙。Abc")


def test_rare_han_get_the_face_that_has_them_and_nothing_else_does() -> None:
    pieces = etree.fromstring(f'<p xmlns:w="{W[1:-1]}">{run_xml("镇长喆说𠮷“好”😀a")}</p>')
    styled = [
        ("".join(t.text or "" for t in run.iter(f"{W}t")), run.find(f"{W}rPr/{W}rStyle") is not None) for run in pieces
    ]
    assert styled == [("镇长", False), ("喆", True), ("说", False), ("𠮷", True), ("“好”😀a", False)]


def test_footnotes_follow_their_marks_in_order_of_the_body() -> None:
    notes = ((Run("甲注"),), (Run("乙"), Run("注", bold=True)))
    package, report = build_one(
        Paragraph((Run("先", note=1), Run("后", note=0))),
        Table((Row((Cell((Paragraph((Run("格", note=1),)),)),)),), 1),
        notes=notes,
    )
    assert find_faults(package) == []
    assert [text_of(note).strip() for note in read_part(package, "word/footnotes.xml")][2:] == ["乙注", "甲注", "乙注"]
    assert report.problems == ()


def test_note_beyond_the_limit_of_word_stands_in_brackets() -> None:
    notes = Notes()
    notes.parts = [""] * 32_766
    assert 'w:id="32767"' in notes.add((Run("末注"),))
    assert "（注：多出的注）" in notes.add((Run("多出的注"),))
    assert len(notes.parts) == 32_767


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_survives_everywhere_and_losses_are_named(text: str) -> None:
    package, report = build_one(
        Paragraph((Run(text, bold=True),)),
        Heading(1, (Run(text),)),
        ListItem(text, (Run(text),)),
        Picture("0" * 64, 10, 10, text, text),
        Table((Row((Cell((Paragraph((Run(text),)),)),), is_header=True),), 1),
        notes=((Run(text),),),
        title=text,
        subtitle=text,
        byline=text,
        comment=text,
        comment_by=text,
    )
    assert find_faults(package) == []
    document = docx.Document(io.BytesIO(package))
    shown = "".join("\ufffd" if ord(c) < 32 or c in "\ufffe\uffff\u202e\u2066\u2069" else c for c in text)
    titles = [p.text for p in document.paragraphs if p.style is not None and p.style.style_id == "Heading2"]
    assert titles == [shown]
    replaced = [problem for problem in report.problems if problem.code == "characters-replaced"]
    assert len(replaced) == (1 if shown != text else 0)
    assert all(problem.work == "1" for problem in replaced)


def test_lone_surrogates_in_the_manifest_are_replaced_and_named() -> None:
    data = dump_manuscript(Manuscript("题", blocks=(Paragraph((Run("文"),)),)))
    key = hashlib.sha256(data).hexdigest()
    bad = "甲\ud800乙"
    entry = WorkEntry("7", key, byline=bad, comment=bad)
    manifest = Manifest(
        bad,
        bad,
        date(2020, 1, 1),
        (Section(bad, (entry,)),),
        bad,
        bad,
        (bad,),
        bad,
        (Appendix(bad, (bad,), ((bad,),)),),
    )
    sink = io.BytesIO()
    report = build(manifest, lambda _: io.BytesIO(data), sink)
    assert find_faults(sink.getvalue()) == []
    assert [(p.work, p.code) for p in report.problems] == [("", "characters-replaced"), ("7", "characters-replaced")]
    assert "有 10 个" in report.problems[0].message
    printed = [text_of(paragraph) for paragraph in body_paragraphs(sink.getvalue())]
    assert printed.count("甲\ufffd乙") == 11


def test_title_of_a_million_characters_and_empty_fields_do_not_stop_the_book() -> None:
    package, report = build_one(Paragraph(()), title="长" * 1_000_000, byline="")
    assert find_faults(package) == []
    assert {problem.code for problem in report.problems} == {"title-long", "byline-missing"}


def test_work_without_title_and_body_is_printed_and_named() -> None:
    package, report = build_one(title=" ")
    assert [p for p in report.problems if p.code in ("title-empty", "body-empty")] == list(report.problems)
    assert len(report.problems) == 2
    headings = [text_of(p) for p in body_paragraphs(package) if style_of(p) == "Heading2"]
    assert headings == ["无题"]


def test_caption_stays_with_its_picture_and_names_the_photographer() -> None:
    book = invent_book(8, seed=1, photo_share=1.0)
    sink = io.BytesIO()
    report = build(book.manifest, book.open_blob, sink)
    paragraphs = list(read_part(sink.getvalue(), "word/document.xml").iter(f"{W}p"))
    pictures = [index for index, p in enumerate(paragraphs) if next(p.iter(f"{WP}inline"), None) is not None]
    assert len(pictures) == report.pictures >= 8
    for index in pictures:
        assert paragraphs[index].find(f"{W}pPr/{W}keepNext") is not None
        assert style_of(paragraphs[index + 1]) == "Caption"
        assert text_of(paragraphs[index + 1]).endswith(" 摄）")
