"""Typical cases: the sheet of a work, and the works that have one or a passage marked as good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from review_app.domain.case_sheets import CaseTexts
from review_app.domain.passages import MarkKind
from review_app.models import AwardLevel, CaseSheet, Contest, Essay, PassageMark, Unit
from review_app.queries.marks import is_open_mark


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The stored sheet of a work; the next change must name this `version`."""

    texts: CaseTexts
    updated_at: datetime
    updated_by: str
    version: int


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A line of the library; `good` counts its passages marked as good, `sheet_at` is None where it has no sheet yet."""

    essay_id: int
    number: str
    title: str
    unit_name: str
    year: int
    award_zh: str
    award_en: str
    good: int
    sheet_at: datetime | None


def find_case(session: Session, *, essay_id: int) -> CaseRow | None:
    """The sheet of a work, None before it was saved."""
    row = session.get(CaseSheet, essay_id)
    return None if row is None else CaseRow(to_case_texts(row), row.updated_at, row.updated_by, row.version)


def to_case_texts(row: CaseSheet) -> CaseTexts:
    """The sections as the rules take them."""
    return CaseTexts(row.cause, row.measures, row.results, row.lessons)


def list_cases(session: Session, *, offset: int, limit: int) -> tuple[ListedCase, ...]:
    """The library, works with a sheet first, then those with most good passages. One statement."""
    good = _count_good()
    rows = session.execute(
        _cases(good)
        .order_by(CaseSheet.updated_at.is_(None), func.coalesce(good.c.marks, 0).desc(), Essay.id)
        .offset(offset)
        .limit(limit)
    )
    return tuple(
        ListedCase(
            essay_id=essay.id,
            number=essay.number or "",
            title=essay.title,
            unit_name=unit.short_name or unit.name,
            year=year,
            award_zh=level.name_zh if level else "",
            award_en=level.name_en if level else "",
            good=marks or 0,
            sheet_at=sheet_at,
        )
        for essay, unit, year, level, sheet_at, marks in rows
    )


def count_cases(session: Session) -> int:
    """How many works the library holds."""
    return session.scalar(select(func.count()).select_from(_cases(_count_good()).subquery())) or 0


def _count_good() -> Any:
    return (
        select(PassageMark.essay_id, func.count().label("marks"))
        .where(*is_open_mark(MarkKind.GOOD))
        .group_by(PassageMark.essay_id)
        .subquery()
    )


def _cases(good: Any) -> Select[Any]:
    return (
        select(Essay, Unit, Contest.year, AwardLevel, CaseSheet.updated_at, good.c.marks)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(Contest, Contest.id == Essay.contest_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .outerjoin(CaseSheet, CaseSheet.essay_id == Essay.id)
        .outerjoin(good, good.c.essay_id == Essay.id)
        .where(or_(CaseSheet.essay_id.is_not(None), good.c.marks > 0))
    )
