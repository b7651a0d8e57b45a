"""The lines of the ranking in the reader's words, shared by the ranking, its workbook and the awards page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _

from review_app.domain.errors import N_
from review_app.domain.reason import Reason
from review_app.domain.scoring import total_tenths
from review_app.queries.contests import get_contest, list_criteria
from review_app.queries.ranking import (
    AwardDecision,
    PanelMember,
    Ranking,
    RankingRow,
    find_award_decision,
    get_ranking,
    has_revealed_names,
)
from review_app.services.awards import AwardProposal, propose_awards
from review_app.web.access import current_actor
from review_app.web.page import in_language
from review_app.web.request import read

WIDE_SPREAD_TENTHS: Final = 150
NO_LINES: Final[Mapping[int | None, Sequence[str]]] = MappingProxyType({})
_UNDROPPED: Final = N_("未去极值的平均分")
_CHIEF: Final = N_("组长的决定")


@dataclass(frozen=True, slots=True)
class ShownTotal:
    """One reviewer's total of one work: the text, whether it was dropped, and whose it is."""

    code: str
    text: str
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of the ranking as the template shows it. `lines_after`: award lines drawn below it."""

    row: RankingRow
    number: str
    url: str
    rank: str
    tie_note: str
    totals: tuple[ShownTotal | None, ...]
    spread: str
    is_wide: bool
    tags: tuple[str, ...]
    award: str
    is_proposed: bool
    is_open_tie: bool
    reason: str
    lines_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankingView:
    """The ranking as this person looks at it: with the awards in force or proposed, with or without names."""

    ranking: Ranking
    decision: AwardDecision | None
    proposal: AwardProposal
    has_revealed: bool
    is_showing_names: bool

    @property
    def is_stale(self) -> bool:
        """Whether scores, ties or levels changed since the awards were put in force."""
        return self.decision is not None and self.decision.digest != self.proposal.digest


def look_at_ranking(*, is_one_per_author: bool | None = None) -> RankingView:
    """The ranking now. Without a word on `is_one_per_author` as the awards in force were decided. Names are shown where
    the address asks for them and the person has put on record that he looks at them."""
    ranking = get_ranking(read(), contest=get_contest(read()))
    decision = find_award_decision(read(), contest_id=ranking.contest.id)
    if is_one_per_author is None:
        is_one_per_author = decision.is_one_per_author if decision else False
    has_revealed = has_revealed_names(read(), contest_id=ranking.contest.id, user_id=current_actor().user_id)
    return RankingView(
        ranking=ranking,
        decision=decision,
        proposal=propose_awards(ranking, is_one_per_author=is_one_per_author),
        has_revealed=has_revealed,
        is_showing_names=has_revealed and request.args.get("names") == "1",
    )


def show_rows(view: RankingView, lines: Mapping[int | None, Sequence[str]] = NO_LINES) -> tuple[ShownRow, ...]:
    """The rows for a template, with award lines by the work below which they are drawn. Without names a work is known
    by its blind number: the entry number tells the unit."""
    ranking, with_names = view.ranking, view.is_showing_names
    levels = {level.key: in_language(level.name_zh, level.name_en) for level in ranking.levels}
    proposed = view.proposal.levels_by_essay
    open_ties = {essay_id for tie in view.proposal.plan.open_ties for essay_id in tie.essay_ids}
    tie_words = _tie_words(ranking)
    shown = []
    for row in ranking.rows:
        place = row.place
        award_key = row.award_key if view.decision else proposed.get(row.essay_id, "")
        shown.append(
            ShownRow(
                row=row,
                number=row.number if with_names else row.blind_number,
                url=url_for("bureau.show_matrix", essay_id=row.essay_id, names=1 if with_names else None),
                rank="" if place.rank is None else f"{place.rank}{'=' if place.is_tied else ''}",
                tie_note=tie_words.get(place.tie_decided_by, ""),
                totals=tuple(_show_total(row, member) for member in ranking.panel),
                spread=f"{place.spread_tenths / 10:.1f}" if place.n > 1 else "",
                is_wide=place.spread_tenths >= WIDE_SPREAD_TENTHS,
                tags=tuple(in_language(name_zh, name_en) for name_zh, name_en in row.tags),
                award=levels.get(award_key, ""),
                is_proposed=view.decision is None,
                is_open_tie=row.essay_id in open_ties,
                reason=say_reason(place.incomplete) if place.incomplete else "",
                lines_after=tuple(lines.get(row.essay_id, ())),
            )
        )
    return tuple(shown)


def say_reason(reason: Reason) -> str:
    """A reason in the reader's language."""
    return _(reason.message) % dict(reason.facts) if reason.facts else _(reason.message)


def _tie_words(ranking: Ranking) -> dict[str, str]:
    criteria = {
        row.key: in_language(row.name_zh, row.name_en) for row in list_criteria(read(), contest_id=ranking.contest.id)
    }
    return {**criteria, "undropped": _(_UNDROPPED), "chief": _(_CHIEF)}


def _show_total(row: RankingRow, member: PanelMember) -> ShownTotal | None:
    sheet = next((one for one in row.sheets if one.reviewer_id == member.reviewer_id), None)
    if sheet is None:
        return None
    is_dropped = row.place.dropped is not None and member.reviewer_id in row.place.dropped
    if sheet.is_recused:
        text = _("回避")
    elif not sheet.is_final:
        text = _("未交")
    else:
        text = f"{total_tenths(sheet.points_tenths) / 10:.1f}"
    return ShownTotal(member.code, text, is_dropped)
