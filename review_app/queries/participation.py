"""Taking part, unit by unit: the ledger over the real rows, with what came of the works."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review_app.domain.calendar import local_day
from review_app.domain.duty import DutyEssay, DutyRow, DutyTotals, UnitDuty, ledger, totals
from review_app.domain.essay_state import EssayState
from review_app.models import Anthology, AnthologyItem, AwardLevel, Essay, Unit, UnitClass
from review_app.queries.contests import AwardLevelRow, ContestRow, list_award_levels


@dataclass(frozen=True, slots=True)
class ParticipationRow:
    """A unit's line: its duty, how many works are printed, its prizes by key of the level, and when it last sent."""

    unit_id: int
    name: str
    class_key: str
    class_name_zh: str
    class_name_en: str
    contact: str
    phone: str
    exempt_reason: str
    is_active: bool
    duty: DutyRow
    drafts: int
    selected: int
    awards: Mapping[str, int]
    last_sent_at: datetime | None

    @property
    def owes(self) -> bool:
        """Whether the unit is one of those that must send works (应报单位)."""
        return self.duty.due > 0

    @property
    def has_sent(self) -> bool:
        """Whether at least one work was sent and not taken back."""
        return self.duty.submitted > 0


@dataclass(frozen=True, slots=True)
class Participation:
    """The roll of all units in official order with its sums. `daily`: works first sent on each day."""

    rows: tuple[ParticipationRow, ...]
    totals: DutyTotals
    levels: tuple[AwardLevelRow, ...]
    daily: Mapping[date, int]


def get_participation(session: Session, *, contest: ContestRow, now: datetime) -> Participation:
    """How the units stand at a moment, three statements however many units. A unit that was closed down owes nothing
    and is listed only if it had sent something."""
    essays = session.execute(
        select(
            Essay.unit_id,
            Essay.state,
            Essay.first_submitted_at,
            Essay.submitted_at,
            Essay.correction_due_at,
            AwardLevel.key,
            AnthologyItem.id,
        )
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .outerjoin(Anthology, Anthology.contest_id == Essay.contest_id)
        .outerjoin(AnthologyItem, (AnthologyItem.essay_id == Essay.id) & (AnthologyItem.anthology_id == Anthology.id))
        .where(Essay.contest_id == contest.id)
    ).all()
    units = session.execute(
        select(Unit, UnitClass)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .where(
            Unit.contest_id == contest.id,
            or_(Unit.is_active, Unit.id.in_(select(Essay.unit_id).where(Essay.number.is_not(None)))),
        )
        .order_by(UnitClass.position, Unit.position, Unit.id)
    ).all()
    duties = ledger(
        [_duty_of(unit, unit_class.quota) for unit, unit_class in units],
        [
            DutyEssay(row.unit_id, EssayState(row.state), row.first_submitted_at, row.correction_due_at)
            for row in essays
        ],
        contest.times,
        now,
    )
    awards: defaultdict[int, Counter[str]] = defaultdict(Counter)
    selected: Counter[int] = Counter()
    drafts: Counter[int] = Counter()
    daily: Counter[date] = Counter()
    last_sent: dict[int, datetime] = {}
    for row in essays:
        if row.key:
            awards[row.unit_id][row.key] += 1
        selected[row.unit_id] += row.id is not None
        drafts[row.unit_id] += row.state == EssayState.DRAFT
        if row.submitted_at is not None and row.state not in (EssayState.DRAFT, EssayState.WITHDRAWN):
            last_sent[row.unit_id] = max(last_sent.get(row.unit_id, row.submitted_at), row.submitted_at)
            daily[local_day(row.first_submitted_at or row.submitted_at)] += 1
    rows = tuple(
        ParticipationRow(
            unit_id=unit.id,
            name=unit.name,
            class_key=unit_class.key,
            class_name_zh=unit_class.name_zh,
            class_name_en=unit_class.name_en,
            contact=unit.contact,
            phone=unit.phone,
            exempt_reason=unit.exempt_reason,
            is_active=unit.is_active,
            duty=duty,
            drafts=drafts[unit.id],
            selected=selected[unit.id],
            awards=dict(awards[unit.id]),
            last_sent_at=last_sent.get(unit.id),
        )
        for (unit, unit_class), duty in zip(units, duties, strict=True)
    )
    return Participation(rows, totals(duties), list_award_levels(session, contest_id=contest.id), dict(daily))


def _duty_of(unit: Unit, class_quota: int) -> UnitDuty:
    """What a unit owes: its own quota or that of its class; one set to 0 for it, with or without a reason, frees it."""
    quota = class_quota if unit.quota is None else unit.quota
    is_exempt = not unit.is_active or unit.quota == 0 or bool(unit.exempt_reason)
    return UnitDuty(unit_id=unit.id, due=quota, is_exempt=is_exempt)
