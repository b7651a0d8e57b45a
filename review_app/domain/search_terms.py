"""Queries as trees, and back to text: words, “词组”, -排除, 或, brackets and the fields of the search-word table."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from review_app.domain.folding import fold_width
from review_app.domain.search_words import Audience, find_search_word

# A quotation may stand in any of these; the first that fits is written back.
QUOTE_PAIRS: Final = {'"': '"', "「": "」", "『": "』", "《": "》"}
_PLAIN_VALUE: Final = re.compile(r"\w+")
_PLAIN_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters that must stand in the text one after the other, as typed (not folded).

    `synonyms` find a text as well and count half; `weight` is what the word counts among others.
    """

    text: str
    is_phrase: bool = False
    is_prefix: bool = False
    synonyms: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Match:
    """A text or name field: one of the values is contained in it, or equals it when `is_exact`."""

    field: str
    values: tuple[Word, ...]
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A number field between `low` and `high` inclusive, in stored units (scores: tenths, times: seconds); None is open.

    `text` is the condition as typed, such as ">85" or "2023..2025".
    """

    field: str
    low: int | None
    high: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Similar:
    """Works that share the telling words of the work with this number, which is not among them."""

    number: str


@dataclass(frozen=True, slots=True)
class Not:
    """Everything the node does not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more nodes, none of them an And."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more nodes, none of them an Or."""

    nodes: tuple[Node, ...]


Node = Word | Match | Range | Similar | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query and for whom it was parsed; `root` None asks for everything."""

    audience: Audience
    root: Node | None = None


def render_query(query: Query) -> str:
    """A text that parses to the same tree, with canonical Chinese field names."""
    return "" if query.root is None else render_node(query.root)


def render_node(node: Node) -> str:
    """The text of one condition, for chips and for the “去掉一个条件” help."""
    match node:
        case Word(text=text, is_phrase=is_phrase, is_prefix=is_prefix):
            return _quote(text) if is_phrase else text + ("*" if is_prefix else "")
        case Match(field=field, values=values, is_exact=is_exact):
            return _chinese_name(field) + ("=" if is_exact else ":") + ",".join(map(render_node, values))
        case Range(field=field, text=text):
            return _chinese_name(field) + (text if text[0] in "<>" else ":" + text)
        case Similar(number=number):
            return _chinese_name("similar") + ":" + (number if _PLAIN_NUMBER.fullmatch(number) else _quote(number))
        case Not(node=inner):
            return f"-({render_node(inner)})" if isinstance(inner, And | Or | Not) else f"-{render_node(inner)}"
        case And(nodes=nodes):
            return " ".join(f"({render_node(part)})" if isinstance(part, Or) else render_node(part) for part in nodes)
        case Or(nodes=nodes):
            return " 或 ".join(map(render_node, nodes))


def list_conditions(query: Query) -> tuple[Node, ...]:
    """The conditions that must all hold, in the order typed."""
    if query.root is None:
        return ()
    return query.root.nodes if isinstance(query.root, And) else (query.root,)


def drop_condition(query: Query, position: int) -> Query:
    """The query without the condition at this place of `list_conditions`."""
    conditions = list_conditions(query)
    return replace(query, root=join_nodes(And, conditions[:position] + conditions[position + 1 :]))


def make_value(text: str) -> Word:
    """The text as a value of a field, in quotation marks only where it would otherwise be read as something else."""
    return Word(text, is_phrase=_PLAIN_VALUE.fullmatch(fold_width(text)) is None)


def list_words(query: Query, *, field: str = "") -> tuple[str, ...]:
    """The words to highlight, each once, in the order typed and with their synonyms: those not under an exclusion.

    `field` "title" adds what was asked of the title; "" is for the body.
    """
    found: dict[str, None] = {}

    def collect(node: Node | None) -> None:
        match node:
            case Word(text=text, synonyms=synonyms):
                found.update(dict.fromkeys((text, *synonyms)))
            case Match(field=name, values=values) if name == field:
                found.update(dict.fromkeys(value.text for value in values))
            case And(nodes=nodes) | Or(nodes=nodes):
                for part in nodes:
                    collect(part)

    collect(query.root)
    return tuple(found)


def _chinese_name(field: str) -> str:
    word = find_search_word(field)
    assert word is not None
    return word.chinese_names[0]


def _quote(text: str) -> str:
    flat = fold_width(text)
    opening, closing = next(pair for pair in QUOTE_PAIRS.items() if pair[1] not in flat)
    return opening + text + closing


def join_nodes(kind: type[And] | type[Or], nodes: tuple[Node, ...]) -> Node | None:
    """The nodes as one of this kind, its own kind opened up; the node itself if there is one, None for none."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, kind) else (node,))
    return kind(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)
