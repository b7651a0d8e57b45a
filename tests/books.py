"""Small books from manuscripts written in a test, and one work that holds everything a work can hold."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date
from typing import Any

from msgspec.structs import replace

from bench.corpus import Book
from compile.exporting import export
from compile.forms import FormKey
from compile.manifest import BuildReport, Manifest, Section, WorkEntry
from compile.manuscript import Block, Cell, Heading, ListItem, Manuscript, Paragraph, Picture, Row, Run, Table
from compile.manuscript_json import dump_manuscript


def paragraph(text: str, **facts: Any) -> Paragraph:
    """A paragraph of one plain run."""
    return Paragraph((Run(text),), **facts)


def cell(text: str, columns: int = 1, rows: int = 1) -> Cell:
    """A table cell of one paragraph."""
    return Cell((paragraph(text),), columns, rows)


def bind(*manuscripts: Manuscript, pictures: tuple[bytes, ...] = (), **fields: Any) -> Book:
    """A bare book of these works in one section. Fields of the first entry may be given by name."""
    blobs = {hashlib.sha256(data).hexdigest(): data for data in (*map(dump_manuscript, manuscripts), *pictures)}
    entries = [
        WorkEntry(f"2020-XZ03-{number:03d}", hashlib.sha256(dump_manuscript(manuscript)).hexdigest(), "柳河镇　周明")
        for number, manuscript in enumerate(manuscripts, start=1)
    ]
    entries[0] = replace(entries[0], **fields)
    manifest = Manifest(
        "汇编", "柳河县信访局", date(2020, 12, 31), (Section("作品", tuple(entries)),),
        has_cover=False, has_contents=False, has_section_pages=False,
    )  # fmt: skip
    return Book(manifest, blobs)


def bind_blocks(*blocks: Block, title: str = "一把旧椅子", **fields: Any) -> Book:
    """A bare book of one work with these blocks."""
    return bind(Manuscript(title, blocks=blocks), **fields)


def write(book: Book, form: FormKey) -> tuple[bytes, BuildReport]:
    """The book in a form and what its build reported."""
    sink = io.BytesIO()
    report = export(book.manifest, book.open_blob, sink, form)
    return sink.getvalue(), report


def unzip(data: bytes) -> dict[str, bytes]:
    """The members of a zip by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def full_manuscript(picture_key: str) -> Manuscript:
    """Every kind of block and look: notes in text, list and table, spans, a poem, a picture that is there and one that is not."""
    return Manuscript(
        "一把旧椅子",
        "——记一次接访",
        (
            Heading(1, (Run("一、开门"),)),
            Paragraph((Run("加粗", bold=True), Run("斜", italic=True), Run("线", underline=True), Run("甲", note=1))),
            Paragraph((Run("x"), Run("2", script="sup"), Run("H"), Run("2", script="sub"), Run("O\t尾  二", note=0))),
            Heading(2, (Run("（一）听"),)),
            Heading(3, (Run("1.记"),)),
            ListItem("（1）", (Run("第一件；", note=1),)),
            ListItem("a.", (Run("再下一层。"),), level=2),
            paragraph("居中", align="center"),
            paragraph("二〇二〇年十月", align="right"),
            paragraph("春风过柳河\n夜雨入渠声\n\n灯下一封信\n天明又一程"),
            Picture(picture_key, 320, 200, "入户走访", "李秀兰"),
            Picture("0" * 64, 320, 200, "没有了的照片"),
            Table(
                (
                    Row((cell("年份"), cell("件数", columns=2)), is_header=True),
                    Row((cell("2019", rows=2), cell("来信"), cell("12"))),
                    Row((cell("来访"), Cell((paragraph("34"), Paragraph((Run("含重复", note=2),)))))),
                ),
                3,
            ),
            paragraph("尾声。"),
        ),
        ((Run("甲的注。"),), (Run("乙的", bold=True), Run("注。")), (Run("丙的注。"),)),
    )
