"""The book as a manifest: everything the compiler needs, as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manifest import (
    Appendix,
    BoardGroup,
    CaseCard,
    EditorialBoard,
    FontProfile,
    Imprint,
    ImprintFact,
    Manifest,
    Section,
    TextPart,
    WorkEntry,
)
from review_app.domain.book_parts import BookSettings, fill_note, read_groups, split_label
from review_app.domain.essay_state import EssayState
from review_app.models import AwardLevel, Essay, Unit, UnitClass
from review_app.queries.anthologies import Book, BookItem, get_numbers
from review_app.queries.contests import ContestRow


def make_manifest(session: Session, *, contest: ContestRow, book: Book) -> Manifest:
    """Everything the book is made of: sections that hold works, the parts that are switched on and say something, with
    their numbers filled, and the lists."""
    settings, numbers = book.settings, get_numbers(session, contest=contest, book=book)
    appendices = []
    if settings.has_award_list:
        appendices.append(_list_awards(session, contest.id))
    if settings.has_entry_list:
        appendices.append(_list_entries(session, contest.id))
    return Manifest(
        title=settings.title,
        subtitle=settings.subtitle,
        organiser=settings.organiser,
        dated_on=settings.dated_on,
        cover_mark=settings.cover_mark,
        editor_note=fill_note(settings.editor_note, numbers),
        sections=tuple(
            Section(section.title, tuple(_make_entry(item, settings) for item in section.items))
            for section in book.sections
            if section.items
        ),
        appendices=tuple(appendices),
        font_profile=cast(FontProfile, settings.font_profile),
        has_cover=settings.has_cover,
        has_contents=settings.has_contents,
        has_section_pages=settings.has_section_pages,
        imprint=_make_imprint(settings, numbers) if settings.has_imprint else None,
        board=_make_board(settings) if settings.has_board else None,
        notice=_make_text(settings.notice_title, settings.notice, numbers) if settings.has_notice else None,
        afterword=_make_text("后记", settings.afterword, numbers) if settings.has_afterword else None,
        back_cover=fill_note(settings.back_cover, numbers) if settings.has_back_cover else (),
        has_running_heads=settings.has_running_heads,
        has_odd_starts=settings.has_odd_starts,
        template_key=book.template_key or "",
    )


def _make_entry(item: BookItem, settings: BookSettings) -> WorkEntry:
    case = CaseCard(**asdict(item.case)) if settings.has_case_cards and item.case else None
    return WorkEntry(item.number, item.manuscript_key, item.byline, case=case)


def _make_imprint(settings: BookSettings, numbers: Mapping[str, object]) -> Imprint | None:
    """The lines with a label, those that were left empty aside, and the others."""
    pairs = [split_label(line) for line in fill_note(settings.imprint, numbers)]
    facts = tuple(ImprintFact(label, value) for label, value in pairs if label and value)
    lines = tuple(value for label, value in pairs if not label)
    return Imprint(facts, lines) if facts or lines else None


def _make_board(settings: BookSettings) -> EditorialBoard | None:
    groups = tuple(BoardGroup(role, names) for role, names in read_groups(settings.board))
    return EditorialBoard(groups) if groups else None


def _make_text(title: str, text: str, numbers: Mapping[str, object]) -> TextPart | None:
    paragraphs = fill_note(text, numbers)
    return TextPart(title, paragraphs) if paragraphs else None


def _list_awards(session: Session, contest_id: int) -> Appendix:
    rows = session.execute(
        select(AwardLevel.name_zh, Essay.title, Unit.name, Essay.authors)
        .join(Essay, Essay.award_level_id == AwardLevel.id)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .where(Essay.contest_id == contest_id)
        .order_by(AwardLevel.position, Essay.award_rank, UnitClass.position, Unit.position, Essay.id)
    )
    return Appendix(
        title="获奖名单",
        columns=("奖项", "题目", "单位", "作者"),
        rows=tuple((level, title, unit, "、".join(authors)) for level, title, unit, authors in rows),
        widths=(12, 40, 28, 20),
    )


def _list_entries(session: Session, contest_id: int) -> Appendix:
    """All accepted works in the official order of their units."""
    rows = session.execute(
        select(Essay.number, Essay.title, Unit.name, Essay.authors)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .where(Essay.contest_id == contest_id, Essay.state == EssayState.ACCEPTED.value)
        .order_by(UnitClass.position, Unit.position, Essay.number, Essay.id)
    )
    return Appendix(
        title="参评作品目录",
        columns=("编号", "题目", "单位", "作者"),
        rows=tuple((number or "", title, unit, "、".join(authors)) for number, title, unit, authors in rows),
        widths=(24, 34, 26, 16),
    )
