"""How the results were found, in words: wider than typed, with synonyms, or what may have been meant instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from review_app.domain.search_terms import render_query
from review_app.domain.synonyms import expand_query, quote_expanded
from review_app.domain.widening import Step
from review_app.queries.search import Results
from review_app.web.search.asked import search_url


@dataclass(frozen=True, slots=True)
class HowFound:
    """What the page says above the results. `words`: what was sought instead of what was typed; `synonyms`: what else
    was found, with the address that finds the words alone. `guesses`: what may have been meant (text, works, address)."""

    step: Step
    words: str
    synonyms: str
    exact_url: str
    guesses: tuple[tuple[str, int, str], ...]


def describe_search(results: Results) -> HowFound:
    """What the page is to say of how these results were found."""
    exact = quote_expanded(expand_query(results.query, [(word.text, *word.synonyms) for word in results.expanded]))
    guesses = [(render_query(guess), total) for guess, total in results.guesses]
    return HowFound(
        step=results.step,
        words=_("、").join(results.words),
        synonyms=_("；").join(_("、").join(word.synonyms) for word in results.expanded),
        exact_url=search_url(render_query(exact)) if results.expanded else "",
        guesses=tuple((text, total, search_url(text)) for text, total in guesses),
    )
