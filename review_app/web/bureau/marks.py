"""Marked passages on the bureau's essay page: everybody's, made, removed and dealt with."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.manuscript import Manuscript
from compile.manuscript_json import load_manuscript
from review_app.domain.actor import Role
from review_app.domain.errors import Invalid
from review_app.domain.passages import MarkKind
from review_app.domain.permissions import Permission
from review_app.queries.essays import BureauEssay, get_bureau_essay
from review_app.queries.marks import BureauMark, list_bureau_marks
from review_app.services import marks
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.marks import Acts, MarkForm, MarkPage, ShownMark, make_mark_form, read_mark, show_marks
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read, resources


@bp.get("/essays/<int:essay_id>/marks/new")
@permit(Permission.CURATE_CASES)
def ask_mark(essay_id: int) -> str:
    """The form of a mark on a page of its own."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    return _mark_page(essay, _load(essay), {})


@bp.post("/essays/<int:essay_id>/marks")
@permit(Permission.CURATE_CASES)
def add_mark(essay_id: int) -> Response | tuple[str, int]:
    """Mark a passage."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    manuscript = _load(essay)
    try:
        mark = read_mark(manuscript, essay.manuscript_key)
        with acting() as work:
            mark_id = marks.mark_essay(work, essay_id=essay_id, mark=mark)
    except Invalid as error:
        return _mark_page(essay, manuscript, {error.field: say(error)}), 422
    offer_undo(_("已划线：%(kind)s", kind=_(mark.kind.label)), _url("remove_mark", essay_id, mark_id))
    return _back(essay_id)


@bp.post("/essays/<int:essay_id>/marks/<int:mark_id>/remove")
@permit(Permission.CURATE_CASES)
def remove_mark(essay_id: int, mark_id: int) -> Response:
    """Take a mark away, whoever made it."""
    with acting() as work:
        marks.remove_mark(work, essay_id=essay_id, mark_id=mark_id)
    offer_undo(_("已去掉一处划线。"), _url("restore_mark", essay_id, mark_id))
    return _back(essay_id)


@bp.post("/essays/<int:essay_id>/marks/<int:mark_id>/restore")
@permit(Permission.CURATE_CASES)
def restore_mark(essay_id: int, mark_id: int) -> Response:
    """Put a mark back that was taken away."""
    with acting() as work:
        marks.remove_mark(work, essay_id=essay_id, mark_id=mark_id, is_removed=False)
    flash(_("已恢复划线。"), "success")
    return _back(essay_id)


@bp.post("/essays/<int:essay_id>/marks/<int:mark_id>/settle")
@permit(Permission.CURATE_CASES)
def settle_mark(essay_id: int, mark_id: int) -> Response:
    """Note that a doubt or a private passage has been dealt with."""
    with acting() as work:
        marks.settle_mark(work, essay_id=essay_id, mark_id=mark_id)
    offer_undo(_("已记为处理完毕。"), _url("unsettle_mark", essay_id, mark_id))
    return _back(essay_id)


@bp.post("/essays/<int:essay_id>/marks/<int:mark_id>/unsettle")
@permit(Permission.CURATE_CASES)
def unsettle_mark(essay_id: int, mark_id: int) -> Response:
    """Note that it has not been dealt with after all."""
    with acting() as work:
        marks.settle_mark(work, essay_id=essay_id, mark_id=mark_id, is_settled=False)
    flash(_("已恢复为待处理。"), "success")
    return _back(essay_id)


def list_shown_marks(essay_id: int, manuscript: Manuscript) -> tuple[ShownMark, ...]:
    """Everybody's marks where they stand now, with whose they are and what may be done to them."""
    return show_marks(list_bureau_marks(read(), essay_id=essay_id), manuscript, lambda mark: _describe(essay_id, mark))


def make_form(essay_id: int, manuscript: Manuscript) -> MarkForm:
    """The form of a mark on an essay."""
    return make_mark_form(
        manuscript,
        action=url_for("bureau.add_mark", essay_id=essay_id),
        ask_url=url_for("bureau.ask_mark", essay_id=essay_id),
    )


def _describe(essay_id: int, mark: BureauMark) -> tuple[str, Acts]:
    role = _("评审专家") if mark.role == Role.REVIEWER else _("信访局")
    by = _("%(name)s（%(role)s），第 %(version)s 版", name=mark.by, role=role, version=mark.version)
    removal = (_("去掉"), _url("remove_mark", essay_id, mark.id))
    if mark.is_settled:
        return by, ((_("重新处理"), _url("unsettle_mark", essay_id, mark.id)), removal)
    if mark.kind is MarkKind.GOOD:
        return by, (removal,)
    return by, ((_("处理完毕"), _url("settle_mark", essay_id, mark.id)), removal)


def _url(act: str, essay_id: int, mark_id: int) -> str:
    return url_for(f"bureau.{act}", essay_id=essay_id, mark_id=mark_id)


def _back(essay_id: int) -> Response:
    return redirect(url_for("bureau.show_essay", essay_id=essay_id, _anchor="mark-list"), 303)


def _load(essay: BureauEssay) -> Manuscript:
    return load_manuscript(resources().files.read(essay.manuscript_key))


def _mark_page(essay: BureauEssay, manuscript: Manuscript, errors: dict[str, str]) -> str:
    page = MarkPage(
        title=_("划线批注"),
        note=f"{essay.row.number} {essay.row.title}",
        back_url=url_for("bureau.show_essay", essay_id=essay.row.id),
        form=make_form(essay.row.id, manuscript),
        errors=errors,
    )
    return render("mark.html", page)
