"""A reviewer's marks on the work before him: his own, and nobody else's."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.manuscript import Manuscript
from review_app.domain.errors import Invalid, NotFound
from review_app.domain.permissions import Permission
from review_app.queries.marks import ReviewerMark, list_reviewer_marks
from review_app.queries.reviews import ReviewRow, get_review
from review_app.services import marks
from review_app.web.access import permit
from review_app.web.errors import say
from review_app.web.marks import Acts, MarkForm, MarkPage, ShownMark, make_mark_form, read_mark, show_marks
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read
from review_app.web.reviewer import bp
from review_app.web.reviewer.blind import load_blind
from review_app.web.reviewer.queue import chosen_state, own_id, sheet_url


@bp.get("/<code>/marks/new")
@permit(Permission.REVIEW_ESSAYS)
def ask_mark(code: str) -> str:
    """The form of a mark on a page of its own."""
    review, manuscript = _open(code)
    return _mark_page(review, manuscript, {})


@bp.post("/<code>/marks")
@permit(Permission.REVIEW_ESSAYS)
def add_mark(code: str) -> Response | tuple[str, int]:
    """Mark a passage."""
    review, manuscript = _open(code)
    try:
        mark = read_mark(manuscript, review.manuscript_key)
        with acting() as work:
            ordinal = marks.mark_review(work, code=code, mark=mark)
    except Invalid as error:
        return _mark_page(review, manuscript, {error.field: say(error)}), 422
    undo_url = url_for("reviewer.remove_mark", code=code, ordinal=ordinal, state=chosen_state() or None)
    offer_undo(_("已划线：%(kind)s", kind=_(mark.kind.label)), undo_url)
    return redirect(sheet_url(code, chosen_state()), 303)


@bp.post("/<code>/marks/<int:ordinal>/remove")
@permit(Permission.REVIEW_ESSAYS)
def remove_mark(code: str, ordinal: int) -> Response:
    """Take a mark away."""
    with acting() as work:
        marks.remove_review_mark(work, code=code, ordinal=ordinal)
    undo_url = url_for("reviewer.restore_mark", code=code, ordinal=ordinal, state=chosen_state() or None)
    offer_undo(_("已去掉一处划线。"), undo_url)
    return redirect(sheet_url(code, chosen_state()), 303)


@bp.post("/<code>/marks/<int:ordinal>/restore")
@permit(Permission.REVIEW_ESSAYS)
def restore_mark(code: str, ordinal: int) -> Response:
    """Put a mark back that was taken away."""
    with acting() as work:
        marks.remove_review_mark(work, code=code, ordinal=ordinal, is_removed=False)
    flash(_("已恢复划线。"), "success")
    return redirect(sheet_url(code, chosen_state()), 303)


def list_shown_marks(code: str, manuscript: Manuscript, *, is_editable: bool) -> tuple[ShownMark, ...]:
    """The reviewer's own marks where they stand now."""

    def describe(mark: ReviewerMark) -> tuple[str, Acts]:
        url = url_for("reviewer.remove_mark", code=code, ordinal=mark.ordinal, state=chosen_state() or None)
        return "", ((_("去掉"), url),) if is_editable else ()

    return show_marks(list_reviewer_marks(read(), code=code, reviewer_id=own_id()), manuscript, describe)


def make_form(code: str, manuscript: Manuscript) -> MarkForm:
    """The form of a mark on the work of a review code."""
    state = chosen_state() or None
    return make_mark_form(
        manuscript,
        action=url_for("reviewer.add_mark", code=code, state=state),
        ask_url=url_for("reviewer.ask_mark", code=code, state=state),
    )


def _open(code: str) -> tuple[ReviewRow, Manuscript]:
    review = get_review(read(), code=code, reviewer_id=own_id())
    if review.is_paused:
        raise NotFound
    return review, load_blind(review)


def _mark_page(review: ReviewRow, manuscript: Manuscript, errors: dict[str, str]) -> str:
    page = MarkPage(
        title=_("划线批注"),
        note=_("匿名 · %(number)s 号", number=review.blind_number),
        back_url=sheet_url(review.code, chosen_state()),
        form=make_form(review.code, manuscript),
        errors=errors,
    )
    return render("mark.html", page)
