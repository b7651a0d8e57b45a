"""The words of a text, for queries and suggestions; the index itself needs none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from rjieba import Jieba

from review_app.domain.folding import fold_text

TERMS_PATH: Final = Path(__file__).with_name("petition_terms.txt")
# What a question is asked with and what holds a sentence together says nothing of what the text is about.
STOP_WORDS: Final = frozenset(
    "什么 什么样 什么时候 为什么 为何 何时 何地 何人 哪 哪个 哪些 哪里 哪儿 哪年 哪位 哪种 谁 谁的 如何 怎样 怎么 怎么样 怎么办 怎 "
    "多少 多久 多长 多长时间 几 几个 几年 几天 是否 能否 可否 有没有 是不是 能不能 可不可以 吗 呢 吧 啊 呀 么 "
    "请问 请 问 关于 有关 的 地 得 了 着 过 在 和 与 及 或 并 而 且 但 也 都 又 就 才 还 很 把 被 让 给 对 从 向 到 为 以 于 由 "
    "是 有 无 没有 不 这 那 这个 那个 这些 那些 其 之 所 者 我 你 他 她 它 我们 你们 他们 上 下 中 里 后 前 时 要 会 能 可以 应该 "
    "需要 应当 进行 通过 以及 因为 所以 如果 一个 一些 一种 哪一年 算 叫 叫做 指 指的是 的话 等 等等".split()
)
_KEPT_CHARACTERS: Final = re.compile(r"\w")


@cache
def list_terms() -> tuple[str, ...]:
    """The terms of petition work, in the order of their file."""
    lines = TERMS_PATH.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def split_words(text: str, *, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The words of a text as written, in order, without blanks and punctuation; `names` are never cut.

    Characters that belong to no word stay together, as those of a person's name do. Names are an argument and never
    become part of a dictionary that another audience shares: how a query is cut would tell that a unit exists.
    """
    flat = fold_text(text)
    pieces = _compile_names(tuple(names)).split(flat) if names else [flat]  # every second one is a name
    words: list[str] = []
    at = 0
    for place, piece in enumerate(pieces):
        whole = [piece] if place % 2 else _join_characters(_segmenter().cut(piece, hmm=False))
        for word in whole:
            if _KEPT_CHARACTERS.search(word):
                words.append(text[at : at + len(word)])
            at += len(word)
    return tuple(words)


def drop_stop_words(words: Sequence[str]) -> tuple[str, ...]:
    """The different words that say what is sought, in order; all of them where none does."""
    different = tuple(dict.fromkeys(words))
    return tuple(word for word in different if fold_text(word) not in STOP_WORDS) or different


@cache
def _segmenter() -> Jieba:
    """A dictionary of our own: the module's is shared with whoever imports it. Loads in a tenth of a second."""
    segmenter = Jieba()
    for term in (*list_terms(), *(word for word in STOP_WORDS if len(word) > 1)):
        segmenter.add_word(term, segmenter.suggest_freq(term), "n")
    return segmenter


@lru_cache(maxsize=8)
def _compile_names(names: tuple[str, ...]) -> re.Pattern[str]:
    """Splits a folded text at the names, the longest first."""
    folded = sorted({fold_text(name) for name in names if name}, key=lambda name: (-len(name), name))
    return re.compile("(" + "|".join(map(re.escape, folded)) + ")")


def _join_characters(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces with neighbouring single characters made one, except stop words and punctuation."""

    def is_loose(piece: str) -> bool:
        return len(piece) == 1 and piece not in STOP_WORDS and _KEPT_CHARACTERS.match(piece) is not None

    for loose, group in groupby(pieces, is_loose):
        if loose:
            yield "".join(group)
        else:
            yield from group
