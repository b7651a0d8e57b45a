"""What to look for when a query finds nothing: all words of what was typed without a blank, then any of them; and what
ranks a text higher that has several words side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Final, Literal

from review_app.domain.query_parser import MAX_TERMS, QueryError, parse_query
from review_app.domain.search_terms import And, Node, Or, Query, Word, list_conditions

Step = Literal["typed", "all", "any"]
HINT_WEIGHT: Final = 0.3
_MAX_HINTS: Final = 24


@dataclass(frozen=True, slots=True)
class Wider:
    """A query that finds more than the one typed; `words` are those it looks for instead of what was typed."""

    step: Step
    query: Query
    words: tuple[str, ...]


def list_wider(query: Query, split: Callable[[str], Sequence[str]]) -> tuple[Wider, ...]:
    """The wider queries, the narrowest first; none where nothing typed falls into words.

    `split` gives the words of a text that say what is sought. Quoted words, fields and exclusions stay as they are. A
    wider query is one that a person could have typed, so it can stand in an address.
    """
    conditions = list_conditions(query)
    plain = [node for node in conditions if isinstance(node, Word) and _is_plain(node)]
    found = [tuple(filter(_can_be_typed, split(node.text))) for node in plain]
    if all(words == (node.text,) for node, words in zip(plain, found, strict=True)):
        return ()
    kept = tuple(node for node in conditions if node not in plain)
    words = tuple(dict.fromkeys(chain.from_iterable(found)))[: MAX_TERMS - len(kept)]
    if not words:
        return ()
    nodes = tuple(map(Word, words))
    every = Wider("all", replace(query, root=_join((*nodes, *kept))), words)
    if len(words) == 1:
        return (every,)
    return every, Wider("any", replace(query, root=_join((Or(nodes), *kept))), words)


def add_hints(query: Query) -> Query:
    """The query with the pairs of neighbouring characters of its plain words, read as one run, counting a little.

    It finds the same: what is added holds for every text that the rest holds for, and so does nothing but rank. Words
    that stand in a text as they were typed lift it above one where they lie far apart.
    """
    conditions = list_conditions(query)
    groups = [tuple(node for node in conditions if isinstance(node, Word) and _is_plain(node))]
    groups += [
        tuple(part for part in node.nodes if isinstance(part, Word))
        for node in conditions
        if isinstance(node, Or) and all(isinstance(part, Word) and _is_plain(part) for part in node.nodes)
    ]
    found = ((words, _list_hints(words)) for words in groups if len(words) > 1)
    hints = tuple(Or((*(replace(word, weight=0.0) for word in words), *pairs)) for words, pairs in found if pairs)
    return replace(query, root=And((*conditions, *hints))) if hints else query


def _is_plain(word: Word) -> bool:
    return not word.is_phrase and not word.is_prefix


def _list_hints(words: Sequence[Word]) -> tuple[Word, ...]:
    run = "".join(word.text for word in words)
    pairs = dict.fromkeys(first + second for first, second in pairwise(run) if (first + second).isalnum())
    texts = {word.text for word in words}
    return tuple(Word(pair, weight=HINT_WEIGHT) for pair in pairs if pair not in texts)[:_MAX_HINTS]


def _can_be_typed(word: str) -> bool:
    """Whether the word by itself is read as itself: “或” is an operator, “-19” an exclusion."""
    try:
        return parse_query(word, audience="bureau").root == Word(word)
    except QueryError:
        return False


def _join(nodes: tuple[Node, ...]) -> Node:
    return And(nodes) if len(nodes) > 1 else nodes[0]
