"""A unit's essays: upload first, then confirm, submit, print the receipt."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.errors import Refused
from compile.manuscript import Heading, Manuscript, plain_text
from compile.manuscript_json import load_manuscript
from review_app.domain.contest_phase import SubmissionWindow, can_submit
from review_app.domain.errors import DomainError, Invalid
from review_app.domain.essay_state import EssayAct, EssayState, allowed_acts
from review_app.domain.permissions import Permission
from review_app.domain.tags import PROPOSALS_PER_ESSAY
from review_app.domain.text_rules import clean_line
from review_app.queries.contests import ContestRow, get_contest
from review_app.queries.essays import (
    ReceiptRow,
    UnitEssay,
    UnitEssayRow,
    get_latest_receipt,
    get_unit_essay,
)
from review_app.queries.findings import find_in_essay
from review_app.queries.tags import list_genres, list_tags
from review_app.queries.twins import Twin, find_twin
from review_app.queries.units import UnitRow, get_unit
from review_app.services import essays
from review_app.services.essays import EssayDetails
from review_app.services.intake import Intake, confirm_manuscript, take_in
from review_app.web.access import current_actor, permit
from review_app.web.errors import say, say_refused
from review_app.web.files import send_download, send_picture
from review_app.web.page import in_language, render
from review_app.web.request import acting, now, read, remember_answer, resources
from review_app.web.search.highlights import SheetMark
from review_app.web.search.trail import Trail, follow_trail
from review_app.web.unit import bp
from review_app.web.wording import FindingText, name_dropped, name_place, name_reason, say_findings
from review_app.work import Work


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The upload form; `essay` is the one whose file is replaced, None for a new one."""

    title: str
    contest: ContestRow
    essay: UnitEssay | None
    limit_bytes: int
    typed: str
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class HeadingChoice:
    """A line the reader took for a heading, by its block; `is_on` until the unit says it is none."""

    block: int
    text: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class EssayPage:
    """One essay: what was read from the file beside its preview, to be confirmed, or read-only afterwards. `twin` is an
    earlier essay of the unit that a draft is almost the same as; `takes_version` where it may still get a new version."""

    title: str
    contest: ContestRow
    essay: UnitEssay
    details: EssayDetails
    manuscript: Manuscript
    picture_url: Callable[[str], str]
    trail: Trail | None
    marks: tuple[SheetMark, ...]
    reasons: tuple[str, ...]
    headings: tuple[HeadingChoice, ...]
    findings: tuple[FindingText, ...]
    dropped: tuple[tuple[str, str, str], ...]
    genres: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str, str], ...]
    tag_limit: int
    acts: tuple[EssayAct, ...]
    is_editable: bool
    twin: Twin | None
    takes_version: bool
    window: SubmissionWindow
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt to print."""

    title: str
    contest: ContestRow
    unit: UnitRow
    receipt: ReceiptRow


@bp.get("/essays/new")
@permit(Permission.SUBMIT_ESSAYS)
def new_essay() -> str:
    """The upload form."""
    return _upload_page(None, {})


@bp.post("/essays/new")
@permit(Permission.SUBMIT_ESSAYS)
def upload_essay() -> Response | tuple[str, int]:
    """Read the file, keep it, and go on to confirming what was read."""
    try:
        intake = _take_in_request()
        with acting() as work:
            essay_id = essays.add_essay(work, intake=intake)
            location = remember_answer(work, url_for("unit.show_essay", essay_id=essay_id))
    except (Refused, DomainError) as error:
        return _upload_page(None, {"file": _say_any(error)}), 422
    return redirect(location, 303)


@bp.get("/essays/<int:essay_id>/file")
@permit(Permission.SUBMIT_ESSAYS)
def new_file(essay_id: int) -> str:
    """The form to replace the file of an essay."""
    return _upload_page(_own(essay_id), {})


@bp.post("/essays/<int:essay_id>/file")
@permit(Permission.SUBMIT_ESSAYS)
def upload_file(essay_id: int) -> Response | tuple[str, int]:
    """A new version of the essay from another file."""
    essay = _own(essay_id)
    try:
        intake = _take_in_request()
        with acting() as work:
            essays.replace_file(work, essay_id=essay_id, intake=intake)
            location = remember_answer(work, url_for("unit.show_essay", essay_id=essay_id))
    except (Refused, DomainError) as error:
        return _upload_page(essay, {"file": _say_any(error)}), 422
    flash(_("文件已更换，请核对识别结果。"), "success")
    return redirect(location, 303)


@bp.get("/essays/<int:essay_id>")
@permit(Permission.SUBMIT_ESSAYS)
def show_essay(essay_id: int) -> str:
    """Confirm what was read, beside the preview; read-only once nothing may change any more."""
    essay = _own(essay_id)
    return _essay_page(essay, _details_of(essay), {})


@bp.post("/essays/<int:essay_id>")
@permit(Permission.SUBMIT_ESSAYS)
def save_essay(essay_id: int) -> Response | tuple[str, int]:
    """Keep the details as typed; with the submit button, hand the essay in as well."""
    essay = _own(essay_id)
    details = _details_from_form()
    undone = _undone_from_form()
    is_submit = request.form.get("act") == "submit"
    errors: dict[str, str] = {}
    try:
        confirmed = confirm_manuscript(
            resources().files,
            read_key=essay.read_key,
            title=clean_line(details.title),
            subtitle=clean_line(details.subtitle),
            undone=undone,
        )
        with acting() as work:
            essays.save_details(
                work,
                essay_id=essay_id,
                version=request.form.get("version", type=int, default=0),
                details=details,
                confirmed=confirmed,
            )
            if is_submit:
                errors = _try_to_submit(work, essay_id)
    except Invalid as error:
        errors = {error.field: say(error)}
    if errors:
        return _essay_page(_own(essay_id), details, errors, undone), 422
    if is_submit:
        return redirect(url_for("unit.show_receipt", essay_id=essay_id), 303)
    flash(_("草稿已保存。提交以前，信访局看不到它。"), "success")
    return redirect(url_for("unit.show_essay", essay_id=essay_id), 303)


def _try_to_submit(work: Work, essay_id: int) -> dict[str, str]:
    """Hand the essay in; what is still missing keeps the saved details and comes back as errors."""
    try:
        essays.submit_essay(work, essay_id=essay_id, random_source=random.SystemRandom())
    except Invalid as error:
        return {error.field: say(error)}
    remember_answer(work, url_for("unit.show_receipt", essay_id=essay_id))
    return {}


@bp.post("/essays/<int:essay_id>/withdraw")
@permit(Permission.SUBMIT_ESSAYS)
def withdraw_essay(essay_id: int) -> Response:
    """Take the essay back."""
    with acting() as work:
        essays.withdraw_essay(work, essay_id=essay_id)
    flash(_("作品已撤回。征集截止以前可以恢复为草稿再提交。"), "success")
    return redirect(url_for("unit.show_essay", essay_id=essay_id), 303)


@bp.post("/essays/<int:essay_id>/reopen")
@permit(Permission.SUBMIT_ESSAYS)
def reopen_essay(essay_id: int) -> Response:
    """Make a withdrawn essay a draft again."""
    with acting() as work:
        essays.reopen_essay(work, essay_id=essay_id)
    flash(_("已恢复为草稿。"), "success")
    return redirect(url_for("unit.show_essay", essay_id=essay_id), 303)


@bp.post("/essays/<int:essay_id>/merge")
@permit(Permission.SUBMIT_ESSAYS)
def merge_draft(essay_id: int) -> Response:
    """The file of a draft becomes the new version of an earlier essay of the unit."""
    into_id = request.form.get("into", 0, type=int)
    with acting() as work:
        essays.merge_draft(work, essay_id=essay_id, into_id=into_id)
    flash(_("已作为新版本，请核对识别结果。"), "success")
    return redirect(url_for("unit.show_essay", essay_id=into_id), 303)


@bp.get("/essays/<int:essay_id>/receipt")
@permit(Permission.SUBMIT_ESSAYS)
def show_receipt(essay_id: int) -> str:
    """The latest receipt, to be printed."""
    actor = current_actor()
    receipt = get_latest_receipt(read(), essay_id=essay_id, unit_id=actor.unit_id)
    page = ReceiptPage(
        title=_("报送回执"),
        contest=get_contest(read()),
        unit=get_unit(read(), unit_id=actor.unit_id),
        receipt=receipt,
    )
    return render("unit/receipt.html", page)


@bp.get("/essays/<int:essay_id>/original")
@permit(Permission.SUBMIT_ESSAYS)
def download_original(essay_id: int) -> Response:
    """The untouched original."""
    essay = _own(essay_id)
    data = resources().files.read(essay.original_key)
    return send_download(data, name=essay.original_name, media_type="application/octet-stream")


@bp.get("/essays/<int:essay_id>/pictures/<key>")
@permit(Permission.SUBMIT_ESSAYS)
def show_picture(essay_id: int, key: str) -> Response:
    """One picture of the unit's essay."""
    return send_picture(key, allowed=_own(essay_id).picture_keys)


def _own(essay_id: int) -> UnitEssay:
    return get_unit_essay(read(), essay_id=essay_id, unit_id=current_actor().unit_id)


def _take_in_request() -> Intake:
    upload = request.files.get("file")
    typed = request.form.get("typed", "").strip()
    if upload is not None and upload.filename:
        data, name = upload.read(), upload.filename
    elif typed:
        data, name = typed.encode(), f"{typed.splitlines()[0][:40]}.txt"
    else:
        raise Invalid(_("请先选择文件，或把文稿粘贴到输入框里。"), field="file")
    house = resources()
    return take_in(house.files, house.reader, data=data, name=name, limit_bytes=house.settings.max_upload_bytes)


def _say_any(error: Refused | DomainError) -> str:
    return say_refused(error) if isinstance(error, Refused) else say(error)


def _upload_page(essay: UnitEssay | None, errors: dict[str, str]) -> str:
    contest = get_contest(read())
    page = UploadPage(
        title=_("更换文件") if essay else _("报送作品"),
        contest=contest,
        essay=essay,
        limit_bytes=resources().settings.max_upload_bytes,
        typed=request.form.get("typed", ""),
        errors=errors,
    )
    return render("unit/upload.html", page)


def _essay_page(
    essay: UnitEssay, details: EssayDetails, errors: dict[str, str], undone: frozenset[int] | None = None
) -> str:
    """`undone` are the headings as typed, None to show them as kept."""
    contest = get_contest(read())
    manuscript = load_manuscript(resources().files.read(essay.manuscript_key))
    acts = allowed_acts(essay.row.state)
    window = can_submit(contest.times, now())
    is_editable = _takes_version(essay.row, window)
    twin = _find_twin(essay)
    findings = find_in_essay(
        manuscript, contest=contest, genre=details.genre, authors=details.authors, dropped=essay.dropped
    )
    trail, marks = follow_trail(manuscript, key=essay.row.id)
    page = EssayPage(
        title=details.title or essay.original_name,
        contest=contest,
        essay=essay,
        details=details,
        manuscript=manuscript,
        picture_url=lambda key: url_for("unit.show_picture", essay_id=essay.row.id, key=key),
        trail=trail,
        marks=marks,
        reasons=tuple(name_reason(code) for code in essay.last_check.reasons) if essay.last_check else (),
        headings=_heading_choices(essay, manuscript, undone),
        findings=say_findings(finding for finding in findings if is_editable or finding.code != "headings-proposed"),
        dropped=tuple(
            (name_dropped(item["kind"]), name_place(item.get("place", "")), item.get("excerpt", ""))
            for item in essay.dropped
        ),
        genres=tuple((row.slug, in_language(row.name_zh, row.name_en)) for row in list_genres(read())),
        tags=tuple(
            (row.slug, in_language(row.name_zh, row.name_en), row.find)
            for row in list_tags(read(), without_groups=("genre",))
        ),
        tag_limit=PROPOSALS_PER_ESSAY,
        acts=acts,
        is_editable=is_editable,
        twin=twin,
        takes_version=twin is not None and _takes_version(twin, window),
        window=window,
        errors=errors,
    )
    return render("unit/essay.html", page)


def _find_twin(essay: UnitEssay) -> Twin | None:
    if essay.row.state is not EssayState.DRAFT:
        return None
    return find_twin(read(), resources().files.read, essay_id=essay.row.id, manuscript_key=essay.manuscript_key)


def _takes_version(row: UnitEssayRow | Twin, window: SubmissionWindow) -> bool:
    return EssayAct.EDIT in allowed_acts(row.state) and _is_in_time(row, window)


def _heading_choices(
    essay: UnitEssay, manuscript: Manuscript, undone: frozenset[int] | None
) -> tuple[HeadingChoice, ...]:
    """The headings the reader proposed, in order, those undone since among them."""
    read_first = load_manuscript(resources().files.read(essay.read_key))
    return tuple(
        HeadingChoice(
            block=index,
            text=plain_text(block.runs),
            is_on=isinstance(manuscript.blocks[index], Heading) if undone is None else index not in undone,
        )
        for index, block in enumerate(read_first.blocks)
        if isinstance(block, Heading) and block.is_proposed
    )


def _is_in_time(row: UnitEssayRow | Twin, window: SubmissionWindow) -> bool:
    if row.state is EssayState.RETURNED:
        return row.correction_due_at is None or now() <= row.correction_due_at
    if row.state is EssayState.SUBMITTED and not row.is_late:
        return window is SubmissionWindow.OPEN
    return window is not SubmissionWindow.CLOSED


def _details_of(essay: UnitEssay) -> EssayDetails:
    return EssayDetails(
        title=essay.row.title,
        subtitle=essay.subtitle,
        authors=essay.row.authors,
        post=essay.post,
        phone=essay.phone,
        subject=essay.subject,
        genre=essay.genre,
        tags=essay.tags,
        is_original=essay.is_original,
        is_cleared=essay.is_cleared,
    )


def _undone_from_form() -> frozenset[int]:
    """The headings that were shown and are no longer ticked."""
    shown, ticked = (request.form.getlist(name, type=int) for name in ("shown_headings", "headings"))
    return frozenset(shown) - frozenset(ticked)


def _details_from_form() -> EssayDetails:
    form = request.form
    names = re.split(r"[、,，;；\n]+", form.get("authors", ""))
    return EssayDetails(
        title=form.get("title", ""),
        subtitle=form.get("subtitle", ""),
        authors=tuple(name.strip() for name in names if name.strip()),
        post=form.get("post", ""),
        phone=form.get("phone", ""),
        subject=form.get("subject", ""),
        genre=form.get("genre", ""),
        tags=tuple(form.getlist("tags")),
        is_original="is_original" in form,
        is_cleared="is_cleared" in form,
    )
