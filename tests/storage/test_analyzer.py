"""What is written into an index: bigrams, their counts, and facts without the body."""

from __future__ import annotations

import json
import pickle

from review_app.storage.analyzer import BigramField, PlainCodec, count_bigrams, list_bigrams, make_search_text
from review_app.storage.index_segment import pack_facts
from review_app.storage.search_types import BureauEntry, ReviewerEntry


def test_search_text_is_folded_and_no_query_reaches_from_title_into_body() -> None:
    text = make_search_text("Ａ河长", "制度\n建设")
    assert text == "a河长\0制度 建设"
    assert make_search_text("甲\0", "乙") == "甲 \0乙"


def test_bigrams_are_all_neighbouring_pairs() -> None:
    assert count_bigrams("信访信访 局") == {"信访": 2, "访信": 1, "访 ": 1, " 局": 1}
    assert list_bigrams("信访信") == ("信访", "访信")
    assert list_bigrams("信") == list_bigrams("") == ()


def test_field_gives_the_library_terms_with_frequencies() -> None:
    assert list(BigramField().index("信访信访")) == [("信访".encode(), 2, 2.0, b""), ("访信".encode(), 1, 1.0, b"")]


def test_what_is_pickled_into_an_index_can_be_read_back_by_name() -> None:
    assert isinstance(pickle.loads(pickle.dumps(BigramField())), BigramField)
    assert isinstance(pickle.loads(pickle.dumps(PlainCodec())), PlainCodec)


def test_facts_hold_everything_but_the_body() -> None:
    entry = BureauEntry(7, "2025-0007", "题", "正文", 2, "城关镇", 3, tags=("物业",), score_tenths=855)
    facts = json.loads(pack_facts(entry))
    assert facts == {
        "essay_id": 7,
        "number": "2025-0007",
        "title": "题",
        "words": 2,
        "unit": "城关镇",
        "unit_id": 3,
        "author": "",
        "genre": "",
        "tag": ["物业"],
        "award": "",
        "year": None,
        "score": 855,
        "state": "",
    }
    blind = json.loads(pack_facts(ReviewerEntry(7, "K7", "题", "正文", 2)))
    assert set(blind) == {"essay_id", "number", "title", "words", "genre", "tag"}
