"""The fingerprints in memory find what a plain look through all essays finds, however they came in."""

from __future__ import annotations

import random

import pytest

from review_app.storage.fingerprints import FingerprintTable, Found, Kept, pack_hashes

MOST = 2**32 - 1


def kept(row_id: int, *hashes: int, essay_id: int = 0, unit_id: int = 1) -> Kept:
    return Kept(row_id, essay_id or row_id, unit_id, pack_hashes(sorted(hashes)))


def find(table: FingerprintTable, *hashes: int, without: int = 0, units: int = 9, share: float = 0.0) -> Found:
    return table.find(hashes, without=without, units_at_most=units, share_from=share, limit=20)


def counts(found: Found) -> dict[int, int]:
    return {shared.essay_id: shared.count for shared in found.shared}


def test_an_empty_table_and_an_empty_question_find_nothing():
    table = FingerprintTable()
    assert find(table, 1, 2) == find(table) == Found((), frozenset())
    table.add([kept(1, 1, 2)])
    table.add([])
    assert find(table) == Found((), frozenset())


def test_the_share_is_that_of_the_one_with_fewer_fingerprints():
    table = FingerprintTable()
    table.add([kept(1, 1, 2), kept(2, *range(1, 9)), kept(3, 0, MOST)])
    found = find(table, 1, 2, 3, 4)
    assert [(shared.essay_id, shared.count, shared.share) for shared in found.shared] == [(1, 2, 1.0), (2, 4, 1.0)]
    assert counts(find(table, 1, 2, 3, 4, without=2)) == {1: 2}
    assert counts(find(table, 0, MOST)) == {3: 2}
    assert counts(find(table, 1, *range(100, 120), share=0.3)) == {1: 1}
    assert counts(find(table, 1, *range(100, 120), share=0.6)) == {}


def test_what_many_units_have_counts_nowhere():
    table = FingerprintTable()
    table.add([kept(row, 7, row + 100, unit_id=row) for row in range(1, 11)])
    table.add([kept(row, 8, row + 100, unit_id=1) for row in range(11, 31)])
    assert find(table, 7, 101).common == frozenset({7})
    assert counts(find(table, 7, 101)) == {1: 1}
    assert find(table, 8).common == frozenset()
    assert len(find(table, 8).shared) == 20
    assert counts(find(table, 7, 101, units=10)) == dict.fromkeys(range(2, 11), 1) | {1: 2}


def test_what_very_many_essays_have_is_common_without_a_look_at_their_units():
    table = FingerprintTable()
    table.add([kept(row, 7) for row in range(1, 402)])
    assert find(table, 7) == Found((), frozenset({7}))


def test_an_essay_that_was_dropped_is_not_found_nor_counted():
    table = FingerprintTable()
    table.add([kept(row, 7, unit_id=row) for row in range(1, 11)])
    table.drop([3])
    assert set(counts(find(table, 7))) == set(range(1, 11)) - {3}
    table.add([kept(11, 7, essay_id=3)])
    assert 3 in counts(find(table, 7))
    assert sorted(table.row_ids) == [1, 2, *range(4, 12)]


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_what_a_plain_look_finds(seed):
    rng = random.Random(seed)
    table = FingerprintTable()
    essays: dict[int, set[int]] = {}
    while len(essays) < 300:
        batch = [
            kept(row, *{rng.randrange(400) * 10_737_418 for _ in range(rng.randint(0, 12))}, unit_id=row % 40)
            for row in range(len(essays) + 1, len(essays) + 1 + rng.choice((1, 1, 2, 30)))
        ]
        table.add(batch)
        for row in batch:
            essays[row.row_id] = {
                int.from_bytes(row.hashes[at : at + 4], "little") for at in range(0, len(row.hashes), 4)
            }
    gone = set(rng.sample(sorted(essays), 40))
    table.drop(gone)
    there = {essay: hashes for essay, hashes in essays.items() if essay not in gone}
    for asking, hashes in there.items():
        common = {one for one in hashes if len({essay % 40 for essay, others in there.items() if one in others}) > 9}
        expected = {
            essay: len(hashes & others - common)
            for essay, others in there.items()
            if essay != asking and hashes & others - common
        }
        found = table.find(hashes, without=asking, units_at_most=9, share_from=0, limit=300)
        assert (counts(found), set(found.common)) == (expected, common)
