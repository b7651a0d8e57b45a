"""The pages of the bureau: units, essays, assignment, ranking, anthology, participation."""

from flask import Blueprint

bp = Blueprint("bureau", __name__)

from review_app.web.bureau import views  # noqa: E402, F401  (the views register themselves on bp)
