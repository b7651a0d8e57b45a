"""The formal check, 形式审查: accept an essay, or return it with reasons until its correction is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from review_app.domain.contest_phase import correction_due_at
from review_app.domain.errors import N_, Conflict, DomainError, NotFound
from review_app.domain.essay_state import EssayAct, EssayState, next_state
from review_app.domain.permissions import Permission, require
from review_app.domain.return_reasons import check_reasons
from review_app.domain.text_rules import check_text
from review_app.models import Contest, Essay, EssayVersion, FormalCheck
from review_app.queries.contests import to_contest_row
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.work import Work


@dataclass(frozen=True, slots=True)
class Refusal:
    """An essay of a batch that was left as it is, and why."""

    essay_id: int
    number: str
    error: DomainError


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch."""

    accepted: int
    refused: tuple[Refusal, ...]


def accept_essay(work: Work, *, essay_id: int, version: int) -> None:
    """Pass an essay on to review. Raises Conflict when it changed since `version` was shown or is not submitted."""
    require(work.actor, Permission.CHECK_ESSAYS)
    essay = _essay(work, essay_id)
    _require_unchanged(essay, version)
    _accept(work, essay)


def accept_essays(work: Work, *, essay_ids: Iterable[int]) -> BatchResult:
    """Pass all of these on that may be, and tell of each other one why not; every decision has its own entry."""
    require(work.actor, Permission.CHECK_ESSAYS)
    accepted, refused = 0, []
    for essay_id in dict.fromkeys(essay_ids):
        essay = _essay(work, essay_id)
        try:
            _accept(work, essay)
            accepted += 1
        except Conflict as error:
            refused.append(Refusal(essay.id, essay.number or "", error))
    return BatchResult(accepted, tuple(refused))


def return_essay(work: Work, *, essay_id: int, version: int, codes: Sequence[str], note: str) -> None:
    """Return an essay to its unit with reason codes and a note; the unit may correct it until `correction_due_at`.

    Raises Invalid (field "codes" or "note") without a reason, Conflict when it changed since `version` was shown, its
    state does not allow it, or it already has an award.
    """
    require(work.actor, Permission.CHECK_ESSAYS)
    essay = _essay(work, essay_id)
    _require_unchanged(essay, version)
    if essay.award_level_id is not None:
        raise Conflict(N_("这篇作品已经评定奖项，不能再退回；如需退回，请先撤销评定。"))
    target = next_state(EssayState(essay.state), EssayAct.RETURN_FOR_REVISION)
    words = check_text(note, field="note", limit=1000, is_required=False)
    reasons = check_reasons(codes, words)
    essay.state = target.value
    contest = work.session.get_one(Contest, essay.contest_id)
    essay.correction_due_at = correction_due_at(to_contest_row(contest).times, work.now)
    _decide(work, essay, "returned", reasons, words)
    record(
        work, "essay.return", object_kind="essay", object_id=essay.id, number=essay.number, title=essay.title,
        reasons=list(reasons), note=words, due_at=essay.correction_due_at.isoformat(),
    )  # fmt: skip


def note_original_viewed(work: Work, *, essay_id: int, ordinal: int) -> None:
    """Keep in the log that somebody of the bureau took the untouched original of a version."""
    require(work.actor, Permission.VIEW_ALL_ESSAYS)
    essay = _essay(work, essay_id)
    key = work.session.scalar(
        select(EssayVersion.original_key).where(EssayVersion.essay_id == essay.id, EssayVersion.ordinal == ordinal)
    )
    if key is None:
        raise NotFound
    record(
        work, "essay.view_original", object_kind="essay", object_id=essay.id,
        number=essay.number, title=essay.title, version=ordinal, sha256=key,
    )  # fmt: skip


def _essay(work: Work, essay_id: int) -> Essay:
    """An essay the bureau has received; drafts are the unit's own."""
    essay = work.session.scalar(
        select(Essay).where(
            Essay.id == essay_id, Essay.first_submitted_at.is_not(None), Essay.state != EssayState.DRAFT
        )
    )
    if essay is None:
        raise NotFound
    return essay


def _require_unchanged(essay: Essay, version: int) -> None:
    if essay.version != version:
        raise Conflict(N_("您查看之后，这篇作品有了改动。请核对最新内容后再决定。"))


def _accept(work: Work, essay: Essay) -> None:
    essay.state = next_state(EssayState(essay.state), EssayAct.ACCEPT).value
    _decide(work, essay, "accepted", (), "")
    record(work, "essay.accept", object_kind="essay", object_id=essay.id, number=essay.number, title=essay.title)


def _decide(work: Work, essay: Essay, decision: str, reasons: Sequence[str], note: str) -> None:
    essay.updated_at = work.now
    if essay.latest_version_id is None:
        raise NotFound
    work.session.add(
        FormalCheck(
            essay_id=essay.id,
            version_id=essay.latest_version_id,
            decision=decision,
            reasons=list(reasons),
            note=note,
            at=work.now,
            by=work.actor.name,
        )
    )
    enqueue(work, "index-essay", essay.id)
