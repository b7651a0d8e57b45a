"""Importing the register of units and reviewers, as its plan was shown."""

from __future__ import annotations

from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.domain.errors import N_, Conflict, Invalid
from review_app.domain.permissions import Permission, require
from review_app.models import Essay, Unit, User
from review_app.services.accounts import NewAccount, open_account
from review_app.services.audit import record
from review_app.services.intake import KeptFile, add_file_rows
from review_app.services.jobs import enqueue
from review_app.services.register import PHONE, Register
from review_app.services.register_plan import CellChange, RegisterPlan, ReviewerStep, UnitStep, plan_register
from review_app.work import Work


def apply_register(work: Work, *, contest_id: int, register: Register, digest: str, file: KeptFile) -> RegisterPlan:
    """Do what was shown and return it. Raises Conflict when the world has changed, so that something else would be done
    than the plan with this `digest`, Invalid when there is nothing to do. New accounts have no password yet."""
    require(work.actor, Permission.IMPORT_UNITS)
    plan = plan_register(work.session, contest_id=contest_id, register=register)
    if plan.digest != digest:
        raise Conflict(N_("核对之后，单位或账号有了改动。请重新核对一遍再导入。"))
    if not plan.added + plan.changed:
        raise Invalid(N_("表格和系统里的内容一致，没有需要导入的。"), "file")
    add_file_rows(work, (file,))
    record(
        work, "unit.import", object_kind="contest", object_id=contest_id, sha256=file.key,
        added=plan.added, changed=plan.changed, unchanged=plan.unchanged, skipped=len(plan.faults),
    )  # fmt: skip
    for unit_step in plan.units:
        _apply_unit(work, contest_id, unit_step)
    unit_ids = dict(work.session.execute(select(Unit.code, Unit.id).where(Unit.contest_id == contest_id)).all())
    for step in plan.reviewers:
        _apply_reviewer(work, step, unit_ids.get(step.line.home_code))
    return plan


def _apply_unit(work: Work, contest_id: int, step: UnitStep) -> None:
    if not step.changes:
        return
    line = step.line
    unit = work.session.get_one(Unit, step.unit_id) if step.unit_id else Unit(contest_id=contest_id, code=line.code)
    is_found_otherwise = step.unit_id is not None and (unit.name, unit.class_id, unit.position) != (
        line.name,
        step.class_id,
        line.position or 0,
    )
    unit.class_id = step.class_id
    unit.name = line.name
    unit.short_name = line.short_name
    unit.position = line.position or 0
    unit.contact = line.contact
    unit.phone = line.phone
    unit.quota = line.quota
    work.session.add(unit)
    work.session.flush()
    record(
        work, "unit.add" if step.unit_id is None else "unit.change", object_kind="unit", object_id=unit.id,
        code=line.code, name=line.name, changes=[_as_fact(change) for change in step.changes],
    )  # fmt: skip
    _set_account(
        work,
        user_id=step.user_id,
        account=NewAccount(login=line.login, name=line.person, role=Role.UNIT, password_hash="", unit_id=unit.id),
    )
    if is_found_otherwise:
        for essay_id in work.session.scalars(select(Essay.id).where(Essay.unit_id == unit.id)).all():
            enqueue(work, "index-essay", essay_id)


def _as_fact(change: CellChange) -> list[str]:
    """The change for the log, which is never emptied: that a telephone changed, but not the number."""
    return [change.column] if change.column == PHONE else [change.column, change.old, change.new]


def _apply_reviewer(work: Work, step: ReviewerStep, unit_id: int | None) -> None:
    if not step.changes:
        return
    line = step.line
    _set_account(
        work,
        user_id=step.user_id,
        account=NewAccount(
            login=line.login,
            name=line.name,
            role=Role.REVIEWER,
            password_hash="",
            unit_id=unit_id,
            organisation=line.organisation,
        ),
    )


def _set_account(work: Work, *, user_id: int | None, account: NewAccount) -> None:
    """Open the account, or give a known one its login, name, unit and organisation."""
    if user_id is None:
        open_account(work, account=account)
        return
    user = work.session.get_one(User, user_id)
    is_same = (user.login, user.name, user.organisation, user.unit_id) == (
        account.login, account.name, account.organisation, account.unit_id,
    )  # fmt: skip
    if not is_same:
        user.login, user.name, user.unit_id = account.login, account.name, account.unit_id
        user.organisation = account.organisation
        record(work, "account.change", object_kind="user", object_id=user_id, login=user.login, name=user.name)
