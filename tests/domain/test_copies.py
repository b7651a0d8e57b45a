"""Copied passages: what of a text counts, what fingerprints promise, which passages two texts share and how much they are."""

from __future__ import annotations

import random

import pytest

from review_app.domain.copies import (
    FEWEST_LETTERS,
    LONGEST_QUOTATION,
    Stretch,
    compare,
    discount,
    hash_known,
    list_fingerprints,
    read_letters,
)

CHARACTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
)


def invent(rng: random.Random, length: int) -> str:
    """Letters without any sense and without any repetition worth naming."""
    return "".join(rng.choices(CHARACTERS, k=length))


def share(one: str, other: str) -> tuple[int, int]:
    found = compare(read_letters(one), read_letters(other))
    return found.share, found.other_share


def test_letters_are_folded_without_blanks_and_marks_and_know_their_places():
    text = "信 访，ＡＢ１２！\n接·访_"
    letters = read_letters(text)
    assert letters.text == "信访ab12接访"
    assert [text[place] for place in letters.places] == ["信", "访", "Ａ", "Ｂ", "１", "２", "接", "访"]
    assert letters.count == len(letters.text) == 8


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("他说“人来了，心就暖了”就走", "他说就走"),
        ("按《信访工作条例》办", "按办"),
        ('他说"好的"走了', "他说走了"),
        ("他说＂好的＂走了", "他说走了"),
        ("「甲」『乙』丙", "丙"),
        ("“没有合上，也在数内", "没有合上也在数内"),
        ("“前一行\n后一行”", "前一行后一行"),
        ("“" + "长" * LONGEST_QUOTATION + "”短", "短"),
        ("“" + "长" * (LONGEST_QUOTATION + 1) + "”短", "长" * (LONGEST_QUOTATION + 1) + "短"),
    ],
)
def test_quotations_do_not_count_unless_they_are_half_a_page(text, counted):
    letters = read_letters(text)
    assert "".join(letter for letter, flag in zip(letters.text, letters.counted, strict=True) if flag) == counted


def test_every_fifteen_letters_in_common_share_a_fingerprint():
    rng = random.Random(3)
    for _ in range(200):
        passage = invent(rng, 15)
        texts = [invent(rng, rng.randint(0, 40)) + passage + invent(rng, rng.randint(0, 40)) for _ in range(2)]
        one, other = (set(list_fingerprints(read_letters(text))) for text in texts)
        assert one & other


def test_fingerprints_are_the_same_on_every_machine_and_in_every_spelling():
    text = "清晨的接访大厅里，她把热茶递到老人手中。"
    assert list_fingerprints(read_letters(text)) == (368506421, 697972293)
    spelled = "清晨的　接访 大厅里,她把热茶\n递到老人手中."
    assert list_fingerprints(read_letters(spelled)) == list_fingerprints(read_letters(text))


def test_short_and_quoted_texts_have_no_fingerprints():
    assert list_fingerprints(read_letters("清晨的接访大")) == ()
    assert list_fingerprints(read_letters("")) == ()
    assert list_fingerprints(read_letters("“清晨的接访大厅里她把热茶递到老人手中”")) == ()


def test_a_text_is_wholly_in_itself_and_not_in_another():
    rng = random.Random(1)
    one, other = invent(rng, 600), invent(rng, 600)
    assert share(one, one) == (1000, 1000)
    assert share(one, other) == (0, 0)
    assert share("", one) == share(one, "") == (0, 0)


def test_the_share_is_that_of_either_text():
    rng = random.Random(2)
    part, rest = invent(rng, 200), invent(rng, 600)
    found = compare(read_letters(part), read_letters(rest[:300] + part + rest[300:]))
    assert (found.share, found.other_share, found.letters, found.greatest_share) == (1000, 250, 200, 1000)
    assert [[(stretch.start, stretch.other_start) for stretch in passage] for passage in found.passages] == [[(0, 300)]]


def test_a_comparison_turned_round_finds_the_same():
    rng = random.Random(4)
    parts = [invent(rng, 80) for _ in range(4)]
    one = parts[0] + invent(rng, 90) + parts[1] + parts[2]
    other = parts[2] + invent(rng, 50) + parts[0] + parts[3] + parts[1]
    there, back = compare(read_letters(one), read_letters(other)), compare(read_letters(other), read_letters(one))
    assert (there.share, there.other_share) == (back.other_share, back.share)
    turned = {(s.other_start, s.other_end, s.start, s.end) for passage in back.passages for s in passage}
    assert {(s.start, s.end, s.other_start, s.other_end) for passage in there.passages for s in passage} == turned
    assert len(there.passages) == 3


def test_a_phrase_is_no_passage():
    rng = random.Random(5)
    phrase = invent(rng, FEWEST_LETTERS - 1)
    texts = [invent(rng, 100) + phrase + invent(rng, 100) for _ in range(2)]
    assert compare(*map(read_letters, texts)).passages == ()
    longer = [text.replace(phrase, phrase + "甲") for text in texts]
    assert len(compare(*map(read_letters, longer)).passages) == 1


def test_words_put_in_the_place_of_others_leave_one_passage_whose_letters_alone_count():
    one = "清晨的接访大厅里坐满了人，她把热茶递到老人手中，听他从头慢慢说起，一字一句记在本子上。"
    other = "清晨的接访大厅里坐满了人，她把一杯温水送到老人手中，听他从头慢慢说起，一字一句写到纸上。"
    found = compare(read_letters(one), read_letters(other))
    assert len(found.passages) == 1
    assert [one[s.start : s.end] for s in found.passages[0]] == [
        "清晨的接访大厅里坐满了人，她把",
        "到老人手中，听他从头慢慢说起，一字一句",
    ]
    assert [other[s.other_start : s.other_end] for s in found.passages[0]] == [
        one[s.start : s.end] for s in found.passages[0]
    ]
    assert found.letters == 14 + 17


def test_what_one_of_the_two_quotes_is_not_counted_on_either_side():
    saying = "把脚步放慢一点把话听完一点办法往往就在群众的话里"
    rng = random.Random(6)
    one, other = f"{invent(rng, 60)}“{saying}”{invent(rng, 60)}", f"{invent(rng, 60)}{saying}{invent(rng, 60)}"
    assert compare(read_letters(one), read_letters(other)).passages == ()
    assert share(one.replace("“", "").replace("”", ""), other) != (0, 0)


def test_a_known_text_is_discounted_letter_by_letter():
    rng = random.Random(7)
    law, own = invent(rng, 120), invent(rng, 120)
    known = hash_known((law,))
    one, other = (discount(read_letters(text), known) for text in (law + own, own + law))
    assert one.count == other.count == 120
    assert (compare(one, other).share, compare(one, other).letters) == (1000, 120)
    assert discount(read_letters(own), frozenset(), known) == read_letters(own)


def test_stretches_point_into_the_text_as_written():
    one = "第一，“他”把 桌 椅 板 凳 一 件 件 搬 到 院 子 里 晒 干 擦 净，再 搬 回 去。"
    other = "他把桌椅板凳一件件搬到院子里晒干擦净，再搬回去。"
    found = compare(read_letters(one), read_letters(other))
    (stretch,) = found.passages[0]
    assert isinstance(stretch, Stretch)
    assert one[stretch.start : stretch.end].replace(" ", "") == "他”把桌椅板凳一件件搬到院子里晒干擦净，再搬回去"
    assert other[stretch.other_start : stretch.other_end] == other[:-1]


def test_a_text_that_repeats_itself_is_compared_all_the_same():
    line = "清晨的接访大厅里，她把热茶递到老人手中，听他从头说起。"
    assert share(line * 80, line * 60) == (1000, 1000)
    assert share("人" * 2000, "人" * 1500) == (1000, 1000)
