"""Groups of words that mean the same to one who searches: what a bureau may write, and a query with them put in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from review_app.domain.errors import N_, Invalid
from review_app.domain.folding import fold_text
from review_app.domain.search_terms import And, Node, Or, Query, Word

MAX_GROUPS: Final = 200
MAX_GROUP_WORDS: Final = 8
MAX_WORD_CHARACTERS: Final = 20
_SEPARATORS: Final = re.compile(r"[\s、，,；;/=~～]+")

Group = tuple[str, ...]
Groups = tuple[Group, ...]


def parse_groups(text: str) -> Groups:
    """The groups of a text with one group a line; Invalid (field "synonyms") names the line that breaks a rule."""
    groups: list[Group] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = tuple(word for word in _SEPARATORS.split(line) if word)
        if not words:
            continue
        if not 2 <= len(words) <= MAX_GROUP_WORDS:
            raise Invalid(
                N_("第 %(line)s 行：一组要有 2 到 %(limit)s 个词，用顿号隔开。"),
                "synonyms",
                line=number,
                limit=MAX_GROUP_WORDS,
            )
        for word in words:
            if not 2 <= len(word) <= MAX_WORD_CHARACTERS:
                raise Invalid(
                    N_("第 %(line)s 行：“%(word)s”应在 2 到 %(limit)s 个字之间。"),
                    "synonyms",
                    line=number,
                    word=word,
                    limit=MAX_WORD_CHARACTERS,
                )
            first = line_of.setdefault(fold_text(word), number)
            if first != number or words.count(word) > 1:
                raise Invalid(
                    N_("第 %(line)s 行：“%(word)s”在第 %(first)s 行已经有了；请并成一组。"),
                    "synonyms",
                    line=number,
                    word=word,
                    first=first,
                )
        groups.append(words)
    if len(groups) > MAX_GROUPS:
        raise Invalid(N_("最多 %(limit)s 组。"), "synonyms", limit=MAX_GROUPS)
    return tuple(groups)


def render_groups(groups: Sequence[Sequence[str]]) -> str:
    """The text that `parse_groups` reads."""
    return "\n".join("、".join(group) for group in groups)


def expand_query(query: Query, groups: Sequence[Sequence[str]]) -> Query:
    """The query whose plain words, quoted and excluded ones apart, are also found by the others of their group."""
    others = {fold_text(word): tuple(other for other in group if other != word) for group in groups for word in group}
    return query if query.root is None else replace(query, root=_expand(query.root, others))


def list_expanded(query: Query) -> tuple[Word, ...]:
    """The words of the query that have synonyms, each once, in the order typed."""
    return tuple(dict.fromkeys(word for word in _walk(query.root) if word.synonyms))


def quote_expanded(query: Query) -> Query:
    """The query with quotation marks around the words that have synonyms, so that nothing else is found."""
    return query if query.root is None else replace(query, root=_quote(query.root))


def _expand(node: Node, others: Mapping[str, tuple[str, ...]]) -> Node:
    match node:
        case Word(text=text, is_phrase=False, is_prefix=False):
            return replace(node, synonyms=others.get(fold_text(text), ()))
        case And(nodes=nodes) | Or(nodes=nodes):
            return replace(node, nodes=tuple(_expand(part, others) for part in nodes))
        case _:
            return node


def _quote(node: Node) -> Node:
    match node:
        case Word(text=text, synonyms=synonyms) if synonyms:
            return Word(text, is_phrase=True)
        case And(nodes=nodes) | Or(nodes=nodes):
            return replace(node, nodes=tuple(map(_quote, nodes)))
        case _:
            return node


def _walk(node: Node | None) -> Sequence[Word]:
    match node:
        case Word():
            return (node,)
        case And(nodes=nodes) | Or(nodes=nodes):
            return [word for part in nodes for word in _walk(part)]
        case _:
            return ()
