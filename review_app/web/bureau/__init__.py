"""The pages of the bureau: units, essays, assignment, ranking, anthology, participation."""

from flask import Blueprint

bp = Blueprint("bureau", __name__)

from review_app.web.bureau import (  # noqa: E402  (the views register themselves on bp)
    accounts,  # noqa: F401
    anthology,  # noqa: F401
    anthology_arrange,  # noqa: F401
    anthology_builds,  # noqa: F401
    anthology_settings,  # noqa: F401
    anthology_template,  # noqa: F401
    assignments,  # noqa: F401
    audit,  # noqa: F401
    awards,  # noqa: F401
    cases,  # noqa: F401
    contest,  # noqa: F401
    copies,  # noqa: F401
    essay_tags,  # noqa: F401
    essays,  # noqa: F401
    home,  # noqa: F401
    known_texts,  # noqa: F401
    marks,  # noqa: F401
    participation,  # noqa: F401
    ranking,  # noqa: F401
    synonyms,  # noqa: F401
    taxonomy,  # noqa: F401
    units,  # noqa: F401
)
