"""The address of a search: what is asked, in what order, which page; and the addresses of what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from review_app.domain.actor import Role
from review_app.domain.query_parser import MAX_QUERY_CHARACTERS
from review_app.domain.search_words import list_sorts
from review_app.queries.search import audience_of
from review_app.web.access import current_actor

RELEVANCE: Final = "relevance"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address holds it."""

    text: str
    sort: str = RELEVANCE
    page: int = 1

    @property
    def url(self) -> str:
        """The address of its results."""
        return search_url(self.text, sort=self.sort, page=self.page)


def read_asked(sent: Mapping[str, str]) -> Asked:
    """The search of an address or a form; an order this person may not ask for is the order of relevance."""
    sort, page = sent.get("sort", RELEVANCE), sent.get("page", "")
    return Asked(
        text=sent.get("q", "")[: MAX_QUERY_CHARACTERS + 1],
        sort=sort if sort in list_sorts(audience_of(current_actor())) else RELEVANCE,
        page=max(1, int(page)) if page.isdecimal() and len(page) < 10 else 1,
    )


def search_url(text: str, *, sort: str = RELEVANCE, page: int = 1) -> str:
    """The address of a page of results."""
    return url_for(
        "search.show_results",
        q=text or None,
        sort=None if sort == RELEVANCE else sort,
        page=None if page == 1 else page,
    )


def essay_url(key: int | str, asked: Asked, *, place: int) -> str:
    """The page of the essay found at this place of the results, for the one who asks, from where he may go on to the
    next; it opens at the first word found. `key` as in `Neighbours`."""
    sort = None if asked.sort == RELEVANCE else asked.sort
    rest: dict[str, Any] = {"q": asked.text, "sort": sort, "at": place, "_anchor": "hit-1"}
    role = current_actor().role
    if role is Role.REVIEWER:
        return url_for("reviewer.show_sheet", code=key, **rest)
    return url_for("unit.show_essay" if role is Role.UNIT else "bureau.show_essay", essay_id=key, **rest)
