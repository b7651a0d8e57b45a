"""The one table of search words: parser, help page, completion, facets and sorting all read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from review_app.domain.errors import N_
from review_app.domain.folding import fold_text

Audience = Literal["bureau", "unit", "reviewer"]
Kind = Literal["text", "name", "number"]

_EVERYBODY: Final[frozenset[Audience]] = frozenset({"bureau", "unit", "reviewer"})
_BUREAU: Final[frozenset[Audience]] = frozenset({"bureau"})

OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": (":", "="),
    "name": (":", "="),
    "number": (":", "=", ">", ">=", "<", "<="),
}


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A field of the query language. The first Chinese name is the canonical one.

    `has_many`: an essay has any number of values. `scale`: stored integers per unit of what a person types (scores are kept in tenths of a point).
    `audiences`: who may search, filter, count and sort by it; to all others it does not exist.
    """

    name: str
    chinese_names: tuple[str, ...]
    kind: Kind
    audiences: frozenset[Audience]
    help: str
    example: str
    is_facet: bool = False
    is_sortable: bool = False
    has_many: bool = False
    scale: int = 1

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators that may follow the word; ":" on a text or name means contains, "=" means equals."""
        return OPERATORS[self.kind]


SEARCH_WORDS: Final[tuple[SearchWord, ...]] = (
    SearchWord("title", ("题目", "标题"), "text", _EVERYBODY, N_("题目里含有这几个字"), "题目:小河"),
    SearchWord(
        "tag",
        ("标签",),
        "name",
        frozenset({"bureau", "reviewer"}),
        N_("标签名含有这几个字；多个标签用逗号隔开，有一个即可"),
        "标签:老旧小区,物业",
        is_facet=True,
        has_many=True,
    ),
    SearchWord(
        "unit",
        ("单位", "报送单位"),
        "name",
        _BUREAU,
        N_("报送单位的名称含有这几个字"),
        "单位:城关*",
        is_facet=True,
        is_sortable=True,
    ),
    SearchWord("author", ("作者",), "name", frozenset({"bureau", "unit"}), N_("作者姓名含有这几个字"), "作者:李青禾"),
    SearchWord("award", ("奖项",), "name", _BUREAU, N_("获得的奖项"), "奖项:一等奖", is_facet=True),
    SearchWord(
        "year",
        ("年份", "年度"),
        "number",
        frozenset({"bureau", "unit"}),
        N_("参评年份，可以写范围"),
        "年份:2023..2025",
        is_facet=True,
        is_sortable=True,
    ),
    SearchWord(
        "score",
        ("分数", "分", "得分"),
        "number",
        _BUREAU,
        N_("最后得分，可以比较大小，可以带一位小数"),
        "分数>=85.5",
        is_sortable=True,
        scale=10,
    ),
    SearchWord("words", ("字数",), "number", _EVERYBODY, N_("正文字数"), "字数<1500", is_sortable=True),
    SearchWord("state", ("状态",), "name", _BUREAU, N_("稿件所处的状态"), "状态:已受理", is_facet=True),
    SearchWord("genre", ("体裁",), "name", _EVERYBODY, N_("稿件的体裁"), "体裁:通讯", is_facet=True),
    SearchWord(
        "number",
        ("编号",),
        "name",
        _EVERYBODY,
        N_("作品编号；评审时为盲评编号"),
        "编号:2025-0031",
        is_sortable=True,
    ),
)

_BY_NAME: Final[Mapping[str, SearchWord]] = {
    spelling: word for word in SEARCH_WORDS for spelling in (word.name, *word.chinese_names)
}


def find_search_word(spelling: str) -> SearchWord | None:
    """The search word of this English (any case) or Chinese (simplified or traditional) name, whoever asks, or None."""
    return _BY_NAME.get(fold_text(spelling))


def list_search_words(audience: Audience) -> tuple[SearchWord, ...]:
    """The words this audience may use, in table order; what the help page shows."""
    return tuple(word for word in SEARCH_WORDS if audience in word.audiences)


def complete_search_word(typed: str, *, audience: Audience) -> tuple[SearchWord, ...]:
    """The words of this audience with a name that begins with `typed`, in table order; nothing for ""."""
    start = fold_text(typed)
    return tuple(
        word
        for word in list_search_words(audience)
        if start and any(spelling.startswith(start) for spelling in (word.name, *word.chinese_names))
    )
