"""The pages of a reviewer: the queue and the split view, blind by construction."""

from flask import Blueprint

bp = Blueprint("reviewer", __name__)

from review_app.web.reviewer import marks, queue, sheet  # noqa: E402, F401  (the views register themselves on bp)
