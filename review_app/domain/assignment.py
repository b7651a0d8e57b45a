"""Which reviewer reads which essay: as many readers per essay as asked, loads as even as they can be.

The plan is a flow with convex cost (an optimal semi-matching, Harvey et al. 2006): each new reader is found along the
path of swaps that ends at the least loaded reviewer in reach. Every such step keeps the sum of the squared loads the
smallest possible, so no later improvement is needed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from review_app.domain.errors import N_
from review_app.domain.reason import Reason

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class EssayToAssign:
    """An essay and the unit that sent it."""

    essay_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class AvailableReviewer:
    """A reviewer, the unit they belong to (None for an outsider), and their own limit where it differs from the general one."""

    reviewer_id: int
    unit_id: int | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An essay that gets `placed` readers, fewer than asked, with the reasons as clauses of one sentence."""

    essay_id: int
    placed: int
    is_below_minimum: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AssignmentPlan:
    """`pairs` (essay id, reviewer id) are to be added to the existing ones, sorted. `load` counts the essays of every
    reviewer with both, by reviewer id."""

    pairs: tuple[Pair, ...]
    unplaced: tuple[Unplaced, ...]
    load: Mapping[int, int]


def plan_assignment(
    essays: Iterable[EssayToAssign],
    reviewers: Iterable[AvailableReviewer],
    *,
    per_essay: int,
    minimum: int,
    capacity: int | None = None,
    existing: Collection[Pair] = (),
    conflicts: Collection[Pair] = (),
    seed: int | str = 0,
) -> AssignmentPlan:
    """A plan that gives the essays `per_essay` readers each and, where that cannot be, as many readers in all as there
    can be, round by round: nobody gets a third reader before everybody who can has a second one.

    Never pairs an essay with a reviewer of its own unit or in `conflicts` (declared or recused, pairs of essay id and
    reviewer id). Existing pairs are kept, whatever the rules, and count as load. `capacity` is the most essays one
    reviewer reads, None for no limit. Under `minimum` readers an essay cannot be ranked. The order of the input does
    not matter; chance among equals comes from `seed`.
    """
    works = sorted(essays, key=lambda essay: essay.essay_id)
    panel = sorted(reviewers, key=lambda reviewer: reviewer.reviewer_id)
    column = {reviewer.reviewer_id: index for index, reviewer in enumerate(panel)}
    readers = _readers_by_essay(existing)
    own_unit = _own_unit_masks(panel)
    declared = {essay_id: _mask(ids, column) for essay_id, ids in _readers_by_essay(conflicts).items()}

    everyone = (1 << len(panel)) - 1
    random = Random(seed)
    flow = _Flow(
        open_to=[
            everyone
            & ~own_unit.get(essay.unit_id, 0)
            & ~declared.get(essay.essay_id, 0)
            & ~_mask(readers[essay.essay_id], column)
            for essay in works
        ],
        loads=[sum(reviewer.reviewer_id in ids for ids in readers.values()) for reviewer in panel],
        limits=[capacity if reviewer.capacity is None else reviewer.capacity for reviewer in panel],
        random=random,
    )
    count = [len(readers[essay.essay_id]) for essay in works]
    order = list(range(len(works)))
    random.shuffle(order)
    for wanted in range(1, per_essay + 1):
        for work in order:
            # An essay left behind in an earlier round has no path to any reviewer, and never will have.
            if count[work] == wanted - 1 and flow.add_reader(work):
                count[work] = wanted

    return AssignmentPlan(
        pairs=tuple(sorted((works[work].essay_id, panel[index].reviewer_id) for work, index in flow.pairs())),
        unplaced=tuple(
            Unplaced(
                essay_id=essay.essay_id,
                placed=count[work],
                is_below_minimum=count[work] < minimum,
                reasons=_reasons(
                    placed=count[work],
                    own_unit=own_unit.get(essay.unit_id, 0) & ~_mask(readers[essay.essay_id], column),
                    declared=declared.get(essay.essay_id, 0) & ~_mask(readers[essay.essay_id], column),
                    full=flow.open_to[work],
                ),
            )
            for work, essay in enumerate(works)
            if count[work] < per_essay
        ),
        load={reviewer.reviewer_id: flow.loads[index] for index, reviewer in enumerate(panel)},
    )


def shuffle_queue(essay_ids: Iterable[int], seed: int | str) -> tuple[int, ...]:
    """The essays in an order of chance given by `seed` (one per reviewer); an essay added later does not change
    the order of the others."""
    return tuple(sorted(essay_ids, key=lambda essay_id: hashlib.sha256(f"{seed}:{essay_id}".encode()).digest()))


class _Flow:
    """Essays and reviewers by index, sets of reviewers as bit masks.

    `open_to[work]`: reviewers who may take the work and have not; `taken[reviewer]`: works given in this plan, which
    may still be passed on; `passing[a][b]`: how many of a's works could go to b; `next_to[a]`: the b where that is
    more than none.
    """

    def __init__(self, open_to: list[int], loads: list[int], limits: Sequence[int | None], random: Random) -> None:
        size = len(loads)
        self.open_to = open_to
        self.loads = loads
        self.taken: list[dict[int, None]] = [{} for _ in range(size)]
        self._limits = limits
        self._random = random
        self._readers: list[list[int]] = [[] for _ in open_to]
        self._passing = [[0] * size for _ in range(size)]
        self._next_to = [0] * size

    def pairs(self) -> Iterator[Pair]:
        """All (work, reviewer) given."""
        return ((work, reviewer) for reviewer, works in enumerate(self.taken) for work in works)

    def add_reader(self, work: int) -> bool:
        """Give the work one more reader, passing other works on where that evens the loads; False where none is in reach."""
        came_from: dict[int, int | None] = dict.fromkeys(_bits(self.open_to[work]))
        end = self._least_loaded(came_from)
        if end is None or self._is_anyone_freer(end):
            self._widen(came_from)
            farther = self._least_loaded(came_from)
            if farther is None:
                return False
            if end is None or self.loads[farther] < self.loads[end]:
                end = farther
        self.loads[end] += 1
        while (giver := came_from[end]) is not None:
            self._pass_on(giver, end)
            end = giver
        self._take(work, end)
        return True

    def _widen(self, came_from: dict[int, int | None]) -> None:
        """Add everybody to whom the reviewers there can pass a work on, step by step, nearest first."""
        queue = list(came_from)
        seen = sum(1 << reviewer for reviewer in queue)
        for reviewer in queue:
            fresh = self._next_to[reviewer] & ~seen
            seen |= fresh
            for other in _bits(fresh):
                came_from[other] = reviewer
                queue.append(other)

    def _least_loaded(self, reviewers: Iterable[int]) -> int | None:
        """One of the reviewers with room who have the least load, by chance; None where nobody has room."""
        free = [reviewer for reviewer in reviewers if self._has_room(reviewer)]
        if not free:
            return None
        least = min(self.loads[reviewer] for reviewer in free)
        return self._random.choice([reviewer for reviewer in free if self.loads[reviewer] == least])

    def _is_anyone_freer(self, reviewer: int) -> bool:
        load = self.loads[reviewer]
        return any(other < load and self._has_room(index) for index, other in enumerate(self.loads))

    def _has_room(self, reviewer: int) -> bool:
        limit = self._limits[reviewer]
        return limit is None or self.loads[reviewer] < limit

    def _pass_on(self, giver: int, taker: int) -> None:
        work = next(work for work in self.taken[giver] if self.open_to[work] >> taker & 1)
        del self.taken[giver][work]
        self._readers[work].remove(giver)
        self._count_passing(giver, self.open_to[work], -1)
        self.open_to[work] |= 1 << giver
        for reader in self._readers[work]:
            self._count_passing(reader, 1 << giver, 1)
        self._take(work, taker)

    def _take(self, work: int, taker: int) -> None:
        self.open_to[work] &= ~(1 << taker)
        for reader in self._readers[work]:
            self._count_passing(reader, 1 << taker, -1)
        self.taken[taker][work] = None
        self._readers[work].append(taker)
        self._count_passing(taker, self.open_to[work], 1)

    def _count_passing(self, giver: int, takers: int, change: int) -> None:
        row = self._passing[giver]
        for taker in _bits(takers):
            row[taker] += change
            if row[taker]:
                self._next_to[giver] |= 1 << taker
            else:
                self._next_to[giver] &= ~(1 << taker)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _mask(reviewer_ids: Iterable[int], column: Mapping[int, int]) -> int:
    """The listed ones among the reviewers as bits."""
    return sum(1 << column[reviewer_id] for reviewer_id in reviewer_ids if reviewer_id in column)


def _readers_by_essay(pairs: Iterable[Pair]) -> defaultdict[int, set[int]]:
    readers: defaultdict[int, set[int]] = defaultdict(set)
    for essay_id, reviewer_id in pairs:
        readers[essay_id].add(reviewer_id)
    return readers


def _own_unit_masks(panel: Sequence[AvailableReviewer]) -> dict[int, int]:
    masks: defaultdict[int, int] = defaultdict(int)
    for index, reviewer in enumerate(panel):
        if reviewer.unit_id is not None:
            masks[reviewer.unit_id] |= 1 << index
    return dict(masks)


def _reasons(*, placed: int, own_unit: int, declared: int, full: int) -> tuple[Reason, ...]:
    """Why an essay has too few readers; whoever could still read it is full."""
    clauses = (
        (N_("%(count)d 位因本单位回避"), own_unit.bit_count()),
        (N_("%(count)d 位因申报回避"), (declared & ~own_unit).bit_count()),
        (N_("%(count)d 位已达评审篇数上限"), full.bit_count()),
    )
    return (
        Reason(N_("只有 %(count)d 位评审专家可评"), {"count": placed}),
        *(Reason(message, {"count": count}) for message, count in clauses if count),
    )
