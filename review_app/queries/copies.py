"""Pairs of essays with much in common, and the texts that anybody may use, as the bureau sees them. Nobody else does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from compile.manuscript import Manuscript, iter_lines
from review_app.domain.copies import COPIED, PairDecision, Stretch
from review_app.domain.errors import NotFound
from review_app.models import Contest, Essay, EssayVersion, KnownText, SimilarPair, Unit
from review_app.queries.comparing import COMPARED


@dataclass(frozen=True, slots=True)
class PairSide:
    """One of the two essays. `share` is the part of it, in thousandths, that stands in the other."""

    essay_id: int
    number: str
    title: str
    unit_name: str
    year: int
    share: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair: `one` came after `other`, or is the one that was asked about. `version` guards a decision against a change
    meanwhile."""

    id: int
    one: PairSide
    other: PairSide
    share: int
    letters: int
    passages: int
    found_at: datetime
    decision: PairDecision
    note: str
    decided_by: str
    decided_at: datetime | None
    version: int

    @property
    def is_copied(self) -> bool:
        """Whether so much is common that one is likely a copy."""
        return self.share >= COPIED


@dataclass(frozen=True, slots=True)
class ComparedVersion:
    """What is shown of one side: the version that was compared, and whether it still stands for the essay."""

    ordinal: int
    is_latest: bool
    genre: str
    manuscript_key: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair with its texts and passages, seen from `row.one`."""

    row: PairRow
    one: ComparedVersion
    other: ComparedVersion
    passages: tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs are listed; None = any."""

    decision: PairDecision | None = None
    is_copied: bool | None = None


@dataclass(frozen=True, slots=True)
class CopyMark:
    """A part of a passage inside one block: offsets count characters of the block's plain text. `is_first` where the
    passage begins."""

    block: int
    start: int
    end: int
    passage: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class KnownTextRow:
    """A text that anybody may use."""

    id: int
    title: str
    letters: int
    beginning: str
    added_at: datetime
    added_by: str


_ONE, _OTHER = aliased(Essay), aliased(Essay)
_ONE_UNIT, _OTHER_UNIT = aliased(Unit), aliased(Unit)
_ONE_CONTEST, _OTHER_CONTEST = aliased(Contest), aliased(Contest)
_LAST_FOUND_FIRST: Final = (SimilarPair.found_at.desc(), SimilarPair.greatest_share.desc(), SimilarPair.id)

Columns = TypeVarTuple("Columns")


def count_pairs(session: Session) -> dict[tuple[PairDecision, bool], int]:
    """How many pairs there are of each decision, and whether likely copied."""
    is_copied = (SimilarPair.greatest_share >= COPIED).label("is_copied")
    rows = session.execute(
        _of_standing(select(SimilarPair.decision, is_copied, func.count())).group_by(SimilarPair.decision, "is_copied")
    )
    return {(PairDecision(decision), bool(copied)): count for decision, copied, count in rows}


def list_pairs(session: Session, *, only: PairFilter, offset: int = 0, limit: int | None = None) -> tuple[PairRow, ...]:
    """The pairs, those found last first. One statement."""
    rows = session.execute(_with_sides().where(*_wanted(only)).order_by(*_LAST_FOUND_FIRST).offset(offset).limit(limit))
    return tuple(_to_row(row) for row in rows)


def list_pairs_of(session: Session, *, essay_id: int) -> tuple[PairRow, ...]:
    """The pairs an essay is part of, seen from it, the greatest share first."""
    rows = session.execute(
        _with_sides()
        .where(or_(SimilarPair.essay_id == essay_id, SimilarPair.other_id == essay_id))
        .order_by(SimilarPair.greatest_share.desc(), SimilarPair.id)
    )
    return tuple(_to_row(row, seen_from=essay_id) for row in rows)


def find_greatest_shares(session: Session, *, essay_ids: Sequence[int]) -> dict[int, int]:
    """For those of the essays that are part of pairs which nobody found honest, the greatest share in thousandths."""
    shares: dict[int, int] = {}
    for end in (SimilarPair.essay_id, SimilarPair.other_id):
        rows = session.execute(
            _of_standing(select(end, func.max(SimilarPair.greatest_share)))
            .where(end.in_(essay_ids), SimilarPair.decision != PairDecision.HONEST)
            .group_by(end)
        )
        for essay_id, share in rows:
            shares[essay_id] = max(share, shares.get(essay_id, 0))
    return shares


def get_pair(session: Session, *, pair_id: int) -> Pair:
    """One pair with what was compared; raises NotFound where there is none."""
    found = session.execute(_with_sides().where(SimilarPair.id == pair_id)).first()
    if found is None:
        raise NotFound
    pair: SimilarPair = found[0]
    row = _to_row(found)
    versions = {
        essay.id: ComparedVersion(
            version.ordinal, essay.latest_version_id == version.id, essay.genre, version.manuscript_key
        )
        for essay, version in session.execute(
            select(Essay, EssayVersion)
            .join(EssayVersion, EssayVersion.essay_id == Essay.id)
            .where(EssayVersion.id.in_((pair.version_id, pair.other_version_id)))
        )
    }
    passages = [[Stretch(*stretch) for stretch in passage] for passage in pair.passages]
    if row.one.essay_id != pair.essay_id:
        passages = [[_turn(stretch) for stretch in passage] for passage in passages]
    return Pair(
        row=row,
        one=versions[row.one.essay_id],
        other=versions[row.other.essay_id],
        passages=tuple(sorted((tuple(passage) for passage in passages), key=lambda passage: passage[0].start)),
    )


def find_next_pair(session: Session, *, after_id: int = 0) -> int | None:
    """The undecided pair found last, another than `after_id`; None when all are decided."""
    return session.scalar(
        _of_standing(select(SimilarPair.id))
        .where(SimilarPair.decision == PairDecision.UNDECIDED, SimilarPair.id != after_id)
        .order_by(*_LAST_FOUND_FIRST)
        .limit(1)
    )


def list_marks(manuscript: Manuscript, passages: Iterable[Iterable[tuple[int, int]]]) -> tuple[CopyMark, ...]:
    """Where the passages, each a row of (start, end) in the compared text, stand in the blocks of the work; in reading
    order, and where two lie over each other the first has it. Passages are numbered from 1 in the order given."""
    spans = sorted((span, number) for number, passage in enumerate(passages, start=1) for span in passage)
    marks: list[CopyMark] = []
    seen: set[int] = set()
    block_start = taken = 0
    for index, text in iter_lines(manuscript):
        block_end = block_start + len(text)
        for (start, end), number in spans:
            first, last = max(start, block_start, taken), min(end, block_end)
            if first < last:
                marks.append(CopyMark(index, first - block_start, last - block_start, number, number not in seen))
                seen.add(number)
                taken = last
        block_start = block_end + 1
    return tuple(marks)


def list_known_rows(session: Session) -> tuple[KnownTextRow, ...]:
    """The texts that anybody may use, in the order of their titles."""
    rows = session.execute(
        select(
            KnownText.id,
            KnownText.title,
            KnownText.letters,
            func.substr(KnownText.text, 1, 80),
            KnownText.added_at,
            KnownText.added_by,
        )
        .where(KnownText.removed_at.is_(None))
        .order_by(KnownText.title, KnownText.id)
    )
    return tuple(KnownTextRow(*row) for row in rows)


def _with_sides() -> Select[SimilarPair, Essay, Unit, Contest, Essay, Unit, Contest]:
    return (
        _of_standing(select(SimilarPair, _ONE, _ONE_UNIT, _ONE_CONTEST, _OTHER, _OTHER_UNIT, _OTHER_CONTEST))
        .join(_ONE_UNIT, _ONE_UNIT.id == _ONE.unit_id)
        .join(_ONE_CONTEST, _ONE_CONTEST.id == _ONE.contest_id)
        .join(_OTHER_UNIT, _OTHER_UNIT.id == _OTHER.unit_id)
        .join(_OTHER_CONTEST, _OTHER_CONTEST.id == _OTHER.contest_id)
    )


def _of_standing(asked: Select[*Columns]) -> Select[*Columns]:
    """Only pairs of essays that are compared: one withdrawn a moment ago is gone before its job is done."""
    return (
        asked.join(_ONE, _ONE.id == SimilarPair.essay_id)
        .join(_OTHER, _OTHER.id == SimilarPair.other_id)
        .where(_ONE.state.in_(COMPARED), _OTHER.state.in_(COMPARED))
    )


def _wanted(only: PairFilter) -> tuple[ColumnElement[bool], ...]:
    wanted = []
    if only.decision is not None:
        wanted.append(SimilarPair.decision == only.decision)
    if only.is_copied is not None:
        wanted.append((SimilarPair.greatest_share >= COPIED) == only.is_copied)
    return tuple(wanted)


def _to_row(found: Any, *, seen_from: int | None = None) -> PairRow:
    pair, one, one_unit, one_contest, other, other_unit, other_contest = found
    sides = [
        (_to_side(one, one_unit, one_contest, pair.share), _came(one, one_contest)),
        (_to_side(other, other_unit, other_contest, pair.other_share), _came(other, other_contest)),
    ]
    if seen_from is None:
        sides.sort(key=lambda side: side[1], reverse=True)
    else:
        sides.sort(key=lambda side: side[0].essay_id != seen_from)
    return PairRow(
        id=pair.id,
        one=sides[0][0],
        other=sides[1][0],
        share=pair.greatest_share,
        letters=pair.letters,
        passages=len(pair.passages),
        found_at=pair.found_at,
        decision=PairDecision(pair.decision),
        note=pair.note,
        decided_by=pair.decided_by,
        decided_at=pair.decided_at,
        version=pair.version,
    )


def _to_side(essay: Essay, unit: Unit, contest: Contest, share: int) -> PairSide:
    return PairSide(essay.id, essay.number or "", essay.title, unit.short_name or unit.name, contest.year, share)


def _came(essay: Essay, contest: Contest) -> tuple[int, datetime, int]:
    return contest.year, essay.first_submitted_at or essay.created_at, essay.id


def _turn(stretch: Stretch) -> Stretch:
    return Stretch(stretch.other_start, stretch.other_end, stretch.start, stretch.end)
