"""Acts on the picked results or on all of them: what will happen and what is left out and why, then the act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.calendar import local_day
from review_app.domain.contest_phase import correction_due_at
from review_app.domain.errors import Conflict, Invalid
from review_app.domain.permissions import Permission
from review_app.domain.query_parser import QueryError, parse_query
from review_app.domain.reason import Reason
from review_app.domain.return_reasons import RETURN_REASONS
from review_app.domain.tags import DEFAULT_GROUPS
from review_app.queries.anthologies import get_book
from review_app.queries.contests import get_contest
from review_app.queries.found import FoundEssay, list_found
from review_app.queries.search import audience_of, list_essay_ids
from review_app.queries.tags import list_tags
from review_app.services import bulk
from review_app.services.anthologies import FIRST_SECTION
from review_app.services.bulk import WORKS_PER_ACT, BulkPlan, Tagging
from review_app.storage.search_types import IndexUnavailable
from review_app.web.access import current_actor, permit
from review_app.web.errors import say
from review_app.web.page import in_language, offer_undo, render
from review_app.web.request import acting, now, read, remember_answer, resources
from review_app.web.search import bp
from review_app.web.search.asked import Asked, read_asked
from review_app.web.times import format_moment

Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class BulkPage:
    """A bulk act before it is done. `selection` carries what was picked on to the next page as form fields, `action` is
    where the act is posted. `choices`: what it can be done with, in groups of (value, name); `chosen` one of them."""

    title: str
    act: str
    asked: Asked
    selection: tuple[tuple[str, str], ...]
    taken: tuple[FoundEssay, ...]
    left: tuple[tuple[FoundEssay, str], ...]
    digest: str
    action: str
    button: str
    choices: Choices
    chosen: str
    due_at: str
    codes: tuple[str, ...]
    note: str
    errors: dict[str, str]


@bp.get("/book")
@permit(Permission.EDIT_ANTHOLOGY)
def preview_book() -> Response | str:
    """Which of the works can be taken into the anthology."""
    picked = read_picked()
    return _book_page(picked, {}) if picked else _back()


@bp.post("/book")
@permit(Permission.EDIT_ANTHOLOGY)
def add_to_book() -> Response | tuple[str, int]:
    """Take the works into the anthology."""
    try:
        with acting() as work:
            count, version = bulk.add_to_book(
                work, essay_ids=_posted(), digest=_digest(), section=request.form.get("section", "")
            )
            remember_answer(work, _asked().url)
    except (Conflict, Invalid) as error:
        return _book_page(_posted(), _errors(error)), _status(error)
    offer_undo(_("已把 %(count)s 篇加入汇编。", count=count), url_for("bureau.undo_change", version=version))
    return _back()


@bp.get("/tags")
@permit(Permission.CURATE_CASES)
def preview_tags() -> Response | str:
    """Choose a tag, then see which of the works get or lose it."""
    picked = read_picked()
    return _tags_page(picked, {}) if picked else _back()


@bp.post("/tags")
@permit(Permission.CURATE_CASES)
def tag_essays() -> Response | tuple[str, int]:
    """Put the tag on the works, or take it off."""
    tagging = _tagging()
    try:
        with acting() as work:
            count, entry_id = bulk.tag_essays(
                work, essay_ids=_posted(), digest=_digest(), slug=request.form.get("tag", ""), tagging=tagging
            )
            remember_answer(work, _asked().url)
    except (Conflict, Invalid) as error:
        return _tags_page(_posted(), _errors(error)), _status(error)
    add, remove = _("已给 %(count)s 篇打上标签。", count=count), _("已去掉 %(count)s 篇的标签。", count=count)
    undo = url_for("search.undo_tags", entry=entry_id, q=_asked().text, sort=_asked().sort)
    offer_undo(add if tagging == "add" else remove, undo)
    return _back()


@bp.post("/tags/undo")
@permit(Permission.CURATE_CASES)
def undo_tags() -> Response:
    """Take the last tagging or untagging back."""
    with acting() as work:
        count = bulk.undo_tagging(work, entry_id=request.args.get("entry", 0, type=int))
    flash(_("已撤销，%(count)s 篇的标签恢复原样。", count=count), "success")
    return _back()


@bp.get("/return")
@permit(Permission.CHECK_ESSAYS)
def preview_returns() -> Response | str:
    """Which of the works can be returned, and the form for the reasons."""
    picked = read_picked()
    return _returns_page(picked, {}) if picked else _back()


@bp.post("/return")
@permit(Permission.CHECK_ESSAYS)
def return_essays() -> Response | tuple[str, int]:
    """Return the works to their units."""
    try:
        with acting() as work:
            count = bulk.return_essays(
                work,
                essay_ids=_posted(),
                digest=_digest(),
                codes=request.form.getlist("codes"),
                note=request.form.get("note", ""),
            )
            remember_answer(work, _asked().url)
    except (Conflict, Invalid) as error:
        return _returns_page(_posted(), _errors(error)), _status(error)
    flash(_("已退回 %(count)s 篇，单位登录后就能看到原因和期限。", count=count), "success")
    return _back()


def read_picked() -> tuple[int, ...]:
    """The works of the address: those picked, or with `all` whatever the query finds now; none, and a word why, where
    there are none or too many."""
    if "all" not in request.args:
        picked = tuple(dict.fromkeys(request.args.getlist("pick", type=int)))
        if not picked:
            flash(_("请先选择作品。"), "warning")
    else:
        picked = _find_all()
    if len(picked) > WORKS_PER_ACT:
        message = _(
            "找到 %(count)s 篇，一次最多办理 %(limit)s 篇，请补充条件缩小范围。", count=len(picked), limit=WORKS_PER_ACT
        )
        flash(message, "warning")
        return ()
    return picked


def _find_all() -> tuple[int, ...]:
    actor = current_actor()
    try:
        query = parse_query(_asked().text, audience=audience_of(actor))
        return list_essay_ids(read(), indexes=resources().indexes, actor=actor, query=query)
    except (QueryError, IndexUnavailable) as error:
        flash(say(error), "warning")
        return ()


def _book_page(picked: tuple[int, ...], errors: dict[str, str]) -> str:
    contest = get_contest(read())
    book = get_book(read(), contest=contest, on=local_day(now()))
    sections = tuple((section.title, section.title) for section in book.sections)
    return _render(
        bulk.plan_for_book(read(), essay_ids=picked),
        act="book",
        title=_("加入汇编"),
        button=_("加入汇编"),
        action=url_for("search.add_to_book"),
        choices=(("", sections),),
        chosen=request.values.get("section", FIRST_SECTION),
        errors=errors,
    )


def _tags_page(picked: tuple[int, ...], errors: dict[str, str]) -> str:
    tagging = _tagging()
    choices = _list_tags(picked, tagging)
    chosen = next((slug for _group, tags in choices for slug, _name in tags if slug == request.values.get("tag")), "")
    plan = bulk.plan_tagging(read(), essay_ids=picked, slug=chosen, tagging=tagging) if chosen else None
    return _render(
        plan or BulkPlan(list_found(read(), picked), (), ""),
        act=tagging,
        title=_("打标签") if tagging == "add" else _("去标签"),
        button=_("打上标签") if tagging == "add" else _("去掉标签"),
        action=url_for("search.tag_essays"),
        choices=choices,
        chosen=chosen,
        errors=errors,
    )


def _returns_page(picked: tuple[int, ...], errors: dict[str, str]) -> str:
    reasons = tuple((code, in_language(item.name_zh, item.name_en)) for code, item in RETURN_REASONS.items())
    return _render(
        bulk.plan_returns(read(), essay_ids=picked),
        act="return",
        title=_("退回单位修改"),
        button=_("退回单位修改"),
        action=url_for("search.return_essays"),
        choices=(("", reasons),),
        chosen="",
        errors=errors,
    )


def _render(plan: BulkPlan, *, act: str, errors: dict[str, str], **more: Any) -> str:
    page = BulkPage(
        act=act,
        asked=_asked(),
        selection=_selection(),
        taken=plan.taken,
        left=tuple((row, _say_reason(reason)) for row, reason in plan.left),
        digest=plan.digest,
        due_at=format_moment(correction_due_at(get_contest(read()).times, now())),
        codes=tuple(request.form.getlist("codes")),
        note=request.form.get("note", ""),
        errors=errors,
        **more,
    )
    return render("search/bulk.html", page)


def _list_tags(picked: tuple[int, ...], tagging: Tagging) -> Choices:
    """The tags by group: all in use to put on, those that stand on these works to take off."""
    if tagging == "remove":
        own = {tag.slug: tag for row in list_found(read(), picked) for tag in row.tags if tag.stands}
        return (("", tuple((slug, in_language(tag.name_zh, tag.name_en)) for slug, tag in own.items())),)
    tags = list_tags(read(), without_groups=("genre",))
    return tuple(
        (
            in_language(group.name_zh, group.name_en),
            tuple((tag.slug, in_language(tag.name_zh, tag.name_en)) for tag in tags if tag.group_key == group.key),
        )
        for group in DEFAULT_GROUPS
        if any(tag.group_key == group.key for tag in tags)
    )


def _selection() -> tuple[tuple[str, str], ...]:
    """What was picked, as fields of the form that goes on from here: as short as it came."""
    if "all" in request.values:
        return (("all", "1"),)
    return tuple(("pick", str(essay_id)) for essay_id in request.values.getlist("pick", type=int))


def _say_reason(reason: Reason) -> str:
    return _(reason.message) % {name: _(str(fact)) for name, fact in reason.facts.items()}


def _tagging() -> Tagging:
    return "remove" if request.values.get("do") == "remove" else "add"


def _asked() -> Asked:
    return read_asked(request.values)


def _posted() -> tuple[int, ...]:
    return tuple(dict.fromkeys(request.form.getlist("pick", type=int)))


def _digest() -> str:
    return request.form.get("digest", "")


def _errors(error: Conflict | Invalid) -> dict[str, str]:
    return {error.field if isinstance(error, Invalid) else "": say(error)}


def _status(error: Conflict | Invalid) -> int:
    return 422 if isinstance(error, Invalid) else 409


def _back() -> Response:
    """Back to the results the works were picked from."""
    return redirect(_asked().url, 303)
