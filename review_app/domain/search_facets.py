"""Facets in a query: which values of one are chosen, any of which will do, and the query with one more or less."""

from __future__ import annotations

from dataclasses import replace

from review_app.domain.folding import fold_text
from review_app.domain.query_parser import QueryError, parse_query
from review_app.domain.search_terms import And, Match, Node, Or, Query, Range, Word, list_conditions
from review_app.domain.search_words import find_search_word


def list_chosen(query: Query, field: str) -> tuple[str, ...]:
    """The values of the facet one of which a work must have, as the query writes them; none where it asks for none."""
    return next((values for node in list_conditions(query) if (values := _values_of(node, field))), ())


def is_chosen(query: Query, field: str, value: str) -> bool:
    """Whether the value is among the chosen ones."""
    return fold_text(value) in map(fold_text, list_chosen(query, field))


def toggle_value(query: Query, field: str, value: str) -> Query:
    """The query with the value among those chosen of its facet, or without it where it was; the rest stays in place."""
    chosen = list_chosen(query, field)
    if is_chosen(query, field, value):
        values = tuple(one for one in chosen if fold_text(one) != fold_text(value))
    else:
        values = (*chosen, value)
    node = _node_of(query, field, values) if values else None
    return _put(query, field, node)


def drop_facet(query: Query, field: str) -> Query:
    """The query without its choice of this facet, by which the others of the facet are counted."""
    return _put(query, field, None)


def _put(query: Query, field: str, node: Node | None) -> Query:
    conditions = list(list_conditions(query))
    place = next((place for place, one in enumerate(conditions) if _values_of(one, field)), len(conditions))
    conditions[place : place + 1] = [] if node is None else [node]
    if len(conditions) > 1:
        return replace(query, root=And(tuple(conditions)))
    return replace(query, root=conditions[0] if conditions else None)


def _values_of(node: Node, field: str) -> tuple[str, ...]:
    match node:
        case Match(field=name, values=values, is_exact=True) if name == field:
            return () if any(value.is_prefix for value in values) else tuple(value.text for value in values)
        case Range(field=name, low=int(low), high=high) if name == field and low == high:
            return (str(low),)
        case Or(nodes=nodes):
            parts = [_values_of(part, field) for part in nodes]
            return tuple(value for part in parts for value in part) if all(parts) else ()
    return ()


def _node_of(query: Query, field: str, values: tuple[str, ...]) -> Node:
    word = find_search_word(field)
    assert word is not None
    if word.kind == "number":
        ranges = tuple(Range(field, int(value), int(value), value) for value in values)
        return Or(ranges) if len(ranges) > 1 else ranges[0]
    return Match(field, tuple(_word_of(query, word.chinese_names[0], field, value) for value in values), is_exact=True)


def _word_of(query: Query, name: str, field: str, value: str) -> Word:
    """The value bare where it reads back as itself, else in quotation marks."""
    bare = Word(value)
    try:
        is_itself = parse_query(f"{name}={value}", audience=query.audience).root == Match(field, (bare,), is_exact=True)
    except QueryError:
        is_itself = False
    return bare if is_itself else Word(value, is_phrase=True)
