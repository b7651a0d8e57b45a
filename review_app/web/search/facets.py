"""The facets and chips of a search as links: each leads to the query with one value or condition more or less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from review_app.domain.errors import N_
from review_app.domain.essay_state import EssayState
from review_app.domain.search_facets import is_chosen, list_chosen, toggle_value
from review_app.domain.search_terms import (
    Node,
    Query,
    Word,
    drop_condition,
    list_conditions,
    render_node,
    render_query,
)
from review_app.queries.contests import get_contest, list_award_levels
from review_app.queries.tags import list_tags
from review_app.web.page import is_english
from review_app.web.request import read
from review_app.web.search.asked import search_url

SHOWN_VALUES: Final = 8
_NAMES: Final = {
    "award": N_("奖项"),
    "unit": N_("单位"),
    "tag": N_("标签"),
    "mark": N_("标记"),
    "genre": N_("体裁"),
    "state": N_("状态"),
    "year": N_("年份"),
}

Option = tuple[str, int, str, bool]
Chip = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet: its options are (label, count, address, whether it is on), the rest of a long one in `more`."""

    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]


def name_values() -> Mapping[str, str]:
    """The English of states, tags and awards, which the index knows in Chinese; nothing on a Chinese page."""
    if not is_english():
        return {}
    levels = list_award_levels(read(), contest_id=get_contest(read()).id)
    return (
        {state.label: _(state.label) for state in EssayState}
        | {level.name_zh: level.name_en for level in levels}
        | {tag.name_zh: tag.name_en for tag in list_tags(read())}
    )


def show_facets(
    query: Query, facets: Mapping[str, Mapping[str | int, int]], *, total: int, sort: str, names: Mapping[str, str]
) -> tuple[ShownFacet, ...]:
    """The facets that tell results apart; chosen values stand first, also those that find nothing."""
    shown = []
    for name, counts in facets.items():
        chosen = list_chosen(query, name)
        missing: dict[str | int, int] = {
            value: 0 for value in chosen if not any(is_chosen(query, name, str(one)) for one in counts)
        }
        values = sorted({**counts, **missing}.items(), key=lambda item: not is_chosen(query, name, str(item[0])))
        if not chosen and (not values or (len(values) == 1 and values[0][1] == total)):
            continue
        options = tuple(
            (
                names.get(str(value), str(value)),
                count,
                search_url(render_query(toggle_value(query, name, str(value))), sort=sort),
                is_chosen(query, name, str(value)),
            )
            for value, count in values
        )
        cut = max(SHOWN_VALUES, len(chosen))
        shown.append(ShownFacet(_(_NAMES[name]), options[:cut], options[cut:]))
    return tuple(shown)


def show_chips(query: Query, *, sort: str, names: Mapping[str, str]) -> tuple[Chip, ...]:
    """What is on, each with the address of the search without it: a chip for every value chosen of a facet and for every
    other condition. None for a single word, which the box shows as well."""
    chips: list[Chip] = []
    conditions = list_conditions(query)
    for place, node in enumerate(conditions):
        facet, values = _choice_of(query, node)
        for value in values:
            label = _("%(facet)s：%(value)s", facet=_(_NAMES[facet]), value=names.get(value, value))
            chips.append((label, search_url(render_query(toggle_value(query, facet, value)), sort=sort)))
        if not values:
            chips.append((render_node(node), search_url(render_query(drop_condition(query, place)), sort=sort)))
    return () if len(conditions) == 1 and isinstance(conditions[0], Word) else tuple(chips)


def _choice_of(query: Query, node: Node) -> tuple[str, tuple[str, ...]]:
    """The facet the condition chooses values of, and these; nothing for another condition, a second choice too."""
    for name in _NAMES:
        values = list_chosen(Query(query.audience, node), name)
        if values and values == list_chosen(query, name):
            return name, values
    return "", ()
