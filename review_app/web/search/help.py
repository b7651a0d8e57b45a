"""The help of the query language, from its one table."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from review_app.domain.permissions import Permission
from review_app.domain.search_words import FORMS, SORTS, Form, SearchWord, list_search_words, list_sorts
from review_app.queries.search import audience_of
from review_app.web.access import current_actor, permit
from review_app.web.page import render
from review_app.web.search import bp


@dataclass(frozen=True, slots=True)
class HelpPage:
    """What may be typed, by the one who asks, and in what orders the results may stand."""

    title: str
    forms: tuple[Form, ...]
    words: tuple[SearchWord, ...]
    sorts: tuple[str, ...]


@bp.get("/help")
@permit(Permission.SEARCH)
def show_help() -> str:
    """What may be typed into the search box."""
    audience = audience_of(current_actor())
    page = HelpPage(
        title=_("检索语法"),
        forms=FORMS,
        words=list_search_words(audience),
        sorts=tuple(_(SORTS[sort]) for sort in list_sorts(audience)),
    )
    return render("search/help.html", page)
