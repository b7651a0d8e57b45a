"""Poems keep their lines and stanzas however they were typed; prose broken by hand and short talk become paragraphs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from compile.manuscript import Paragraph, plain_text
from compile.reading import read

FREE = [
    "你坐的那把椅子，木头的，四条腿",
    "其中一条短了半寸，垫着折起来的报纸",
    "它等过很多人，有的坐满，有的只坐一个边",
    "有的站着，把手按在椅背上，按出了汗",
]
EVEN = [
    "清河水呀长又长，弯弯绕绕过几个村庄",
    "村庄有个代办员，一只布包就肩上来扛",
    "包里没有金和银，装着东家和西家的事",
    "一支圆珠笔一本账，一双布鞋和两脚霜",
]
MARKED = [
    "春风吹过长堤边，吹过那一排排低低的屋檐，",
    "吹过接访大厅里，那一盏总不肯熄的灯啊，",
    "她说您慢慢地讲，天还早得很，茶也还热着，",
    "他说好，那我就从头讲，从那年的水讲起。",
]
POEMS = [FREE, EVEN, MARKED]
BREAK = "<w:r><w:br/></w:r>"
PROSE = (
    "老陈在窗口坐了十九年。听过的话比河水还长，记下的本子摞起来比他还高。"
    "有人问他累不累？他摇摇头，说人家走了二十里路来，总得有口热水喝。"
    "天黑透了，灯还亮着。"
)


def texts_of(files: SimpleNamespace, body: str) -> list[str]:
    reading = read(files.stream(files.docx(files.para("春到信访局") + body)))
    assert all(isinstance(block, Paragraph) for block in reading.manuscript.blocks)
    return [plain_text(block.runs) for block in reading.manuscript.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("stanza", POEMS)
def test_verse_typed_as_paragraphs_is_one_paragraph_with_its_stanzas(files: SimpleNamespace, stanza: list[str]) -> None:
    lines = "".join(map(files.para, stanza))
    assert texts_of(files, lines + files.para() + lines) == ["\n".join([*stanza, "", *stanza])]


@pytest.mark.parametrize("stanza", POEMS)
def test_verse_typed_with_line_breaks_keeps_lines_and_stanzas(files: SimpleNamespace, stanza: list[str]) -> None:
    verses = [*stanza, "", *stanza, "", "", *stanza]
    inner = BREAK.join(files.run(line) if line else "" for line in verses)
    assert texts_of(files, files.para(inner=inner)) == ["\n".join([*stanza, "", *stanza, "", *stanza])]


def test_stanzas_typed_as_paragraphs_of_broken_lines_are_parted(files: SimpleNamespace) -> None:
    stanza = files.para(inner=BREAK.join(map(files.run, FREE)))
    assert texts_of(files, stanza * 2) == ["\n".join([*FREE, "", *FREE])]


def test_an_empty_paragraph_after_every_verse_is_line_spacing(files: SimpleNamespace) -> None:
    assert texts_of(files, "".join(files.para(line) + files.para() for line in FREE)) == ["\n".join(FREE)]


def test_title_author_and_poem_in_one_broken_paragraph_keep_the_stanzas(files: SimpleNamespace) -> None:
    lines = ["春到信访局", "柳河镇信访办　周　明", "", *FREE, "", *EVEN, "", "（作者单位：柳河镇人民政府）"]
    inner = BREAK.join(files.run(line) if line else "" for line in lines)
    reading = read(files.stream(files.docx(files.para(inner=inner))))
    assert (reading.manuscript.title, reading.byline.authors) == ("春到信访局", ("周明",))
    (poem,) = reading.manuscript.blocks
    assert isinstance(poem, Paragraph)
    assert plain_text(poem.runs) == "\n".join([*FREE, "", *EVEN])


def test_a_poem_in_a_text_file_keeps_its_stanzas(files: SimpleNamespace) -> None:
    text = "\n".join(["春到信访局", "", *FREE, "", *EVEN])
    (poem,) = read(files.stream(text.encode())).manuscript.blocks
    assert isinstance(poem, Paragraph)
    assert plain_text(poem.runs) == "\n".join([*FREE, "", *EVEN])


@pytest.mark.parametrize("width", [20, 28, 30, 36])
def test_prose_broken_at_a_fixed_width_is_joined(files: SimpleNamespace, width: int) -> None:
    text = "　　" + PROSE * 3
    inner = BREAK.join(files.run(text[start : start + width]) for start in range(0, len(text), width))
    assert texts_of(files, files.para(inner=inner)) == [PROSE * 3]


def test_short_talk_and_short_paragraphs_stay_apart(files: SimpleNamespace) -> None:
    talk = ["“您好？听得见吗？”", "“听得见。你别催。”", "“好，不催。我在。”", "“那我就说了……”"] * 2
    assert texts_of(files, "".join(map(files.para, talk))) == talk
    story = ["雨停了。", "他还没有走。", "灯也亮着。", "门外有人喊他的名字。", "他应了一声。"]
    assert texts_of(files, "".join(map(files.para, story))) == story


def test_a_list_of_numbered_points_is_no_poem(files: SimpleNamespace) -> None:
    points = ["1. 先把水烧开", "2. 再把人请进门", "3. 听他从头讲完", "4. 一件一件记下来"]
    assert texts_of(files, "".join(map(files.para, points))) == points
