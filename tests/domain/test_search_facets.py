"""Choosing values of a facet in a query, and taking them back."""

from __future__ import annotations

import pytest

from review_app.domain.query_parser import parse_query
from review_app.domain.search_facets import drop_facet, list_chosen, toggle_value
from review_app.domain.search_terms import render_query


def toggled(text: str, field: str, value: str) -> str:
    query = toggle_value(parse_query(text, audience="bureau"), field, value)
    rendered = render_query(query)
    assert parse_query(rendered, audience="bureau") == query
    return rendered


@pytest.mark.parametrize(
    ("text", "field", "value", "expected"),
    [
        ("", "tag", "物业", "标签=物业"),
        ("河长", "tag", "物业", "河长 标签=物业"),
        ("标签=物业 河长", "tag", "调解", "标签=物业,调解 河长"),
        ("标签=物业,调解 河长", "tag", "物业", "标签=调解 河长"),
        ("标签=物业 河长", "tag", "物业", "河长"),
        ("标签=物业", "tag", "物业", ""),
        ("河长 或 环保", "tag", "物业", "(河长 或 环保) 标签=物业"),
        ("标签:物业", "tag", "物业", "标签:物业 标签=物业"),
        ("标签=物业* 河长", "tag", "物业", "标签=物业* 河长 标签=物业"),
        ("河长", "unit", "城关镇（本级）", '河长 单位="城关镇（本级）"'),
        ("单位=ＸＺ镇", "unit", "xz镇", ""),
        ("", "year", "2025", "年份:2025"),
        ("年份:2025", "year", "2024", "年份:2025 或 年份:2024"),
        ("(年份:2025 或 年份:2024) 河长", "year", "2025", "年份:2024 河长"),
        ("年份:2023..2025", "year", "2024", "年份:2023..2025 年份:2024"),
    ],
)
def test_a_value_joins_the_others_of_its_facet_or_leaves_them(text: str, field: str, value: str, expected: str) -> None:
    assert toggled(text, field, value) == expected


@pytest.mark.parametrize(
    ("text", "chosen", "others"),
    [
        ("标签=物业,调解 河长", ("物业", "调解"), "河长"),
        ("-标签=物业", (), "-标签=物业"),
        ("标签=物业 或 河长", (), "标签=物业 或 河长"),
        ("标签=物业 标签=调解", ("物业",), "标签=调解"),
    ],
)
def test_only_a_condition_of_exact_values_is_a_choice(text: str, chosen: tuple[str, ...], others: str) -> None:
    query = parse_query(text, audience="bureau")
    assert list_chosen(query, "tag") == chosen
    assert render_query(drop_facet(query, "tag")) == others
