"""Searches kept under names: each person has his own, the bureau may share some with all of its people."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.query_parser import parse_query
from review_app.domain.text_rules import check_line
from review_app.models import SavedSearch
from review_app.queries.search import audience_of
from review_app.services.audit import record
from review_app.work import Work

NAME_LIMIT: Final = 40
SEARCHES_PER_PERSON: Final = 50


def save_search(work: Work, *, name: str, query: str, sort: str) -> tuple[str, str] | None:
    """Keep a search under the name, in place of the one the person had under it; returns that one's text and order, None
    for a new name. Raises Invalid for a text that cannot be searched, or more names than one may have."""
    require(work.actor, Permission.SEARCH)
    title = check_line(name, field="name", limit=NAME_LIMIT)
    if parse_query(query, audience=audience_of(work.actor)).root is None:
        raise Invalid(N_("请先写要找的内容，再保存。"), "name")
    row = work.session.scalar(
        select(SavedSearch).where(SavedSearch.user_id == work.actor.user_id, SavedSearch.name == title)
    )
    before = (row.query, row.sort) if row is not None else None
    if row is not None:
        row.query, row.sort = query, sort
    else:
        _require_room(work)
        row = SavedSearch(user_id=work.actor.user_id, name=title, query=query, sort=sort, created_at=work.now)
        work.session.add(row)
        work.session.flush()
    record(work, "search.save", object_kind="search", object_id=row.id, name=title)
    return before


def rename_search(work: Work, *, saved_id: int, name: str) -> str:
    """Give the person's own search another name; returns the old one. Raises Invalid for a name that is taken."""
    require(work.actor, Permission.SEARCH)
    row = _own(work, saved_id)
    title = check_line(name, field="name", limit=NAME_LIMIT)
    old = row.name
    if title == old:
        return old
    taken = select(SavedSearch.id).where(SavedSearch.user_id == work.actor.user_id, SavedSearch.name == title)
    if work.session.scalar(taken) is not None:
        raise Invalid(N_("您已有一个叫“%(name)s”的检索，请换一个名称。"), "name", name=title)
    row.name = title
    record(work, "search.rename", object_kind="search", object_id=row.id, name=old, to=title)
    return old


def delete_search(work: Work, *, saved_id: int) -> tuple[str, str, str]:
    """Forget the person's own search; returns its name, text and order. Raises Conflict while others use it."""
    require(work.actor, Permission.SEARCH)
    row = _own(work, saved_id)
    if row.is_shared:
        raise Conflict(N_("这个检索正在共享，请先停止共享再删除。"))
    record(work, "search.delete", object_kind="search", object_id=row.id, name=row.name)
    work.session.delete(row)
    return row.name, row.query, row.sort


def share_search(work: Work, *, saved_id: int, is_shared: bool) -> str:
    """Show the person's own search to all of the bureau, or no longer; returns its name."""
    require(work.actor, Permission.SHARE_SEARCHES)
    row = _own(work, saved_id)
    if row.is_shared != is_shared:
        row.is_shared = is_shared
        act = "search.share" if is_shared else "search.unshare"
        record(work, act, object_kind="search", object_id=row.id, name=row.name)
    return row.name


def _own(work: Work, saved_id: int) -> SavedSearch:
    row = work.session.scalar(
        select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.user_id == work.actor.user_id)
    )
    if row is None:
        raise NotFound
    return row


def _require_room(work: Work) -> None:
    kept = work.session.scalar(select(func.count()).where(SavedSearch.user_id == work.actor.user_id)) or 0
    if kept >= SEARCHES_PER_PERSON:
        raise Invalid(N_("最多保存 %(limit)s 个检索，请先删除不用的。"), "name", limit=SEARCHES_PER_PERSON)
