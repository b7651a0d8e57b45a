"""Signing in and out, the own password, the language, the way home."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from review_app.web.account import views  # noqa: E402, F401  (the views register themselves on bp)
