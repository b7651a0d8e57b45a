"""How a query is answered: with its synonyms, and by its words where nothing has it as typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from review_app.domain.search_terms import Query
from review_app.domain.synonyms import expand_query
from review_app.domain.widening import Wider, add_hints, list_wider
from review_app.storage.search_types import SearchPage


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results and how it came about; `sought` is the query of `wider` with its synonyms."""

    wider: Wider
    sought: Query
    page: SearchPage


def find_answer(
    query: Query,
    *,
    search: Callable[[Query], SearchPage],
    split: Callable[[str], Sequence[str]],
    groups: Sequence[Sequence[str]],
    is_ranked: bool = True,
) -> Answer:
    """What `search` finds for the query, or, where that is nothing, for the narrowest wider one that finds something.

    `is_ranked`: the results stand by relevance, so words side by side count.
    """

    def try_out(wider: Wider) -> Answer:
        sought = expand_query(wider.query, groups)
        return Answer(wider, sought, search(add_hints(sought) if is_ranked else sought))

    typed = try_out(Wider("typed", query, ()))
    if typed.page.total:
        return typed
    wider = map(try_out, list_wider(query, split))
    return next((answer for answer in wider if answer.page.total), typed)
