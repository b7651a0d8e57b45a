"""Changing a running contest: its timetable with reasons, its panel, quotas, award levels and rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from review_app.domain.contest_phase import ContestTimes
from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.rubric import Criterion as RubricLine
from review_app.domain.rubric import check_rubric
from review_app.domain.text_rules import check_line
from review_app.models import AwardLevel, Contest, Criterion, DeadlineChange, UnitClass
from review_app.queries.contests import has_awards, has_scores
from review_app.services.audit import record
from review_app.work import Work

MAX_REVIEWS_PER_ESSAY: Final = 15
MAX_QUOTA: Final = 50
MAX_AWARD_PLACES: Final = 500


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments of a running contest that may be moved (UTC)."""

    closes_at: datetime
    late_until: datetime | None
    review_closes_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AwardTerms:
    """What may be set of an award level: its places and the least mean it takes, in tenths of a point."""

    quota: int
    floor_tenths: int


@dataclass(frozen=True, slots=True)
class CriterionText:
    """What may be set of a line of the rubric; its key stays, since ties are decided by it."""

    name_zh: str
    name_en: str
    hint: str
    max_points: int


def change_timetable(work: Work, *, contest_id: int, version: int, timetable: Timetable, reason: str) -> int:
    """Move the moments of the contest and tell all units why; returns how many moved.

    Raises Invalid (field = the moment, or "reason") for an order that cannot be, a moment that has already passed, or
    a change without a reason; Conflict when somebody changed the contest since `version`.
    """
    require(work.actor, Permission.CONFIGURE_CONTEST)
    contest = _contest(work, contest_id, version)
    moves = [
        (field, old, new)
        for field in ("closes_at", "late_until", "review_closes_at", "ends_at")
        if (new := getattr(timetable, field)) != (old := getattr(contest, field))
    ]
    if not moves:
        return 0
    ContestTimes(
        opens_at=contest.opens_at,
        closes_at=timetable.closes_at,
        late_until=timetable.late_until,
        correction_days=contest.correction_days,
        review_closes_at=timetable.review_closes_at,
        ends_at=timetable.ends_at,
        results_at=contest.results_at,
    )
    for field, _old, new in moves:
        if new is not None and new < work.now:
            raise Invalid(N_("不能改到已经过去的时间。"), field)
    words = check_line(reason, field="reason", limit=200)
    for field, old, new in moves:
        setattr(contest, field, new)
        work.session.add(
            DeadlineChange(
                contest_id=contest.id,
                field=field,
                old_at=old,
                new_at=new,
                reason=words,
                changed_at=work.now,
                changed_by=work.actor.name,
            )
        )
    record(
        work, "contest.change_times", object_kind="contest", object_id=contest.id, reason=words,
        changes=[[field, old and old.isoformat(), new and new.isoformat()] for field, old, new in moves],
    )  # fmt: skip
    return len(moves)


def change_panel(work: Work, *, contest_id: int, version: int, reviews_per_essay: int, minimum_reviews: int) -> None:
    """Set how many reviewers read each essay, and how many sheets it needs to be ranked."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    contest = _contest(work, contest_id, version)
    _check_number(reviews_per_essay, "reviews_per_essay", 1, MAX_REVIEWS_PER_ESSAY)
    if not 1 <= minimum_reviews <= reviews_per_essay:
        raise Invalid(N_("最少评审数应在 1 和每篇评审数之间。"), "minimum_reviews")
    before = [contest.reviews_per_essay, contest.minimum_reviews]
    contest.reviews_per_essay, contest.minimum_reviews = reviews_per_essay, minimum_reviews
    record(
        work, "contest.change_panel", object_kind="contest", object_id=contest.id,
        reviews_per_essay=reviews_per_essay, minimum_reviews=minimum_reviews, before=before,
    )  # fmt: skip


def change_quotas(work: Work, *, contest_id: int, quotas: Mapping[int, int]) -> None:
    """Set how many works the units of each class owe (by class id); units with a quota of their own keep it."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    changes = []
    for row in work.session.scalars(select(UnitClass).where(UnitClass.contest_id == contest_id)):
        quota = quotas.get(row.id, row.quota)
        _check_number(quota, f"quota-{row.id}", 0, MAX_QUOTA)
        if quota != row.quota:
            changes.append([row.name_zh, row.quota, quota])
            row.quota = quota
    if changes:
        record(work, "contest.change_quotas", object_kind="contest", object_id=contest_id, changes=changes)


def change_award_levels(work: Work, *, contest_id: int, terms: Mapping[int, AwardTerms]) -> None:
    """Set places and floor of the award levels (by level id); raises Conflict once awards have been applied."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    if has_awards(work.session, contest_id=contest_id):
        raise Conflict(N_("奖项已经评定，名额和最低分不能再改；如需调整，请先撤销评定。"))
    changes = []
    for row in work.session.scalars(select(AwardLevel).where(AwardLevel.contest_id == contest_id)):
        new = terms.get(row.id, AwardTerms(row.quota, row.floor_tenths))
        _check_number(new.quota, f"places-{row.id}", 0, MAX_AWARD_PLACES)
        _check_number(new.floor_tenths, f"floor-{row.id}", 0, 1000, shown_as=10)
        if (new.quota, new.floor_tenths) != (row.quota, row.floor_tenths):
            changes.append([row.name_zh, row.quota, new.quota, row.floor_tenths, new.floor_tenths])
            row.quota, row.floor_tenths = new.quota, new.floor_tenths
    if changes:
        record(work, "contest.change_awards", object_kind="contest", object_id=contest_id, changes=changes)


def change_rubric(work: Work, *, contest_id: int, lines: Mapping[int, CriterionText]) -> None:
    """Set names, hints and points of the rubric (by criterion id). Raises Invalid unless the points make 100 together,
    Conflict once a reviewer has begun to score: sheets under two rubrics cannot be compared."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    if has_scores(work.session, contest_id=contest_id):
        raise Conflict(N_("已经有评审专家打分，评分细则不能再改。"))
    rows = work.session.scalars(
        select(Criterion).where(Criterion.contest_id == contest_id).order_by(Criterion.position)
    ).all()
    check_rubric(_as_lines(rows, lines))
    before = {row.key: row.max_points for row in rows}
    for row in rows:
        if line := lines.get(row.id):
            row.name_zh = check_line(line.name_zh, field=f"name_zh-{row.id}", limit=60)
            row.name_en = check_line(line.name_en, field=f"name_en-{row.id}", limit=120, is_required=False)
            row.hint = check_line(line.hint, field=f"hint-{row.id}", limit=200, is_required=False)
            row.max_points = line.max_points
    record(
        work, "contest.change_rubric", object_kind="contest", object_id=contest_id,
        before=before, after={row.key: row.max_points for row in rows},
    )  # fmt: skip


def _as_lines(rows: Sequence[Criterion], lines: Mapping[int, CriterionText]) -> tuple[RubricLine, ...]:
    return tuple(
        RubricLine(row.key, line.name_zh.strip(), line.name_en, line.hint, line.max_points, row.position)
        for row in rows
        for line in (lines.get(row.id) or CriterionText(row.name_zh, row.name_en, row.hint, row.max_points),)
    )


def _contest(work: Work, contest_id: int, version: int) -> Contest:
    contest = work.session.get(Contest, contest_id)
    if contest is None:
        raise NotFound
    if contest.version != version:
        raise Conflict(N_("刚才有人改动了活动设置。请刷新页面，核对后再保存。"))
    return contest


def _check_number(value: int, field: str, low: int, high: int, *, shown_as: int = 1) -> None:
    if not low <= value <= high:
        raise Invalid(N_("请填写 %(low)d 到 %(high)d 之间的数。"), field, low=low // shown_as, high=high // shown_as)
