"""Marking passages, 划线批注: a reviewer on the works assigned to him, the bureau on any, and what becomes of a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.passages import MarkKind, Passage
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import check_line
from review_app.models import Essay, EssayVersion, PassageMark
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.services.reviews import open_review, require_unsubmitted
from review_app.work import Work

MARKS_PER_PERSON: Final = 100
NOTE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class NewMark:
    """A passage cut from the manuscript of that key, and what is said of it."""

    passage: Passage
    manuscript_key: str
    kind: MarkKind
    note: str


def mark_review(work: Work, *, code: str, mark: NewMark) -> int:
    """Mark a passage of an assigned work while its sheet may change; returns the ordinal of the mark. Raises Conflict
    when the work has a new version meanwhile."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    require_unsubmitted(review)
    return _add(work, essay, mark, number=essay.blind_number).ordinal


def remove_review_mark(work: Work, *, code: str, ordinal: int, is_removed: bool = True) -> None:
    """Take away one of the actor's own marks on an assigned work, or with False put it back."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    require_unsubmitted(review)
    found = work.session.scalar(
        select(PassageMark).where(
            PassageMark.essay_id == essay.id,
            PassageMark.user_id == work.actor.user_id,
            PassageMark.ordinal == ordinal,
        )
    )
    _remove(work, found, is_removed, number=essay.blind_number)


def mark_essay(work: Work, *, essay_id: int, mark: NewMark) -> int:
    """Mark a passage of any essay the bureau has received; returns the id of the mark."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    return _add(work, essay, mark, number=essay.number).id


def remove_mark(work: Work, *, essay_id: int, mark_id: int, is_removed: bool = True) -> None:
    """Take away anybody's mark on an essay, or with False put it back."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    _remove(work, _find_mark(work, essay_id, mark_id), is_removed, number=essay.number)


def settle_mark(work: Work, *, essay_id: int, mark_id: int, is_settled: bool = True) -> None:
    """Note that a doubt or a private passage has been dealt with, or with False that it has not."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    mark = _find_mark(work, essay_id, mark_id)
    if mark is None or mark.removed_at is not None or mark.kind == MarkKind.GOOD:
        raise NotFound
    if (mark.settled_at is not None) is is_settled:
        return
    mark.settled_at = work.now if is_settled else None
    _record(work, "mark.settle" if is_settled else "mark.unsettle", mark, essay.number)


def find_received(work: Work, essay_id: int) -> Essay:
    """An essay the bureau has received; how its acts on typical cases begin, after their permission."""
    essay = work.session.scalar(
        select(Essay).where(
            Essay.id == essay_id, Essay.first_submitted_at.is_not(None), Essay.state != EssayState.DRAFT
        )
    )
    if essay is None:
        raise NotFound
    return essay


def _find_mark(work: Work, essay_id: int, mark_id: int) -> PassageMark | None:
    return work.session.scalar(select(PassageMark).where(PassageMark.id == mark_id, PassageMark.essay_id == essay_id))


def _add(work: Work, essay: Essay, mark: NewMark, *, number: str | None) -> PassageMark:
    version = work.session.get(EssayVersion, essay.latest_version_id)
    if version is None or version.manuscript_key != mark.manuscript_key:
        raise Conflict(N_("这篇作品刚换了新的文稿。请看过新稿再划线。"))
    own = (PassageMark.essay_id == essay.id, PassageMark.user_id == work.actor.user_id)
    living = work.session.scalar(select(func.count()).where(*own, PassageMark.removed_at.is_(None))) or 0
    if living >= MARKS_PER_PERSON:
        raise Invalid(N_("一篇最多划 %(limit)s 处。"), "quote", limit=MARKS_PER_PERSON)
    last = work.session.scalar(select(func.max(PassageMark.ordinal)).where(*own)) or 0
    row = PassageMark(
        essay_id=essay.id,
        user_id=work.actor.user_id,
        ordinal=last + 1,
        version_id=version.id,
        kind=mark.kind.value,
        block=mark.passage.block,
        start=mark.passage.start,
        end=mark.passage.end,
        quote=mark.passage.quote,
        before=mark.passage.before,
        after=mark.passage.after,
        note=check_line(mark.note, field="remark", limit=NOTE_LIMIT, is_required=False),
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, "mark.add", row, number)
    return row


def _remove(work: Work, mark: PassageMark | None, is_removed: bool, *, number: str | None) -> None:
    if mark is None:
        raise NotFound
    if (mark.removed_at is not None) is is_removed:
        return
    mark.removed_at = work.now if is_removed else None
    _record(work, "mark.remove" if is_removed else "mark.restore", mark, number)


def _record(work: Work, act: str, mark: PassageMark, number: str | None) -> None:
    """The log says where the passage stood and not what it says: a private one must not live on in it."""
    record(
        work, act, object_kind="mark", object_id=mark.id,
        number=number, kind=mark.kind, paragraph=mark.block + 1, words=mark.end - mark.start,
    )  # fmt: skip
    enqueue(work, "index-essay", mark.essay_id)
