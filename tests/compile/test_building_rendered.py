"""The book as LibreOffice sets it: the numbers in the contents are the pages, and a page is 22 lines of 28 characters."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from bench.corpus import Book, add_every_part, invent_book
from compile.building import build
from compile.manifest import Appendix, BuildReport, Manifest, Section, WorkEntry
from compile.manuscript import Manuscript, Paragraph, Run, plain_text
from compile.manuscript_json import dump_manuscript, load_manuscript
from compile.office_suite import find_office
from compile.rendering import correct_pages, read_rendering
from compile.writing.rendered_pages import Rendering
from tests.ooxml import W, edit_part, read_part

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
]


@dataclass(frozen=True)
class Rendered:
    """A book, what its build reported, and its pages as LibreOffice set them."""

    docx: bytes
    report: BuildReport
    path: Path
    pages: PdfReader

    @cached_property
    def texts(self) -> list[str]:
        """What stands on each page."""
        return [page.extract_text().strip() for page in self.pages.pages]

    def outline(self) -> list[tuple[str, int]]:
        """Titles and pages, counted from 0, of the headings that the contents name."""
        found: list[tuple[str, int]] = []

        def walk(items: list[Any], depth: int) -> None:
            for item in items:
                if isinstance(item, list):
                    walk(item, depth + 1)
                elif depth < 2:
                    page = self.pages.get_destination_page_number(item)
                    assert page is not None
                    found.append((str(item.title), page))

        walk(self.pages.outline, 0)
        return found

    def contents(self) -> list[tuple[str, int]]:
        """Titles and page numbers of the contents."""
        entries = []
        for link in read_part(self.docx, "word/document.xml").iter(f"{W}hyperlink"):
            *title, page = [text.text or "" for text in link.iter(f"{W}t")]
            entries.append(("".join(title), int(page)))
        return entries


Headings = tuple[tuple[int, int], ...]
Render = Callable[[Manifest, Book | dict[str, bytes]], Rendered]


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    folder = tmp_path_factory.mktemp("rendered")

    def render(manifest: Manifest, book: Book | dict[str, bytes]) -> Rendered:
        blobs = book.blobs if isinstance(book, Book) else book
        sink = io.BytesIO()
        report = build(manifest, lambda key: io.BytesIO(blobs[key]), sink)
        source = folder / f"{hashlib.sha256(sink.getvalue()).hexdigest()[:12]}.docx"
        source.write_bytes(sink.getvalue())
        profile = (folder / "profile").as_uri()
        # Blank pages are part of a book whose sections begin on odd pages; elsewhere there are none.
        skips = "false" if manifest.has_odd_starts else "true"
        kind = f'pdf:writer_pdf_Export:{{"IsSkipEmptyPages":{{"type":"boolean","value":"{skips}"}}}}'
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
        subprocess.run([*command, str(folder), str(source)], check=True, capture_output=True, timeout=120)
        target = source.with_suffix(".pdf")
        return Rendered(sink.getvalue(), report, target, PdfReader(target))

    return render


def invent_thirty() -> Book:
    return invent_book(30, seed=2020, photo_px=300)


def list_works(book: Book) -> list[Manuscript]:
    entries = (entry for section in book.manifest.sections for entry in section.works)
    return [load_manuscript(book.blobs[entry.manuscript_key]) for entry in entries]


@pytest.fixture(scope="module")
def thirty_works() -> Book:
    book = invent_thirty()
    # Table cells of Latin text depend on the fonts of the machine; the award table here is Chinese only.
    rows = tuple((f"第{'一二三四五六七八九十'[number % 10]}名", "柳河镇", "周明") for number in range(60))
    appendix = Appendix("获奖名单", ("名次", "单位", "作者"), rows)
    return dataclasses.replace(book, manifest=replace(book.manifest, appendices=(appendix,)))


@pytest.fixture(scope="module")
def thirty(render: Render, thirty_works: Book) -> Rendered:
    return render(thirty_works.manifest, thirty_works)


def test_numbers_in_the_contents_are_the_pages_of_thirty_works(thirty: Rendered) -> None:
    outline = thirty.outline()
    first_page = outline[0][1]
    assert thirty.contents() == [(title, page - first_page + 1) for title, page in outline]
    assert len(outline) == 30 + 3 + 1


def test_page_count_of_the_report_is_the_page_count_of_the_book(thirty: Rendered) -> None:
    assert len(thirty.pages.pages) == thirty.report.pages


def test_page_numbers_stand_on_every_page_of_works_and_nowhere_else(thirty: Rendered) -> None:
    outline = thirty.outline()
    section_pages = {page for title, page in outline if title.endswith("等奖作品")}
    assert len(section_pages) == 3
    first_page = outline[0][1]
    for index, text in enumerate(thirty.texts):
        printed = re.findall(r"— ?(\d+) ?—", text)
        is_numbered = index >= first_page and index not in section_pages
        assert printed == ([str(index - first_page + 1)] if is_numbered else [])


def test_every_picture_stands_on_the_page_of_its_caption(thirty: Rendered) -> None:
    pictures = captions = 0
    for page, text in zip(thirty.pages.pages, thirty.texts, strict=True):
        contents = page.get_contents()
        assert contents is not None
        on_page = len(re.findall(rb"/Im\d+ Do", contents.get_data()))
        named = text.count(" 摄）")
        assert on_page == named
        pictures, captions = pictures + on_page, captions + named
    assert pictures == captions == thirty.report.pictures > 5


def test_every_footnote_stands_at_the_foot_of_the_page_of_its_mark(thirty: Rendered) -> None:
    pages = ["".join(text.split()) for text in thirty.texts]
    marked = [
        (block.runs[index].text, plain_text(manuscript.notes[run.note]))
        for manuscript in list_works(invent_thirty())
        for block in manuscript.blocks
        if isinstance(block, Paragraph)
        for index, run in enumerate(block.runs)
        if run.note is not None
    ]
    for text, note in marked:
        pattern = re.compile(rf"{re.escape(text[-6:])}([①-⑳]).*\1{re.escape(note)}")
        assert [bool(pattern.search(page)) for page in pages].count(True) == 1, note
    assert len(marked) > 3


REFRESH = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Refresh(source As String, target As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  index = book.getDocumentIndexes().getByIndex(0)
  before = index.getAnchor().getString()
  index.update()
  stream = createUnoService("com.sun.star.io.TextOutputStream")
  stream.setOutputStream(createUnoService("com.sun.star.ucb.SimpleFileAccess").openFileWrite(target))
  stream.setEncoding("UTF-8")
  stream.writeString(before &amp; Chr(12) &amp; index.getAnchor().getString())
  stream.closeOutput()
  book.close(True)
End Sub
</script:module>"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>"""


def test_contents_made_anew_by_libreoffice_are_the_same_and_mend_a_wrong_number(thirty: Rendered) -> None:
    folder = thirty.path.parent
    first_page = r'(PAGEREF _Toc00000002 \\h .*?<w:t xml:space="preserve">)2(</w:t>)'
    spoilt = edit_part(thirty.docx, "word/document.xml", lambda xml: re.sub(first_page, r"\g<1>999\2", xml, count=1))
    source, target, basic = folder / "spoilt.docx", folder / "contents.txt", folder / "profile/user/basic/Standard"
    source.write_bytes(spoilt)
    (basic / "Module1.xba").write_text(REFRESH, encoding="utf-8")
    (basic / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    macro = f'macro:///Standard.Module1.Refresh("{source.as_uri()}","{target.as_uri()}")'
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", macro]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before, after = (
        [tuple(line.split("\t")) for line in text.splitlines()[1:]]
        for text in target.read_text(encoding="utf-8").split("\f")
    )
    contents = [(title, str(page)) for title, page in thirty.contents()]
    assert after == contents
    assert before == [(title, "999" if index == 1 else page) for index, (title, page) in enumerate(contents)]


@pytest.fixture(scope="module")
def everything(render: Render) -> Rendered:
    book = invent_book(6, seed=3, photo_px=300)
    return render(add_every_part(book.manifest), book)


def test_numbers_in_the_contents_are_the_pages_with_every_part_printed(everything: Rendered) -> None:
    outline = everything.outline()
    first_page = outline[0][1]
    assert everything.contents() == [(title, page - first_page + 1) for title, page in outline]
    assert len(everything.pages.pages) == everything.report.pages
    titles = [title for title, _ in outline]
    assert titles[0] == "关于开展主题征文活动的通知"
    assert titles[-4:] == ["附录一　获奖名单", "附录二　评选办法", "附录三　优秀组织单位", "后记"]


def test_sections_begin_on_odd_pages_and_blank_pages_bear_nothing(everything: Rendered) -> None:
    texts = everything.texts
    pages = dict(everything.outline())
    first_page = min(pages.values())
    title_pages = [page for title, page in pages.items() if title.endswith("等奖作品")]
    assert [page % 2 for page in (first_page, *title_pages)] == [0, 0, 0, 0]  # counted from 0
    assert [texts[page] for page in title_pages] == ["一等奖作品", "二等奖作品", "三等奖作品"]
    assert texts[-1].split() == ["内部资料", "免费交流", "柳河县信访局"]
    assert len(texts) % 2 == 0
    blank = [page for page, text in enumerate(texts) if not text]
    assert len(blank) >= 2
    assert {page + 1 for page in blank} <= {first_page, *title_pages, len(texts) - 1}


def test_running_heads_name_the_book_and_the_part_above_every_numbered_page(everything: Rendered) -> None:
    outline = everything.outline()
    first_page = outline[0][1]
    parts = [(title, page) for title, page in outline if title[:2] in ("关于", "附录", "后记") or "等奖作品" in title]
    title_pages = {page for title, page in parts if "等奖作品" in title}
    for index, text in enumerate(everything.texts[:-1]):
        number = index - first_page + 1
        if index < first_page or index in title_pages or not text:
            assert not re.search(r"— ?\d+ ?—", text)
            continue
        part = next(title for title, start in reversed(parts) if start <= index)
        assert text.startswith(part if number % 2 else "“我与信访”征文 优秀作品汇编")
        assert re.findall(r"— ?(\d+) ?—", text) == [str(number)]


def test_case_card_is_not_broken_over_two_pages(everything: Rendered) -> None:
    cards = [text for text in everything.texts if "典型案例" in text]
    assert len(cards) == 3
    for card in cards:
        assert [card.count(label) for label in ("案由", "做法", "成效", "启示")] == [1, 1, 1, 1]


@pytest.fixture(scope="module")
def rendering(thirty: Rendered) -> Rendering:
    with thirty.path.open("rb") as pdf:
        return read_rendering(pdf)


def build_by(book: Book, rendering: Rendering) -> tuple[BuildReport, bytes]:
    sink = io.BytesIO()
    report = build(book.manifest, book.open_blob, sink, rendering=rendering)
    return report, sink.getvalue()


def test_rendering_that_agrees_takes_nothing_but_the_mark_of_an_estimate_away(
    thirty: Rendered, thirty_works: Book, rendering: Rendering
) -> None:
    report, checked = build_by(thirty_works, rendering)
    assert (report.page_source, report.corrected, report.pages) == ("rendered", 0, thirty.report.pages)
    with ZipFile(io.BytesIO(checked)) as package, ZipFile(io.BytesIO(thirty.docx)) as draft:
        assert package.namelist() == draft.namelist()
        marked = draft.read("word/document.xml").count(b' w:dirty="true"')
        different = [name for name in draft.namelist() if package.read(name) != draft.read(name)]
        same = package.read("word/document.xml") == draft.read("word/document.xml").replace(b' w:dirty="true"', b"")
    assert (different, marked, same) == (["word/document.xml"], 1, True)


def test_pages_of_a_rendering_stand_in_the_contents_and_nothing_else_changes(
    thirty: Rendered, thirty_works: Book, rendering: Rendering
) -> None:
    # From the eleventh work on everything stands a page later than the model thinks.
    title, start = thirty.outline()[12]
    later = tuple((depth, page + (page >= start)) for depth, page in rendering.headings)
    report, checked = build_by(thirty_works, Rendering(rendering.pages + 1, later))
    assert (report.page_source, report.corrected, report.pages) == ("rendered", 22, thirty.report.pages + 1)
    expected = [(name, page + (index >= 12)) for index, (name, page) in enumerate(thirty.contents())]
    assert dataclasses.replace(thirty, docx=checked).contents() == expected
    bodies = [read_document(document).partition("</w:sdt>")[2] for document in (checked, thirty.docx)]
    assert title in bodies[0]
    assert bodies[0] == bodies[1]
    assert build_by(thirty_works, Rendering(rendering.pages + 1, later)) == (report, checked)


def read_document(docx: bytes) -> str:
    with ZipFile(io.BytesIO(docx)) as package:
        return package.read("word/document.xml").decode()


def without_one(headings: Headings) -> Headings:
    return headings[:1] + headings[2:]


def with_one_more(headings: Headings) -> Headings:
    return (*headings, headings[-1])


def turned_round(headings: Headings) -> Headings:
    return tuple((depth, headings[-1][1] - page) for depth, page in headings)


@pytest.mark.parametrize("spoil", [without_one, with_one_more, turned_round, lambda _headings: ()])
def test_rendering_of_another_book_leaves_the_numbers_of_the_model(
    thirty: Rendered, thirty_works: Book, rendering: Rendering, spoil: Callable[[Headings], Headings]
) -> None:
    report, document = build_by(thirty_works, Rendering(rendering.pages, spoil(rendering.headings)))
    assert report == thirty.report
    assert document == thirty.docx


def test_numbers_the_model_gets_wrong_are_put_right_in_the_book_and_in_the_pdf(tmp_path: Path) -> None:
    # The model takes every Cyrillic letter for as wide as a Chinese one. Without section pages works stand at the top
    # of the outline, and so do their headings one step below.
    manifest, blobs = one_work("Путь к людям. " * 300, "信" * 30, title="一")
    second, more = one_work("信" * 900, title="二")
    works = (manifest.sections[0].works[0], second.sections[0].works[0])
    appendix = Appendix("获奖名单", ("名次",), (("第一名",),))
    manifest = replace(manifest, sections=(Section("作品", works),), appendices=(appendix,), has_section_pages=False)
    blobs |= more
    office = find_office()
    assert office is not None
    draft, checked, pdf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    modelled = build(manifest, lambda key: io.BytesIO(blobs[key]), draft)
    stages: list[str] = []
    report = correct_pages(
        manifest,
        lambda key: io.BytesIO(blobs[key]),
        office,
        draft,
        checked,
        pdf,
        pages=modelled.pages,
        progress=lambda stage, _done, _total: stages.append(stage),
    )
    rendered = Rendered(checked.getvalue(), report, tmp_path, PdfReader(pdf))
    first_page = rendered.outline()[0][1]
    pages = [(title, page - first_page + 1) for title, page in rendered.outline() if len(title) == 1 or "名单" in title]
    assert (report.page_source, report.corrected) == ("rendered", 2)
    assert rendered.contents() == pages
    assert [title for title, _page in pages] == ["一", "二", "获奖名单"]
    assert dataclasses.replace(rendered, docx=draft.getvalue()).contents() != pages
    assert report.pages == len(rendered.pages.pages) < modelled.pages
    printed = re.findall(r"[.．…\s](\d+)\s*$", rendered.pages.pages[1].extract_text(), re.MULTILINE)
    assert printed == [str(page) for _title, page in pages]
    assert (stages[0], stages[-1]) == ("render", "print")
    has_times = any(name in best_face("Times New Roman") for name in ("Times New", "Liberation Serif", "Nimbus Roman"))
    assert [problem.code for problem in report.problems] == ([] if has_times else ["latin-face"])


def best_face(name: str) -> str:
    """What this machine sets in the place of a face."""
    return subprocess.run(["fc-match", name], check=True, capture_output=True, timeout=60).stdout.decode()


def one_work(*paragraphs: str, title: str = "满页") -> tuple[Manifest, dict[str, bytes]]:
    manuscript = Manuscript(title, blocks=tuple(Paragraph((Run(text),)) for text in paragraphs))
    data = dump_manuscript(manuscript)
    key = hashlib.sha256(data).hexdigest()
    entry = WorkEntry("1", key, "柳河镇　周明")
    return Manifest("汇编", "信访局", date(2020, 10, 1), (Section("作品", (entry,)),)), {key: data}


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_full_page_is_22_lines_of_28_characters(render: Render) -> None:
    rendered = render(*one_work("信" * 2000))
    start = dict(rendered.outline())["满页"]
    command = ["pdftotext", "-bbox", "-f", str(start + 2), "-l", str(start + 2), str(rendered.path), "-"]
    boxes = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(信+)<', boxes)
    assert [len(text) for *_, text in words] == [28] * 22
    tops = [float(top) for _, top, _, _ in words]
    assert {round(below - above, 1) for above, below in pairwise(tops)} <= {28.9, 29.0}
    for left, _, right, _ in words:
        assert float(left) == pytest.approx(1588 / 20, abs=0.3)
        assert float(right) == pytest.approx((11906 - 1474) / 20, abs=1.3)


def test_lines_of_a_long_title_are_of_about_one_length(render: Render) -> None:
    titles = (
        "一张跨越三十二年的宅基地分家单终于有了结果",
        "把群众的小事当成自己的大事来办，把矛盾化解在田间地头的炕头上也化解在乡亲们的心坎上",
    )
    blobs, works = {}, []
    for title in titles:
        data = dump_manuscript(Manuscript(title, blocks=(Paragraph((Run("文"),)),)))
        key = hashlib.sha256(data).hexdigest()
        blobs[key] = data
        works.append(WorkEntry(f"{len(works) + 1:03}", key))
    texts = render(Manifest("书", "局", date(2020, 12, 1), (Section("辑", tuple(works)),)), blobs).texts[-len(titles) :]
    for title, text in zip(titles, texts, strict=True):
        lines = text.split("文")[0].split("\n")[: 2 if len(title) < 40 else 3]
        assert "".join(lines).replace(" ", "") == title
        assert max(map(len, lines)) - min(map(len, lines)) <= 3


def test_stanza_is_not_broken_over_two_pages(render: Render) -> None:
    """20 lines are left under the title, two of them behind the paragraphs, which the stanza does not fit in."""
    stanza = "桥头那盏灯\n照过修路的夜\n也照过回家的人\n它说不出话"
    blocks = (*(Paragraph((Run("文"),)),) * 18, Paragraph((Run(stanza),)))
    data = dump_manuscript(Manuscript("灯", blocks=blocks))
    key = hashlib.sha256(data).hexdigest()
    book = Manifest("书", "局", date(2020, 12, 1), (Section("辑", (WorkEntry("001", key),)),))
    rendered = render(book, {key: data})
    assert rendered.report.pages == len(rendered.texts)
    assert "桥头" not in rendered.texts[-2]
    assert all(line in rendered.texts[-1] for line in stanza.split("\n"))


def test_work_that_fills_its_page_to_the_last_line_takes_no_second_one(render: Render) -> None:
    # Space, title, byline and empty line leave 18 lines: 26 characters, then 17 of 28.
    full = "信" * (26 + 17 * 28)
    for text, pages in ((full, 3), (full + "信", 4)):
        manifest, blobs = one_work(text)
        later = replace(manifest.sections[0], title="又一辑")
        bare = replace(manifest, has_cover=False, has_contents=False, sections=(*manifest.sections, later))
        rendered = render(bare, blobs)
        assert len(rendered.pages.pages) == rendered.report.pages == 2 * (pages - 1)


def test_book_of_hostile_texts_opens_with_its_pages(render: Render) -> None:
    texts = ["控制\x00\x1f", "<&>]]>", "表情😀👨‍👩‍👧", "עברית", "翻转\u202e", "𠀀㐂", '{ TOC \\o "1-3" }', "x" * 90]
    rendered = render(*one_work(*texts, title="<题>&\ufffe" + "长" * 100))
    assert len(rendered.pages.pages) == rendered.report.pages == 4
