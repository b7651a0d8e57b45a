"""The contest as pages and services see it: names, clock, rubric, classes, levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.contest_phase import ContestTimes
from review_app.domain.errors import NotFound
from review_app.models import AwardLevel, Contest, Criterion, DeadlineChange, Essay, Score, UnitClass


@dataclass(frozen=True, slots=True)
class ContestRow:
    """The contest in hand."""

    id: int
    year: int
    name_zh: str
    name_en: str
    organiser: str
    times: ContestTimes
    reviews_per_essay: int
    minimum_reviews: int
    words_advised_from: int
    words_advised_to: int
    words_max: int
    version: int


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One line of the rubric."""

    id: int
    key: str
    name_zh: str
    name_en: str
    hint: str
    max_points: int


@dataclass(frozen=True, slots=True)
class UnitClassRow:
    """A class of units and its quota."""

    id: int
    key: str
    name_zh: str
    name_en: str
    quota: int


@dataclass(frozen=True, slots=True)
class AwardLevelRow:
    """A level of awards."""

    id: int
    key: str
    name_zh: str
    name_en: str
    quota: int
    floor_tenths: int
    position: int


@dataclass(frozen=True, slots=True)
class DeadlineChangeRow:
    """One change of the timetable."""

    field: str
    old_at: datetime | None
    new_at: datetime | None
    reason: str
    changed_at: datetime
    changed_by: str


def find_contest(session: Session) -> ContestRow | None:
    """The contest in hand: the one of the latest year; None before the first is set up."""
    contest = session.scalar(select(Contest).order_by(Contest.year.desc(), Contest.id.desc()).limit(1))
    return None if contest is None else to_contest_row(contest)


def get_contest(session: Session) -> ContestRow:
    """The contest in hand; raises NotFound before the first is set up."""
    contest = find_contest(session)
    if contest is None:
        raise NotFound
    return contest


def to_contest_row(contest: Contest) -> ContestRow:
    """The row of a contest already loaded."""
    return ContestRow(
        id=contest.id,
        year=contest.year,
        name_zh=contest.name_zh,
        name_en=contest.name_en,
        organiser=contest.organiser,
        times=ContestTimes(
            opens_at=contest.opens_at,
            closes_at=contest.closes_at,
            late_until=contest.late_until,
            correction_days=contest.correction_days,
            review_closes_at=contest.review_closes_at,
            ends_at=contest.ends_at,
            results_at=contest.results_at,
        ),
        reviews_per_essay=contest.reviews_per_essay,
        minimum_reviews=contest.minimum_reviews,
        words_advised_from=contest.words_advised_from,
        words_advised_to=contest.words_advised_to,
        words_max=contest.words_max,
        version=contest.version,
    )


def list_criteria(session: Session, *, contest_id: int) -> tuple[CriterionRow, ...]:
    """The rubric in order."""
    rows = session.scalars(select(Criterion).where(Criterion.contest_id == contest_id).order_by(Criterion.position))
    return tuple(CriterionRow(row.id, row.key, row.name_zh, row.name_en, row.hint, row.max_points) for row in rows)


def list_unit_classes(session: Session, *, contest_id: int) -> tuple[UnitClassRow, ...]:
    """The unit classes in official order."""
    rows = session.scalars(select(UnitClass).where(UnitClass.contest_id == contest_id).order_by(UnitClass.position))
    return tuple(UnitClassRow(row.id, row.key, row.name_zh, row.name_en, row.quota) for row in rows)


def list_award_levels(session: Session, *, contest_id: int) -> tuple[AwardLevelRow, ...]:
    """The award levels, highest first."""
    rows = session.scalars(select(AwardLevel).where(AwardLevel.contest_id == contest_id).order_by(AwardLevel.position))
    return tuple(
        AwardLevelRow(row.id, row.key, row.name_zh, row.name_en, row.quota, row.floor_tenths, row.position)
        for row in rows
    )


def list_deadline_changes(session: Session, *, contest_id: int) -> tuple[DeadlineChangeRow, ...]:
    """The changes of the timetable, latest first."""
    rows = session.scalars(
        select(DeadlineChange)
        .where(DeadlineChange.contest_id == contest_id)
        .order_by(DeadlineChange.changed_at.desc(), DeadlineChange.id.desc())
    )
    return tuple(
        DeadlineChangeRow(row.field, row.old_at, row.new_at, row.reason, row.changed_at, row.changed_by) for row in rows
    )


def has_scores(session: Session, *, contest_id: int) -> bool:
    """Whether any reviewer has put points on the rubric, drafts included; from then on it is frozen."""
    found = session.scalar(
        select(Score.review_id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Criterion.contest_id == contest_id)
        .limit(1)
    )
    return found is not None


def has_awards(session: Session, *, contest_id: int) -> bool:
    """Whether awards have been applied; from then on the award levels are frozen."""
    found = session.scalar(
        select(Essay.id).where(Essay.contest_id == contest_id, Essay.award_level_id.is_not(None)).limit(1)
    )
    return found is not None
