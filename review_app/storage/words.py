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
STOP_WORDS: Final = frozenset(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split())
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


def pick_words(words: Sequence[str]) -> tuple[str, ...]:
    """The different words that say what is sought, in order: no stop words, and no single characters where there are
    longer words; all of them where nothing is left."""
    different = tuple(dict.fromkeys(words))
    telling = tuple(word for word in different if fold_text(word) not in STOP_WORDS)
    return tuple(word for word in telling if len(word) > 1) or telling or different


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
