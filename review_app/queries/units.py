"""Units in their official order, and with their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.errors import NotFound
from review_app.models import Unit, UnitClass, User
from review_app.queries.accounts import AccountRow, to_account_row


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its class; `quota` is how many works it owes (0 = exempt)."""

    id: int
    code: str
    name: str
    short_name: str
    class_key: str
    class_name_zh: str
    class_name_en: str
    contact: str
    phone: str
    quota: int
    exempt_reason: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class UnitOnDesk:
    """A unit as the bureau lists it: `own_quota` where it differs from its class, its first account if it has one."""

    unit: UnitRow
    position: int
    own_quota: int | None
    account: AccountRow | None


def get_unit(session: Session, *, unit_id: int | None) -> UnitRow:
    """One unit; raises NotFound."""
    found = session.execute(_units().where(Unit.id == unit_id)).first()
    if found is None:
        raise NotFound
    return _row(found[0], found[1])


def list_units(session: Session, *, contest_id: int) -> tuple[UnitRow, ...]:
    """All active units of a contest in official order."""
    rows = session.execute(
        _units()
        .where(Unit.contest_id == contest_id, Unit.is_active)
        .order_by(UnitClass.position, Unit.position, Unit.id)
    )
    return tuple(_row(row[0], row[1]) for row in rows)


def _units() -> Select[Unit, UnitClass]:
    return select(Unit, UnitClass).join(UnitClass, UnitClass.id == Unit.class_id)


def _row(unit: Unit, unit_class: UnitClass) -> UnitRow:
    return UnitRow(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name or unit.name,
        class_key=unit_class.key,
        class_name_zh=unit_class.name_zh,
        class_name_en=unit_class.name_en,
        contact=unit.contact,
        phone=unit.phone,
        quota=unit_class.quota if unit.quota is None else unit.quota,
        exempt_reason=unit.exempt_reason,
        is_active=unit.is_active,
    )


def list_units_on_desk(session: Session, *, contest_id: int, now: datetime) -> tuple[UnitOnDesk, ...]:
    """All active units of a contest in official order, each with its account. Two statements."""
    accounts: dict[int | None, AccountRow] = {}
    users = session.execute(
        select(User, Unit.name)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.role == Role.UNIT, User.is_active, Unit.contest_id == contest_id)
        .order_by(User.id)
    )
    for user, unit_name in users:
        accounts.setdefault(user.unit_id, to_account_row(user, unit_name, now))
    rows = session.execute(
        _units()
        .where(Unit.contest_id == contest_id, Unit.is_active)
        .order_by(UnitClass.position, Unit.position, Unit.id)
    )
    return tuple(
        UnitOnDesk(_row(unit, unit_class), unit.position, unit.quota, accounts.get(unit.id))
        for unit, unit_class in rows
    )
