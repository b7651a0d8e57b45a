"""Prizes from ranks: levels with quotas and floors, planned down the list; a cut through a tie is left to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from review_app.domain.errors import N_, Invalid
from review_app.domain.ranking import RankedEssay
from review_app.domain.reason import Reason
from review_app.domain.rubric import format_points


@dataclass(frozen=True, slots=True)
class AwardLevel:
    """A prize: `quota` places at most, for means of at least `floor_tenths`, handed out in order of `position`."""

    key: str
    name_zh: str
    name_en: str
    quota: int
    floor_tenths: int
    position: int


DEFAULT_LEVELS: Final = (
    AwardLevel("first", "一等奖", "First prize", 3, 700, 1),
    AwardLevel("second", "二等奖", "Second prize", 6, 700, 2),
    AwardLevel("third", "三等奖", "Third prize", 9, 700, 3),
    AwardLevel("merit", "优秀奖", "Merit award", 12, 700, 4),
)


@dataclass(frozen=True, slots=True)
class AwardedEssay:
    """An essay with its prize."""

    essay_id: int
    level_key: str
    rank: int


@dataclass(frozen=True, slots=True)
class RefusedEssay:
    """An essay without a prize, and why."""

    essay_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Places of a level nobody reached (缺额)."""

    level_key: str
    places: int


@dataclass(frozen=True, slots=True)
class OpenTie:
    """Tied essays a cut goes through: a person orders them and plans again. `places` are kept for them, by level;
    where these are fewer than the essays, some get nothing."""

    essay_ids: tuple[int, ...]
    rank: int
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AwardPlan:
    """Every ranked essay is in exactly one of `awarded`, `open_ties` and `refused`, each in order of rank.
    With an open tie the plan is not yet fit to be applied."""

    awarded: tuple[AwardedEssay, ...]
    refused: tuple[RefusedEssay, ...]
    vacancies: tuple[Vacancy, ...]
    open_ties: tuple[OpenTie, ...]


def check_levels(levels: Sequence[AwardLevel]) -> tuple[AwardLevel, ...]:
    """The levels in order of position; raises Invalid for a repeated key, a negative quota or a floor that rises."""
    ordered = tuple(sorted(levels, key=lambda level: (level.position, level.key)))
    if len({level.key for level in ordered}) != len(ordered):
        raise Invalid(N_("奖项的代号不能重复。"), "key")
    if any(level.quota < 0 for level in ordered):
        raise Invalid(N_("名额不能小于 0。"), "quota")
    floors = [level.floor_tenths for level in ordered]
    if floors != sorted(floors, reverse=True) or any(not 0 <= floor <= 1000 for floor in floors):
        raise Invalid(N_("最低分应在 0 到 100 之间，且低等次不能高于高等次。"), "floor_tenths")
    return ordered


def plan_awards(
    ranked: Sequence[RankedEssay],
    levels: Sequence[AwardLevel],
    *,
    one_per_author: bool = False,
    authors: Mapping[int, frozenset[str]] | None = None,
) -> AwardPlan:
    """The prizes for essays in ranking order. A level takes the next essays until its quota is full or the mean falls
    below its floor; places left over stay vacant and do not move down.

    `one_per_author`: an author wins once, with the best work; `authors` (essay id → names or ids) is then needed.
    A tie that a level cannot hold whole, or that holds two works of one author, becomes an open tie.
    """
    if one_per_author and authors is None:
        raise ValueError("one_per_author needs the authors")
    draft = _Draft(list(check_levels(levels)), authors if one_per_author and authors else {})
    placed = (essay for essay in ranked if essay.rank is not None)
    for _, tied in groupby(placed, key=lambda essay: essay.rank):
        draft.seat(list(tied))
    for essay in ranked:
        if essay.incomplete is not None:
            draft.refused.append(RefusedEssay(essay.essay_id, essay.incomplete))
    return AwardPlan(
        awarded=tuple(draft.awarded),
        refused=tuple(draft.refused),
        vacancies=tuple(Vacancy(key, places) for key, places in draft.left.items() if places),
        open_ties=tuple(draft.open_ties),
    )


@dataclass(slots=True)
class _Draft:
    """A plan in the making: the levels still open, the places each has left, the authors already seen to."""

    levels: list[AwardLevel]
    authors: Mapping[int, frozenset[str]]
    left: dict[str, int] = field(init=False)
    winners: set[str] = field(default_factory=set)
    awarded: list[AwardedEssay] = field(default_factory=list)
    refused: list[RefusedEssay] = field(default_factory=list)
    open_ties: list[OpenTie] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = {level.key: level.quota for level in self.levels}

    def seat(self, tied: list[RankedEssay]) -> None:
        """Give the next essays, all of one rank, a prize, an open tie or a reason."""
        tied = self._without_winners(tied)
        if not tied:
            return
        mean, rank = tied[0].mean, tied[0].rank
        assert mean is not None
        assert rank is not None
        open_levels = [level for level in self.levels if self.left[level.key] and mean * 10 >= level.floor_tenths]
        if not open_levels:
            self._refuse(tied, self._why_none(tied[0]))
            return
        wanted = self._places_wanted(tied)
        level = open_levels[0]
        if wanted == len(tied) and len(tied) <= self.left[level.key]:
            self.awarded.extend(AwardedEssay(essay.essay_id, level.key, rank) for essay in tied)
            self.left[level.key] -= len(tied)
        else:
            places = []
            for level in open_levels:
                taken = min(wanted, self.left[level.key])
                if taken:
                    places.append((level.key, taken))
                    self.left[level.key] -= taken
                    wanted -= taken
            self.open_ties.append(OpenTie(tuple(essay.essay_id for essay in tied), rank, tuple(places)))
        for essay in tied:
            self.winners |= self._authors_of(essay)

    def _without_winners(self, tied: list[RankedEssay]) -> list[RankedEssay]:
        """The essays whose authors have no better work; the others are refused."""
        second = [essay for essay in tied if self._authors_of(essay) & self.winners]
        self._refuse(second, Reason(N_("作者已有名次更高的作品获奖或待定")))
        return [essay for essay in tied if essay not in second]

    def _places_wanted(self, tied: Iterable[RankedEssay]) -> int:
        """How many of the tied essays can win together when an author wins only once."""
        seen: set[str] = set()
        wanted = 0
        for essay in tied:
            if not self._authors_of(essay) & seen:
                seen |= self._authors_of(essay)
                wanted += 1
        return wanted

    def _why_none(self, essay: RankedEssay) -> Reason:
        if any(self.left.values()):
            floor = min(level.floor_tenths for level in self.levels if self.left[level.key])
            return Reason(
                N_("平均分 %(mean)s，低于获奖最低分 %(floor)s"),
                {"mean": essay.display, "floor": format_points(floor)},
            )
        return Reason(N_("奖项名额已满"))

    def _refuse(self, essays: Iterable[RankedEssay], reason: Reason) -> None:
        self.refused.extend(RefusedEssay(essay.essay_id, reason) for essay in essays)

    def _authors_of(self, essay: RankedEssay) -> frozenset[str]:
        return self.authors.get(essay.essay_id, frozenset())
