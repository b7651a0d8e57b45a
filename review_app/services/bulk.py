"""Acts on many works found by a search: each is planned with its reasons, shown, and done only as it was planned."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayAct, EssayState, allowed_acts
from review_app.domain.permissions import Permission, require
from review_app.domain.reason import Reason
from review_app.models import AuditEntry, EssayTag, Tag, User
from review_app.queries.contests import get_contest
from review_app.queries.found import FoundEssay, list_found
from review_app.services import anthologies, checks
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.work import Work

WORKS_PER_ACT: Final = 1_000
Tagging = Literal["add", "remove"]


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
    """Which of the works the bureau may put the tag on, or take its own tag off."""

    def why_not(row: FoundEssay) -> Reason | None:
        tag = next((tag for tag in row.tags if tag.slug == slug), None)
        if tagging == "add":
            return Reason(N_("信访局已经标了这个标签")) if tag and tag.is_bureaus else None
        if tag is None:
            return Reason(N_("没有这个标签"))
        return None if tag.is_bureaus else Reason(N_("是单位或评审专家标的，不能替他们去掉"))

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
    """Put the tag on the planned works, or take the bureau's own off them; returns how many, and the id of the entry in the
    log by which it is taken back. Raises Conflict where the plan is no longer that of `digest`."""
    require(work.actor, Permission.TAG_ESSAYS)
    tag = _tag(work, slug)
    plan = plan_tagging(work.session, essay_ids=essay_ids, slug=slug, tagging=tagging)
    taken = [row.essay_id for row in _require_same(plan, digest)]
    if tagging == "add":
        pairs = [(essay_id, work.actor.user_id) for essay_id in taken]
        _put_tags(work, tag.id, pairs)
    else:
        bureau = select(User.id).where(User.role == "bureau")
        rows = work.session.execute(
            delete(EssayTag)
            .where(EssayTag.tag_id == tag.id, EssayTag.essay_id.in_(taken), EssayTag.user_id.in_(bureau))
            .returning(EssayTag.essay_id, EssayTag.user_id)
        )
        pairs = sorted((row.essay_id, row.user_id) for row in rows)
    return len(taken), _close_tagging(work, tag, tagging, pairs, len(taken))


def undo_tagging(work: Work, *, entry_id: int) -> int:
    """Take back what the person's entry in the log says was tagged or untagged, as far as it still stands so; returns how
    many works that changed."""
    require(work.actor, Permission.TAG_ESSAYS)
    entry = work.session.get(AuditEntry, entry_id)
    if entry is None or entry.actor_id != work.actor.user_id or entry.act not in ("essay.tag", "essay.untag"):
        raise NotFound
    tag = _tag(work, entry.facts["tag"])
    stored = select(EssayTag).where(
        EssayTag.tag_id == tag.id, EssayTag.essay_id.in_([essay_id for essay_id, _ in entry.facts["pairs"]])
    )
    standing = {(row.essay_id, row.user_id): row for row in work.session.scalars(stored)}
    pairs = [(essay_id, user_id) for essay_id, user_id in entry.facts["pairs"]]
    if entry.act == "essay.tag":
        changed = [pair for pair in pairs if pair in standing and standing[pair].at == entry.at]
        for pair in changed:
            work.session.delete(standing[pair])
        _close_tagging(work, tag, "remove", changed, len(changed))
    else:
        changed = [pair for pair in pairs if pair not in standing]
        _put_tags(work, tag.id, changed)
        _close_tagging(work, tag, "add", changed, len(changed))
    return len({essay_id for essay_id, _ in changed})


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


def _put_tags(work: Work, tag_id: int, pairs: Sequence[tuple[int, int | None]]) -> None:
    work.session.add_all(
        EssayTag(essay_id=essay_id, tag_id=tag_id, user_id=user_id, at=work.now) for essay_id, user_id in pairs
    )


def _close_tagging(work: Work, tag: Tag, tagging: Tagging, pairs: Sequence[tuple[int, int | None]], works: int) -> int:
    """Let the index follow and write the entry, by whose pairs (essay, whose tag) the change can be taken back."""
    for essay_id in dict.fromkeys(essay_id for essay_id, _ in pairs):
        enqueue(work, "index-essay", essay_id)
    act = "essay.tag" if tagging == "add" else "essay.untag"
    return record(
        work, act, object_kind="tag", object_id=tag.id,
        tag=tag.slug, name=tag.name_zh, works=works, pairs=[list(pair) for pair in pairs],
    )  # fmt: skip
