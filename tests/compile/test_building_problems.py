"""A work or picture that cannot be used never stops the book; a person is told which."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import BinaryIO

import pytest
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.building import build, check, estimate_pages
from compile.errors import BuildError
from compile.manifest import Manifest, Problem, Section, WorkEntry
from compile.manuscript import Cell, Manuscript, Paragraph, Picture, Row, Run, Table, picture_keys
from compile.manuscript_json import dump_manuscript, load_manuscript
from tests.ooxml import W, find_faults, read_part


def all_texts(package: bytes) -> str:
    return "".join(text.text or "" for text in read_part(package, "word/document.xml").iter(f"{W}t"))


def first_with_picture(book: Book) -> tuple[WorkEntry, Manuscript]:
    for section in book.manifest.sections:
        for entry in section.works:
            manuscript = load_manuscript(book.blobs[entry.manuscript_key])
            if picture_keys(manuscript):
                return entry, manuscript
    raise AssertionError("no work with a picture")


def forget_checksums(book: Book) -> None:
    """Make the manuscripts of the book those of an older program."""
    renamed = {}
    for section in book.manifest.sections:
        for entry in section.works:
            manuscript = load_manuscript(book.blobs[entry.manuscript_key])
            blocks = (
                replace(block, crc32=None) if isinstance(block, Picture) else block for block in manuscript.blocks
            )
            data = dump_manuscript(replace(manuscript, blocks=tuple(blocks)))
            renamed[entry.manuscript_key] = hashlib.sha256(data).hexdigest()
            book.blobs[renamed[entry.manuscript_key]] = data
    sections = (
        replace(
            section,
            works=tuple(replace(entry, manuscript_key=renamed[entry.manuscript_key]) for entry in section.works),
        )
        for section in book.manifest.sections
    )
    book.manifest = replace(book.manifest, sections=tuple(sections))


def keep_one(manuscript: Manuscript, **fields: str) -> tuple[Manifest, dict[str, bytes]]:
    data = dump_manuscript(manuscript)
    key = hashlib.sha256(data).hexdigest()
    entry = WorkEntry("2020-0001", key, **{"byline": "某镇　某人", **fields})
    return Manifest("汇编", "信访局", date(2020, 10, 1), (Section("作品", (entry,)),)), {key: data}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (None, "work-missing"),
        (b"", "work-damaged"),
        (b"{", "work-damaged"),
        (b'{"format":1,"title":5}', "work-damaged"),
        (b"\xff\xfe" * 40, "work-damaged"),
        (b"[" * 100_000, "work-damaged"),
    ],
    ids=["missing", "empty", "cut short", "wrong type", "binary", "deep"],
)
@pytest.mark.parametrize("is_renamed", [False, True], ids=["other bytes under its name", "named for the bad bytes"])
def test_one_bad_work_among_many_is_left_out_and_named(damage: bytes | None, code: str, is_renamed: bool) -> None:
    book = invent_book(9, seed=2)
    section = book.manifest.sections[0]
    victim = section.works[1]
    title = load_manuscript(book.blobs[victim.manuscript_key]).title
    key = victim.manuscript_key
    if damage is None:
        del book.blobs[key]
    else:
        if is_renamed:
            key = hashlib.sha256(damage).hexdigest()
            works = tuple(replace(entry, manuscript_key=key) if entry is victim else entry for entry in section.works)
            sections = (replace(section, works=works), *book.manifest.sections[1:])
            book.manifest = replace(book.manifest, sections=sections, appendices=())
        book.blobs[key] = damage
    manifest = replace(book.manifest, appendices=())
    sink = io.BytesIO()
    report = build(manifest, book.open_blob, sink)
    assert [(problem.work, problem.code) for problem in report.problems] == [(victim.number, code)]
    assert report.works == 8
    assert find_faults(sink.getvalue()) == []
    assert title not in all_texts(sink.getvalue())


def test_reader_that_breaks_off_counts_as_a_missing_work() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the disk is gone")

    book = invent_book(6, seed=2)
    victim = book.manifest.sections[-1].works[-1]

    def open_blob(key: str) -> BinaryIO:
        return Broken() if key == victim.manuscript_key else book.open_blob(key)

    report = build(book.manifest, open_blob, io.BytesIO())
    assert (report.works, [problem.work for problem in report.problems]) == (5, [victim.number])


@pytest.mark.parametrize(
    ("data", "code"),
    [(None, "picture-missing"), (b"GIF89a", "picture-damaged"), (b"\xff\xd8\xff cut", "picture-damaged")],
)
@pytest.mark.parametrize("has_checksum", [True, False], ids=["checked by CRC-32", "old, checked by hash"])
def test_unusable_picture_becomes_a_line_and_keeps_its_caption(
    data: bytes | None, code: str, has_checksum: bool
) -> None:
    book = invent_book(12, seed=4)
    if not has_checksum:
        forget_checksums(book)
    entry, manuscript = first_with_picture(book)
    keys = picture_keys(manuscript)
    whole = build(book.manifest, book.open_blob, io.BytesIO())
    assert whole.problems == ()
    for key in keys:
        if data is None:
            del book.blobs[key]
        else:
            book.blobs[key] = data
    sink = io.BytesIO()
    report = build(book.manifest, book.open_blob, sink)
    assert [(problem.work, problem.code) for problem in report.problems] == [(entry.number, code)]
    assert f"有 {len(keys)} 张" in report.problems[0].message
    assert report.pictures == whole.pictures - len(keys)
    assert report.works == 12
    text = all_texts(sink.getvalue())
    assert text.count("（此处图片缺失）") == len(keys)
    captions = [block.caption for block in manuscript.blocks if isinstance(block, Picture)]
    assert all(caption in text for caption in captions)
    assert find_faults(sink.getvalue()) == []


def test_picture_without_caption_is_no_problem() -> None:
    book = invent_book(1, seed=4, photo_share=1.0)
    key = picture_keys(load_manuscript(book.blobs[book.manifest.sections[0].works[0].manuscript_key]))[0]
    manifest, blobs = keep_one(Manuscript("图", blocks=(Picture(key, 900, 675),)))
    blobs[key] = book.blobs[key]
    sink = io.BytesIO()
    report = build(manifest, lambda wanted: io.BytesIO(blobs[wanted]), sink)
    assert (report.pictures, report.problems) == (1, ())
    styles = [element.get(f"{W}val") for element in read_part(sink.getvalue(), "word/document.xml").iter(f"{W}pStyle")]
    assert "Caption" not in styles


def test_check_names_the_same_problems_as_a_build_and_writes_nothing() -> None:
    wide = Table((Row(tuple(Cell((Paragraph((Run("格"),)),)) for _ in range(12))),), 12)
    huge = Table((Row((Cell((Paragraph((Run("格"),)),)),)),), 80)
    manuscript = Manuscript(
        "题" * 41,
        blocks=(wide, huge, Picture("0" * 64, 40, 30), Paragraph((Run("文\x07", note=0),))),
        notes=((Run("有位"),), (Run("无位"),)),
    )
    manifest, blobs = keep_one(manuscript, byline="")
    empty = Section("空节", ())
    manifest = replace(manifest, sections=(*manifest.sections, empty))
    problems = check(manifest, lambda key: io.BytesIO(blobs[key]))
    assert [(problem.work, problem.code) for problem in problems] == [
        ("2020-0001", "title-long"),
        ("2020-0001", "byline-missing"),
        ("2020-0001", "table-cut"),
        ("2020-0001", "note-lost"),
        ("2020-0001", "characters-replaced"),
        ("", "section-empty"),
        ("2020-0001", "picture-missing"),
    ]
    assert problems[0] == Problem("2020-0001", "title-long", "题目有 41 个字，超过两行，请考虑缩短。", {"count": 41})
    assert problems[-2].message == "“空节”没有可编入的作品，已略去。"
    sink = io.BytesIO()
    assert build(manifest, lambda key: io.BytesIO(blobs[key]), sink).problems == problems
    assert find_faults(sink.getvalue()) == []


def test_wide_table_is_named_and_a_narrow_one_is_not() -> None:
    def table(columns: int) -> Table:
        return Table((Row(tuple(Cell((Paragraph((Run("格"),)),)) for _ in range(columns))),), columns)

    for columns, codes in ((9, []), (10, ["table-wide"]), (63, ["table-wide"]), (64, ["table-cut"])):
        manifest, blobs = keep_one(Manuscript("表", blocks=(table(columns),)))
        found = [problem.code for problem in check(manifest, lambda key, blobs=blobs: io.BytesIO(blobs[key]))]  # type: ignore[misc]
        assert found == codes


@pytest.mark.parametrize("sections", [(), (Section("空", ()),), (Section("缺", (WorkEntry("1", "0" * 64),)),)])
def test_book_without_a_single_work_is_refused_and_nothing_is_written(sections: tuple[Section, ...]) -> None:
    def open_blob(key: str) -> BinaryIO:
        raise FileNotFoundError(key)

    manifest = Manifest("汇编", "信访局", date(2020, 10, 1), sections)
    sink = io.BytesIO()
    with pytest.raises(BuildError):
        build(manifest, open_blob, sink)
    assert sink.getvalue() == b""
    assert estimate_pages(manifest, open_blob) == 0


def test_estimate_equals_the_report_and_opens_no_picture() -> None:
    book = invent_book(15, seed=6, photo_share=0.6)
    report = build(book.manifest, book.open_blob, io.BytesIO())
    assert report.pictures > 0
    manuscripts = {entry.manuscript_key for section in book.manifest.sections for entry in section.works}
    opened: list[str] = []

    def open_blob(key: str) -> BinaryIO:
        opened.append(key)
        return book.open_blob(key)

    assert estimate_pages(book.manifest, open_blob) == report.pages
    assert set(opened) == manuscripts


def test_progress_counts_up_through_the_four_stages() -> None:
    book = invent_book(5, seed=6, photo_share=1.0)
    steps: list[tuple[str, int, int]] = []
    build(book.manifest, book.open_blob, io.BytesIO(), progress=lambda *step: steps.append(step))
    pictures = sum(data.startswith(b"\xff\xd8") for data in book.blobs.values())
    counts = (("collect", 5), ("pictures", pictures), ("write", 5))
    expected = [(stage, done, total) for stage, total in counts for done in range(1, total + 1)]
    assert steps == [*expected, ("finish", 1, 1)]
