"""The desk of the bureau."""

from __future__ import annotations

from review_app.domain.permissions import Permission
from review_app.web.access import permit
from review_app.web.bureau import bp


@bp.get("/")
@permit(Permission.VIEW_ALL_ESSAYS)
def home() -> str:
    """What waits on the bureau's desk."""
    return ""
