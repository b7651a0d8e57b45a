"""Acts on many works found by a search: each is planned with its reasons, shown, and done only as it was planned."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayAct, EssayState, allowed_acts
from review_app.domain.permissions import Permission, require
from review_app.domain.reason import Reason
from review_app.models import AuditEntry, Tag
from review_app.queries.contests import get_contest
from review_app.queries.found import FoundEssay, list_found
from review_app.queries.tags import list_essay_tags
from review_app.services import anthologies, checks
from review_app.services.audit import record
from review_app.services.tags import write_decision
from review_app.work import Work

WORKS_PER_ACT: Final = 1_000
Tagging = Literal["add", "remove"]
_TAGGINGS: Final = ("essay.tag", "essay.untag")


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """The works an act would take and those it would leave, with the reason. `digest` stands for all of it: the same
    digest, the same plan."""

    taken: tuple[FoundEssay, ...]
    left: tuple[tuple[FoundEssay, Reason], ...]
    digest: str


def plan_for_book(session: Session, *, essay_ids: Sequence[int]) -> BulkPlan:
    """Which of the works may be taken into the anthology of the contest in hand."""
    contest = get_contest(session)

    def why_not(row: FoundEssay) -> Reason | None:
        if row.contest_id != contest.id:
            return Reason(N_("不是本届活动的作品"))
        if row.state is not EssayState.ACCEPTED:
            return Reason(N_("没有通过形式审查"))
        return Reason(N_("已在汇编里")) if row.is_in_book else None

    return _plan(session, essay_ids, why_not)


def plan_tagging(session: Session, *, essay_ids: Sequence[int], slug: str, tagging: Tagging) -> BulkPlan:
    """On which of the works the bureau may set the tag, or strike it."""

    def why_not(row: FoundEssay) -> Reason | None:
        tag = next((tag for tag in row.tags if tag.slug == slug), None)
        if tagging == "add":
            return Reason(N_("信访局已经标了这个标签")) if tag and tag.voices.decision else None
        return None if tag and tag.stands else Reason(N_("没有这个标签"))

    return _plan(session, essay_ids, why_not)


def plan_returns(session: Session, *, essay_ids: Sequence[int]) -> BulkPlan:
    """Which of the works may be returned to their units."""

    def why_not(row: FoundEssay) -> Reason | None:
        if EssayAct.RETURN_FOR_REVISION not in allowed_acts(row.state):
            return Reason(N_("现在的状态是“%(state)s”，不能退回"), {"state": row.state.label})
        return Reason(N_("已经评定奖项，要先撤销评定")) if row.award_zh else None

    return _plan(session, essay_ids, why_not)


def add_to_book(work: Work, *, essay_ids: Sequence[int], digest: str, section: str) -> tuple[int, int]:
    """Append the planned works to the section of that title; returns how many came in, and the version of the book, with
    which the change is taken back. Raises Conflict where the plan is no longer that of `digest`."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    taken = _require_same(plan_for_book(work.session, essay_ids=essay_ids), digest)
    return anthologies.add_works(work, essay_ids=[row.essay_id for row in taken], section=section)


def tag_essays(work: Work, *, essay_ids: Sequence[int], digest: str, slug: str, tagging: Tagging) -> tuple[int, int]:
    """Set the tag on the planned works as the bureau decides of one, or strike it; returns how many, and the id of the
    entry in the log by which it is taken back. Raises Conflict where the plan is no longer that of `digest`."""
    require(work.actor, Permission.CURATE_CASES)
    tag = _tag(work, slug)
    plan = plan_tagging(work.session, essay_ids=essay_ids, slug=slug, tagging=tagging)
    taken = [row.essay_id for row in _require_same(plan, digest)]
    before = _list_decisions(work.session, taken, slug)
    return len(taken), _decide(work, tag, tagging, before, dict.fromkeys(taken, tagging == "add"))


def undo_tagging(work: Work, *, entry_id: int) -> int:
    """Take back what the person's entry in the log says was tagged or untagged, as far as it still stands so; returns how
    many works that changed."""
    require(work.actor, Permission.CURATE_CASES)
    entry = work.session.get(AuditEntry, entry_id)
    if entry is None or entry.actor_id != work.actor.user_id or entry.act not in _TAGGINGS:
        raise NotFound
    tag = _tag(work, entry.facts["tag"])
    earlier = dict(entry.facts["before"])
    standing = _list_decisions(work.session, list(earlier), tag.slug)
    was_added = entry.act == "essay.tag"
    changed = {essay_id: earlier[essay_id] for essay_id in earlier if standing[essay_id] is was_added}
    _decide(work, tag, "remove" if was_added else "add", dict.fromkeys(changed, was_added), changed)
    return len(changed)


def return_essays(work: Work, *, essay_ids: Sequence[int], digest: str, codes: Sequence[str], note: str) -> int:
    """Return the planned works to their units for the same reasons; returns how many. Every work has its own entry in the
    log. Raises Conflict where the plan is no longer that of `digest`, Invalid as `checks.return_essay` does."""
    require(work.actor, Permission.CHECK_ESSAYS)
    taken = _require_same(plan_returns(work.session, essay_ids=essay_ids), digest)
    for row in taken:
        checks.return_essay(work, essay_id=row.essay_id, version=row.version, codes=codes, note=note)
    return len(taken)


def note_exported(work: Work, *, query: str, form: str, works: int) -> None:
    """Keep in the log that somebody of the bureau took what a search found out of the system."""
    require(work.actor, Permission.VIEW_ALL_ESSAYS)
    record(work, "search.export", object_kind="search", query=query, form=form, works=works)


def _plan(session: Session, essay_ids: Sequence[int], why_not: Callable[[FoundEssay], Reason | None]) -> BulkPlan:
    if len(essay_ids) > WORKS_PER_ACT:
        raise Invalid(N_("一次最多办理 %(limit)s 篇，请补充条件缩小范围。"), "pick", limit=WORKS_PER_ACT)
    judged = [(row, why_not(row)) for row in list_found(session, essay_ids)]
    basis = sorted((row.essay_id, row.version, str(reason)) for row, reason in judged)
    return BulkPlan(
        taken=tuple(row for row, reason in judged if reason is None),
        left=tuple((row, reason) for row, reason in judged if reason is not None),
        digest=hashlib.sha256(repr(basis).encode()).hexdigest(),
    )


def _require_same(plan: BulkPlan, digest: str) -> tuple[FoundEssay, ...]:
    if plan.digest != digest:
        raise Conflict(N_("预览之后，这些作品有了变化。请重新预览，核对后再办理。"))
    if not plan.taken:
        raise Invalid(N_("没有可以办理的作品。"), "pick")
    return plan.taken


def _tag(work: Work, slug: str) -> Tag:
    tag = work.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        raise NotFound
    return tag


def _list_decisions(session: Session, essay_ids: Sequence[int], slug: str) -> dict[int, bool | None]:
    """What the bureau has decided of the tag on each of the works: set, struck, nothing."""
    spoken_of = list_essay_tags(session, essay_ids)
    return {
        essay_id: next((tag.voices.decision for tag in spoken_of.get(essay_id, ()) if tag.slug == slug), None)
        for essay_id in essay_ids
    }


def _decide(
    work: Work, tag: Tag, tagging: Tagging, before: Mapping[int, bool | None], after: Mapping[int, bool | None]
) -> int:
    """Write the decisions and the entry by which they can be taken back; returns its id."""
    for essay_id, decision in after.items():
        is_struck = None if decision is None else not decision
        write_decision(work, essay_id=essay_id, tag_ids=[tag.id], is_struck=is_struck)
    act = "essay.tag" if tagging == "add" else "essay.untag"
    return record(
        work, act, object_kind="tag", object_id=tag.id,
        tag=tag.slug, name=tag.name_zh, works=len(after), before=[[one, before[one]] for one in after],
    )  # fmt: skip
