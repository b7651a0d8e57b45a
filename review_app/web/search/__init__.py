"""The search page of every audience, each over its own index."""

from flask import Blueprint

bp = Blueprint("search", __name__)

from review_app.web.search import completion, help, views  # noqa: E402, F401  (the views register themselves on bp)
