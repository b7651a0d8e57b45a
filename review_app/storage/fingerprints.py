"""The fingerprints of all compared essays in memory: which of them share some with a text, in a millisecond or two."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# So many essays have a fingerprint that it is common whatever their units are; looking at each would take longest just there.
_COMMON_WHATEVER: Final = 400

_HIGH: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)

Postings = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Kept:
    """The fingerprints of one essay as the database keeps them; `row_id` is never used twice."""

    row_id: int
    essay_id: int
    unit_id: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """An essay that shares fingerprints with a text: how many, and the share of the one that has fewer."""

    essay_id: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Found:
    """The essays that share most, and the fingerprints that stand in the works of too many units to count."""

    shared: tuple[Shared, ...]
    common: frozenset[int]


def pack_hashes(hashes: Sequence[int]) -> bytes:
    """Fingerprints as kept in the database: four bytes each, the least first."""
    return np.array(hashes, dtype="<u4").tobytes()


def unpack_hashes(packed: bytes) -> tuple[int, ...]:
    """Fingerprints out of the database."""
    return tuple(np.frombuffer(packed, dtype="<u4").tolist())


class FingerprintTable:
    """For every fingerprint the essays that have it. One posting is a number of 64 bits, the fingerprint above the place
    of the essay; postings lie in a few sorted runs, of which a shorter one joins its neighbour once they are alike."""

    def __init__(self) -> None:
        self._runs: list[Postings] = []
        self._places: dict[int, int] = {}
        self._essays = np.zeros(0, dtype=np.int64)
        self._units = np.zeros(0, dtype=np.int64)
        self._sizes = np.zeros(0, dtype=np.int64)

    @property
    def row_ids(self) -> Collection[int]:
        """The rows that are here."""
        return self._places.keys()

    def add(self, rows: Iterable[Kept]) -> None:
        """Take in the fingerprints of more essays."""
        listed = list(rows)
        if not listed:
            return
        first = self._essays.size
        hashes = [np.frombuffer(row.hashes, dtype="<u4").astype(np.uint64) for row in listed]
        postings = [of_one << _HIGH | np.uint64(first + place) for place, of_one in enumerate(hashes)]
        self._places |= {row.row_id: first + place for place, row in enumerate(listed)}
        self._essays = np.append(self._essays, [row.essay_id for row in listed])
        self._units = np.append(self._units, [row.unit_id for row in listed])
        self._sizes = np.append(self._sizes, [of_one.size for of_one in hashes])
        self._runs.append(np.sort(np.concatenate(postings)))
        while len(self._runs) > 1 and self._runs[-2].size < 2 * self._runs[-1].size:
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)))

    def drop(self, row_ids: Iterable[int]) -> None:
        """Forget essays; their postings stay until the process ends, as an essay without a number."""
        for row_id in row_ids:
            self._essays[self._places.pop(row_id)] = 0

    def find(
        self, hashes: Collection[int], *, without: int, units_at_most: int, share_from: float, limit: int
    ) -> Found:
        """The essays that share at least `share_from` of the fingerprints, the most first and at most `limit`; essay
        `without` is the one that asks. Fingerprints in the works of more than `units_at_most` units count nowhere."""
        wanted = np.array(sorted(hashes), dtype=np.uint64)
        owners, places, is_common = self._list_postings(wanted)
        pairs = np.unique(owners.astype(np.int64) << 32 | self._units[places])
        is_common |= np.bincount(pairs >> 32, minlength=wanted.size) > units_at_most
        counted = places[~is_common[owners] & (self._essays[places] != without)]
        found, counts = np.unique(counted, return_counts=True)
        fewer = np.minimum(self._sizes[found], max(1, int((~is_common).sum())))
        shares = counts / np.maximum(fewer, 1)
        order = np.argsort(-shares, kind="stable")[:limit]
        return Found(
            tuple(
                Shared(int(self._essays[found[place]]), int(counts[place]), float(shares[place]))
                for place in order
                if shares[place] >= share_from
            ),
            frozenset(int(one) for one in wanted[is_common]),
        )

    def _list_postings(self, wanted: Postings) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        """Pairs (index of a fingerprint, place of an essay that has it), and which fingerprints very many have."""
        bounds = [
            (np.searchsorted(run, wanted << _HIGH), np.searchsorted(run, wanted << _HIGH | _LOW, side="right"))
            for run in self._runs
        ]
        total = np.zeros(wanted.size, dtype=np.int64)
        for first, last in bounds:
            total += last - first
        is_common = total > _COMMON_WHATEVER
        owners = [np.zeros(0, dtype=np.intp)]
        places = [np.zeros(0, dtype=np.intp)]
        for run, (first, last) in zip(self._runs, bounds, strict=True):
            taken = np.where(is_common, 0, last - first)
            owner = np.repeat(np.arange(wanted.size), taken)
            within = np.arange(owner.size) - np.repeat(np.cumsum(taken) - taken, taken)
            owners.append(owner)
            places.append((run[first[owner] + within] & _LOW).astype(np.intp))
        owner, place = np.concatenate(owners), np.concatenate(places)
        is_there = self._essays[place] != 0
        return owner[is_there], place[is_there], is_common
