"""Which works enter the anthology and in what order, and the moving of a work within its list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from review_app.domain.awards import AwardLevel, RefusedEssay
from review_app.domain.errors import N_, Conflict
from review_app.domain.reason import Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that might be printed. `level_key` is its award, "" for none; `unit_position` its unit's place in the
    official order; `is_contested` means an objection (异议) against it is open."""

    essay_id: int
    level_key: str
    rank: int
    unit_position: int = 0
    is_contested: bool = False


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A part of the anthology: one award level with its works in order."""

    level_key: str
    name_zh: str
    name_en: str
    essay_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """Sections in order of award, empty ones left out, and the works that stay outside with the reason."""

    sections: tuple[PlannedSection, ...]
    refused: tuple[RefusedEssay, ...]

    @property
    def chosen(self) -> tuple[int, ...]:
        """The ids of all works in the order of the book."""
        return tuple(essay_id for section in self.sections for essay_id in section.essay_ids)


def plan_selection(candidates: Iterable[Candidate], levels: Sequence[AwardLevel]) -> SelectionPlan:
    """The works with an award, by level, then rank, then the official order of units; every other candidate with its
    reason, in order of id. An award that is not among `levels` counts as none."""
    keys = {level.key for level in levels}
    chosen: list[Candidate] = []
    refused: list[RefusedEssay] = []
    for candidate in sorted(candidates, key=lambda one: (one.rank, one.unit_position, one.essay_id)):
        if candidate.level_key not in keys:
            refused.append(RefusedEssay(candidate.essay_id, Reason(N_("没有获奖"))))
        elif candidate.is_contested:
            refused.append(RefusedEssay(candidate.essay_id, Reason(N_("异议尚未处理完"))))
        else:
            chosen.append(candidate)
    sections = (
        PlannedSection(
            level_key=level.key,
            name_zh=f"{level.name_zh}作品",
            name_en=level.name_en,
            essay_ids=tuple(one.essay_id for one in chosen if one.level_key == level.key),
        )
        for level in sorted(levels, key=lambda level: (level.position, level.key))
    )
    return SelectionPlan(
        sections=tuple(section for section in sections if section.essay_ids),
        refused=tuple(sorted(refused, key=lambda one: one.essay_id)),
    )


def move_item(items: Sequence[T], item: T, position: int) -> tuple[T, ...]:
    """The items with `item` at `position`, counted from 1; a position beyond an end means that end.
    Raises Conflict where the item is no longer in the list."""
    if item not in items:
        raise Conflict(N_("这篇作品已不在列表中，请刷新页面后再调整顺序。"))
    others = [other for other in items if other != item]
    others.insert(max(0, position - 1), item)
    return tuple(others)
