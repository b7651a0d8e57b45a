"""The home of a unit."""

from __future__ import annotations

from review_app.domain.permissions import Permission
from review_app.web.access import permit
from review_app.web.unit import bp


@bp.get("/")
@permit(Permission.SUBMIT_ESSAYS)
def home() -> str:
    """The task list of the unit."""
    return ""
