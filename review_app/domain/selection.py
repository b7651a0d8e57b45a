"""Which works enter the anthology, under which headings and in what order, and the moving of a work within its list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from review_app.domain.awards import RefusedEssay
from review_app.domain.errors import N_, Conflict
from review_app.domain.reason import Reason

T = TypeVar("T")

Rule = Literal["award", "topic", "class", "genre"]
RULES: Final[Mapping[Rule, str]] = {
    "award": N_("按奖项"),
    "topic": N_("按主题"),
    "class": N_("按单位类别"),
    "genre": N_("按体裁"),
}
# The section of works that fall under no heading; books are in Chinese.
REST: Final = "其他作品"


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a rule makes of the works: the titles of its sections by key, in order, and the key of each work's section.
    A work without a key, or with one that has no title, falls under no heading."""

    rule: Rule
    titles: Mapping[str, str]
    keys: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that might be printed. `rank` is its place in the ranking; `unit_position` its unit's place in the
    official order; `is_contested` means an objection (异议) against it is open."""

    essay_id: int
    rank: int
    unit_position: int = 0
    is_awarded: bool = True
    is_contested: bool = False


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A part of the anthology with its works in order."""

    title: str
    essay_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """Sections in order of their headings, empty ones left out, and the works that stay outside with the reason."""

    sections: tuple[PlannedSection, ...]
    refused: tuple[RefusedEssay, ...]

    @property
    def chosen(self) -> tuple[int, ...]:
        """The ids of all works in the order of the book."""
        return tuple(essay_id for section in self.sections for essay_id in section.essay_ids)


def plan_selection(candidates: Iterable[Candidate], grouping: Grouping, *, takes_all: bool) -> SelectionPlan:
    """The works under their headings, those under none at the end: by rank where sections are awards, else by the
    official order of units, then rank. Works without an award come only where the book `takes_all`; every work that
    stays outside is named with its reason, in order of id."""
    chosen: list[Candidate] = []
    refused: list[RefusedEssay] = []
    for candidate in sorted(candidates, key=_by_rank if grouping.rule == "award" else _by_unit):
        if candidate.is_contested:
            refused.append(RefusedEssay(candidate.essay_id, Reason(N_("异议尚未处理完"))))
        elif not (takes_all or candidate.is_awarded):
            refused.append(RefusedEssay(candidate.essay_id, Reason(N_("没有获奖"))))
        else:
            chosen.append(candidate)
    # Two headings may bear the same words, and no two sections of a book do.
    sections: dict[str, list[int]] = {title: [] for title in (*grouping.titles.values(), REST)}
    for one in chosen:
        sections[grouping.titles.get(grouping.keys.get(one.essay_id, ""), REST)].append(one.essay_id)
    return SelectionPlan(
        sections=tuple(PlannedSection(title, tuple(essay_ids)) for title, essay_ids in sections.items() if essay_ids),
        refused=tuple(sorted(refused, key=lambda one: one.essay_id)),
    )


def _by_rank(one: Candidate) -> tuple[int, int, int]:
    return one.rank, one.unit_position, one.essay_id


def _by_unit(one: Candidate) -> tuple[int, int, int]:
    return one.unit_position, one.rank, one.essay_id


def move_item(items: Sequence[T], item: T, position: int) -> tuple[T, ...]:
    """The items with `item` at `position`, counted from 1; a position beyond an end means that end.
    Raises Conflict where the item is no longer in the list."""
    if item not in items:
        raise Conflict(N_("这篇作品已不在列表中，请刷新页面后再调整顺序。"))
    others = [other for other in items if other != item]
    others.insert(max(0, position - 1), item)
    return tuple(others)
