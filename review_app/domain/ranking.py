"""From sheets to places: the trimmed mean in exact arithmetic, and the chain of rules that decides ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType
from typing import Final

from review_app.domain.errors import N_
from review_app.domain.reason import Reason
from review_app.domain.scoring import ScoreSheet, total_tenths

DROP_FROM: Final = 5
MINIMUM_SHEETS: Final = 3
TIE_CRITERIA: Final = ("real", "theme")
NO_ORDER: Final[Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EssaySheets:
    """An essay with all its sheets, counted or not."""

    essay_id: int
    sheets: tuple[ScoreSheet, ...]


@dataclass(frozen=True, slots=True)
class RankedEssay:
    """An essay's place. `mean` is exact, in points; `display` is it with two decimals, half up, "" when incomplete.

    `rank` is None, and `incomplete` says why, where too few sheets count. `n` sheets count; `spread_tenths` is the
    highest total minus the lowest. `dropped` names the reviewers of the highest and of the lowest total left out.
    `tie_decided_by` names the last rule needed to tell the essay from others of the same mean: a criterion key,
    "undropped" or "chief"; "" where the mean alone placed it or nothing could.
    """

    essay_id: int
    rank: int | None
    is_tied: bool
    mean: Fraction | None
    display: str
    n: int
    spread_tenths: int
    dropped: tuple[int, int] | None
    tie_decided_by: str
    incomplete: Reason | None


@dataclass(frozen=True, slots=True)
class _Score:
    essay_id: int
    key: tuple[Fraction, ...]
    n: int
    spread_tenths: int
    dropped: tuple[int, int] | None


def rank_essays(
    essays: Iterable[EssaySheets],
    *,
    minimum: int = MINIMUM_SHEETS,
    tie_criteria: Sequence[str] = TIE_CRITERIA,
    chief_order: Mapping[int, int] = NO_ORDER,
) -> tuple[RankedEssay, ...]:
    """All essays, best first, tied ones by id; those with fewer than `minimum` counted sheets last, without a rank.

    Equal means are told apart by the mean of each of `tie_criteria`, then the undropped mean, all over every counted
    sheet, then `chief_order` (essay id → place, 1 first; those without a place come after). What is still equal
    shares a rank, and the next rank skips.
    """
    if minimum < 1:
        raise ValueError("minimum must be at least 1")
    scores: list[_Score] = []
    incomplete: list[RankedEssay] = []
    for essay in essays:
        sheets = [sheet for sheet in essay.sheets if sheet.is_counted]
        if len(sheets) < minimum:
            incomplete.append(_incomplete(essay.essay_id, sheets, minimum))
        else:
            scores.append(_score(essay.essay_id, sheets, tie_criteria, chief_order.get(essay.essay_id)))
    scores.sort(key=lambda score: score.essay_id)
    scores.sort(key=lambda score: score.key, reverse=True)
    steps = ("", *tie_criteria, "undropped", "chief")
    ranked: list[RankedEssay] = []
    for _, group in groupby(scores, key=lambda score: score.key[0]):
        ranked.extend(_place(list(group), len(ranked), steps))
    return (*ranked, *sorted(incomplete, key=lambda essay: essay.essay_id))


def trimmed_mean(totals_tenths: Sequence[int]) -> Fraction:
    """The mean in points: from five totals on without one highest and one lowest, below that of all."""
    kept = sorted(totals_tenths)
    if len(kept) >= DROP_FROM:
        kept = kept[1:-1]
    return Fraction(sum(kept), 10 * len(kept))


def format_mean(mean: Fraction) -> str:
    """The mean with two decimals, rounded half up, such as "86.67"."""
    hundredths = (mean * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _score(essay_id: int, sheets: list[ScoreSheet], tie_criteria: Sequence[str], chief_place: int | None) -> _Score:
    n = len(sheets)
    # The reviewer's id only settles which of two equal totals is called the dropped one; the mean is the same.
    by_total = sorted((total_tenths(sheet.points_tenths), sheet.reviewer_id) for sheet in sheets)
    totals = [total for total, _ in by_total]
    return _Score(
        essay_id=essay_id,
        key=(
            trimmed_mean(totals),
            *(Fraction(sum(sheet.points_tenths.get(key, 0) for sheet in sheets), 10 * n) for key in tie_criteria),
            Fraction(sum(totals), 10 * n),
            # A place of the chief turned round, so that more is better; 0 stands below every place.
            Fraction(0) if chief_place is None else Fraction(1, chief_place),
        ),
        n=n,
        spread_tenths=totals[-1] - totals[0],
        dropped=(by_total[-1][1], by_total[0][1]) if n >= DROP_FROM else None,
    )


def _place(group: list[_Score], ahead: int, steps: Sequence[str]) -> list[RankedEssay]:
    """Ranks for essays of one mean, best first, with `ahead` essays before them."""
    places = [list(tied) for _, tied in groupby(group, key=lambda score: score.key)]
    ranked: list[RankedEssay] = []
    for index, tied in enumerate(places):
        neighbours = places[max(0, index - 1) : index] + places[index + 1 : index + 2]
        step = max((_first_difference(tied[0].key, other[0].key) for other in neighbours), default=0)
        rank = ahead + len(ranked) + 1
        ranked.extend(
            RankedEssay(
                essay_id=score.essay_id,
                rank=rank,
                is_tied=len(tied) > 1,
                mean=score.key[0],
                display=format_mean(score.key[0]),
                n=score.n,
                spread_tenths=score.spread_tenths,
                dropped=score.dropped,
                tie_decided_by=steps[step],
                incomplete=None,
            )
            for score in tied
        )
    return ranked


def _first_difference(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> int:
    return next(step for step, (mine, other) in enumerate(zip(left, right, strict=True)) if mine != other)


def _incomplete(essay_id: int, sheets: list[ScoreSheet], minimum: int) -> RankedEssay:
    totals = [total_tenths(sheet.points_tenths) for sheet in sheets]
    return RankedEssay(
        essay_id=essay_id,
        rank=None,
        is_tied=False,
        mean=None,
        display="",
        n=len(sheets),
        spread_tenths=max(totals) - min(totals) if totals else 0,
        dropped=None,
        tie_decided_by="",
        incomplete=Reason(N_("有效评分 %(count)d 份，不足 %(minimum)d 份"), {"count": len(sheets), "minimum": minimum}),
    )
