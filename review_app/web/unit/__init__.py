"""The pages of a submitting unit: its tasks, its essays, upload to receipt."""

from flask import Blueprint

bp = Blueprint("unit", __name__)

from review_app.web.unit import essays, home  # noqa: E402, F401  (the views register themselves on bp)
