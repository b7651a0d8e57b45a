"""The search page."""

from __future__ import annotations

from review_app.domain.permissions import Permission
from review_app.web.access import permit
from review_app.web.search import bp


@bp.get("/")
@permit(Permission.SEARCH)
def show_results() -> str:
    """Results of a query, or the empty page."""
    return ""
