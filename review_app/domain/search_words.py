"""The one table of search words: parser, help page, completion, facets and sorting all read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from review_app.domain.errors import N_
from review_app.domain.folding import fold_text

Audience = Literal["bureau", "unit", "reviewer"]
Kind = Literal["text", "name", "number", "work"]

_EVERYBODY: Final[frozenset[Audience]] = frozenset({"bureau", "unit", "reviewer"})
_BUREAU: Final[frozenset[Audience]] = frozenset({"bureau"})

OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": (":", "="),
    "name": (":", "="),
    "number": (":", "=", ">", ">=", "<", "<="),
    "work": (":",),
}


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A field of the query language. The first Chinese name is the canonical one.

    `has_many`: an essay has any number of values. `scale`: stored integers per unit of what a person types (scores are
    kept in tenths of a point). `is_time`: a number of seconds since 1970, typed as a day, a month or a year.
    `is_typed`: False for what only sorts. `values`: all there are, where the program knows. `audiences`: who may
    search, filter, count and sort by it; to all others it does not exist.
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
    is_time: bool = False
    is_typed: bool = True
    values: tuple[str, ...] = ()

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
        "标签:积案化解,人民调解",
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
    SearchWord(
        "time",
        ("提交", "提交时间"),
        "number",
        frozenset({"bureau", "unit"}),
        N_("最后一次提交的日期，可以只写年、月，可以写范围"),
        "提交:2020-06..2020-12-15",
        is_sortable=True,
        is_time=True,
    ),
    SearchWord("state", ("状态",), "name", _BUREAU, N_("稿件所处的状态"), "状态:合格", is_facet=True),
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
    SearchWord(
        "proposed",
        ("建议标签",),
        "name",
        _BUREAU,
        N_("有人建议而没有成立的标签"),
        "建议标签:上门走访",
        has_many=True,
    ),
    SearchWord(
        "mark",
        ("标记",),
        "name",
        _BUREAU,
        N_("稿件里划出的标记：好案例、存疑、隐私"),
        "标记:好案例",
        is_facet=True,
        has_many=True,
        values=("好案例", "存疑", "隐私"),
    ),
    SearchWord("comment", ("评语",), "name", _BUREAU, N_("评审专家的评语里含有这几个字"), "评语:细节", has_many=True),
    SearchWord("similar", ("相似",), "work", _EVERYBODY, N_("与这个编号的作品说同类事情的其他作品"), "相似:2025-0031"),
    SearchWord(
        "order", ("单位顺序",), "number", _BUREAU, N_("单位在名册上的次序"), "", is_sortable=True, is_typed=False
    ),
)


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a query, as the help shows it; every audience may use the example."""

    example: str
    help: str


FORMS: Final[tuple[Form, ...]] = (
    Form("河长 环保", N_("两个词都有的作品；词用空格、逗号或顿号隔开")),
    Form("信访 或 调解", N_("有一个即可；也可以写 OR 或竖线")),
    Form("“人民调解员”", N_("引号里的字连着出现，不找同义词；“”「」《》都可以作引号")),
    Form("河长 -抄袭", N_("有前一个词而没有后一个词；也可以写“非”或 NOT")),
    Form("(信访 或 调解) 物业", N_("括号先算；中文括号也可以")),
    Form("题目:小河", N_("冒号：只在这一项里找；中文冒号也可以")),
    Form("体裁:通讯,案例", N_("几个值用逗号隔开，有一个即可")),
    Form("体裁=通讯", N_("等号：与这一项完全相同")),
    Form("题目:门前*", N_("星号：以这几个字开头")),
    Form("字数>=800 字数<1500", N_("比较大小；≥ ≤ ＞ ＜ 都可以")),
    Form("字数:800..1500", N_("范围，两头都算；800.. 是 800 以上")),
)

# The orders a person may choose, the best first: "-" is falling.
SORTS: Final[Mapping[str, str]] = {
    "relevance": N_("相关度"),
    "-score": N_("分数"),
    "-time": N_("时间"),
    "order": N_("单位顺序"),
    "-words": N_("字数"),
    "number": N_("编号"),
}

_BY_NAME: Final[Mapping[str, SearchWord]] = {
    spelling: word for word in SEARCH_WORDS for spelling in (word.name, *word.chinese_names)
}


def find_search_word(spelling: str) -> SearchWord | None:
    """The search word of this English (any case) or Chinese (simplified or traditional) name, whoever asks, or None."""
    return _BY_NAME.get(fold_text(spelling))


def list_search_words(audience: Audience) -> tuple[SearchWord, ...]:
    """The words this audience may type, in table order; what the help page shows."""
    return tuple(word for word in SEARCH_WORDS if audience in word.audiences and word.is_typed)


def list_sorts(audience: Audience) -> tuple[str, ...]:
    """The orders of SORTS that this audience may choose."""
    allowed = {word.name for word in SEARCH_WORDS if audience in word.audiences and word.is_sortable}
    return tuple(sort for sort in SORTS if sort == "relevance" or sort.removeprefix("-") in allowed)


def complete_search_word(typed: str, *, audience: Audience) -> tuple[SearchWord, ...]:
    """The words of this audience with a name that begins with `typed`, in table order; nothing for ""."""
    start = fold_text(typed)
    return tuple(
        word
        for word in list_search_words(audience)
        if start and any(spelling.startswith(start) for spelling in (word.name, *word.chinese_names))
    )
