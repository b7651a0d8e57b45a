"""What is written into an index: pairs of units with their places, numbers and names without the body."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from review_app.storage.analyzer import BigramField, FactsColumn, encode_units, make_schema, make_search_text
from review_app.storage.index_files import open_segment, write_segment
from review_app.storage.index_postings import (
    ArrayCodec,
    TextLengths,
    invert_texts,
    read_extent,
    unpack_postings,
)
from review_app.storage.index_segment import pack_entry
from review_app.storage.search_types import BureauEntry, ReviewerEntry


def test_search_text_is_folded_and_no_query_reaches_from_title_into_body() -> None:
    assert make_search_text("Ａ河长", "制度\n建设") == "a河长\0制度 建设\0"
    assert make_search_text("甲\0", "乙") == "甲 \0乙\0"


def test_field_gives_the_library_pairs_with_frequency_weight_and_places() -> None:
    postings = {
        term: (frequency, weight, places) for term, frequency, weight, places in BigramField().index("信访\0信访信\0")
    }
    assert postings == {
        encode_units("信访"): (2, 5.0, np.array([0, 3], "<u4").tobytes()),
        encode_units("访\0"): (1, 4.0, np.array([1], "<u4").tobytes()),
        encode_units("访信"): (1, 1.0, np.array([4], "<u4").tobytes()),
        encode_units("信\0"): (1, 1.0, np.array([5], "<u4").tobytes()),
    }


def test_inverted_texts_hold_what_the_field_gives_text_by_text() -> None:
    rng = random.Random(3)
    texts = [
        make_search_text("".join(rng.choices("信访局𠮷A", k=3)), "".join(rng.choices("信访局𠮷A ", k=40)))
        for _ in range(9)
    ]
    titles = [len(encode_units(text.partition("\0")[0])) // 2 for text in texts]
    whole = [len(encode_units(text)) // 2 for text in texts]
    inverted = invert_texts(texts, TextLengths(np.array(whole), np.array(titles)))
    field = BigramField()
    expected: dict[bytes, list[tuple[int, float, bytes]]] = {}
    for number, text in enumerate(texts):
        for term, _, weight, places in field.index(text):
            expected.setdefault(term, []).append((number, weight, places))
    found = {}
    for n, term in enumerate(inverted.terms.tolist()):
        rows = slice(inverted.postings_from[n], inverted.postings_from[n + 1])
        places = inverted.postings.places[inverted.places_from[n] : inverted.places_from[n + 1]].astype("<u4")
        parts = np.split(places, np.cumsum(inverted.postings.counts[rows])[:-1])
        found[term.to_bytes(4, "big")] = [
            (document, weight, part.tobytes())
            for document, weight, part in zip(
                inverted.postings.documents[rows].tolist(), inverted.postings.weights[rows].tolist(), parts, strict=True
            )
        ]
    assert found == expected
    assert list(found) == sorted(expected)


def test_long_texts_keep_places_beyond_sixteen_bits() -> None:
    text = make_search_text("", "甲" * 70_000 + "信访")
    inverted = invert_texts([text], TextLengths(np.array([len(text)]), np.array([0])))
    assert inverted.postings.places.itemsize == 4
    assert 70_001 in inverted.postings.places


def test_written_list_comes_back_and_a_changed_bit_is_noticed(tmp_path: Path) -> None:
    document = pack_entry(ReviewerEntry(7, "K7", "信访", "信访局，信访", 6))
    reader = open_segment(tmp_path, write_segment(tmp_path, [document]))
    facts = reader._terms._tindex[reader._terms._keycoder("text", encode_units("信访"))]
    data = reader._terms._postfile.get(*read_extent(facts))
    back = unpack_postings(data)
    assert [back.documents.tolist(), back.counts.tolist(), back.weights.tolist(), back.places.tolist()] == [
        [0],
        [3],
        [6],
        [0, 3, 7],
    ]
    reader.close()
    for place in range(len(data) - 26, len(data)):  # the arrays and their tail
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(ValueError, match="damaged"):
            unpack_postings(bytes(changed))


def test_what_is_pickled_into_an_index_can_be_read_back_by_name() -> None:
    for made in (BigramField(), ArrayCodec(), FactsColumn()):
        assert type(pickle.loads(pickle.dumps(made))) is type(made)
    assert make_schema().names() == ["content", "facts", "text"]


def test_facts_hold_everything_but_the_texts() -> None:
    entry = BureauEntry(7, "2025-0007", "题", "正文", 2, "城关镇", 3, tags=("物业",), score_tenths=855)
    assert pack_entry(entry).text == "题\0正文\0"
    assert pack_entry(entry).facts == {
        "essay_id": 7,
        "unit_id": 3,
        "title_length": 1,
        "number": ("2025-0007",),
        "words": 2,
        "unit": ("城关镇",),
        "tag": ("物业",),
        "score": 855,
    }
    blind = pack_entry(ReviewerEntry(7, "K7", "题", "正文", 2))
    assert set(blind.facts) == {"essay_id", "title_length", "number", "words"}
