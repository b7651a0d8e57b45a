"""The queue of a reviewer."""

from __future__ import annotations

from review_app.domain.permissions import Permission
from review_app.web.access import permit
from review_app.web.reviewer import bp


@bp.get("/")
@permit(Permission.REVIEW_ESSAYS)
def queue() -> str:
    """The reviewer's own queue."""
    return ""
