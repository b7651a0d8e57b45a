"""The bare words of Word files of the old format, read without an office suite."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from compile.manuscript import Paragraph, Run, body_text, plain_text
from compile.reading import Reading, Refused, read
from compile.reading.ole import OleFile

DEMO: Final = Path(__file__).parents[2] / "review_app" / "demo"
ESSAYS: Final[list[dict[str, Any]]] = json.loads((DEMO / "contest.json").read_text(encoding="utf-8"))["essays"]
OLD_FILES: Final = [essay for essay in ESSAYS if essay["file"].endswith((".doc", ".wps"))]
SENTENCE: Final = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"
TITLE: Final = "题目在此\r"
DELETED, HIDDEN = b"\x00\x08\x01", b"\x3c\x08\x01"

ReadText = Callable[..., Reading]


@pytest.fixture
def read_text(files: SimpleNamespace) -> ReadText:
    """Reads a Word file of the given text behind a title line."""

    def read_one(text: str, **parts: object) -> Reading:
        reading: Reading = read(files.stream(files.word_file((TITLE + text, "utf-16-le"), **parts)))
        assert (reading.kind, reading.manuscript.title) == ("doc", "题目在此")
        return reading

    return read_one


def texts(reading: Reading) -> list[str]:
    return body_text(reading.manuscript).split("\n")


def kinds(reading: Reading) -> list[tuple[str, str]]:
    return [(item.kind, item.excerpt) for item in reading.dropped]


@pytest.mark.parametrize("essay", OLD_FILES, ids=lambda essay: essay["name"])
def test_an_essay_saved_by_an_office_suite_gives_all_its_words(essay: dict[str, Any]) -> None:
    with (DEMO / essay["file"]).open("rb") as stream:
        reading = read(stream)
    assert (reading.kind, reading.manuscript.title) == ("doc", essay["title"])
    assert reading.byline.authors == tuple(essay["authors"])
    assert reading.dropped[0].kind == "plain-text-only"
    source = (DEMO / "source" / f"{essay['name']}.md").read_text(encoding="utf-8").partition("\n\n")[2]
    text = "".join(texts(reading))
    for line in source.splitlines():
        words = line.strip("#*| ").replace("**", "")
        assert words in text or words.startswith(("![", "1. ", "2. ", "3. ")), words


def test_pieces_of_both_widths_are_joined(files: SimpleNamespace) -> None:
    data = files.word_file(
        (TITLE + "他读到", "utf-16-le"),
        ("\x93Notice\x94".encode("latin-1").decode("cp1252"), "cp1252"),
        ("。\r", "utf-16-le"),
    )
    assert texts(read(files.stream(data))) == ["他读到“Notice”。"]


def test_control_characters_become_breaks_hyphens_and_gaps(read_text: ReadText) -> None:
    reading = read_text(
        f"{SENTENCE}\r\r第一\x1e第二\x1f。\x01\x08\r姓名\x07件数\x07\x07老陈\x0731\x07\x07{SENTENCE}\x0c他走了。\r"
    )
    assert texts(reading) == [SENTENCE, "第一-第二。", "姓名　件数", "老陈　31", SENTENCE, "他走了。"]
    assert kinds(reading) == [("plain-text-only", "")]


def test_fields_give_their_result_and_a_contents_list_is_dropped(read_text: ReadText) -> None:
    contents = '\x13 TOC \\o "1-3" \x14一、初到\t1\r二、雨夜\t2\x15\r'
    link = '\x13 HYPERLINK "http://198.51.100.1/" \x14见\x13 PAGE \x143\x15页\x15'
    reading = read_text(f"{contents}{SENTENCE}{link}\x13 EQ \\o\\ac(○,1) \x15。\r")
    assert texts(reading) == [f"{SENTENCE}见3页1。"]
    assert kinds(reading) == [("plain-text-only", ""), ("contents", "")]


def test_a_field_that_never_ends_does_not_swallow_the_essay(read_text: ReadText) -> None:
    assert texts(read_text(f"\x13 TOC \x14目录\r{SENTENCE}\r他走了。\r")) == ["目录", SENTENCE, "他走了。"]


def test_footnotes_stand_at_their_marks_and_box_text_at_the_end(read_text: ReadText) -> None:
    text = f"{SENTENCE[:-1]}\x02。\r他走了\x02。\r"
    first, second = len(TITLE) + text.index("\x02"), len(TITLE) + text.rindex("\x02")
    notes = [(first, "\x02 据村民口述。"), (second, "\x02 次日。")]
    reading = read_text(text, footnotes=notes, boxes="框里的话。\r")
    assert reading.manuscript.blocks == (
        Paragraph((Run(SENTENCE[:-1], note=0), Run("。"))),
        Paragraph((Run("他走了", note=1), Run("。"))),
        Paragraph((Run("框里的话。"),)),
    )
    assert [plain_text(runs) for runs in reading.manuscript.notes] == ["据村民口述。", "次日。"]


def test_deleted_and_hidden_text_is_left_out_and_symbols_are_shown(read_text: ReadText) -> None:
    text = f"{SENTENCE}\r办了旧话(新话暗处。\r"

    def mark(words: str, properties: bytes) -> tuple[int, int, bytes]:
        start = len(TITLE) + text.index(words)
        return start * 2, (start + len(words)) * 2, properties

    symbol = b"\x09\x6a" + struct.pack("<HH", 0, 0xF0FE)
    reading = read_text(text, marks=[mark("旧话", DELETED), mark("(", symbol), mark("暗处", HIDDEN)])
    assert texts(reading) == [SENTENCE, "办了☑新话。"]
    assert kinds(reading) == [("plain-text-only", ""), ("deleted-text", "旧话"), ("hidden-text", "暗处")]


@pytest.mark.parametrize(("version", "language", "encoding"), [(104, 0x0804, "gb18030"), (101, 0x0404, "big5")])
def test_chinese_text_of_word_95_and_before_is_read_in_its_code_page(
    files: SimpleNamespace, version: int, language: int, encoding: str
) -> None:
    body = "題目在此\r那天老陳已經走在路上。\r".encode(encoding)
    head = bytearray(files.word_stream(version=version).ljust(512, b"\0"))
    struct.pack_into("<H", head, 6, language)
    struct.pack_into("<I", head, 0x18, 512)
    struct.pack_into("<I", head, 0x34, len(body))
    reading = read(files.stream(files.ole({"WordDocument": bytes(head) + body})))
    assert (reading.manuscript.title, texts(reading)) == ("題目在此", ["那天老陳已經走在路上。"])


def test_a_failed_conversion_still_gives_the_words_and_a_good_one_the_structure(files: SimpleNamespace) -> None:
    class Broken:
        """A converter that fails."""

        def convert(self, data: bytes, office_format: str) -> bytes:
            raise Refused("too-slow")

    class Rubbish:
        """A converter whose output does not open."""

        def convert(self, data: bytes, office_format: str) -> bytes:
            return b"PK"

    class Good:
        """A converter that gives another text, to tell the two apart."""

        def convert(self, data: bytes, office_format: str) -> bytes:
            return bytes(files.docx(files.para("题目") + files.para("来自转换。")))

    data = files.word_file((f"{TITLE}{SENTENCE}\r", "utf-16-le"))
    assert texts(read(files.stream(data), converter=Broken())) == [SENTENCE]
    assert texts(read(files.stream(data), converter=Rubbish())) == [SENTENCE]
    assert texts(read(files.stream(data), converter=Good())) == ["来自转换。"]


def test_an_embedded_document_does_not_take_the_place_of_the_text(files: SimpleNamespace) -> None:
    data = bytearray(files.ole({"A": b"inner", "B": b"outer"}))
    entries, none = 1024, 0xFFFFFFFF
    struct.pack_into("<III", data, entries + 68, none, none, 2)
    # Both get the same name; only the second one hangs from the root.
    data[entries + 256 : entries + 258] = "A".encode("utf-16-le")
    assert OleFile(bytes(data)).read("A").rstrip(b"\0") == b"outer"


@pytest.mark.parametrize("place", [30, 44, 48, 60, 68, 76])
def test_a_compound_file_whose_chains_go_wrong_ends_all_the_same(files: SimpleNamespace, place: int) -> None:
    whole = files.word_file((f"{TITLE}{SENTENCE}\r", "utf-16-le"))
    for value in (0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFF):
        data = bytearray(whole)
        struct.pack_into("<I", data, place, value)
        assert outcome(files, bytes(data)) in {"read", "refused"}


def test_streams_of_a_long_file_are_found_behind_the_109th_sector_of_the_table() -> None:
    sector, end = 512, 0xFFFFFFFE
    table_sectors = 112
    # The table, one sector of its continuation, the directory, then a stream that goes on far behind and comes back.
    directory, first, second, last = table_sectors + 1, table_sectors + 2, 110 * 128 + 5, table_sectors + 3
    fat = [0xFFFFFFFF] * (table_sectors * 128)
    fat[first], fat[second], fat[last], fat[directory] = second, last, end, end
    header = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0") + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0")
    header += struct.pack("<8I", table_sectors, directory, 0, sector, end, 0, table_sectors, 1)
    header += struct.pack("<109I", *range(109))
    entry = "Long".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 10, 2, 1) + b"\xff" * 12 + b"\0" * 36
    body = struct.pack(f"<{len(fat)}I", *fat)
    body += struct.pack("<128I", 109, 110, 111, *[0xFFFFFFFF] * 124, end)
    body += (entry + struct.pack("<III", first, sector * 3, 0)).ljust(sector, b"\0")
    body += b"A" * sector + b"C" * sector
    body = body.ljust(second * sector, b"\0") + b"B" * sector
    assert OleFile(header + body).read("Long") == b"A" * sector + b"B" * sector + b"C" * sector


def outcome(files: SimpleNamespace, data: bytes) -> str:
    try:
        read(files.stream(data))
    except Refused:
        return "refused"
    return "read"


def test_random_damage_ends_in_a_reading_or_a_refusal(files: SimpleNamespace) -> None:
    dice = random.Random(20200810)
    text = f"{TITLE}{SENTENCE}\r姓名\x07老陈\x07\x07\x13 PAGE \x141\x15{SENTENCE}\r"
    whole = files.word_file(
        (text, "utf-16-le"), ("plain.\r", "cp1252"), footnotes=[(9, "注。")], marks=[(20, 26, DELETED)], boxes="框。\r"
    )
    outcomes = {"read": 0, "refused": 0}
    for _ in range(600):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            place = dice.choice([dice.randrange(len(data)), dice.randrange(1536, 2300), dice.randrange(24, 80)])
            data[place : place + 4] = dice.choice([b"\xff" * 4, b"\0" * 4, dice.randbytes(4), dice.randbytes(1)])
        outcomes[outcome(files, bytes(data))] += 1
    assert min(outcomes.values()) > 0
