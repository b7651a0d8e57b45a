"""Setting up a contest: the contest itself with the shipped rubric, unit classes, award levels and taxonomy."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from review_app.domain import contest_defaults
from review_app.domain.awards import DEFAULT_LEVELS
from review_app.domain.contest_phase import ContestTimes
from review_app.domain.errors import N_, Invalid
from review_app.domain.permissions import Permission, require
from review_app.domain.rubric import DEFAULT_RUBRIC
from review_app.domain.tags import DEFAULT_TAGS
from review_app.domain.text_rules import check_line
from review_app.models import AwardLevel, Contest, Criterion, Tag, UnitClass
from review_app.services.audit import record
from review_app.services.tags import spell
from review_app.work import Work


@dataclass(frozen=True, slots=True)
class NewContest:
    """What differs from one contest to the next; everything else starts from the shipped defaults."""

    year: int
    name_zh: str
    name_en: str
    organiser: str
    times: ContestTimes


def set_up_contest(work: Work, *, plan: NewContest) -> int:
    """Create a contest with the default rubric, classes, award levels and, if there are none yet, tags; returns its
    id. Raises Invalid when that year already has one."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    if work.session.scalar(select(Contest.id).where(Contest.year == plan.year)) is not None:
        raise Invalid(N_("%(year)s 年的活动已经建立。"), field="year", year=plan.year)
    contest = Contest(
        year=plan.year,
        name_zh=check_line(plan.name_zh, field="name_zh", limit=120),
        name_en=check_line(plan.name_en, field="name_en", limit=200, is_required=False),
        organiser=check_line(plan.organiser, field="organiser", limit=120),
        opens_at=plan.times.opens_at,
        closes_at=plan.times.closes_at,
        late_until=plan.times.late_until,
        review_closes_at=plan.times.review_closes_at,
        ends_at=plan.times.ends_at,
        correction_days=plan.times.correction_days,
        reviews_per_essay=contest_defaults.REVIEWERS_PER_ESSAY,
        minimum_reviews=contest_defaults.MINIMUM_REVIEWERS,
        words_advised_from=contest_defaults.WORDS_ADVISED_FROM,
        words_advised_to=contest_defaults.WORDS_ADVISED_TO,
        words_max=contest_defaults.WORDS_LIMIT,
    )
    work.session.add(contest)
    work.session.flush()
    work.session.add_all(
        Criterion(
            contest_id=contest.id,
            key=criterion.key,
            name_zh=criterion.name_zh,
            name_en=criterion.name_en,
            hint=criterion.hint,
            max_points=criterion.max_points,
            position=criterion.position,
        )
        for criterion in DEFAULT_RUBRIC
    )
    work.session.add_all(
        UnitClass(
            contest_id=contest.id,
            key=unit_class.key,
            name_zh=unit_class.name_zh,
            name_en=unit_class.name_en,
            quota=unit_class.quota,
            position=position,
        )
        for position, unit_class in enumerate(contest_defaults.UNIT_CLASSES)
    )
    work.session.add_all(
        AwardLevel(
            contest_id=contest.id,
            key=level.key,
            name_zh=level.name_zh,
            name_en=level.name_en,
            quota=level.quota,
            floor_tenths=level.floor_tenths,
            position=level.position,
        )
        for level in DEFAULT_LEVELS
    )
    add_default_tags(work)
    record(work, "contest.set_up", object_kind="contest", object_id=contest.id, year=plan.year, name=plan.name_zh)
    return contest.id


def add_default_tags(work: Work) -> None:
    """Add the shipped tags that are not there yet, with what finds them: pinyin and initials."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    known = set(work.session.scalars(select(Tag.slug)))
    for position, tag in enumerate(DEFAULT_TAGS):
        if tag.slug not in known:
            work.session.add(
                Tag(
                    slug=tag.slug,
                    group_key=tag.group,
                    name_zh=tag.name_zh,
                    name_en=tag.name_en,
                    position=position,
                    **spell(tag.name_zh),
                )
            )
