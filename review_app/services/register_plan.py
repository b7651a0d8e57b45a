"""What a filled register would do to the contest as it stands: units and reviewers to add, to change, to leave alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.errors import N_
from review_app.domain.reason import Reason
from review_app.models import Unit, UnitClass, User
from review_app.services.register import (
    CLASS,
    CODE,
    CONTACT,
    HOME_CODE,
    LOGIN,
    NAME,
    ORGANISATION,
    PERSON,
    PHONE,
    POSITION,
    QUOTA,
    REVIEWER,
    REVIEWER_SHEET,
    SHORT_NAME,
    UNIT_SHEET,
    CellFault,
    Register,
    ReviewerLine,
    UnitLine,
)


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that would change, as texts."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class UnitStep:
    """What would become of one unit: added where `unit_id` is None, else changed, or left alone without `changes`.
    `line` has position, login and person filled in; `user_id` None = an account is opened."""

    line: UnitLine
    unit_id: int | None
    class_id: int
    user_id: int | None
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class ReviewerStep:
    """What would become of one reviewer: added where `user_id` is None, else changed, or left alone."""

    line: ReviewerLine
    user_id: int | None
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """What a file would do, in its own order, and the lines it cannot take."""

    units: tuple[UnitStep, ...]
    reviewers: tuple[ReviewerStep, ...]
    faults: tuple[CellFault, ...]

    @property
    def added(self) -> int:
        """How many units and reviewers are new."""
        return sum(step.unit_id is None for step in self.units) + sum(step.user_id is None for step in self.reviewers)

    @property
    def changed(self) -> int:
        """How many known units and reviewers would change."""
        units = sum(step.unit_id is not None and bool(step.changes) for step in self.units)
        return units + sum(step.user_id is not None and bool(step.changes) for step in self.reviewers)

    @property
    def unchanged(self) -> int:
        """How many would stay as they are."""
        return len(self.units) + len(self.reviewers) - self.added - self.changed

    @property
    def digest(self) -> str:
        """SHA-256 of what would be done; the same only while the world still gives the same plan."""
        steps = [[asdict(step) for step in self.units], [asdict(step) for step in self.reviewers]]
        return hashlib.sha256(json.dumps(steps, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def plan_register(session: Session, *, contest_id: int, register: Register) -> RegisterPlan:
    """What `register` would do to the contest as it stands; changes nothing. A fixed number of statements."""
    world = _World(session, contest_id)
    faults = list(register.faults)
    units = [step for line in register.units if (step := _plan_unit(world, line, faults)) is not None]
    codes = world.units.keys() | {step.line.code for step in units}
    names = {unit.id: unit.code for unit in world.units.values()}
    planned = [_plan_reviewer(world, line, codes, names, faults) for line in register.reviewers]
    reviewers = [step for step in planned if step is not None]
    return RegisterPlan(tuple(units), tuple(reviewers), tuple(sorted(faults, key=lambda f: (f.sheet, f.row))))


class _World:
    """The units, classes and accounts a plan is held against."""

    def __init__(self, session: Session, contest_id: int) -> None:
        units = session.scalars(select(Unit).where(Unit.contest_id == contest_id)).all()
        self.units = {unit.code: unit for unit in units}
        self.by_name = {unit.name: unit for unit in units}
        self.last_position = max((unit.position for unit in units), default=0)
        classes = session.scalars(
            select(UnitClass).where(UnitClass.contest_id == contest_id).order_by(UnitClass.position)
        ).all()
        self.class_names = {row.id: row.name_zh for row in classes}
        self.classes = {name: row for row in classes for name in (row.name_en, row.name_zh) if name}
        users = session.scalars(select(User).order_by(User.id.desc())).all()
        self.users = {user.login: user for user in users}
        self.accounts = {user.unit_id: user for user in users if user.role == Role.UNIT}
        self.claimed: set[str] = set()  # logins of the lines planned so far


def _plan_unit(world: _World, line: UnitLine, faults: list[CellFault]) -> UnitStep | None:
    unit = world.units.get(line.code)
    user = world.accounts.get(unit.id) if unit else None
    unit_class = world.classes.get(line.class_name)
    namesake = world.by_name.get(line.name)
    login = line.login or (user.login if user else line.code.lower())
    holder = world.users.get(login)
    if unit_class is None:
        known = "、".join(world.class_names.values())
        faults.append(
            _fault(line.row, CLASS, N_("没有“%(name)s”这个类别，可填：%(known)s。"), name=line.class_name, known=known)
        )
        return None
    if namesake is not None and namesake is not unit:
        faults.append(
            _fault(line.row, NAME, N_("单位编码 %(code)s 已经用了这个名称，请核对编码或改名。"), code=namesake.code)
        )
        return None
    if (holder is not None and holder is not user) or login in world.claimed:
        faults.append(_taken(UNIT_SHEET, line.row, login))
        return None
    world.claimed.add(login)
    if unit is None:
        world.last_position += line.position is None
    position = line.position if line.position is not None else unit.position if unit else world.last_position
    target = replace(
        line,
        class_name=unit_class.name_zh,
        position=position,
        login=login,
        person=line.person or (user.name if user else line.contact or line.short_name or line.name),
    )
    old = _unit_cells(world, unit, user) if unit else {}
    return UnitStep(
        line=target,
        unit_id=unit.id if unit else None,
        class_id=unit_class.id,
        user_id=user.id if user else None,
        changes=_changes(old, _target_cells(target)),
    )


def _plan_reviewer(
    world: _World, line: ReviewerLine, codes: Collection[str], names: dict[int, str], faults: list[CellFault]
) -> ReviewerStep | None:
    user = world.users.get(line.login)
    if (user is not None and user.role != Role.REVIEWER) or line.login in world.claimed:
        faults.append(_taken(REVIEWER_SHEET, line.row, line.login))
        return None
    if line.home_code and line.home_code not in codes:
        reason = Reason(N_("没有编码为 %(code)s 的单位，请核对，或先把单位加进“单位”表。"), {"code": line.home_code})
        faults.append(CellFault(REVIEWER_SHEET, line.row, HOME_CODE, reason))
        return None
    old = {}
    if user is not None:
        home = names.get(user.unit_id, "") if user.unit_id else ""
        old = {LOGIN: user.login, REVIEWER: user.name, ORGANISATION: user.organisation, HOME_CODE: home}
    new = {LOGIN: line.login, REVIEWER: line.name, ORGANISATION: line.organisation, HOME_CODE: line.home_code}
    return ReviewerStep(line=line, user_id=user.id if user else None, changes=_changes(old, new))


def _unit_cells(world: _World, unit: Unit, user: User | None) -> dict[str, str]:
    return {
        CODE: unit.code,
        NAME: unit.name,
        SHORT_NAME: unit.short_name,
        CLASS: world.class_names[unit.class_id],
        POSITION: str(unit.position),
        CONTACT: unit.contact,
        PHONE: unit.phone,
        QUOTA: "" if unit.quota is None else str(unit.quota),
        LOGIN: user.login if user else "",
        PERSON: user.name if user else "",
    }


def _target_cells(line: UnitLine) -> dict[str, str]:
    return {
        CODE: line.code,
        NAME: line.name,
        SHORT_NAME: line.short_name,
        CLASS: line.class_name,
        POSITION: str(line.position),
        CONTACT: line.contact,
        PHONE: line.phone,
        QUOTA: "" if line.quota is None else str(line.quota),
        LOGIN: line.login,
        PERSON: line.person,
    }


def _changes(old: dict[str, str], new: dict[str, str]) -> tuple[CellChange, ...]:
    return tuple(
        CellChange(column, old.get(column, ""), text) for column, text in new.items() if old.get(column, "") != text
    )


def _fault(row: int, column: str, message: str, **facts: object) -> CellFault:
    return CellFault(UNIT_SHEET, row, column, Reason(message, facts))


def _taken(sheet: str, row: int, login: str) -> CellFault:
    return CellFault(sheet, row, LOGIN, Reason(N_("登录账号“%(login)s”已经属于别的账号，请换一个。"), {"login": login}))
