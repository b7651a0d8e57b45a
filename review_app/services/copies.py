"""Copied passages: keeping what a comparison found, and what the bureau decides about it. Nothing here rejects a work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from sqlalchemy import delete, or_, select

from review_app.domain.copies import Likeness, PairDecision, read_letters
from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import check_line, check_text
from review_app.models import Essay, EssayFingerprint, KnownText, SimilarPair
from review_app.queries.comparing import ComparedEssay, get_compared, list_compared_ids
from review_app.services.audit import record
from review_app.services.jobs import enqueue_missing
from review_app.work import Work

NOTE_LIMIT: Final = 1000
KNOWN_TEXT_LIMIT: Final = 200_000
FEWEST_KNOWN_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """An essay with the fingerprints of its present version, packed."""

    essay: ComparedEssay
    hashes: bytes


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two essays that are alike, the lower id first; `likeness` is that of the first to the second."""

    essay: ComparedEssay
    other: ComparedEssay
    likeness: Likeness


def keep_fingerprints(work: Work, *, kept: Sequence[Fingerprinted], gone: Collection[int]) -> None:
    """Keep the fingerprints of these essays, and let go of those of essays that are compared no longer, with all their
    pairs. What is already there stays untouched."""
    require(work.actor, Permission.OPERATE)
    ids = [one.essay.essay_id for one in kept]
    rows = work.session.execute(
        select(EssayFingerprint.essay_id, EssayFingerprint.version_id, EssayFingerprint.hashes).where(
            EssayFingerprint.essay_id.in_(ids)
        )
    )
    known = {row.essay_id: (row.version_id, row.hashes) for row in rows}
    changed = [one for one in kept if known.get(one.essay.essay_id) != (one.essay.version_id, one.hashes)]
    outdated = [*gone, *(one.essay.essay_id for one in changed)]
    work.session.execute(delete(EssayFingerprint).where(EssayFingerprint.essay_id.in_(outdated)))
    work.session.execute(delete(SimilarPair).where(or_(SimilarPair.essay_id.in_(gone), SimilarPair.other_id.in_(gone))))
    work.session.add_all(
        EssayFingerprint(
            essay_id=one.essay.essay_id,
            version_id=one.essay.version_id,
            unit_id=one.essay.unit_id,
            hashes=one.hashes,
        )
        for one in changed
    )
    work.session.flush()


def keep_pairs(work: Work, *, essay: ComparedEssay, found: Sequence[FoundPair]) -> None:
    """Keep the pairs an essay was found to be part of. A decision stays while both versions do, even where the pair is
    found no longer; a pair that nobody decided goes with what it was found by."""
    require(work.actor, Permission.OPERATE)
    mine = or_(SimilarPair.essay_id == essay.essay_id, SimilarPair.other_id == essay.essay_id)
    before = {(row.essay_id, row.other_id): row for row in work.session.scalars(select(SimilarPair).where(mine))}
    wanted = {essay.essay_id, *(one for key in before for one in key)}
    wanted |= {one.essay_id for pair in found for one in (pair.essay, pair.other)}
    now = get_compared(work.session, wanted)
    if now.get(essay.essay_id) != essay:
        return  # changed meanwhile: the job of that change comes
    for pair in found:
        if now.get(pair.essay.essay_id) == pair.essay and now.get(pair.other.essay_id) == pair.other:
            _keep_pair(work, before.pop((pair.essay.essay_id, pair.other.essay_id), None), pair)
    for row in before.values():
        if row.decision == PairDecision.UNDECIDED or not _stands(row, now):
            work.session.delete(row)


def decide_pair(work: Work, *, pair_id: int, version: int, decision: str, note: str) -> int:
    """Keep what the bureau makes of a pair; returns the new version. Raises Invalid (field "decision" or "note") for a decision that does not
    exist or an explanation that is missing, Conflict where the pair changed since `version` or is already decided."""
    require(work.actor, Permission.CHECK_ESSAYS)
    pair = _pair(work, pair_id, version)
    if decision not in (PairDecision.HONEST, PairDecision.COPIED):
        raise Invalid(N_("请选择一种结论。"), "decision")
    if pair.decision != PairDecision.UNDECIDED:
        raise Conflict(N_("这一对已经有结论。要改，请先撤销原来的结论。"))
    words = check_text(note, field="note", limit=NOTE_LIMIT, is_required=decision == PairDecision.COPIED)
    pair.decision, pair.note, pair.decided_by, pair.decided_at = decision, words, work.actor.name, work.now
    _record(work, f"pair.{decision}", pair, note=words)
    work.session.flush()
    return pair.version


def reopen_pair(work: Work, *, pair_id: int, version: int) -> None:
    """Take a decision back; raises Conflict where the pair changed since `version` or has none."""
    require(work.actor, Permission.CHECK_ESSAYS)
    pair = _pair(work, pair_id, version)
    if pair.decision == PairDecision.UNDECIDED:
        raise Conflict(N_("这一对还没有结论，没有可以撤销的。"))
    before = {"before": pair.decision, "note": pair.note}
    pair.decision, pair.note, pair.decided_by, pair.decided_at = PairDecision.UNDECIDED.value, "", "", None
    _record(work, "pair.reopen", pair, **before)


def add_known_text(work: Work, *, title: str, text: str) -> int:
    """Let passages of this text count no longer in any work; all works are compared anew. Returns its id."""
    require(work.actor, Permission.CHECK_ESSAYS)
    name = check_line(title, field="name", limit=120)
    words = check_text(text, field="text", limit=KNOWN_TEXT_LIMIT)
    letters = len(read_letters(words).text)
    if letters < FEWEST_KNOWN_LETTERS:
        raise Invalid(N_("文字太短，至少要有 %(count)d 个字。"), "text", count=FEWEST_KNOWN_LETTERS)
    row = KnownText(title=name, text=words, letters=letters, added_at=work.now, added_by=work.actor.name)
    work.session.add(row)
    work.session.flush()
    _compare_all(work, "known_text.add", row)
    return row.id


def remove_known_text(work: Work, *, text_id: int) -> None:
    """Let the passages of a text count again; raises NotFound where it does not count as known."""
    require(work.actor, Permission.CHECK_ESSAYS)
    row = work.session.get(KnownText, text_id)
    if row is None or row.removed_at is not None:
        raise NotFound
    row.removed_at = work.now
    _compare_all(work, "known_text.remove", row)


def bring_back_known_text(work: Work, *, text_id: int) -> None:
    """Take back that a text was removed; raises NotFound where it was not."""
    require(work.actor, Permission.CHECK_ESSAYS)
    row = work.session.get(KnownText, text_id)
    if row is None or row.removed_at is None:
        raise NotFound
    row.removed_at = None
    _compare_all(work, "known_text.add", row)


def _keep_pair(work: Work, row: SimilarPair | None, pair: FoundPair) -> None:
    if row is None:
        row = SimilarPair(essay_id=pair.essay.essay_id, other_id=pair.other.essay_id)
        work.session.add(row)
    versions = pair.essay.version_id, pair.other.version_id
    if (row.version_id, row.other_version_id) != versions:
        row.version_id, row.other_version_id = versions
        row.found_at = work.now
        row.decision, row.note, row.decided_by, row.decided_at = PairDecision.UNDECIDED.value, "", "", None
    likeness = pair.likeness
    row.share, row.other_share, row.letters = likeness.share, likeness.other_share, likeness.letters
    row.greatest_share = likeness.greatest_share
    passages = [[list(astuple(stretch)) for stretch in passage] for passage in likeness.passages]
    if row.passages != passages:
        row.passages = passages


def _stands(row: SimilarPair, now: dict[int, ComparedEssay]) -> bool:
    ends = (now.get(row.essay_id), row.version_id), (now.get(row.other_id), row.other_version_id)
    return all(essay is not None and essay.version_id == version_id for essay, version_id in ends)


def _pair(work: Work, pair_id: int, version: int) -> SimilarPair:
    pair = work.session.get(SimilarPair, pair_id)
    if pair is None:
        raise NotFound
    if pair.version != version:
        raise Conflict(N_("您查看之后，这一对有了改动。请刷新页面，核对后再决定。"))
    return pair


def _record(work: Work, act: str, pair: SimilarPair, **facts: object) -> None:
    rows = work.session.execute(
        select(Essay.id, Essay.number, Essay.title).where(Essay.id.in_((pair.essay_id, pair.other_id)))
    )
    ends = {row.id: row for row in rows}
    first, second = ends[pair.essay_id], ends[pair.other_id]
    record(
        work, act, object_kind="pair", object_id=pair.id, number=first.number, title=first.title,
        other_number=second.number, other_title=second.title, share=pair.greatest_share, **facts,
    )  # fmt: skip


def _compare_all(work: Work, act: str, row: KnownText) -> None:
    enqueue_missing(work, "compare-essay", list_compared_ids(work.session))
    record(work, act, object_kind="known_text", object_id=row.id, title=row.title, letters=row.letters)
