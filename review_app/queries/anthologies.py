"""The anthology as the board, the manifest and the build pages need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compile.manifest import FontProfile, Problem
from review_app.domain.book_parts import (
    BACK_COVER,
    BOARD,
    EDITOR_NOTE,
    IMPRINT,
    NOTES,
    BookSettings,
    find_unknown_places,
)
from review_app.domain.case_sheets import CaseTexts
from review_app.domain.errors import N_, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.passages import MarkKind
from review_app.models import (
    Anthology,
    AnthologyBuild,
    AnthologyItem,
    AwardLevel,
    CaseSheet,
    Essay,
    EssayVersion,
    Job,
    PassageMark,
    Review,
    Unit,
)
from review_app.queries.cases import to_case_texts
from review_app.queries.contests import ContestRow
from review_app.queries.marks import is_open_mark

FONT_PROFILES: Final[tuple[FontProfile, ...]] = ("win10", "win7", "xinchuang", "founder")

PROBLEMS: Final[Mapping[str, str]] = {
    "no-award": N_("没有获奖，是手工选入的。"),
    "not-accepted": N_("已退回、撤回或取消资格，不应编入。"),
    "privacy-open": N_("有没处理的“隐私”划线，请先在稿件页处理。"),
    "twice": N_("与书中另一篇的题目和作者相同，或正文完全一样。"),
    "note-place": N_("编者按等文字里有不认识的数字位置，会原样印出。"),
}

_SENT: Final = (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED, EssayState.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class BookItem:
    """A work in the book. `unit_name` and `authors` make its byline; `case` is its sheet as a typical case, None for
    none; `private_passages` counts the open marks of private passages in it."""

    essay_id: int
    number: str
    title: str
    unit_name: str
    authors: tuple[str, ...]
    words: int
    manuscript_key: str
    state: EssayState
    award_zh: str
    award_en: str
    case: CaseTexts | None
    private_passages: int

    @property
    def byline(self) -> str:
        """The line under the title: unit, two spaces, authors; "" where both are missing."""
        return "  ".join(part for part in (self.unit_name, "、".join(self.authors)) if part)


@dataclass(frozen=True, slots=True)
class BookSection:
    """A part of the book with its works in order; it may be empty."""

    title: str
    items: tuple[BookItem, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The anthology of a contest; `version` 0 stands for one that was never changed and is not stored yet.
    `undo_steps`: how many changes of the order can be taken back; `template_key`: the bureau's own Word file that frames
    the book, None for the frame of the house."""

    id: int | None
    version: int
    settings: BookSettings
    template_key: str | None
    template_name: str
    undo_steps: int
    sections: tuple[BookSection, ...]

    @property
    def items(self) -> tuple[BookItem, ...]:
        """All works in the order of the book."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One build with the state of its job. `report` is empty until it is over; it holds the counts and problems, or
    "error" when nothing came out, and once LibreOffice has set the book, "rendering" with what came of that."""

    id: int
    ordinal: int
    created_at: datetime
    created_by: str
    manifest_key: str
    document_key: str | None
    checked_key: str | None
    pdf_key: str | None
    report: Mapping[str, Any]
    job_state: str
    job_error: str
    stage: str
    progress_done: int
    progress_total: int

    @property
    def is_over(self) -> bool:
        """Whether the build is done or given up; the book may still be set by LibreOffice."""
        return bool(self.report) or self.has_ended

    @property
    def best(self) -> Mapping[str, Any]:
        """Pages, size and problems of the document that is offered first."""
        return self.report if self.checked_key is None else self.report["rendering"]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.job_state in ("done", "failed")


def new_anthology(contest: ContestRow, *, on: date) -> Anthology:
    """The anthology of a contest before its first change, not yet in any session."""
    settings = BookSettings(
        title=f"{contest.name_zh.removesuffix('活动')}作品汇编",
        subtitle="",
        organiser=contest.organiser,
        dated_on=on,
        cover_mark="内部资料",
        editor_note=EDITOR_NOTE,
        font_profile=FONT_PROFILES[0],
        has_cover=True,
        has_contents=True,
        has_section_pages=True,
        has_award_list=True,
        has_imprint=False,
        imprint=IMPRINT,
        has_board=True,
        board=BOARD,
        has_notice=False,
        notice_title=f"关于开展{contest.name_zh}的通知",
        notice="",
        has_afterword=False,
        afterword="",
        has_back_cover=True,
        back_cover=BACK_COVER,
        has_entry_list=False,
        has_running_heads=False,
        has_odd_starts=False,
        has_case_cards=False,
    )
    return Anthology(contest_id=contest.id, **asdict(settings), template_name="", sections=[], history=[], version=0)


def get_book(session: Session, *, contest: ContestRow, on: date) -> Book:
    """The anthology with its works, three statements; one that begins `on` that day where none is stored."""
    stored = session.scalar(select(Anthology).where(Anthology.contest_id == contest.id))
    anthology = stored or new_anthology(contest, on=on)
    items = _list_items(session, anthology.id)
    return Book(
        id=anthology.id,
        version=anthology.version,
        settings=BookSettings(**{one.name: getattr(anthology, one.name) for one in fields(BookSettings)}),
        template_key=anthology.template_key,
        template_name=anthology.template_name,
        undo_steps=len(anthology.history),
        sections=tuple(
            BookSection(title, tuple(item for section, item in items if section == title))
            for title in anthology.sections
        ),
    )


def get_numbers(session: Session, *, contest: ContestRow, book: Book) -> dict[str, int | str]:
    """What the places of the notes stand for: {units} {essays} {valid} {reviewers} {awarded} {selected},
    one for each award level by its key, and {organiser}."""
    essays = session.execute(
        select(Essay.unit_id, Essay.state, Essay.award_level_id).where(
            Essay.contest_id == contest.id, Essay.state.in_(_SENT)
        )
    ).all()
    levels = session.execute(
        select(AwardLevel.id, AwardLevel.key).where(AwardLevel.contest_id == contest.id).order_by(AwardLevel.position)
    ).all()
    reviewers = session.scalar(
        select(func.count(Review.reviewer_id.distinct()))
        .join(Essay, Essay.id == Review.essay_id)
        .where(Essay.contest_id == contest.id, Review.state == "submitted")
    )
    awards = Counter(essay.award_level_id for essay in essays if essay.award_level_id is not None)
    return {
        "organiser": book.settings.organiser,
        "units": len({essay.unit_id for essay in essays}),
        "essays": len(essays),
        "valid": sum(essay.state == EssayState.ACCEPTED for essay in essays),
        "reviewers": reviewers or 0,
        "awarded": awards.total(),
        "selected": len(book.items),
        **{level.key: awards[level.id] for level in levels},
    }


def list_book_problems(book: Book, numbers: Mapping[str, object]) -> tuple[Problem, ...]:
    """What the contest knows against printing the book as it is; the compiler adds what it finds in the works."""
    problems = []
    seen: set[object] = set()
    for item in book.items:
        if item.state is not EssayState.ACCEPTED:
            problems.append(_problem(item.number, "not-accepted"))
        elif not item.award_zh:
            problems.append(_problem(item.number, "no-award"))
        if item.private_passages:
            problems.append(_problem(item.number, "privacy-open"))
        marks = {item.manuscript_key, (item.title, item.authors)}
        if marks & seen:
            problems.append(_problem(item.number, "twice"))
        seen |= marks
    if any(find_unknown_places(getattr(book.settings, name), numbers) for name in NOTES):
        problems.append(_problem("", "note-place"))
    return tuple(problems)


def list_builds(session: Session, *, contest_id: int) -> tuple[BuildRow, ...]:
    """All builds of the contest's anthology, newest first."""
    rows = session.execute(
        select(AnthologyBuild, Job)
        .join(Anthology, Anthology.id == AnthologyBuild.anthology_id)
        .join(Job, Job.id == AnthologyBuild.job_id)
        .where(Anthology.contest_id == contest_id)
        .order_by(AnthologyBuild.ordinal.desc())
    )
    return tuple(_build_row(build, job) for build, job in rows)


def get_build(session: Session, *, build_id: int) -> BuildRow:
    """One build; raises NotFound."""
    found = session.execute(
        select(AnthologyBuild, Job).join(Job, Job.id == AnthologyBuild.job_id).where(AnthologyBuild.id == build_id)
    ).first()
    if found is None:
        raise NotFound
    return _build_row(*found)


def _build_row(build: AnthologyBuild, job: Job) -> BuildRow:
    return BuildRow(
        id=build.id,
        ordinal=build.ordinal,
        created_at=build.created_at,
        created_by=build.created_by,
        manifest_key=build.manifest_key,
        document_key=build.document_key,
        checked_key=build.checked_key,
        pdf_key=build.pdf_key,
        report=build.report,
        job_state=job.state,
        job_error=job.error,
        stage=job.stage,
        progress_done=job.progress_done,
        progress_total=job.progress_total,
    )


def _list_items(session: Session, anthology_id: int | None) -> tuple[tuple[str, BookItem], ...]:
    private = (
        select(func.count())
        .where(PassageMark.essay_id == Essay.id, *is_open_mark(MarkKind.PRIVACY))
        .correlate(Essay)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            AnthologyItem.section,
            Essay,
            EssayVersion.words,
            EssayVersion.manuscript_key,
            Unit,
            AwardLevel,
            CaseSheet,
            private.label("private"),
        )
        .join(Essay, Essay.id == AnthologyItem.essay_id)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .outerjoin(CaseSheet, CaseSheet.essay_id == Essay.id)
        .where(AnthologyItem.anthology_id == anthology_id)
        .order_by(AnthologyItem.position)
    )
    return tuple(
        (
            section,
            BookItem(
                essay_id=essay.id,
                number=essay.number or "",
                title=essay.title,
                unit_name=unit.short_name or unit.name,
                authors=tuple(essay.authors),
                words=words,
                manuscript_key=manuscript_key,
                state=EssayState(essay.state),
                award_zh=level.name_zh if level else "",
                award_en=level.name_en if level else "",
                case=to_case_texts(sheet) if sheet else None,
                private_passages=private_passages,
            ),
        )
        for section, essay, words, manuscript_key, unit, level, sheet, private_passages in rows
    )


def _problem(number: str, code: str) -> Problem:
    return Problem(number, code, PROBLEMS[code])
