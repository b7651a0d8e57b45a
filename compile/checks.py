"""What a clerk should look at before a work is handed in: structure, length, pictures, what the file still holds.

Nothing here blocks: the form alone decides what is required. Every finding has a place and a fix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from compile.errors import N_
from compile.manuscript import (
    Heading,
    Manuscript,
    Picture,
    Table,
    body_text,
    count_manuscript_words,
    count_words,
    iter_lines,
    iter_texts,
    plain_text,
)

if TYPE_CHECKING:  # a manuscript is checked without any reader of office files
    from compile.reading.types import Dropped

Level = Literal["must", "should", "note"]

_LEVELS: Final = ("must", "should", "note")
LONGEST_TITLE: Final = 40  # two lines of the book
LONGEST_POEM_LINES: Final = 40
# A picture stands up to 140 by 150 mm in the book; 600 pixels over that width are about 110 dots per inch.
_WIDEST_MM, _TALLEST_MM, _FEWEST_PX = 140, 150, 600
_HALF_WIDTH_MARK = re.compile('(?<=[\u3400-\u4dbf\u4e00-\u9fff])[,.;:!?"()]|[,;:!?"()](?=[\u3400-\u4dbf\u4e00-\u9fff])')

# A mobile phone, or an identity card after GB 11643 (its check digit is not asked: a mistyped one is one all the same).
_PRIVATE_NUMBER = re.compile(
    r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)"
    r"|(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
# What people put between the figures of a number.
_NUMBER_GAP = re.compile(r"(?<=\d)[ \-·\u200b-\u200d]+(?=[\dXx])")


class Kind(NamedTuple):
    """What a finding says. `level`: "must" be there at submission, "should" be mended, "note" is worth a look; `reason`
    is the code for which the bureau would return the work, "" for none."""

    level: Level
    message: str
    remedy: str
    reason: str = ""


KINDS: Final[dict[str, Kind]] = {
    "title-missing": Kind("must", N_("文件里没有找到题目"), N_("请在“题目”一栏填写。")),
    "title-long": Kind(
        "should", N_("有 %(count)s 字，印出来超过两行"), N_("请压缩到 %(limit)s 字以内，或把一部分改作副标题。")
    ),
    "author-missing": Kind("must", N_("文件里没有找到作者"), N_("请在“作者”一栏填写，多人用顿号隔开。"), "R03"),
    "body-empty": Kind("must", N_("没有正文"), N_("请检查是否选错了文件，更换后重新上传。")),
    "words-few": Kind(
        "note",
        N_("共 %(count)s 字，少于建议的 %(limit)s 字"),
        N_("可以提交；有条件请补充人物的言行和具体做法。"),
        "R02",
    ),
    "words-above": Kind("note", N_("共 %(count)s 字，多于建议的 %(limit)s 字"), N_("可以提交；能压缩的请压缩。")),
    "words-many": Kind(
        "should", N_("共 %(count)s 字，超过上限 %(limit)s 字"), N_("可以提交，建议压缩后更换文件。"), "R02"
    ),
    "poem-long": Kind("note", N_("共 %(count)s 行，多于建议的 %(limit)s 行"), N_("可以提交；能压缩的请压缩。"), "R02"),
    "caption-missing": Kind(
        "note", N_("图片没有说明"), N_("请在图片下一行写明谁、在哪、做什么，末尾注“（某某 摄）”，再更换文件。"), "R10"
    ),
    "picture-small": Kind(
        "should",
        N_("图片只有 %(width)s×%(height)s 像素，印出来会模糊"),
        N_("请换成宽 %(limit)s 像素以上的原图，不用聊天软件转存的小图。"),
        "R10",
    ),
    "screenshot": Kind(
        "should",
        N_("图片像文字截图或图示，不像照片"),
        N_("请人工查看：截图里有姓名、电话、头像的请删去，要用的文字请打进正文。"),
        "R10",
    ),
    "half-width-marks": Kind(
        "note",
        N_("中文里有 %(count)s 处半角标点，如“%(example)s”"),
        N_("请在文件里改成全角标点，再更换文件；系统不会自动改动。"),
        "R08",
    ),
    "private-numbers": Kind(
        "should",
        N_("像有 %(count)s 处手机号或身份证号"),
        N_("请在文件里删去或改用“某”代替，再更换文件；作者的电话填在上面的栏目里。"),
        "R06",
    ),
    "changes-left": Kind(
        "should",
        N_("文件里留有 %(count)s 处修订，已按全部接受读入"),
        N_("请在 Word 或 WPS 里逐处接受或拒绝修订，保存后更换文件。"),
        "R12",
    ),
    "comments-left": Kind(
        "should",
        N_("文件里留有 %(count)s 条批注，没有读入正文"),
        N_("请逐条处理并删除批注，保存后更换文件。"),
        "R12",
    ),
    "hidden-left": Kind(
        "should",
        N_("文件里有 %(count)s 处隐藏文字，没有读入正文"),
        N_("请显示隐藏文字，不要的删去，要用的取消“隐藏”，保存后更换文件。"),
        "R12",
    ),
    "headings-proposed": Kind(
        "note",
        N_("系统认出 %(count)s 个小标题，请核对"),
        N_("不是小标题的，在“小标题”一栏取消勾选，保存后变回正文。"),
    ),
}
_REMAINS: Final = {
    "changes-left": ("inserted-text", "deleted-text"),
    "comments-left": ("comment",),
    "hidden-left": ("hidden-text",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `code` is a key of KINDS; `place` says where in words a clerk understands, `block` is the index
    of the manuscript's block there; `facts` fill the texts."""

    code: str
    place: str
    block: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return KINDS[self.code]


@dataclass(frozen=True, slots=True)
class Limits:
    """The length a contest asks for, by Word's rule; 0 asks for nothing. A poem is counted in lines, told as one or
    seen by its line breaks."""

    words_from: int = 0
    words_to: int = 0
    words_max: int = 0
    is_poem: bool = False


def check_manuscript(
    manuscript: Manuscript, *, authors: Sequence[str], dropped: Sequence[Dropped], limits: Limits
) -> tuple[Finding, ...]:
    """Everything found, the gravest first. `authors` and `dropped` are what its reading gave beside it."""
    findings = (
        *_check_head(manuscript, authors),
        *_check_length(manuscript, limits),
        *_check_pictures(manuscript, dropped),
        *_check_marks(manuscript),
        *_check_numbers(manuscript),
        *_check_remains(dropped),
        *_check_headings(manuscript),
    )
    return tuple(sorted(findings, key=lambda finding: _LEVELS.index(finding.kind.level)))


def count_private_numbers(text: str) -> int:
    """How many numbers of the text are a mobile phone's or an identity card's by their form."""
    return sum(1 for _ in _PRIVATE_NUMBER.finditer(_NUMBER_GAP.sub("", unicodedata.normalize("NFKC", text))))


def _check_head(manuscript: Manuscript, authors: Sequence[str]) -> Iterator[Finding]:
    if not manuscript.title:
        yield Finding("title-missing", "题目")
    elif len(manuscript.title) > LONGEST_TITLE:
        yield Finding("title-long", "题目", facts={"count": len(manuscript.title), "limit": LONGEST_TITLE})
    if not authors:
        yield Finding("author-missing", "题目下方")


def _check_length(manuscript: Manuscript, limits: Limits) -> Iterator[Finding]:
    lines = sum(1 for line in body_text(manuscript).split("\n") if line.strip())
    words = count_manuscript_words(manuscript)
    in_verse = sum(count_words(text) for text in iter_texts(manuscript) if "\n" in text)
    if not words:
        yield Finding("body-empty", "正文")
    elif limits.is_poem or in_verse * 2 > words:
        if lines > LONGEST_POEM_LINES:
            yield Finding("poem-long", "正文", facts={"count": lines, "limit": LONGEST_POEM_LINES})
    elif words < limits.words_from:
        yield Finding("words-few", "正文", facts={"count": words, "limit": limits.words_from})
    elif 0 < limits.words_max < words:
        yield Finding("words-many", "正文", facts={"count": words, "limit": limits.words_max})
    elif 0 < limits.words_to < words:
        yield Finding("words-above", "正文", facts={"count": words, "limit": limits.words_to})


def _check_pictures(manuscript: Manuscript, dropped: Sequence[Dropped]) -> Iterator[Finding]:
    screenshots = {item.place for item in dropped if item.kind == "screenshot"}
    pictures = ((index, block) for index, block in enumerate(manuscript.blocks) if isinstance(block, Picture))
    for number, (index, picture) in enumerate(pictures, start=1):
        place = f"图 {number}"
        width, height = picture.width_px, picture.height_px
        needed = round(min(_WIDEST_MM, _TALLEST_MM * width / height) * _FEWEST_PX / _WIDEST_MM)
        if place in screenshots:
            yield Finding("screenshot", place, index)
        if width < needed:
            yield Finding("picture-small", place, index, {"width": width, "height": height, "limit": needed})
        if not picture.caption:
            yield Finding("caption-missing", place, index)


def _check_marks(manuscript: Manuscript) -> Iterator[Finding]:
    """One proposal for all half-width marks beside Chinese characters, placed at the first."""
    count = 0
    first: Finding | None = None
    for index, place, text in _iter_lines(manuscript):
        marks = list(_HALF_WIDTH_MARK.finditer(text))
        count += len(marks)
        if marks and first is None:
            start, end = marks[0].span()
            first = Finding("half-width-marks", place, index, {"example": text[max(start - 2, 0) : end + 2]})
    if first is not None:
        yield Finding(first.code, first.place, first.block, {**first.facts, "count": count})


def _check_numbers(manuscript: Manuscript) -> Iterator[Finding]:
    """One finding for all numbers that are a mobile phone's or an identity card's by their form, placed at the first.
    What they are is not repeated."""
    places = [
        (index, place) for index, place, text in _iter_places(manuscript) for _ in range(count_private_numbers(text))
    ]
    if places:
        index, place = places[0]
        yield Finding("private-numbers", place, index, {"count": len(places)})


def _check_remains(dropped: Sequence[Dropped]) -> Iterator[Finding]:
    for code, kinds in _REMAINS.items():
        if found := [item.place for item in dropped if item.kind in kinds]:
            yield Finding(code, found[0], facts={"count": len(found)})


def _check_headings(manuscript: Manuscript) -> Iterator[Finding]:
    proposed = [
        (index, place)
        for index, place, _text in _iter_lines(manuscript)
        if isinstance(block := manuscript.blocks[index], Heading) and block.is_proposed
    ]
    if proposed:
        index, place = proposed[0]
        yield Finding("headings-proposed", place, index, {"count": len(proposed)})


def _iter_places(manuscript: Manuscript) -> Iterator[tuple[int | None, str, str]]:
    """Index, place in words and text of everything the work says: title, lines, tables, captions, notes."""
    yield None, "题目", f"{manuscript.title}\n{manuscript.subtitle}"
    yield from _iter_lines(manuscript)
    pictures = 0
    for index, block in enumerate(manuscript.blocks):
        if isinstance(block, Table):
            cells = (cell for row in block.rows for cell in row.cells)
            yield index, "表格", "\n".join(plain_text(one.runs) for cell in cells for one in cell.paragraphs)
        elif isinstance(block, Picture):
            pictures += 1
            yield index, f"图 {pictures}", block.caption
    for note in manuscript.notes:
        yield None, "脚注", plain_text(note)


def _iter_lines(manuscript: Manuscript) -> Iterator[tuple[int, str, str]]:
    """Index, place in words and text of every block that is a line of text."""
    for number, (index, text) in enumerate(iter_lines(manuscript), start=1):
        yield index, f"正文第 {number} 段", text
