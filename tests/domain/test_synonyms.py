"""Synonyms: what a bureau may write, where a query is also sought by them, and how to seek without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.errors import Invalid
from review_app.domain.query_parser import parse_query
from review_app.domain.search_terms import And, Not, Or, Query, Word, list_words, render_query
from review_app.domain.synonyms import (
    MAX_GROUP_WORDS,
    MAX_GROUPS,
    expand_query,
    list_expanded,
    parse_groups,
    quote_expanded,
    render_groups,
)

GROUPS = (("接访", "下访", "走访"), ("ABC热线", "信訪熱線"))


def expand(text: str) -> Query:
    return expand_query(parse_query(text, audience="bureau"), GROUPS)


def test_groups_are_read_a_line_each_with_any_separator() -> None:
    text = "接访、下访，走访\n\n  积案=骨头案~钉子案 \r\n12345 热线"
    assert parse_groups(text) == (("接访", "下访", "走访"), ("积案", "骨头案", "钉子案"), ("12345", "热线"))
    assert parse_groups(render_groups(GROUPS)) == GROUPS
    assert parse_groups("") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("接访", 1),
        ("接访、下访\n" + "、".join(f"词{n}号" for n in range(MAX_GROUP_WORDS + 1)), 2),
        ("接访、访", 1),
        ("接访、" + "长" * 21, 1),
        ("接访、下访\n走访、接訪", 2),
        ("接访、接访", 1),
    ],
)
def test_a_line_that_breaks_a_rule_is_named(text: str, line: int) -> None:
    with pytest.raises(Invalid, match=f"第 {line} 行") as caught:
        parse_groups(text)
    assert caught.value.field == "synonyms"


def test_there_are_not_too_many_groups() -> None:
    lines = [f"甲{n}号、乙{n}号" for n in range(MAX_GROUPS + 1)]
    assert len(parse_groups("\n".join(lines[:-1]))) == MAX_GROUPS
    with pytest.raises(Invalid):
        parse_groups("\n".join(lines))


def test_plain_words_are_expanded_however_they_are_written() -> None:
    assert expand("接訪").root == Word("接訪", synonyms=("下访", "走访"))
    assert expand("ａｂｃ热线 (下访 或 环保)").root == And(
        (Word("ａｂｃ热线", synonyms=("信訪熱線",)), Or((Word("下访", synonyms=("接访", "走访")), Word("环保"))))
    )


@pytest.mark.parametrize("text", ["“接访”", "接访*", "-接访", "题目:接访", "接访局", ""])
def test_quoted_excluded_and_field_words_are_not_expanded(text: str) -> None:
    assert expand(text) == parse_query(text, audience="bureau")
    assert list_expanded(expand(text)) == ()


def test_the_words_alone_are_one_pair_of_quotation_marks_away() -> None:
    query = expand("接访 环保 -下访 (走访 或 治水)")
    assert [word.text for word in list_expanded(query)] == ["接访", "走访"]
    assert render_query(quote_expanded(query)) == '"接访" 环保 -下访 ("走访" 或 治水)'
    assert quote_expanded(query).root == And(
        (
            Word("接访", is_phrase=True),
            Word("环保"),
            Not(Word("下访")),
            Or((Word("走访", is_phrase=True), Word("治水"))),
        )
    )


def test_synonyms_are_highlighted_and_never_written_into_the_address() -> None:
    query = expand("接访 环保")
    assert list_words(query) == ("接访", "下访", "走访", "环保")
    assert render_query(query) == "接访 环保"


@given(st.text("接访下走、，=~ \n12长", max_size=60))
def test_any_text_gives_groups_or_a_refusal(text: str) -> None:
    try:
        groups = parse_groups(text)
    except Invalid:
        return
    assert parse_groups(render_groups(groups)) == groups
