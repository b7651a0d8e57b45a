"""What holds for every form but Word: each text once and in order, hostile texts harmless, the same bytes twice."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.__main__ import main
from compile.errors import BuildError
from compile.exporting import export
from compile.forms import FORMS, FormKey
from compile.manifest import Appendix, BoardGroup, CaseCard, EditorialBoard, Imprint, ImprintFact, TextPart
from compile.manifest_json import dump_manifest
from compile.manuscript import Manuscript, iter_texts, print_subtitle
from compile.plan import make_plan
from compile.writing.text import chinese_month
from tests.books import bind, bind_blocks, full_manuscript, paragraph, unzip, write

TAGGED: tuple[FormKey, ...] = ("html", "wechat", "epub")
FORM_KEYS: tuple[FormKey, ...] = (*TAGGED, "text")
HOSTILE = (
    "<script>alert(1)</script>",
    "</p></body>]]><!-- & &amp; &#60; \"'",
    "控制\x00\x07\x1f\x85尾",
    "表情😀👨‍👩‍👧𠀀㐂",
    "翻转\u202egnp.exe\u2066",
    "非\uffff字\ufdd0",
    '{number}{picture}" onclick="x',
)


def page_texts(data: bytes, form: FormKey) -> str:
    """The words of the works and what surrounds them, in the order of the book, without any white space; marks of notes
    and the words that stand for pictures are left out."""
    if form == "text":
        text = re.sub("〔图[0-9]+：?([^〕]*)〕", r"\1", data.decode("utf-8-sig"))
    else:
        members = unzip(data)
        pattern = {"html": r"\d+_.*\.html", "wechat": r"(?!00)\d+.*\.html", "epub": r"EPUB/leaf-.*\.xhtml"}[form]
        names = sorted(name for name in members if re.fullmatch(pattern, name))
        bodies = [etree.fromstring(members[name]).find("{*}body") for name in names]
        text = "".join("".join(body.itertext()) for body in bodies if body is not None)
        text = re.sub("〔图[0-9]+：请在此处插入 [^〕]*〕", "", text)
    return re.sub(r"\[[0-9]+\]|\s|（此处图片缺失）", "", text)


def expected_texts(book: Book, form: FormKey) -> str:
    """The same words from the manifest and the manuscripts. WeChat takes the titles in a field of their own."""
    manifest = book.manifest
    has_titles = form != "wechat"
    texts: list[str] = []
    if form in ("epub", "text") and manifest.has_cover:
        texts += [manifest.title, manifest.subtitle, manifest.cover_mark, manifest.organiser]
        texts.append(chinese_month(manifest.dated_on))
    texts += [manifest.editor_note_title] * (has_titles and bool(manifest.editor_note)) + list(manifest.editor_note)
    for section in make_plan(manifest, book.open_blob).sections:
        texts += [section.title] * (manifest.has_section_pages and form in ("epub", "text"))
        for work in section.works:
            entry, manuscript = work.entry, work.manuscript
            body = list(iter_texts(manuscript))
            cut = len(body) - len(manuscript.notes)
            texts += [work.title] * has_titles + [print_subtitle(manuscript.subtitle), entry.byline, *body[:cut]]
            texts += ["注释", *body[cut:]] if manuscript.notes else []
            texts += ["点评：", entry.comment, entry.comment_by] if entry.comment else []
    for appendix in manifest.appendices:
        rows = [text for row in appendix.rows for text in row]
        texts += [appendix.title] * has_titles + [*appendix.columns, *rows]
    return re.sub(r"\[[0-9]+\]|\s", "", "".join(texts))


@pytest.fixture(scope="module")
def book() -> Book:
    """A dozen works; the text form has its contents left out, which repeat the titles."""
    invented = invent_book(12, seed=7, photo_share=0.5, photo_px=120)
    return Book(replace(invented.manifest, has_contents=False), invented.blobs)


@pytest.mark.parametrize("form", FORM_KEYS)
def test_every_text_of_every_work_stands_once_and_in_order(book: Book, form: FormKey) -> None:
    assert page_texts(write(book, form)[0], form) == expected_texts(book, form)


@pytest.mark.parametrize("form", FORM_KEYS)
def test_every_kind_of_block_is_written_once(form: FormKey, files) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    # Notes are numbered in the order of their marks, which here is not the order they are kept in.
    numbered = replace(manuscript, notes=tuple(manuscript.notes[index] for index in (1, 0, 2)))
    book = bind(manuscript, pictures=(photo,), comment="好。\n再好。", comment_by="评委")
    expected = expected_texts(bind(numbered, comment="好。\n再好。", comment_by="评委"), form)
    assert page_texts(write(book, form)[0], form) == expected


def test_every_part_of_a_book_has_its_leaf_in_order() -> None:
    book = bind(Manuscript("甲", blocks=(paragraph("正文。"),)), case=CaseCard("案", "做", "", "启"), comment="好。")
    appendix = Appendix("附录", ("列",), (("格",),), paragraphs=("附录文字。",))
    manifest = replace(
        book.manifest, has_cover=True, has_contents=True, has_section_pages=True, editor_note=("按。",),
        imprint=Imprint((ImprintFact("准印证号", "〔2020〕1号"),), ("内部资料",)),
        board=EditorialBoard((BoardGroup("主任", ("周明", "李秀兰")),)), notice=TextPart("通知", ("通知文字。",)),
        appendices=(appendix, Appendix("文字附录", paragraphs=("只有文字。",))), afterword=TextPart("后记", ("谢谢。",)),
        back_cover=("免费交流",),
    )  # fmt: skip
    whole = Book(manifest, book.blobs)
    work = "甲柳河镇　周明正文。典型案例案由案做法做启示启点评：好。"
    body = f"通知通知文字。{{}}{work}附录附录文字。列格文字附录只有文字。后记谢谢。"
    front = "编委会主任周明李秀兰编者按按。"
    bare = "汇编柳河县信访局二〇二〇年十二月汇编准印证号〔2020〕1号内部资料" + front
    expected = {
        "html": front + body.format(""),
        "wechat": "主任周明李秀兰按。通知文字。" + work[1:] + "附录文字。列格只有文字。谢谢。",
        "epub": bare + body.format("作品") + "免费交流",
        "text": bare + "目录通知作品甲柳河镇周明附录文字附录后记" + body.format("作品") + "免费交流",
    }
    for form in FORM_KEYS:
        assert page_texts(write(whole, form)[0], form) == expected[form].replace("　", "")
    navigation = etree.fromstring(unzip(write(whole, "epub")[0])["EPUB/nav.xhtml"])
    links = navigation.xpath("//*[local-name() = 'a']/text()")
    assert links == ["汇编", "编委会", "编者按", "通知", "作品", "甲", "附录", "文字附录", "后记", "正文"]


@pytest.mark.parametrize("form", TAGGED)
def test_hostile_texts_stay_texts(form: FormKey) -> None:
    book = bind_blocks(*map(paragraph, HOSTILE), title=HOSTILE[0], byline=HOSTILE[1], comment=HOSTILE[6], number="1<b>")
    appendix = Appendix(HOSTILE[0], HOSTILE[:2], (HOSTILE[2:4], HOSTILE[4:6]))
    manifest = replace(
        book.manifest, title=HOSTILE[6] + HOSTILE[2], organiser=HOSTILE[1], editor_note=(*HOSTILE, "孤\ud800立"), has_cover=True,
        has_contents=True, has_section_pages=True, sections=(replace(book.manifest.sections[0], title=HOSTILE[1]),),
        appendices=(appendix,), editor_note_title=HOSTILE[4],
    )  # fmt: skip
    data, report = write(Book(manifest, book.blobs), form)
    assert {problem.code for problem in report.problems} >= {"characters-replaced"}
    for name, member in unzip(data).items():
        if name.endswith((".html", ".xhtml")):
            page = etree.fromstring(member)
            assert not page.xpath("//*[local-name() = 'script' or local-name() = 'b' or @onclick]")
    words = page_texts(data, form)
    assert words.count("孤\ufffd立") == 1
    for text in HOSTILE:
        fit = re.sub("[\x00-\x08\x0e-\x1f\x85\u202e\u2066\uffff\ufdd0]", "\ufffd", text)
        assert words.count(re.sub(r"\s", "", fit)) >= 2


@pytest.mark.parametrize("form", FORM_KEYS)
def test_same_manifest_gives_the_same_bytes(book: Book, form: FormKey) -> None:
    data, report = write(book, form)
    assert write(book, form)[0] == data
    assert (report.works, report.size_bytes, report.pages, report.page_source) == (12, len(data), 0, "")


@pytest.mark.parametrize("form", TAGGED)
def test_pictures_are_counted_as_in_word(book: Book, form: FormKey) -> None:
    assert write(book, form)[1].pictures == write(book, "docx")[1].pictures > 3


@pytest.mark.parametrize("form", FORMS)
def test_bad_works_are_left_out_and_named_in_every_form(book: Book, form: FormKey) -> None:
    victim = book.manifest.sections[0].works[0]
    blobs = {key: data for key, data in book.blobs.items() if key != victim.manuscript_key}
    report = write(Book(book.manifest, blobs), form)[1]
    assert [(one.work, one.code) for one in report.problems if one.code.startswith("work")] == [
        (victim.number, "work-missing")
    ]
    assert report.works == 11


@pytest.mark.parametrize("form", FORMS)
def test_book_without_works_is_refused_in_every_form(book: Book, form: FormKey) -> None:
    with pytest.raises(BuildError):
        export(book.manifest, Book(book.manifest).open_blob, io.BytesIO(), form)


def test_progress_counts_the_works_and_the_pictures(book: Book) -> None:
    steps: list[tuple[str, int, int]] = []
    pictures = sum(data.startswith(b"\xff\xd8") for data in book.blobs.values())
    counts = (("collect", 12), ("pictures", pictures), ("write", 12))
    counted = [(stage, done, total) for stage, total in counts for done in range(1, total + 1)]
    export(book.manifest, book.open_blob, io.BytesIO(), "epub", progress=lambda *step: steps.append(step))
    assert steps == [*counted, *(("finish", done, pictures) for done in range(1, pictures + 1))]
    for form in ("html", "wechat", "text"):
        steps.clear()
        export(book.manifest, book.open_blob, io.BytesIO(), form, progress=lambda *step: steps.append(step))
        assert steps == counted


@pytest.mark.parametrize("form", FORM_KEYS)
def test_command_writes_the_form_asked_for(
    book: Book, form: FormKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.json").write_bytes(dump_manifest(book.manifest))
    (tmp_path / "blobs").mkdir()
    for key, data in book.blobs.items():
        (tmp_path / "blobs" / key).write_bytes(data)
    arguments = [str(tmp_path / "m.json"), "--blobs", str(tmp_path / "blobs"), "-o", str(tmp_path / "out")]
    assert main(["build", *arguments, "--as", form, "--report", str(tmp_path / "r.json")]) == 0
    assert (tmp_path / "out").read_bytes() == write(book, form)[0]
    assert json.loads((tmp_path / "r.json").read_bytes())["pages"] == 0
    assert "页" not in capsys.readouterr().out
