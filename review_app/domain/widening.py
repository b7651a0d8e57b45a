"""What to look for when a query finds nothing: all words of what was typed without a blank, then any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from review_app.domain.search_terms import (
    MAX_TERMS,
    And,
    Node,
    Or,
    Query,
    QueryError,
    Word,
    list_conditions,
    parse_query,
)

Step = Literal["typed", "all", "any"]


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
    plain = [node for node in conditions if isinstance(node, Word) and not node.is_phrase and not node.is_prefix]
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


def _can_be_typed(word: str) -> bool:
    """Whether the word by itself is read as itself: “或” is an operator, “-19” an exclusion."""
    try:
        return parse_query(word, audience="bureau").root == Word(word)
    except QueryError:
        return False


def _join(nodes: tuple[Node, ...]) -> Node:
    return And(nodes) if len(nodes) > 1 else nodes[0]
