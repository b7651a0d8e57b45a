"""Snippets: the window with the most different words, ranges in the text as written."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from review_app.domain.folding import fold_text
from review_app.domain.snippets import find_ranges, find_snippet


def test_ranges_are_those_of_the_text_as_written() -> None:
    text = "ＡＢＣ热线，信访局的信访"
    assert find_ranges(text, ["abc", "信访", "信访局"]) == ((0, 3), (6, 9), (10, 12))
    assert find_ranges(text, []) == ()
    assert find_ranges(text, [""]) == ()


def test_window_with_more_different_words_wins_over_more_hits() -> None:
    text = "河长河长河长" + "。" * 200 + "河长和志愿者做环保" + "。" * 200
    snippet = find_snippet(text, ["河长", "环保"])
    assert [snippet.text[start:stop] for start, stop in snippet.ranges] == ["河长", "环保"]
    assert (snippet.offset, len(snippet.text), snippet.is_cut_before, snippet.is_cut_after) == (186, 120, True, True)


def test_earliest_of_equal_windows_wins_and_short_text_is_whole() -> None:
    text = "河长" + "甲" * 300 + "河长"
    assert find_snippet(text, ["河长"]).offset == 0
    short = find_snippet("说说河长\n的事", ["河长"])
    assert (short.text, short.ranges, short.is_cut_before, short.is_cut_after) == (
        "说说河长 的事",
        ((2, 4),),
        False,
        False,
    )


def test_without_a_hit_the_beginning_is_shown() -> None:
    snippet = find_snippet("甲" * 200, ["乙"])
    assert (snippet.text, snippet.offset, snippet.ranges, snippet.is_cut_after) == ("甲" * 120, 0, (), True)


def test_word_longer_than_the_window_is_cut_at_its_end() -> None:
    snippet = find_snippet("甲" * 50, ["甲" * 40], length=10)
    assert (snippet.text, snippet.ranges) == ("甲" * 10, ((0, 10),))


def test_markup_in_the_text_is_left_to_the_template() -> None:
    assert find_snippet("<script>河长</script>", ["河长"]).text == "<script>河长</script>"


@given(
    text=st.text("甲乙丙Ａa，\n ", max_size=400),
    words=st.lists(st.text("甲乙丙aA", min_size=1, max_size=4), max_size=4),
    length=st.integers(1, 150),
)
def test_every_range_covers_a_searched_word_inside_the_window(text, words, length) -> None:
    snippet = find_snippet(text, words, length=length)
    folded = [fold_text(word) for word in words]
    assert len(snippet.text) == min(length, len(text))
    assert fold_text(snippet.text) == fold_text(text)[snippet.offset : snippet.offset + length]
    before = 0
    for start, stop in snippet.ranges:
        assert before <= start < stop <= len(snippet.text)
        before = stop
        piece = fold_text(snippet.text[start:stop])
        assert piece in folded or (stop == len(snippet.text) and any(word.startswith(piece) for word in folded))
    if any(word in fold_text(text) for word in folded):
        assert snippet.ranges


@example(text="ſKİΣς①", words=["s", "K", "i", "σ", "1"])
@given(
    text=st.text('甲乙文⽂ＡaA①1“"，,\n K', max_size=60),
    words=st.lists(st.text("甲乙文⽂ａA1“，  ", min_size=1, max_size=3)),
)
def test_ranges_are_what_folding_the_text_first_would_find(text, words) -> None:
    folded = sorted(map(fold_text, words), key=lambda word: (-len(word), word))
    expected = (
        [found.span() for found in re.finditer("|".join(map(re.escape, folded)), fold_text(text))] if words else []
    )
    assert list(find_ranges(text, words)) == expected
