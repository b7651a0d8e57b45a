"""The ranking of accepted essays with all its evidence: sheets, ties and their decisions, awards as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.essay_state import EssayState
from review_app.domain.ranking import EssaySheets, RankedEssay, rank_essays
from review_app.domain.scoring import ScoreSheet, total_tenths
from review_app.models import (
    AuditEntry,
    AwardLevel,
    Essay,
    EssayVersion,
    Review,
    TieDecision,
    Unit,
    UnitClass,
    User,
)
from review_app.queries.contests import AwardLevelRow, ContestRow, list_award_levels
from review_app.queries.sheets import list_sheets
from review_app.queries.tags import list_essay_tags

NO_SHEETS: tuple[ScoreSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelMember:
    """A reviewer with a short code, R1 to Rn, the same for all essays of the contest."""

    reviewer_id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RankingRow:
    """An accepted essay in its place. `sheets` are all assigned ones, in order of reviewer; `award_key` is the award
    that stands now, "" for none. `unit_order` sorts units officially. `tags` are those
    that stand."""

    essay_id: int
    number: str
    blind_number: str
    title: str
    authors: tuple[str, ...]
    unit_id: int
    unit_name: str
    unit_order: int
    words: int
    manuscript_key: str
    place: RankedEssay
    sheets: tuple[ScoreSheet, ...]
    tags: tuple[tuple[str, str], ...]
    award_key: str
    award_rank: int | None

    @property
    def pending(self) -> int:
        """How many assigned sheets are still to be handed in."""
        return sum(not sheet.is_final and not sheet.is_recused for sheet in self.sheets)

    @property
    def totals_tenths(self) -> dict[int, int]:
        """The total of each counted sheet by reviewer."""
        return {sheet.reviewer_id: total_tenths(sheet.points_tenths) for sheet in self.sheets if sheet.is_counted}


@dataclass(frozen=True, slots=True)
class TieDecisionRow:
    """The chief's order of one essay within its tie."""

    essay_id: int
    position: int
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All accepted essays, ranked ones first in order, then the incomplete ones."""

    contest: ContestRow
    rows: tuple[RankingRow, ...]
    panel: tuple[PanelMember, ...]
    levels: tuple[AwardLevelRow, ...]
    decisions: Mapping[int, TieDecisionRow]

    @property
    def places(self) -> tuple[RankedEssay, ...]:
        """The places alone, in the same order."""
        return tuple(row.place for row in self.rows)

    @property
    def unfinished(self) -> tuple[RankingRow, ...]:
        """The essays whose place may still change: without a rank, or with sheets outstanding."""
        return tuple(row for row in self.rows if row.place.rank is None or row.pending)

    def find_ties(self) -> tuple[frozenset[int], ...]:
        """The groups of essays that nothing but the chief's word can tell apart, decided or not."""
        undecided = rank_essays(
            (EssaySheets(row.essay_id, row.sheets) for row in self.rows), minimum=self.contest.minimum_reviews
        )
        groups: defaultdict[int, set[int]] = defaultdict(set)
        for place in undecided:
            if place.rank is not None and place.is_tied:
                groups[place.rank].add(place.essay_id)
        return tuple(frozenset(group) for group in groups.values())


@dataclass(frozen=True, slots=True)
class SheetNote:
    """What a reviewer wrote beside the points."""

    reviewer_id: int
    state: str
    comment: str
    flags: tuple[str, ...]
    recusal_reason: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class AwardDecision:
    """The last time awards were put in force, and what they were decided from."""

    at: datetime
    by: str
    digest: str
    is_one_per_author: bool
    reason: str


def get_ranking(session: Session, *, contest: ContestRow) -> Ranking:
    """The ranking as it stands; eight statements however many essays."""
    found = session.execute(
        select(Essay, EssayVersion.words, EssayVersion.manuscript_key, Unit, UnitClass.position, AwardLevel.key)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .where(Essay.contest_id == contest.id, Essay.state == EssayState.ACCEPTED.value)
    ).all()
    essay_ids = [essay.id for essay, *_ in found]
    sheets = list_sheets(session, essay_ids=essay_ids)
    decisions = _list_decisions(session, essay_ids)
    places = rank_essays(
        (EssaySheets(essay_id, sheets.get(essay_id, NO_SHEETS)) for essay_id in essay_ids),
        minimum=contest.minimum_reviews,
        chief_order={row.essay_id: row.position for row in decisions.values()},
    )
    tags = list_essay_tags(session, essay_ids)
    official = sorted({(class_position, unit.position, unit.id) for _, _, _, unit, class_position, _ in found})
    unit_order = {unit_id: order for order, (_, _, unit_id) in enumerate(official)}
    by_id = {essay.id: (essay, words, key, unit, award) for essay, words, key, unit, _, award in found}
    rows = []
    for place in places:
        essay, words, manuscript_key, unit, award_key = by_id[place.essay_id]
        rows.append(
            RankingRow(
                essay_id=essay.id,
                number=essay.number or "",
                blind_number=essay.blind_number or "",
                title=essay.title,
                authors=tuple(essay.authors),
                unit_id=unit.id,
                unit_name=unit.short_name or unit.name,
                unit_order=unit_order[unit.id],
                words=words,
                manuscript_key=manuscript_key,
                place=place,
                sheets=sheets.get(essay.id, NO_SHEETS),
                tags=tuple((tag.name_zh, tag.name_en) for tag in tags.get(essay.id, ()) if tag.stands),
                award_key=award_key or "",
                award_rank=essay.award_rank,
            )
        )
    return Ranking(
        contest=contest,
        rows=tuple(rows),
        panel=_list_panel(session, {sheet.reviewer_id for found in sheets.values() for sheet in found}),
        levels=list_award_levels(session, contest_id=contest.id),
        decisions=decisions,
    )


def list_sheet_notes(session: Session, *, essay_id: int) -> tuple[SheetNote, ...]:
    """The written part of the sheets of one essay, in order of reviewer."""
    rows = session.scalars(select(Review).where(Review.essay_id == essay_id).order_by(Review.reviewer_id))
    return tuple(
        SheetNote(row.reviewer_id, row.state, row.comment, tuple(row.flags), row.recusal_reason, row.submitted_at)
        for row in rows
    )


def find_award_decision(session: Session, *, contest_id: int) -> AwardDecision | None:
    """What the awards in force were decided from; None where there are none."""
    entry = _last_entry(session, ("award.apply", "award.revoke"), contest_id)
    if entry is None or entry.act == "award.revoke":
        return None
    facts: Mapping[str, Any] = entry.facts
    return AwardDecision(entry.at, entry.actor_name, facts["digest"], facts["one_per_author"], facts["reason"])


def has_revealed_names(session: Session, *, contest_id: int, user_id: int | None) -> bool:
    """Whether this person has put on record that he looks at units and authors in the ranking."""
    return _last_entry(session, ("ranking.reveal",), contest_id, user_id) is not None


def _last_entry(
    session: Session, acts: Sequence[str], contest_id: int, user_id: int | None = None
) -> AuditEntry | None:
    query = select(AuditEntry).where(
        AuditEntry.act.in_(acts), AuditEntry.object_kind == "contest", AuditEntry.object_id == contest_id
    )
    if user_id is not None:
        query = query.where(AuditEntry.actor_id == user_id)
    return session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


def _list_decisions(session: Session, essay_ids: Sequence[int]) -> dict[int, TieDecisionRow]:
    rows = session.scalars(select(TieDecision).where(TieDecision.essay_id.in_(essay_ids)))
    return {row.essay_id: TieDecisionRow(row.essay_id, row.position, row.reason, row.at, row.by) for row in rows}


def _list_panel(session: Session, reviewer_ids: set[int]) -> tuple[PanelMember, ...]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(reviewer_ids)).order_by(User.id))
    return tuple(PanelMember(row.id, f"R{ordinal}", row.name) for ordinal, row in enumerate(rows, start=1))
