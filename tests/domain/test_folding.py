"""Folding: traditional and simplified, width, case and compatibility forms are one; lengths and offsets never change."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.folding import compile_folded, fold_text, fold_width
from review_app.domain.search_words import find_search_word
from review_app.domain.snippets import find_ranges, find_snippet
from review_app.domain.traditional import SIMPLIFIED, TRADITIONAL

PAIRS = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("國家信訪局接訪群眾，說清來龍去脈", "国家信访局接访群众,说清来龙去脉"),
        ("答覆於後，看著辦", "答复于后,看着办"),
        ("ＡＢＣ１２３", "abc123"),
        ("Petition İΣς", "petition iσσ"),
        ("\uf907\u2fba", "龟马"),  # a compatibility form and a radical of traditional characters
        ("信\u3000访\n局", "信 访 局"),
        ("乾隆", "干隆"),
        ("𠮷\U0002f800\ud800", "𠮷\U0002f800\ufffd"),  # beyond the basic plane nothing changes
    ],
)
def test_written_forms_are_one(written: str, folded: str) -> None:
    assert fold_text(written) == folded


def test_the_table_is_one_to_one_and_ends_in_characters_that_stay() -> None:
    assert len(PAIRS) == len(TRADITIONAL) > 2_800
    assert [pair for pair in PAIRS.items() if pair[0] == pair[1] or pair[1] in PAIRS] == []


def test_every_character_keeps_its_length_and_folds_once_for_all() -> None:
    written = "".join(map(chr, range(0x20000)))
    folded = [fold_text(character) for character in written]
    assert {len(one) for one in folded} == {1}
    assert fold_text("".join(folded)) == "".join(folded) == fold_text(written)


def test_what_nfkc_makes_plain_is_plain_here() -> None:
    plain = "abcxyz0189，。（）"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    assert fold_text(wide) == unicodedata.normalize("NFKC", wide).lower()
    assert fold_text("①㊀Ⅳ２²℃㈱") == "1一ⅳ22℃㈱"  # what would become longer stays


def test_the_text_of_a_query_keeps_its_characters() -> None:
    assert fold_width("國家ＡＢＣ") == "國家ABC"


def test_highlights_stand_in_the_original() -> None:
    text = "那年，信訪局的ＡＢＣ热线和信访局的abc熱線"
    assert find_ranges(text, ["信访局", "ABC熱線"]) == ((3, 6), (7, 12), (13, 16), (17, 22))
    snippet = find_snippet(text, ["信訪"])
    assert [snippet.text[start:stop] for start, stop in snippet.ranges] == ["信訪", "信访"]


@given(st.text(TRADITIONAL[:400] + SIMPLIFIED[:400] + "ＡａA", max_size=40), st.integers(0, 39), st.integers(1, 4))
def test_a_pattern_finds_what_folding_both_finds(text: str, start: int, length: int) -> None:
    sought = text[start : start + length]
    if sought:
        found = compile_folded((sought,)).search(text)
        assert found is not None
        assert found.start() == fold_text(text).index(fold_text(sought))


@pytest.mark.parametrize(
    ("spelling", "name"), [("單位", "unit"), ("標籤", "tag"), ("Score", "score"), ("ＹＥＡＲ", "year")]
)
def test_search_words_may_be_written_in_traditional_characters(spelling: str, name: str) -> None:
    word = find_search_word(spelling)
    assert word is not None
    assert word.name == name
