"""What the constant parts of a book say: the bureau's settings, live numbers in its texts, lists of label and value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from review_app.domain.errors import N_, Invalid
from review_app.domain.text_rules import clean_name

EDITOR_NOTE: Final = (
    "本次征文活动由{organiser}组织开展，共有{units}个单位报送作品{essays}篇。经形式审查，{valid}篇作品进入评审，"
    "由{reviewers}名评审专家匿名评分，{awarded}篇作品获奖。\n"
    "现将其中{selected}篇编印成册，供各单位学习交流。书中若有疏漏，敬请指正。"
)
IMPRINT: Final = (
    "准印证号：\n编印单位：{organiser}\n印刷单位：\n印刷日期：\n印数：\n本书为内部资料，仅供学习交流，不得翻印、销售。"
)
BOARD: Final = "主任：\n副主任：\n成员：\n责任编辑："
BACK_COVER: Final = "内部资料 免费交流\n{organiser}"

# The texts that may hold places for live numbers.
NOTES: Final = ("editor_note", "imprint", "notice", "afterword", "back_cover")

_PLACE = re.compile(r"\{([A-Za-z_]+)\}")
_COLON = re.compile("[：:]")
_BETWEEN_NAMES = re.compile("[、，,；;]")


@dataclass(frozen=True, slots=True)
class BookSettings:
    """What the bureau decides about a book beside its works. A part is printed where it is switched on and says
    something."""

    title: str
    subtitle: str
    organiser: str
    dated_on: date
    cover_mark: str
    editor_note: str
    font_profile: str
    has_cover: bool
    has_contents: bool
    has_section_pages: bool
    has_award_list: bool
    has_imprint: bool
    imprint: str
    has_board: bool
    board: str
    has_notice: bool
    notice_title: str
    notice: str
    has_afterword: bool
    afterword: str
    has_back_cover: bool
    back_cover: str
    has_entry_list: bool
    has_running_heads: bool
    has_odd_starts: bool
    has_case_cards: bool


def find_unknown_places(text: str, numbers: Mapping[str, object]) -> tuple[str, ...]:
    """The places of a note that stand for nothing, in order, each once."""
    return tuple(dict.fromkeys(name for name in _PLACE.findall(text) if name not in numbers))


def fill_note(text: str, numbers: Mapping[str, object]) -> tuple[str, ...]:
    """The paragraphs of a note with its places filled; an unknown place stays as it is."""
    filled = _PLACE.sub(lambda match: str(numbers.get(match[1], match[0])), text)
    return tuple(line for line in filled.splitlines() if line.strip())


def split_label(line: str) -> tuple[str, str]:
    """What stands before and behind the first colon of a line; the label is "" where there is none."""
    label, *rest = _COLON.split(line, maxsplit=1)
    return (label.strip(), rest[0].strip()) if rest else ("", line.strip())


def read_groups(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The groups of the editorial board, typed as "职务：姓名、姓名" one on a line; a duty without names is left out.
    Raises Invalid (field "board") for a line without a duty."""
    groups = []
    for line in filter(str.strip, text.splitlines()):
        role, names = split_label(line)
        if not role:
            raise Invalid(
                N_("“%(line)s”没有写明职务。请每行写一组，如“副主任：李秀兰、周明”。"), "board", line=line.strip()
            )
        people = tuple(filter(None, map(clean_name, _BETWEEN_NAMES.split(names))))
        if people:
            groups.append((role, people))
    return tuple(groups)
