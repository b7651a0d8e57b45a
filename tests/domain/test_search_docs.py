"""The documents show the query language as it is: their tables are made from its table, and the examples parse."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from review_app.domain.query_parser import MAX_DEPTH, MAX_QUERY_CHARACTERS, MAX_TERMS, parse_query
from review_app.domain.search_words import FORMS, SEARCH_WORDS, SORTS, Audience, list_search_words
from tools.search_tables import list_pages, write_tables

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", list_pages(), ids=lambda path: path.name)
def test_tables_are_up_to_date(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert page == write_tables(page), "run python -m tools.search_tables"


def test_a_stale_table_is_made_anew() -> None:
    page = "head\n<!-- search sorts -->\n旧\n<!-- end -->\nfoot\n"
    assert write_tables(page) == f"head\n<!-- search sorts -->\n{'、'.join(SORTS.values())}\n<!-- end -->\nfoot\n"


def test_every_form_word_and_order_is_in_the_documents() -> None:
    expected = [form.example for form in FORMS] + [word.example for word in SEARCH_WORDS if word.is_typed]
    assert [example for example in expected if f"`{example}`" not in PAGE] == []
    assert "、".join(SORTS.values()) in PAGE


def test_limits_on_the_page_are_those_of_the_program() -> None:
    assert f"最多 {MAX_QUERY_CHARACTERS} 个字、{MAX_TERMS} 个条件，括号最多套 {MAX_DEPTH} 层" in PAGE


@pytest.mark.parametrize("audience", get_args(Audience))
def test_every_example_parses_for_all_who_are_shown_it(audience: Audience) -> None:
    examples = [form.example for form in FORMS] + [word.example for word in list_search_words(audience)]
    assert [example for example in examples if parse_query(example, audience=audience).root is None] == []
