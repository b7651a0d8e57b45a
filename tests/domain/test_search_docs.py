"""The search page of the documentation lists exactly the search words there are, and its examples parse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from review_app.domain.search_terms import MAX_DEPTH, MAX_QUERY_CHARACTERS, MAX_TERMS, parse_query
from review_app.domain.search_words import SEARCH_WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
AUDIENCES = {"bureau": "信访局", "unit": "单位", "reviewer": "评审"}


def test_table_of_search_words_is_the_one_of_the_program() -> None:
    expected = [
        f"| {'、'.join(word.chinese_names)} | `{word.name}` | `{'` `'.join(word.operators)}` | "
        f"{'、'.join(label for audience, label in AUDIENCES.items() if audience in word.audiences)} | "
        f"{word.help} | `{word.example}` |"
        for word in SEARCH_WORDS
    ]
    written = [line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line and line.count("|") == 7]
    assert written == expected


def test_limits_on_the_page_are_those_of_the_program() -> None:
    assert f"最多 {MAX_QUERY_CHARACTERS} 个字、{MAX_TERMS} 个条件，括号最多套 {MAX_DEPTH} 层" in PAGE


EXAMPLES = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_on_the_page_parses(example: str) -> None:
    assert parse_query(example, audience="bureau").root is not None


def test_page_has_examples() -> None:
    assert len(EXAMPLES) >= 9
