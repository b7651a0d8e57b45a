"""Searches kept under names: listed beside the box, renamed, shared and deleted on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.errors import Conflict, Invalid
from review_app.domain.permissions import Permission, is_allowed
from review_app.domain.query_parser import QueryError, parse_query
from review_app.queries.search import audience_of
from review_app.queries.searches import SavedSearchRow, list_saved_searches
from review_app.services import searches
from review_app.web.access import current_actor, permit
from review_app.web.errors import say
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read, remember_answer
from review_app.web.search import bp
from review_app.web.search.asked import read_asked, search_url


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A kept search as a link; `problem` says why it can no longer be searched, "" where it can."""

    row: SavedSearchRow
    url: str
    problem: str


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The searches this person keeps and may use. `typed` is the new name as it was sent, for the search `faulty_id`."""

    title: str
    bookmarks: tuple[Bookmark, ...]
    can_share: bool
    faulty_id: int
    typed: str
    errors: dict[str, str]


def list_bookmarks() -> tuple[Bookmark, ...]:
    """The kept searches of who is signed in, and those shared with him."""
    audience = audience_of(current_actor())
    bookmarks = []
    for row in list_saved_searches(read(), actor=current_actor()):
        problem = ""
        try:
            parse_query(row.query, audience=audience)
        except QueryError as error:
            problem = say(error)
        bookmarks.append(Bookmark(row, search_url(row.query, sort=row.sort), problem))
    return tuple(bookmarks)


@bp.get("/saved")
@permit(Permission.SEARCH)
def list_saved() -> str:
    """The kept searches."""
    return _page()


@bp.post("/saved")
@permit(Permission.SEARCH)
def save_search() -> Response:
    """Keep the search shown; what it replaced, or a search just deleted, is put back by the same act."""
    asked, name = read_asked(request.values), request.values.get("name", "")
    back = redirect(search_url(asked.text, sort=asked.sort), 303)
    try:
        with acting() as work:
            before = searches.save_search(work, name=name, query=asked.text, sort=asked.sort)
            remember_answer(work, back.location or "")
    except Invalid as error:
        flash(_("检索没有保存。%(reason)s", reason=say(error)), "error")
        return back
    if before is None or before == (asked.text, asked.sort):
        flash(_("已保存检索“%(name)s”。", name=name.strip()), "success")
    else:
        undo = url_for("search.save_search", name=name, q=before[0], sort=before[1])
        offer_undo(_("检索“%(name)s”已改为现在的内容。", name=name.strip()), undo)
    return back


@bp.post("/saved/<int:saved_id>/rename")
@permit(Permission.SEARCH)
def rename_search(saved_id: int) -> Response | tuple[str, int]:
    """Give a kept search another name."""
    name = request.values.get("name", "")
    try:
        with acting() as work:
            old = searches.rename_search(work, saved_id=saved_id, name=name)
    except Invalid as error:
        return _page(saved_id, name, {f"name-{saved_id}": say(error)}), 422
    undo = url_for("search.rename_search", saved_id=saved_id, name=old)
    offer_undo(_("“%(old)s”已改名为“%(name)s”。", old=old, name=name.strip()), undo)
    return redirect(url_for("search.list_saved"), 303)


@bp.post("/saved/<int:saved_id>/delete")
@permit(Permission.SEARCH)
def delete_search(saved_id: int) -> Response:
    """Forget a kept search."""
    try:
        with acting() as work:
            name, query, sort = searches.delete_search(work, saved_id=saved_id)
    except Conflict as error:
        flash(say(error), "warning")
    else:
        offer_undo(_("已删除检索“%(name)s”。", name=name), url_for("search.save_search", name=name, q=query, sort=sort))
    return redirect(url_for("search.list_saved"), 303)


@bp.post("/saved/<int:saved_id>/share")
@permit(Permission.SHARE_SEARCHES)
def share_search(saved_id: int) -> Response:
    """Show a kept search to all of the bureau, or no longer."""
    is_shared = request.values.get("shared") == "1"
    with acting() as work:
        name = searches.share_search(work, saved_id=saved_id, is_shared=is_shared)
    done = (
        _("“%(name)s”已共享，信访局的同事都能用。", name=name) if is_shared else _("“%(name)s”已停止共享。", name=name)
    )
    offer_undo(done, url_for("search.share_search", saved_id=saved_id, shared=0 if is_shared else 1))
    return redirect(url_for("search.list_saved"), 303)


def _page(faulty_id: int = 0, typed: str = "", errors: dict[str, str] | None = None) -> str:
    page = SavedPage(
        title=_("保存的检索"),
        bookmarks=list_bookmarks(),
        can_share=is_allowed(current_actor(), Permission.SHARE_SEARCHES),
        faulty_id=faulty_id,
        typed=typed,
        errors=errors or {},
    )
    return render("search/saved.html", page)
