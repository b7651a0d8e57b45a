"""The split view: read a work, fill in its sheet, hand it in, put it off, step back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from compile.manuscript import picture_keys
from review_app.domain.errors import Closed, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission
from review_app.domain.rubric import format_points
from review_app.domain.scoring import total_tenths
from review_app.queries.contests import get_contest
from review_app.queries.reviews import (
    ReviewRow,
    find_next_review,
    get_review,
    list_reviewer_essays,
    list_rubric,
)
from review_app.services import reviews
from review_app.services.reviews import RECUSAL_REASON_LIMIT, Sheet, StaleSheet
from review_app.web.access import permit
from review_app.web.errors import say
from review_app.web.files import send_picture
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read, remember_answer
from review_app.web.reviewer import bp
from review_app.web.reviewer.blind import load_blind
from review_app.web.reviewer.queue import chosen_state, own_id, sheet_url
from review_app.web.reviewer.sheet_form import TypedSheet, check_form, form_of, name_missing, read_form
from review_app.web.reviewer.sheet_page import build_sheet_page, describe_both, format_clock
from review_app.work import Work


@dataclass(frozen=True, slots=True)
class RecusalPage:
    """The form to step back from a work."""

    title: str
    review: ReviewRow
    state: str
    reason: str
    reason_limit: int
    errors: dict[str, str]


@bp.get("/<code>")
@permit(Permission.REVIEW_ESSAYS)
def show_sheet(code: str) -> str:
    """The work beside its sheet; read-only when handed in, paused or closed."""
    return render("reviewer/sheet.html", build_sheet_page(code))


@bp.post("/<code>")
@permit(Permission.REVIEW_ESSAYS)
def fill_sheet(code: str) -> AnyResponse | tuple[str, int]:
    """The buttons of the sheet: hand in and go on, put off and go on, or keep as a draft."""
    review = get_review(read(), code=code, reviewer_id=own_id())
    rubric = list_rubric(read(), contest_id=get_contest(read()).id)
    typed = read_form(request.form, rubric)
    sheet, errors = check_form(typed, rubric)
    act = request.form.get("act", "save")
    if act == "submit":
        errors |= name_missing(typed, rubric)
    if errors:
        page = build_sheet_page(code, typed=typed, errors=errors)
        return render("reviewer/sheet.html", page), 422
    try:
        with acting() as work:
            location = _do(work, act, review, typed, sheet)
            remember_answer(work, location)
    except Invalid as error:
        page = build_sheet_page(code, typed=typed, errors={error.field: say(error)})
        return render("reviewer/sheet.html", page), 422
    except (Conflict, Closed) as error:
        page = build_sheet_page(code, typed=typed, notice=say(error), is_stale=isinstance(error, StaleSheet))
        return render("reviewer/sheet.html", page), 409
    return redirect(location, 303)


def _do(work: Work, act: str, review: ReviewRow, typed: TypedSheet, sheet: Sheet) -> str:
    """Do one of the acts and return where to go from there."""
    code = review.code
    if act == "submit":
        total = reviews.submit_review(work, code=code, version=typed.version, sheet=sheet)
        done = _("%(number)s 号已提交，%(total)s 分", number=review.blind_number, total=format_points(total))
        offer_undo(done, url_for("reviewer.reopen_sheet", code=code))
        return _next_url(work, code)
    if act != "later" or typed != form_of(review):
        reviews.save_draft(work, code=code, version=typed.version, sheet=sheet)
    if act == "later":
        reviews.defer_review(work, code=code)
        return _next_url(work, code)
    flash(_("草稿已保存。"), "success")
    return sheet_url(code, chosen_state())


def _next_url(work: Work, code: str) -> str:
    contest = get_contest(work.session)
    rows = list_reviewer_essays(work.session, reviewer_id=own_id(), contest_id=contest.id)
    following = find_next_review(rows, after=code)
    return sheet_url(following.code, chosen_state()) if following else url_for("reviewer.queue")


@bp.post("/<code>/draft")
@permit(Permission.REVIEW_ESSAYS)
def autosave(code: str) -> tuple[Response, int]:
    """Keep the draft as the page sends it: {saved_at, version}; 409 with both totals when another window was quicker,
    422 when a field cannot be kept, 423 when nothing may change any more. `force` replaces what the other window saved."""
    review = get_review(read(), code=code, reviewer_id=own_id())
    rubric = list_rubric(read(), contest_id=get_contest(read()).id)
    typed = read_form(request.form, rubric)
    sheet, errors = check_form(typed, rubric)
    if errors:
        return jsonify(error=next(iter(errors.values()))), 422
    version = review.version if request.form.get("force") else typed.version
    try:
        with acting() as work:
            saved = reviews.save_draft(work, code=code, version=version, sheet=sheet)
    except StaleSheet:
        return _tell_both(code, sheet), 409
    except (Conflict, Closed) as error:
        return jsonify(error=say(error)), 423
    return jsonify(saved_at=format_clock(saved.saved_at), version=saved.version), 200


def _tell_both(code: str, sheet: Sheet) -> Response:
    stored = get_review(read(), code=code, reviewer_id=own_id())
    mine = total_tenths(sheet.points_tenths)
    return jsonify(
        error=describe_both(stored, mine),
        saved_at=format_clock(stored.saved_at),
        version=stored.version,
        stored={"total": format_points(total_tenths(stored.points_tenths)), "comment": stored.comment},
        sent={"total": format_points(mine), "comment": sheet.comment},
    )


@bp.post("/<code>/reopen")
@permit(Permission.REVIEW_ESSAYS)
def reopen_sheet(code: str) -> AnyResponse:
    """Take a handed-in sheet back to change it."""
    with acting() as work:
        reviews.reopen_review(work, code=code)
        location = remember_answer(work, sheet_url(code, chosen_state()))
    flash(_("已撤回，可以修改；改好后请重新提交，否则这篇不计入已评。"), "info")
    return redirect(location, 303)


@bp.get("/<code>/recuse")
@permit(Permission.REVIEW_ESSAYS)
def ask_recusal(code: str) -> str:
    """The form to step back from a work."""
    return _recusal_page(code, {})


@bp.post("/<code>/recuse")
@permit(Permission.REVIEW_ESSAYS)
def recuse(code: str) -> AnyResponse | tuple[str, int]:
    """Step back from a work and go on to the next."""
    review = get_review(read(), code=code, reviewer_id=own_id())
    try:
        with acting() as work:
            reviews.recuse_review(work, code=code, reason=request.form.get("reason", ""))
            location = remember_answer(work, _next_url(work, code))
    except Invalid as error:
        return _recusal_page(code, {error.field: say(error)}), 422
    flash(_("%(number)s 号已回避，信访局会另行安排。", number=review.blind_number), "success")
    return redirect(location, 303)


def _recusal_page(code: str, errors: dict[str, str]) -> str:
    review = get_review(read(), code=code, reviewer_id=own_id())
    page = RecusalPage(
        title=_("申请回避 %(number)s 号", number=review.blind_number),
        review=review,
        state=chosen_state(),
        reason=request.form.get("reason", ""),
        reason_limit=RECUSAL_REASON_LIMIT,
        errors=errors,
    )
    return render("reviewer/recuse.html", page)


@bp.get("/<code>/pictures/<key>")
@permit(Permission.REVIEW_ESSAYS)
def show_picture(code: str, key: str) -> AnyResponse:
    """One picture of the work as it is now."""
    review = get_review(read(), code=code, reviewer_id=own_id())
    if review.is_paused:
        raise NotFound
    return send_picture(key, allowed=picture_keys(load_blind(review)))
