"""A unit's acts on its essays: upload, confirm, submit, replace, withdraw."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from review_app.domain.contest_phase import ContestTimes, SubmissionWindow, require_correction, require_submission
from review_app.domain.errors import N_, Closed, Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayAct, EssayState, next_state
from review_app.domain.numbering import draw_blind_number, format_entry_number, format_receipt_number
from review_app.domain.permissions import Permission, require
from review_app.domain.tags import PROPOSALS_PER_ESSAY
from review_app.domain.text_rules import check_line, check_name, check_title, clean_name
from review_app.models import Contest, Essay, EssayTag, EssayVersion, FormalCheck, Receipt, Tag, Unit
from review_app.queries.contests import to_contest_row
from review_app.services.audit import record
from review_app.services.intake import Intake, KeptFile, add_file_rows
from review_app.services.jobs import enqueue
from review_app.work import Work


@dataclass(frozen=True, slots=True)
class EssayDetails:
    """What the unit confirms about its essay, as typed."""

    title: str
    subtitle: str
    authors: tuple[str, ...]
    post: str
    phone: str
    subject: str
    genre: str
    tags: tuple[str, ...]
    is_original: bool
    is_cleared: bool


@dataclass(frozen=True, slots=True)
class ImportedEssay:
    """What an imported file became; `is_new` is False for one the unit had handed in before."""

    essay_id: int
    number: str
    title: str
    is_new: bool


def add_essay(work: Work, *, intake: Intake) -> int:
    """A new draft from an uploaded file, its details prefilled from what was read; returns the essay's id."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    contest = _contest(work)
    require_submission(to_contest_row(contest).times, work.now)
    if work.actor.unit_id is None:
        raise NotFound
    essay = Essay(
        contest_id=contest.id,
        unit_id=work.actor.unit_id,
        state=EssayState.DRAFT.value,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(essay)
    work.session.flush()
    _add_version(work, essay, intake)
    _prefill(essay, intake)
    record(
        work,
        "essay.upload",
        object_kind="essay",
        object_id=essay.id,
        file=intake.original_name,
        sha256=intake.original_key,
    )
    return essay.id


def replace_file(work: Work, *, essay_id: int, intake: Intake) -> None:
    """A new version of an essay from another file; the confirmed details stay as they are."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    essay = _own_essay(work, essay_id)
    next_state(EssayState(essay.state), EssayAct.EDIT)
    _require_time(work, essay)
    _add_version(work, essay, intake)
    essay.updated_at = work.now
    record(
        work, "essay.replace_file", object_kind="essay", object_id=essay.id,
        file=intake.original_name, sha256=intake.original_key,
    )  # fmt: skip
    if essay.state != EssayState.DRAFT:
        _enqueue_reading(work, essay)


def save_details(
    work: Work, *, essay_id: int, version: int, details: EssayDetails, confirmed: KeptFile | None = None
) -> None:
    """Keep the details of a draft or returned essay as typed; `confirmed` is the manuscript as its unit wants it.

    Raises Conflict when the essay changed since `version` was shown.
    """
    require(work.actor, Permission.SUBMIT_ESSAYS)
    essay = _own_essay(work, essay_id)
    if essay.version != version:
        raise Conflict(N_("刚才有人在另一窗口保存过这篇作品。请刷新页面，核对后再保存。"))
    next_state(EssayState(essay.state), EssayAct.EDIT)
    _require_time(work, essay)
    _set_details(work, essay, details)
    if confirmed is not None:
        add_file_rows(work, (confirmed,))
        latest = _latest_version(work, essay)
        latest.read_key = latest.read_key or latest.manuscript_key
        latest.manuscript_key = confirmed.key
    essay.updated_at = work.now
    record(work, "essay.save", object_kind="essay", object_id=essay.id, title=essay.title)


def submit_essay(work: Work, *, essay_id: int, random_source: random.Random) -> str:
    """Hand the essay in and return the number of its receipt. Raises Invalid naming the first thing still missing,
    Closed when the time is over. A second submission of the same essay gives a new receipt."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    essay = _own_essay(work, essay_id)
    window = _require_time(work, essay)
    _require_complete(essay)
    state = EssayState(essay.state)
    if state is not EssayState.SUBMITTED:
        act = EssayAct.RESUBMIT if state is EssayState.RETURNED else EssayAct.SUBMIT
        essay.state = next_state(state, act).value
    if essay.number is None:
        _number(work, essay, random_source)
    if essay.first_submitted_at is None:
        essay.first_submitted_at = work.now
        essay.is_late = window is SubmissionWindow.LATE
    essay.submitted_at = essay.updated_at = work.now
    essay.correction_due_at = None
    receipt = _issue_receipt(work, essay)
    record(
        work, "essay.submit", object_kind="essay", object_id=essay.id,
        number=essay.number, receipt=receipt.number, sha256=receipt.original_key, is_late=essay.is_late,
    )  # fmt: skip
    _enqueue_reading(work, essay)
    return receipt.number


def withdraw_essay(work: Work, *, essay_id: int) -> None:
    """Take an essay back; nothing is deleted, it may be reopened while works are taken."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    essay = _own_essay(work, essay_id)
    essay.state = next_state(EssayState(essay.state), EssayAct.WITHDRAW).value
    essay.updated_at = work.now
    record(work, "essay.withdraw", object_kind="essay", object_id=essay.id, number=essay.number)
    _enqueue_reading(work, essay)


def reopen_essay(work: Work, *, essay_id: int) -> None:
    """Make a withdrawn essay a draft again."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    essay = _own_essay(work, essay_id)
    essay.state = next_state(EssayState(essay.state), EssayAct.REOPEN).value
    essay.updated_at = work.now
    record(work, "essay.reopen", object_kind="essay", object_id=essay.id)


def merge_draft(work: Work, *, essay_id: int, into_id: int) -> None:
    """Make the file of a draft the new version of another essay of the unit, whose confirmed details stay, and give the
    draft up. Raises Conflict where the one is no draft or the other may not be changed any more."""
    require(work.actor, Permission.SUBMIT_ESSAYS)
    draft, essay = _own_essay(work, essay_id), _own_essay(work, into_id)
    if draft.id == essay.id or draft.contest_id != essay.contest_id:
        raise NotFound
    if draft.state != EssayState.DRAFT:
        raise Conflict(N_("这份稿子已经提交过，不能再并入别的作品。"))
    next_state(EssayState(essay.state), EssayAct.EDIT)
    _require_time(work, essay)
    given = _latest_version(work, draft)
    names = (
        "original_key",
        "original_name",
        "kind",
        "manuscript_key",
        "read_key",
        "picture_keys",
        "byline",
        "dropped",
        "words",
    )
    _append_version(work, essay, EssayVersion(**{name: getattr(given, name) for name in names}))
    draft.state = next_state(EssayState.DRAFT, EssayAct.WITHDRAW).value
    draft.updated_at = essay.updated_at = work.now
    record(
        work, "essay.merge", object_kind="essay", object_id=essay.id,
        file=given.original_name, title=essay.title, draft=draft.id, sha256=given.original_key,
    )  # fmt: skip
    if essay.state != EssayState.DRAFT:
        _enqueue_reading(work, essay)


def import_essay(
    work: Work,
    *,
    unit_id: int,
    intake: Intake,
    authors: tuple[str, ...],
    post: str,
    phone: str,
    genre: str,
    sent_at: datetime,
    random_source: random.Random,
) -> ImportedEssay:
    """Take in a work that was sent before, or by other means, on behalf of its unit: handed in as of `sent_at`, late
    when that was after the deadline. What is "" stays as read from the file. The same file of the same unit is taken
    once: a repeated import finds it and changes nothing."""
    require(work.actor, Permission.IMPORT_ESSAYS)
    contest = _contest(work)
    known = work.session.scalar(
        select(Essay)
        .join(EssayVersion, EssayVersion.essay_id == Essay.id)
        .where(Essay.unit_id == unit_id, EssayVersion.original_key == intake.original_key)
        .limit(1)
    )
    if known is not None:
        return ImportedEssay(known.id, known.number or "", known.title, is_new=False)
    essay = Essay(
        contest_id=contest.id,
        unit_id=unit_id,
        state=next_state(EssayState.DRAFT, EssayAct.SUBMIT).value,
        first_submitted_at=sent_at,
        submitted_at=sent_at,
        is_late=sent_at > contest.closes_at,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(essay)
    work.session.flush()
    _add_version(work, essay, intake)
    _prefill(essay, intake)
    essay.authors = [check_name(name, field="authors") for name in authors] or essay.authors
    essay.post = check_line(post, field="post", limit=60, is_required=False) or essay.post
    essay.phone = check_line(phone, field="phone", limit=40, is_required=False) or essay.phone
    essay.genre = genre
    _number(work, essay, random_source)
    receipt = _issue_receipt(work, essay)
    record(
        work, "essay.import", object_kind="essay", object_id=essay.id,
        number=essay.number, receipt=receipt.number, sha256=intake.original_key, is_late=essay.is_late,
    )  # fmt: skip
    _enqueue_reading(work, essay)
    return ImportedEssay(essay.id, essay.number or "", essay.title, is_new=True)


def _enqueue_reading(work: Work, essay: Essay) -> None:
    """The text or the state changed: the essay is to be indexed, and compared with all others."""
    enqueue(work, "index-essay", essay.id)
    enqueue(work, "compare-essay", essay.id)


def _contest(work: Work) -> Contest:
    contest = work.session.scalar(select(Contest).order_by(Contest.year.desc(), Contest.id.desc()).limit(1))
    if contest is None:
        raise NotFound
    return contest


def _own_essay(work: Work, essay_id: int) -> Essay:
    essay = work.session.scalar(select(Essay).where(Essay.id == essay_id, Essay.unit_id == work.actor.unit_id))
    if essay is None:
        raise NotFound
    return essay


def _latest_version(work: Work, essay: Essay) -> EssayVersion:
    version = work.session.get(EssayVersion, essay.latest_version_id)
    if version is None:
        raise NotFound
    return version


def _require_time(work: Work, essay: Essay) -> SubmissionWindow:
    """The window an essay may be changed in: a returned one until its correction is due, an on-time one until the
    deadline, others while works are taken."""
    contest = work.session.get(Contest, essay.contest_id)
    assert contest is not None
    times: ContestTimes = to_contest_row(contest).times
    if essay.state == EssayState.RETURNED:
        returned_at = work.session.scalar(
            select(func.max(FormalCheck.at)).where(FormalCheck.essay_id == essay.id, FormalCheck.decision == "returned")
        )
        require_correction(times, work.now, returned_at=returned_at or work.now)
        return SubmissionWindow.LATE if essay.is_late else SubmissionWindow.OPEN
    window = require_submission(times, work.now)
    is_handed_in = essay.state == EssayState.SUBMITTED
    if is_handed_in and not essay.is_late and window is SubmissionWindow.LATE:
        raise Closed(N_("征集已经截止，按时提交的作品不能再改；确需修改请联系信访局退回。"))
    return window


def _add_version(work: Work, essay: Essay, intake: Intake) -> None:
    add_file_rows(work, intake.files)
    version = EssayVersion(
        original_key=intake.original_key,
        original_name=intake.original_name,
        kind=intake.kind,
        manuscript_key=intake.manuscript_key,
        picture_keys=intake.picture_keys,
        byline=intake.byline,
        dropped=intake.dropped,
        words=intake.words,
    )
    _append_version(work, essay, version)


def _append_version(work: Work, essay: Essay, version: EssayVersion) -> None:
    ordinal = work.session.scalar(
        select(func.coalesce(func.max(EssayVersion.ordinal), 0)).where(EssayVersion.essay_id == essay.id)
    )
    version.essay_id, version.ordinal = essay.id, (ordinal or 0) + 1
    version.created_at, version.created_by = work.now, work.actor.user_id
    work.session.add(version)
    work.session.flush()
    essay.latest_version_id = version.id


def _prefill(essay: Essay, intake: Intake) -> None:
    essay.title = check_title(intake.manuscript.title[:120], is_required=False)
    essay.subtitle = check_title(intake.manuscript.subtitle[:120], is_required=False)
    essay.authors = [clean_name(str(name))[:40] for name in intake.byline.get("authors", ())]
    essay.post = check_line(str(intake.byline.get("post", ""))[:60], field="post", limit=60, is_required=False)
    essay.phone = check_line(str(intake.byline.get("phone", ""))[:40], field="phone", limit=40, is_required=False)


def _set_details(work: Work, essay: Essay, details: EssayDetails) -> None:
    essay.title = check_title(details.title, is_required=False)
    essay.subtitle = check_title(details.subtitle, field="subtitle", is_required=False)
    if len(details.authors) > 3:
        raise Invalid(N_("作者最多 3 人。"), field="authors")
    essay.authors = [check_name(name, field="authors") for name in details.authors]
    essay.post = check_line(details.post, field="post", limit=60, is_required=False)
    essay.phone = check_line(details.phone, field="phone", limit=40, is_required=False)
    essay.subject = check_line(details.subject, field="subject", limit=60, is_required=False)
    essay.genre = check_line(details.genre, field="genre", limit=20, is_required=False)
    essay.is_original = details.is_original
    essay.is_cleared = details.is_cleared
    _set_tags(work, essay, details.tags)


def _set_tags(work: Work, essay: Essay, slugs: Collection[str]) -> None:
    if len(slugs) > PROPOSALS_PER_ESSAY:
        raise Invalid(N_("标签最多选 %(count)s 个。"), field="tags", count=PROPOSALS_PER_ESSAY)
    user_id = work.actor.user_id
    if user_id is None:
        return
    work.session.execute(delete(EssayTag).where(EssayTag.essay_id == essay.id, EssayTag.user_id == user_id))
    for tag_id in work.session.scalars(select(Tag.id).where(Tag.slug.in_(slugs), Tag.is_retired.is_(False))).all():
        work.session.add(EssayTag(essay_id=essay.id, tag_id=tag_id, user_id=user_id, at=work.now))


def _require_complete(essay: Essay) -> None:
    missing = (
        ("title", bool(essay.title), N_("请填写题目。")),
        ("authors", bool(essay.authors), N_("请填写作者姓名。")),
        ("phone", bool(essay.phone), N_("请填写联系电话，便于核实和退回修改。")),
        ("genre", bool(essay.genre), N_("请选择体裁。")),
        ("is_original", essay.is_original, N_("请确认原创承诺。")),
        ("is_cleared", essay.is_cleared, N_("请确认单位已审核、不涉密、不含信访人隐私。")),
    )
    for field, is_there, message in missing:
        if not is_there:
            raise Invalid(message, field=field)


def _number(work: Work, essay: Essay, random_source: random.Random) -> None:
    contest = work.session.get(Contest, essay.contest_id)
    unit = work.session.get(Unit, essay.unit_id)
    assert contest is not None
    assert unit is not None
    numbered = select(func.count()).where(Essay.unit_id == unit.id, Essay.number.is_not(None))
    essay.number = format_entry_number(contest.year, unit.code, (work.session.scalar(numbered) or 0) + 1)
    taken = set(
        work.session.scalars(
            select(Essay.blind_number).where(Essay.contest_id == contest.id, Essay.blind_number.is_not(None))
        )
    )
    essay.blind_number = draw_blind_number([number for number in taken if number], random_source)


def _issue_receipt(work: Work, essay: Essay) -> Receipt:
    version = _latest_version(work, essay)
    assert essay.number is not None
    count = work.session.scalar(select(func.count()).where(Receipt.essay_id == essay.id)) or 0
    facts = {
        "number": essay.number,
        "title": essay.title,
        "authors": essay.authors,
        "original": version.original_key,
        "manuscript": version.manuscript_key,
        "issued_at": work.now.isoformat(),
    }
    digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    receipt = Receipt(
        essay_id=essay.id,
        version_id=version.id,
        number=format_receipt_number(essay.number, count + 1, digest),
        issued_at=work.now,
        is_late=essay.is_late,
        title=essay.title,
        authors=essay.authors,
        original_key=version.original_key,
        digest=digest,
    )
    work.session.add(receipt)
    work.session.flush()
    return receipt
