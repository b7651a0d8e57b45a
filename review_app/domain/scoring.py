"""One reviewer's score sheet of one essay: its total, what it still lacks, and when it needs a comment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from review_app.domain.errors import N_, Invalid
from review_app.domain.rubric import Criterion, validate_points

COMMENT_BELOW_TENTHS: Final = 600
COMMENT_ABOVE_TENTHS: Final = 900
COMMENT_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Points in tenths by criterion key. A sheet counts once it is final, unless its reviewer stepped back (回避)
    or the chief struck it out."""

    reviewer_id: int
    points_tenths: Mapping[str, int]
    is_final: bool = True
    is_recused: bool = False
    is_struck: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the sheet enters the mean."""
        return self.is_final and not self.is_recused and not self.is_struck


def total_tenths(points_tenths: Mapping[str, int]) -> int:
    """The sum of the points given so far, in tenths."""
    return sum(points_tenths.values())


def missing_criteria(criteria: Iterable[Criterion], points_tenths: Mapping[str, int]) -> tuple[str, ...]:
    """The keys of the criteria without points, in order of position."""
    ordered = sorted(criteria, key=lambda criterion: criterion.position)
    return tuple(criterion.key for criterion in ordered if criterion.key not in points_tenths)


def needs_comment(total: int) -> bool:
    """Whether a total, in tenths, is so low or so high that it must be explained."""
    return total < COMMENT_BELOW_TENTHS or total > COMMENT_ABOVE_TENTHS


def check_points(criteria: Iterable[Criterion], points_tenths: Mapping[str, int]) -> None:
    """Return quietly when every point given belongs to a criterion and fits it; raises Invalid. A draft may lack some."""
    by_key = {criterion.key: criterion for criterion in criteria}
    for key, points in points_tenths.items():
        if key not in by_key:
            raise Invalid(N_("评分细则里没有这个评分项，请刷新页面后重试。"), key)
        validate_points(by_key[key], points)


def check_final(
    criteria: Iterable[Criterion],
    points_tenths: Mapping[str, int],
    comment: str,
    *,
    is_comment_asked: bool = True,
) -> int:
    """The total, in tenths, of a sheet that may be handed in; raises Invalid naming the first field at fault.
    `is_comment_asked`: the contest's switch for the comment on very low and very high totals."""
    criteria = tuple(criteria)
    check_points(criteria, points_tenths)
    missing = missing_criteria(criteria, points_tenths)
    if missing:
        raise Invalid(N_("还有 %(count)d 个评分项没有打分。"), missing[0], count=len(missing))
    total = total_tenths(points_tenths)
    written = sum(not character.isspace() for character in comment)
    if is_comment_asked and needs_comment(total) and written < COMMENT_CHARACTERS:
        raise Invalid(
            N_("总分低于 60 分或高于 90 分时，请写不少于 %(count)d 个字的评语。"), "comment", count=COMMENT_CHARACTERS
        )
    return total
