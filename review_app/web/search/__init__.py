"""The search pages of every audience, each over its own index: results, acts on them, kept searches."""

from flask import Blueprint

bp = Blueprint("search", __name__)

from review_app.web.search import (  # noqa: E402  (the views register themselves on bp)
    bulk,  # noqa: F401
    completion,  # noqa: F401
    export,  # noqa: F401
    help,  # noqa: F401
    saved,  # noqa: F401
    views,  # noqa: F401
)
