"""The ledger of taking part: what each unit owed, sent and when. A pure function of the facts, so a replay gives the same table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from review_app.domain.contest_phase import ContestTimes
from review_app.domain.errors import N_
from review_app.domain.essay_state import EssayState


class DutyState(StrEnum):
    """How a unit stands; every unit is in exactly one of these at any moment."""

    EXEMPT = "exempt"
    NOT_DUE = "not_due"
    PENDING = "pending"
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"

    @property
    def label(self) -> str:
        """The Chinese name of the state, a msgid."""
        return _LABELS[self]


_LABELS: Final[Mapping[DutyState, str]] = MappingProxyType(
    {
        DutyState.EXEMPT: N_("免报"),
        DutyState.NOT_DUE: N_("无应报任务"),
        DutyState.PENDING: N_("待报"),
        DutyState.ON_TIME: N_("按时"),
        DutyState.LATE: N_("逾期"),
        DutyState.MISSING: N_("未报送"),
    }
)


@dataclass(frozen=True, slots=True)
class UnitDuty:
    """What a unit owes: `due` works, 0 or more. An exempt unit owes none, whatever its quota."""

    unit_id: int
    due: int
    is_exempt: bool = False


@dataclass(frozen=True, slots=True)
class DutyEssay:
    """A work as the ledger sees it. `submitted_at` is the first submission and survives correction; None for a draft.
    `correction_due_at` is set while the work is returned."""

    unit_id: int
    state: EssayState
    submitted_at: datetime | None
    correction_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One unit's line. `submitted` = `on_time` + `late` counts every work sent and not withdrawn; `valid` leaves out
    the disqualified and those not corrected in time; `returned` counts works now with the unit for correction.
    `missing` is how many valid works are still owed, before the closing too. `fulfilled_at` is the moment the last
    owed work came, `late_by` how far that is past the closing (zero unless the state is late)."""

    unit_id: int
    state: DutyState
    due: int
    submitted: int
    on_time: int
    late: int
    valid: int
    returned: int
    missing: int
    extra: int
    fulfilled_at: datetime | None
    late_by: timedelta

    @property
    def is_partial(self) -> bool:
        """Whether some but not all owed works came: such a unit must not be called one that sent nothing."""
        return 0 < self.valid < self.due


@dataclass(frozen=True, slots=True)
class DutyTotals:
    """The sums of a ledger; `units_by_state` holds every state, 0 included."""

    units: int
    units_by_state: Mapping[DutyState, int]
    due: int
    submitted: int
    on_time: int
    late: int
    valid: int
    returned: int
    missing: int
    extra: int


# A draft was never sent, a withdrawn work was taken back: neither is counted anywhere.
_SENT: Final = frozenset({EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED, EssayState.DISQUALIFIED})


def ledger(
    units: Iterable[UnitDuty], essays: Iterable[DutyEssay], times: ContestTimes, now: datetime
) -> tuple[DutyRow, ...]:
    """One row per unit, in the order given. Works handed in after `now` are not yet seen.

    Raises ValueError for a unit listed twice, or a work sent by a unit that is not listed: its count would be lost.
    """
    owing = tuple(units)
    sent_by_unit: defaultdict[int, list[DutyEssay]] = defaultdict(list)
    for essay in essays:
        if essay.state in _SENT and essay.submitted_at is not None and essay.submitted_at <= now:
            sent_by_unit[essay.unit_id].append(essay)
    unit_ids = {unit.unit_id for unit in owing}
    if len(unit_ids) != len(owing):
        raise ValueError("a unit is listed twice")
    if not sent_by_unit.keys() <= unit_ids:
        raise ValueError(f"works of unlisted units {sorted(sent_by_unit.keys() - unit_ids)}")
    return tuple(_row(unit, sent_by_unit.get(unit.unit_id, []), times, now) for unit in owing)


def totals(rows: Iterable[DutyRow]) -> DutyTotals:
    """The sums over the rows."""
    rows = tuple(rows)
    states = Counter(row.state for row in rows)
    return DutyTotals(
        units=len(rows),
        units_by_state=MappingProxyType({state: states[state] for state in DutyState}),
        due=sum(row.due for row in rows),
        submitted=sum(row.submitted for row in rows),
        on_time=sum(row.on_time for row in rows),
        late=sum(row.late for row in rows),
        valid=sum(row.valid for row in rows),
        returned=sum(row.returned for row in rows),
        missing=sum(row.missing for row in rows),
        extra=sum(row.extra for row in rows),
    )


def _row(unit: UnitDuty, sent: list[DutyEssay], times: ContestTimes, now: datetime) -> DutyRow:
    due = 0 if unit.is_exempt else unit.due
    moments = sorted(essay.submitted_at for essay in sent if essay.submitted_at is not None)
    valid = sorted(essay.submitted_at for essay in sent if essay.submitted_at is not None and _is_valid(essay, now))
    late = sum(moment > times.closes_at for moment in moments)
    fulfilled_at = valid[due - 1] if 0 < due <= len(valid) else None
    state = _state(unit, fulfilled_at, times, now)
    return DutyRow(
        unit_id=unit.unit_id,
        state=state,
        due=due,
        submitted=len(moments),
        on_time=len(moments) - late,
        late=late,
        valid=len(valid),
        returned=sum(essay.state is EssayState.RETURNED for essay in sent),
        missing=max(0, due - len(valid)),
        extra=max(0, len(valid) - due),
        fulfilled_at=fulfilled_at,
        late_by=fulfilled_at - times.closes_at if fulfilled_at and state is DutyState.LATE else timedelta(0),
    )


def _is_valid(essay: DutyEssay, now: datetime) -> bool:
    """A work counts until it is disqualified, or its correction is overdue."""
    if essay.state is EssayState.RETURNED:
        return essay.correction_due_at is None or now <= essay.correction_due_at
    return essay.state is not EssayState.DISQUALIFIED


def _state(unit: UnitDuty, fulfilled_at: datetime | None, times: ContestTimes, now: datetime) -> DutyState:
    if unit.is_exempt:
        return DutyState.EXEMPT
    if unit.due == 0:
        return DutyState.NOT_DUE
    if fulfilled_at is None:
        return DutyState.PENDING if now <= times.closes_at else DutyState.MISSING
    return DutyState.ON_TIME if fulfilled_at <= times.closes_at else DutyState.LATE
