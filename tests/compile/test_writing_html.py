"""The package for a website: what a page is made of, what the files are called, and that every link leads somewhere."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from lxml import etree
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.manifest import Appendix
from compile.manuscript import Manuscript, Picture, Row, Table
from tests.books import bind, bind_blocks, cell, full_manuscript, paragraph, unzip, write

BODY = """\
<h1>一把旧椅子</h1>
<p style="text-align:center">——记一次接访</p>
<p style="text-align:center">柳河镇　周明</p>
<h2>一、开门</h2>
<p><strong>加粗</strong><em>斜</em><u>线</u>甲<sup><a id="mark-1" href="#note-1">[1]</a></sup></p>
<p>x<sup>2</sup>H<sub>2</sub>O\u2003尾\u00a0 二<sup><a id="mark-2" href="#note-2">[2]</a></sup></p>
<h3>（一）听</h3>
<h4>1.记</h4>
<p>（1）第一件；<sup><a href="#note-1">[1]</a></sup></p>
<p style="padding-left:2em">a.再下一层。</p>
<p style="text-align:center">居中</p>
<p style="text-align:right">二〇二〇年十月</p>
<p>春风过柳河<br/>夜雨入渠声<br/><br/>灯下一封信<br/>天明又一程</p>
<p style="text-align:center"><img src="pictures/2020-XZ03-001_%E5%9B%BE1.jpg" alt="入户走访"/></p>\
<p style="text-align:center">入户走访（李秀兰 摄）</p>
<p style="text-align:center">（此处图片缺失）</p><p style="text-align:center">没有了的照片</p>
<table border="1"><tr><th>年份</th><th colspan="2">件数</th></tr>\
<tr><td style="text-align:center" rowspan="2">2019</td><td style="text-align:center">来信</td>\
<td style="text-align:center">12</td></tr>\
<tr><td style="text-align:center">来访</td>\
<td style="text-align:center">34<br/>含重复<sup><a id="mark-3" href="#note-3">[3]</a></sup></td></tr></table>
<p>尾声。</p>
<h2>注释</h2>
<p id="note-1"><a href="#mark-1">[1]</a> <strong>乙的</strong>注。</p>
<p id="note-2"><a href="#mark-2">[2]</a> 甲的注。</p>
<p id="note-3"><a href="#mark-3">[3]</a> 丙的注。</p>
<blockquote><p><strong>点评：</strong>好。</p><p>再好。</p><p style="text-align:right">评委</p></blockquote>
"""


@pytest.fixture(scope="module")
def package() -> dict[str, bytes]:
    return unzip(write(invent_book(12, seed=7, photo_share=0.5, photo_px=120), "html")[0])


def test_page_is_made_of_plain_tags_that_a_cms_keeps(files) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    members = unzip(write(bind(manuscript, pictures=(photo,), comment="好。\n再好。", comment_by="评委"), "html")[0])
    page = members["01_2020-XZ03-001_一把旧椅子.html"].decode()
    assert page.split("<body>\n")[1].split("</body>")[0] == BODY
    assert members["pictures/2020-XZ03-001_图1.jpg"] == photo


def test_files_are_named_by_place_number_and_title() -> None:
    title = "群众的事再小也是大事——记柳河镇信访办主任周明的一天"
    works = [Manuscript(title), Manuscript('“灯”/\\:*?"<>|'), Manuscript("")]
    book = bind(*works)
    appendix = Appendix("获奖名单", ("题目",), (("灯",),))
    manifest = replace(book.manifest, editor_note=("按。",), editor_note_title="", appendices=(appendix,))
    assert list(unzip(write(Book(manifest, book.blobs), "html")[0])) == [
        "index.html",
        "01_无题.html",
        "text/01_无题.txt",
        f"02_2020-XZ03-001_{title[:20]}.html",
        f"text/02_2020-XZ03-001_{title[:20]}.txt",
        "03_2020-XZ03-002_“灯”.html",
        "text/03_2020-XZ03-002_“灯”.txt",
        "04_2020-XZ03-003_无题.html",
        "text/04_2020-XZ03-003_无题.txt",
        "05_获奖名单.html",
        "text/05_获奖名单.txt",
        "files.txt",
    ]


def test_places_take_as_many_digits_as_the_last_one_needs() -> None:
    names = list(unzip(write(bind(*(Manuscript(f"题{number}") for number in range(100))), "html")[0]))
    assert names[1] == "001_2020-XZ03-001_题0.html"
    assert names[199] == "100_2020-XZ03-100_题99.html"


def test_no_two_files_share_a_name_whatever_the_numbers(files) -> None:
    photos = [files.jpeg(width, 20) for width in (30, 40, 50)]
    keys = [hashlib.sha256(photo).hexdigest() for photo in photos]
    pictures = tuple(Picture(key, 30, 20) for key in keys)
    book = bind(*(Manuscript(f"{number}", blocks=(*pictures, pictures[0])) for number in range(6)), pictures=(*photos,))
    numbers = ("02", "", "a/b", "AB", "x" * 200, "x" * 199 + "y")
    works = tuple(
        replace(entry, number=number)
        for entry, number in zip(book.manifest.sections[0].works, numbers, strict=True)
    )  # fmt: skip
    manifest = replace(book.manifest, sections=(replace(book.manifest.sections[0], works=works),))
    data, report = write(Book(manifest, book.blobs), "html")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [info.filename.casefold() for info in archive.infolist()]
    assert len(names) == len(set(names)) == 1 + 6 * (1 + 1 + 3) + 1
    assert max(len(name.rpartition("/")[2]) for name in names) <= 80
    assert report.pictures == 6 * 4


def test_every_link_and_picture_leads_to_a_file_and_every_file_is_reached(package: dict[str, bytes]) -> None:
    reached = {"index.html", "files.txt"}
    for name, data in package.items():
        if not name.endswith(".html"):
            continue
        page = etree.fromstring(data)
        for address in page.xpath("//@href | //@src"):
            if address.startswith("#"):
                assert len(page.xpath("//*[@id = $name]", name=address[1:])) == 1
            else:
                reached.add(unquote(address))
    assert reached == {name for name in package if not name.startswith("text/")}
    assert {name for name in package if name.startswith("text/")} == {
        f"text/{name.removesuffix('.html')}.txt" for name in package if re.match(r"\d+_", name)
    }


def test_index_lists_the_works_under_their_sections(package: dict[str, bytes]) -> None:
    body = etree.fromstring(package["index.html"]).find("body")
    assert body is not None
    assert "".join(body[0].itertext()) == "“我与信访”征文优秀作品汇编"
    kinds = "".join({"h2": "|", "hr": "-", "p": "p"}.get(str(element.tag), "") for element in body)
    assert kinds == "pppp|pp|pppp|pppppp-p"


def test_file_list_names_every_page_and_picture(package: dict[str, bytes]) -> None:
    lines = [line.split("\t") for line in package["files.txt"].decode("utf-8-sig").split("\r\n")]
    assert lines[0] == ["序号", "文件", "编号", "题目", "署名"]
    named = [line[1] for line in lines[1:-1]]
    assert sorted(named) == sorted(
        name for name in package if name not in ("index.html", "files.txt") and not name.startswith("text/")
    )


def test_names_in_chinese_are_marked_as_utf8() -> None:
    with zipfile.ZipFile(io.BytesIO(write(bind_blocks(paragraph("正文")), "html")[0])) as archive:
        for info in archive.infolist():
            assert bool(info.flag_bits & 0x800) == (not info.filename.isascii())
            assert info.date_time == (1980, 1, 1, 0, 0, 0)


def test_table_with_impossible_spans_keeps_its_texts_and_its_columns() -> None:
    rows = (
        Row((cell("甲", columns=5, rows=9), cell("多出"))),
        Row((cell("乙"), cell("丙", rows=7))),
        Row(()),
    )
    members = unzip(write(bind_blocks(Table(rows, 2), paragraph("尾")), "html")[0])
    table = etree.fromstring(members["01_2020-XZ03-001_一把旧椅子.html"]).find(".//table")
    assert table is not None
    taken: set[tuple[int, int]] = set()
    for line, row in enumerate(table.findall("tr")):
        column = 0
        for one in row:
            while (line, column) in taken:
                column += 1
            area = {
                (line + down, column + right)
                for down in range(int(one.get("rowspan", "1")))
                for right in range(int(one.get("colspan", "1")))
            }
            assert not area & taken
            taken |= area
    assert taken == {(line, column) for line in range(3) for column in range(2)}
    assert "".join(table.itertext()) == "甲多出乙丙"
