"""What may have been meant by a query that finds nothing: words of the same sound, or spelt in pinyin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from review_app.domain.folding import fold_text
from review_app.domain.search_terms import And, Node, Query, Word, list_conditions
from review_app.queries.lexicon import Name, spell

MAX_GUESSES: Final = 8
_SHORTEST_INITIALS: Final = 2
_SHORTEST_START: Final = 3
_LONGEST_SPAN: Final = 8


def list_guesses(query: Query, names: Sequence[Name]) -> tuple[Query, ...]:
    """The query with one of its plain words changed into what sounds alike, the likeliest first."""
    conditions = list_conditions(query)
    guesses: dict[Query, None] = {}
    for place, node in enumerate(conditions):
        if isinstance(node, Word) and not node.is_phrase and not node.is_prefix:
            for guess in _guess_word(node.text, names):
                nodes = (*conditions[:place], guess, *conditions[place + 1 :])
                guesses[replace(query, root=And(nodes) if len(nodes) > 1 else guess)] = None
    guesses.pop(query, None)
    return tuple(guesses)[:MAX_GUESSES]


def _guess_word(text: str, names: Sequence[Name]) -> Iterator[Node]:
    flat = fold_text(text)
    if flat.isascii():
        yield from (name.condition for name in _find_spelt(flat, names))
        return
    syllables = spell(text)
    yield from (name.condition for name in names if name.syllables == syllables and name.flat != flat)
    if len(syllables) == len(text):
        yield from map(Word, _replace_spans(text, syllables, names))


def _find_spelt(letters: str, names: Iterable[Name]) -> Iterator[Name]:
    """Names whose pinyin or initials are the letters, then those that begin so."""
    if not letters.isalpha() or len(letters) < _SHORTEST_INITIALS:
        return
    yield from (name for name in names if letters in (name.pinyin, name.initials))
    if len(letters) >= _SHORTEST_START:
        yield from (name for name in names if name.pinyin.startswith(letters) or name.initials.startswith(letters))


def _replace_spans(text: str, syllables: Sequence[str], names: Iterable[Name]) -> Iterator[str]:
    """The text with a part of it put right: the longest part that sounds like a name and is written otherwise."""
    by_sound: dict[tuple[str, ...], list[Name]] = {}
    for name in names:
        if name.kind != "title" and 2 <= len(name.syllables) == len(name.text):
            by_sound.setdefault(name.syllables, []).append(name)
    for length in range(min(_LONGEST_SPAN, len(text) - 1), 1, -1):
        for start in range(len(text) - length + 1):
            for name in by_sound.get(tuple(syllables[start : start + length]), ()):
                if name.flat != fold_text(text[start : start + length]):
                    yield text[:start] + name.text + text[start + length :]
