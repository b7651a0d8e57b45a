"""The audit log, 审计日志: who did what and when, and whether nothing was changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _

from review_app.domain.permissions import Permission
from review_app.queries.audit import AuditFilter, AuditRow, ChainReport, count_audit, list_audit, verify_audit
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.events import ACTS, OBJECT_KINDS, say_entry
from review_app.web.page import render
from review_app.web.request import read
from review_app.web.times import local

PAGE_SIZE: Final = 50

# Acts that only a received essay has; a draft has no page for the bureau.
_RECEIVED: Final = frozenset({"essay.submit", "essay.accept", "essay.return", "essay.view_original"})


class Line(NamedTuple):
    """One entry as shown; `url` leads to its object, "" where it has no page."""

    id: int
    at: str
    who: str
    address: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The log with its filter; `report` after the chain was checked."""

    title: str
    lines: tuple[Line, ...]
    act: str
    object_kind: str
    object_id: str
    acts: tuple[tuple[str, str], ...]
    object_kinds: tuple[tuple[str, str], ...]
    total: int
    current: int
    pages: int
    page_url: Callable[[int], str]
    check_url: str
    report: ChainReport | None


@bp.get("/audit")
@permit(Permission.VIEW_AUDIT)
def show_audit() -> str:
    """Entries, latest first; with `check`, the chain is recomputed."""
    only = AuditFilter(
        act=request.args.get("act", ""),
        object_kind=request.args.get("kind", ""),
        object_id=request.args.get("id", type=int),
    )
    total = count_audit(read(), only=only)
    pages = max(1, -(-total // PAGE_SIZE))
    current = min(max(1, request.args.get("page", 1, type=int)), pages)
    rows = list_audit(read(), offset=(current - 1) * PAGE_SIZE, limit=PAGE_SIZE, only=only)
    asked: dict[str, Any] = {"act": only.act or None, "kind": only.object_kind or None, "id": only.object_id}
    page = AuditPage(
        title=_("审计日志"),
        lines=tuple(_line(row) for row in rows),
        act=only.act,
        object_kind=only.object_kind,
        object_id="" if only.object_id is None else str(only.object_id),
        acts=tuple((act, _(words.label)) for act, words in ACTS.items()),
        object_kinds=tuple((kind, _(label)) for kind, label in OBJECT_KINDS.items()),
        total=total,
        current=current,
        pages=pages,
        page_url=lambda number: url_for("bureau.show_audit", **asked, page=number),
        check_url=url_for("bureau.show_audit", **asked, check=1),
        report=verify_audit(read()) if "check" in request.args else None,
    )
    return render("bureau/audit.html", page)


def _line(row: AuditRow) -> Line:
    is_essay = row.object_kind == "essay" and row.object_id is not None
    return Line(
        id=row.id,
        at=local(row.at).strftime("%Y-%m-%d %H:%M:%S"),
        who=row.actor_name or str(row.facts.get("name") or _("未登录")),
        address=row.address,
        sentence=say_entry(row),
        url=url_for("bureau.show_essay", essay_id=row.object_id) if is_essay and row.act in _RECEIVED else "",
    )
