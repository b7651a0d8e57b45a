"""The options of the search box while somebody types, for its script."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_babel import gettext as _

from review_app.domain.permissions import Permission
from review_app.queries.completing import complete_query
from review_app.web.access import current_actor, permit
from review_app.web.request import read
from review_app.web.search import bp


@bp.get("/complete")
@permit(Permission.SEARCH)
def complete_box() -> Response:
    """What may stand for the last word of `q`, the query up to the caret; `kept` is what stays before it."""
    found = complete_query(read(), current_actor(), request.args.get("q", ""))
    options = [{"text": option.text, "note": _(option.note) if option.note else ""} for option in found.options]
    return jsonify(kept=found.kept, options=options)
