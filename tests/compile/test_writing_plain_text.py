"""The plain text: what old Notepad needs, and one line for everything a work holds."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from bench.corpus import Book
from compile.manifest import Appendix
from compile.manuscript import Manuscript
from tests.books import bind, full_manuscript, paragraph, unzip, write

TEXT = """\
一把旧椅子
——记一次接访
柳河镇　周明

　　一、开门
　　加粗斜线甲[1]
　　x2H2O\t尾  二[2]
　　（一）听
　　1.记
　　（1）第一件；[1]
　　　　a.再下一层。
居中
二〇二〇年十月
　　春风过柳河
　　夜雨入渠声

　　灯下一封信
　　天明又一程
〔图1：入户走访（李秀兰 摄）〕
〔图2：没有了的照片〕
年份\t件数
2019\t来信\t12
来访\t34 含重复[3]
　　尾声。

注释
[1] 乙的注。
[2] 甲的注。
[3] 丙的注。

　　点评：好。
　　再好。
　　评委
"""


def test_every_block_has_its_line(files) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    book = bind(manuscript, pictures=(photo,), comment="好。\n再好。", comment_by="评委")
    data, report = write(book, "text")
    assert data.decode("utf-8-sig") == TEXT.replace("\n", "\r\n")
    assert report.pictures == 0
    assert unzip(write(book, "html")[0])["text/01_2020-XZ03-001_一把旧椅子.txt"] == data


def test_mark_stands_once_and_every_line_ends_as_on_windows() -> None:
    book = bind(Manuscript("甲\r\n题", blocks=(paragraph("一\r二\n三"),)), Manuscript("乙"))
    data, _ = write(book, "text")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1
    assert data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n")
    assert "　　一\r\n二\r\n　　三" in data.decode()


def test_contents_list_titles_and_bylines_under_their_sections() -> None:
    book = bind(Manuscript("甲"), Manuscript("乙"), byline="")
    appendix = Appendix("名单", ("题",), (("甲",),))
    manifest = replace(book.manifest, has_contents=True, has_section_pages=True, appendices=(appendix,))
    text = write(Book(manifest, book.blobs), "text")[0].decode("utf-8-sig").replace("\r\n", "\n")
    assert text.split("\n\n\n\n")[0] == "目录\n作品\n　　甲\n　　乙　柳河镇　周明\n名单"
