"""Words: the terms of petition work are whole, question words go, names stay whole for those who may know them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.folding import fold_text
from review_app.storage.words import list_terms, pick_words, split_words


def test_every_term_of_the_file_is_one_word_of_its_own_kind() -> None:
    terms = list_terms()
    assert {
        "四下基层",
        "枫桥经验",
        "积案化解",
        "诉访分离",
        "三到位一处理",
        "接诉即办",
        "带案下访",
        "信访工作条例",
    } <= set(terms)
    assert len(terms) == len(set(terms)) == len(set(map(fold_text, terms)))
    assert [term for term in terms if split_words(term) != (term,)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("怎样化解积案？", ("怎样", "化解", "积案")),
        ("信訪事項的辦理期限是多久", ("信訪事項", "的", "辦理期限", "是", "多久")),
        ("四下基层ＡＢＣ１２３，枫桥经验", ("四下基层", "ＡＢＣ１２３", "枫桥经验")),
        ("许静的账", ("许静", "的", "账")),
        ("，。 ", ()),
        ("", ()),
    ],
)
def test_words_are_cut_as_written(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


def test_names_stay_whole_and_leave_nothing_behind() -> None:
    text = "柳河镇人民政府调解，柳河镇下访"
    before = split_words(text)
    named = split_words(text, names=("柳河镇", "柳河镇人民政府"))
    assert named == ("柳河镇人民政府", "调解", "柳河镇", "下访")
    assert split_words(text) == before != named


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("怎样化解积案？", ("化解", "积案")),
        ("信访事项的办理期限是多久", ("信访事项", "办理期限")),
        ("什麼時候下訪", ("下訪",)),
        ("调解、调解、靠调解", ("调解",)),
        ("为什么", ("为什么",)),
        ("谁的账", ("账",)),
    ],
)
def test_question_words_are_dropped_unless_nothing_else_was_asked(text: str, kept: tuple[str, ...]) -> None:
    assert pick_words(split_words(text)) == kept


@given(st.text("信访局調解的怎样柳河镇 ，。aＡ1\ud800𠮷\n", max_size=60))
def test_words_stand_in_the_text_in_their_order(text: str) -> None:
    at = 0
    for word in split_words(text, names=("柳河镇", "镇信")):
        at = text.index(word, at) + len(word)
