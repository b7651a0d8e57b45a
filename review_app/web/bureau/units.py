"""Units and reviewers: the register in official order, its Excel file out, and in again through a dry run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.actor import Role
from review_app.domain.errors import Invalid
from review_app.domain.permissions import Permission
from review_app.queries.accounts import AccountRow, AccountState, list_accounts
from review_app.queries.contests import get_contest
from review_app.queries.units import UnitOnDesk, list_units_on_desk
from review_app.services.intake import KeptFile
from review_app.services.register import ReviewerLine, UnitLine, read_register, write_register, write_template
from review_app.services.register_plan import CellChange, RegisterPlan, plan_register
from review_app.services.units import apply_register
from review_app.storage.sheets import MAX_FILE_BYTES, WORKBOOK_TYPE
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.files import send_download
from review_app.web.page import in_language, render
from review_app.web.request import acting, now, read, remember_answer, resources

ACCOUNT_TONES: Final = {
    AccountState.CLOSED: "todo",
    AccountState.ISSUED: "info",
    AccountState.EXPIRED: "error",
    AccountState.SIGNED_IN: "done",
}


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """The register: units grouped by class (name and units), or the reviewers."""

    title: str
    is_reviewers: bool
    units: int
    groups: tuple[tuple[str, tuple[UnitOnDesk, ...]], ...]
    reviewers: tuple[AccountRow, ...]
    home_codes: dict[int, str]
    tones: dict[AccountState, str]
    unissued: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The form to upload a filled register."""

    title: str
    limit_bytes: int
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One unit or reviewer of the dry run: row in the file, key, name, facts, and the cells that change."""

    row: int
    key: str
    name: str
    facts: str
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class ImportPlanPage:
    """The dry run. `faults`: sheet, row, column and what to do."""

    title: str
    key: str
    plan: RegisterPlan
    added: tuple[PlannedLine, ...]
    changed: tuple[PlannedLine, ...]
    unchanged: tuple[PlannedLine, ...]
    faults: tuple[tuple[str, int, str, str], ...]


@bp.get("/units")
@permit(Permission.VIEW_UNITS)
def list_units() -> str:
    """Units by class in official order with their accounts; with `view=reviewers` the reviewers."""
    contest = get_contest(read())
    units = list_units_on_desk(read(), contest_id=contest.id, now=now())
    reviewers = list_accounts(read(), role=Role.REVIEWER, now=now())
    groups: dict[str, list[UnitOnDesk]] = {}
    for item in units:
        groups.setdefault(in_language(item.unit.class_name_zh, item.unit.class_name_en), []).append(item)
    states = [item.account.state if item.account else None for item in units] + [row.state for row in reviewers]
    page = UnitsPage(
        title=_("单位与账号"),
        is_reviewers=request.args.get("view") == "reviewers",
        units=len(units),
        groups=tuple((name, tuple(items)) for name, items in groups.items()),
        reviewers=reviewers,
        home_codes={item.unit.id: item.unit.code for item in units},
        tones=ACCOUNT_TONES,
        unissued=states.count(AccountState.CLOSED),
    )
    return render("bureau/units.html", page)


@bp.get("/units/export.xlsx")
@permit(Permission.VIEW_UNITS)
def export_units() -> Response:
    """The register as it stands, in the form in which it can be imported again."""
    contest = get_contest(read())
    units = list_units_on_desk(read(), contest_id=contest.id, now=now())
    codes = {item.unit.id: item.unit.code for item in units}
    data = write_register(
        (_cells_of(item) for item in units),
        (
            (row.login, row.name, row.organisation, codes.get(row.unit_id or 0, ""))
            for row in list_accounts(read(), role=Role.REVIEWER, now=now())
        ),
    )
    return send_download(data, name=_("单位与评审专家") + ".xlsx", media_type=WORKBOOK_TYPE)


@bp.get("/units/template.xlsx")
@permit(Permission.IMPORT_UNITS)
def download_template() -> Response:
    """The empty register to fill in."""
    return send_download(write_template(), name=_("单位导入模板") + ".xlsx", media_type=WORKBOOK_TYPE)


@bp.get("/units/import")
@permit(Permission.IMPORT_UNITS)
def new_import() -> str:
    """The form to upload a filled register."""
    return _import_page({})


@bp.post("/units/import")
@permit(Permission.IMPORT_UNITS)
def upload_register() -> Response | tuple[str, int]:
    """Keep the file by its hash and go on to its dry run; a file that cannot be read is refused with the remedy."""
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid(_("请先选择填好的表格。"), field="file")
        data = upload.read(MAX_FILE_BYTES + 1)
        read_register(data)
        stored = resources().files.put(data, limit_bytes=MAX_FILE_BYTES)
    except Invalid as error:
        return _import_page({error.field: say(error)}), 422
    return redirect(url_for("bureau.show_import", key=stored.key), 303)


@bp.get("/units/import/<key>")
@permit(Permission.IMPORT_UNITS)
def show_import(key: str) -> str:
    """The dry run of a kept file: what would be added, changed, left alone, and what cannot be taken."""
    contest = get_contest(read())
    register = read_register(resources().files.read(key))
    plan = plan_register(read(), contest_id=contest.id, register=register)
    lines = [(step.unit_id is None, _unit_line(step.line, step.changes)) for step in plan.units]
    lines += [(step.user_id is None, _reviewer_line(step.line, step.changes)) for step in plan.reviewers]
    page = ImportPlanPage(
        title=_("核对导入内容"),
        key=key,
        plan=plan,
        added=tuple(line for is_new, line in lines if is_new),
        changed=tuple(line for is_new, line in lines if not is_new and line.changes),
        unchanged=tuple(line for is_new, line in lines if not is_new and not line.changes),
        faults=tuple(
            (fault.sheet, fault.row, fault.column, _(fault.reason.message) % fault.reason.facts)
            for fault in plan.faults
        ),
    )
    return render("bureau/unit_import_plan.html", page)


@bp.post("/units/import/<key>")
@permit(Permission.IMPORT_UNITS)
def apply_import(key: str) -> Response:
    """Do what the dry run showed."""
    data = resources().files.read(key)
    register = read_register(data)
    with acting() as work:
        plan = apply_register(
            work,
            contest_id=get_contest(work.session).id,
            register=register,
            digest=request.form.get("digest", ""),
            file=KeptFile(key, len(data), WORKBOOK_TYPE),
        )
        location = remember_answer(work, url_for("bureau.list_units"))
    flash(_("已导入：新增 %(added)s，修改 %(changed)s。", added=plan.added, changed=plan.changed), "success")
    if plan.faults:
        flash(_("%(count)s 处有错误的行没有导入，改正后可以再次上传。", count=len(plan.faults)), "warning")
    return redirect(location, 303)


def _import_page(errors: dict[str, str]) -> str:
    page = ImportPage(title=_("导入单位和评审专家"), limit_bytes=MAX_FILE_BYTES, errors=errors)
    return render("bureau/unit_import.html", page)


def _cells_of(item: UnitOnDesk) -> tuple[str, ...]:
    unit, account = item.unit, item.account
    return (
        unit.code,
        unit.name,
        "" if unit.short_name == unit.name else unit.short_name,
        unit.class_name_zh,
        str(item.position),
        unit.contact,
        unit.phone,
        "" if item.own_quota is None else str(item.own_quota),
        account.login if account else "",
        account.name if account else "",
    )


def _unit_line(line: UnitLine, changes: tuple[CellChange, ...]) -> PlannedLine:
    facts = " · ".join(text for text in (line.class_name, line.contact, _("账号 %(login)s", login=line.login)) if text)
    return PlannedLine(line.row, line.code, line.name, facts, changes)


def _reviewer_line(line: ReviewerLine, changes: tuple[CellChange, ...]) -> PlannedLine:
    facts = [_("评审专家"), line.organisation, _("账号 %(login)s", login=line.login)]
    if line.home_code:
        facts.append(_("回避单位 %(code)s", code=line.home_code))
    return PlannedLine(line.row, line.login, line.name, " · ".join(text for text in facts if text), changes)
