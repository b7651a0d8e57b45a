"""Plain text: every common encoding is found, hand-broken lines are joined, verse is left alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from compile.manuscript import Paragraph, body_text
from compile.reading import Refused, read
from compile.reading.text import decode_text
from compile.reading.wrapping import find_wrap_width

ESSAY = "信访路上\n那天清晨，雾还没有散，老陈已经走在去东河村的路上。\n他说：“群众的事，没有小事。”\n"
SNIPPET = "老陈说，群众的事没有小事，我们都要记在心上"
TRADITIONAL = "陳先生說，這個問題已經解決了，大家都很高興。"


@pytest.mark.parametrize("text", [ESSAY, SNIPPET])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings_are_found(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_traditional_text_in_big5_is_found() -> None:
    assert decode_text(TRADITIONAL.encode("big5")) == TRADITIONAL


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16-le"])
def test_a_file_cut_in_the_middle_of_a_character_loses_only_that_one(encoding: str) -> None:
    data = ESSAY.strip().encode(encoding)[:-1]
    assert decode_text(data) == ESSAY.strip()[:-1]


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x00\x01\x02\x03" * 50,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\x1f\x8b\x08" + bytes(range(255, 0, -1)) * 3,
    ],
)
def test_bytes_that_are_no_text_are_not_decoded(data: bytes) -> None:
    assert decode_text(data) is None


def wrapped(paragraph: str, width: int = 30) -> list[str]:
    text = "　　" + paragraph
    return [text[start : start + width] for start in range(0, len(text), width)]


LONG = "老陈在信访窗口坐了十九年，听过的话比村口的河水还长，记下的本子摞起来比他的孙子还高。" * 3


def test_lines_wrapped_by_hand_become_paragraphs_again(files: SimpleNamespace) -> None:
    lines = [
        "信访路上",
        "柳河镇信访办　周　明",
        *wrapped(LONG),
        "- 1 -",
        *wrapped(LONG + "他说好。"),
        "",
        *wrapped(LONG),
    ]
    reading = read(files.stream("\r\n".join(lines).encode("gbk")))
    assert reading.manuscript.title == "信访路上"
    assert reading.byline.authors == ("周明",)
    assert body_text(reading.manuscript).split("\n") == [LONG, LONG + "他说好。", LONG]
    assert [(item.kind, item.excerpt) for item in reading.dropped] == [
        ("typed-page-number", "- 1 -"),
        ("byline", "柳河镇信访办 周明"),
    ]


def test_one_paragraph_per_line_stays_so(files: SimpleNamespace) -> None:
    reading = read(files.stream(("题目\n" + "\n".join([LONG, SNIPPET + "。", LONG])).encode()))
    assert body_text(reading.manuscript).split("\n") == [LONG, SNIPPET + "。", LONG]


def test_verse_is_not_joined(files: SimpleNamespace) -> None:
    verse = ["春风吹过小小的窗口", "一杯热茶捧到你手上", "听你说完那些年的事", "我把它写在本子上"]
    assert find_wrap_width(verse) == 0
    reading = read(files.stream("\n".join(["春到信访局", *verse]).encode()))
    assert body_text(reading.manuscript).split("\n") == verse


def test_latin_words_get_their_space_back_when_lines_are_joined(files: SimpleNamespace) -> None:
    lines = ["Title", "", *["the quick brown fox jumps over the lazy dog and then" for _ in range(4)], "rests."]
    reading = read(files.stream("\n".join(lines).encode()))
    assert body_text(reading.manuscript) == " ".join(lines[2:])


def test_half_width_marks_and_rare_characters_are_kept_as_typed(files: SimpleNamespace) -> None:
    text = '信访路上\n县信访局　王㛃\n陳某今年五十岁,他说:"好."\n张大山(信访人,家住东河村3组,62岁)来了.\n'
    reading = read(files.stream(text.encode("gb18030")))
    assert (reading.kind, reading.byline.authors, reading.byline.unit) == ("txt", ("王㛃",), "县信访局")
    assert body_text(reading.manuscript).split("\n") == text.splitlines()[2:]
    assert all(isinstance(block, Paragraph) for block in reading.manuscript.blocks)


def test_an_endless_line_is_too_large(files: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="too-large"):
        read(files.stream(SNIPPET.encode() * 120_000))


def test_escape_codes_and_overrides_are_stripped(files: SimpleNamespace) -> None:
    reading = read(files.stream("题目\n他\x1b[31m来\u202e了\u200b，又走了。\n".encode()))
    assert body_text(reading.manuscript) == "他[31m来了，又走了。"
