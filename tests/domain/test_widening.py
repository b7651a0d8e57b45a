"""Wider queries: what was typed in one run falls into words; what was quoted, excluded or asked of a field stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.query_parser import MAX_TERMS, QueryError, parse_query
from review_app.domain.search_terms import And, Or, Word, render_query
from review_app.domain.widening import add_hints, list_wider


def split(text: str) -> tuple[str, ...]:
    """Words of two characters, without the question 怎样."""
    words = [text[at : at + 2] for at in range(0, len(text), 2)]
    return tuple(word for word in words if word != "怎样")


def widen(text: str) -> list[tuple[str, str]]:
    wider = list_wider(parse_query(text, audience="bureau"), split)
    return [(one.step, render_query(one.query)) for one in wider]


@pytest.mark.parametrize(
    ("text", "wider"),
    [
        ("怎样化解积案", [("all", "化解 积案"), ("any", "化解 或 积案")]),
        ("怎样化解", [("all", "化解")]),
        ("河长，怎样化解积案", [("all", "河长 化解 积案"), ("any", "河长 或 化解 或 积案")]),
        ("化解积案化解", [("all", "化解 积案"), ("any", "化解 或 积案")]),
        ("化解积案 年份:2020 -拆迁", [("all", "化解 积案 年份:2020 -拆迁"), ("any", "(化解 或 积案) 年份:2020 -拆迁")]),
        ("化解积案 “四下基层”", [("all", '化解 积案 "四下基层"'), ("any", '(化解 或 积案) "四下基层"')]),
        ("河长 环保", []),
        ("“怎样化解积案”", []),
        ("化解积案*", []),
        ("-化解积案", []),
        ("题目:化解积案", []),
        ("化解积案 或 河长", []),
        ("怎样", []),
        ("", []),
    ],
)
def test_a_query_is_widened_by_its_words(text: str, wider: list[tuple[str, str]]) -> None:
    assert widen(text) == wider


def test_operators_among_the_words_are_left_out() -> None:
    query = parse_query("甲乙NOT-19或", audience="bureau")
    (every, some) = list_wider(query, lambda _: ("甲乙", "NOT", "-19", "或", "丙丁"))
    assert (every.words, render_query(some.query)) == (("甲乙", "丙丁"), "甲乙 或 丙丁")


@given(st.text("化解积案怎样河长 ，“”-或:年份2020()*", max_size=300), st.sampled_from(["bureau", "reviewer"]))
def test_every_wider_query_can_be_typed(text: str, audience) -> None:
    try:
        query = parse_query(text, audience=audience)
    except QueryError:
        return
    for wider in list_wider(query, split):
        assert parse_query(render_query(wider.query), audience=audience) == wider.query
        assert 1 <= len(wider.words) <= MAX_TERMS


def hints(text: str) -> list[tuple[str, float]]:
    before = parse_query(text, audience="bureau")
    root = add_hints(before).root
    if root == before.root:
        return []
    assert isinstance(root, And)
    ranking = root.nodes[-1]
    assert isinstance(ranking, Or)
    return [(word.text, word.weight) for word in ranking.nodes if isinstance(word, Word)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("化解 积案", [("化解", 0.0), ("积案", 0.0), ("解积", 0.3)]),
        ("化解 或 积案", [("化解", 0.0), ("积案", 0.0), ("解积", 0.3)]),
        ("化解 积案 年份:2020", [("化解", 0.0), ("积案", 0.0), ("解积", 0.3)]),
        ("化解", []),
        ("“化解” “积案”", []),
        ("化解 或 年份:2020", []),
        ("化解 -积案", []),
        ("", []),
    ],
)
def test_words_side_by_side_rank_higher(text: str, expected: list[tuple[str, float]]) -> None:
    assert hints(text) == expected
