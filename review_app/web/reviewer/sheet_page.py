"""The split view as a page: queue, the work on paper, the rubric. Nothing here knows who wrote a work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from compile.manuscript import Manuscript
from review_app.domain.contest_phase import can_review
from review_app.domain.errors import Invalid
from review_app.domain.rubric import TOTAL_POINTS, VETO_FLAGS, Criterion, bands, format_points, parse_points
from review_app.domain.scoring import total_tenths
from review_app.domain.tags import DEFAULT_GROUPS
from review_app.queries.contests import ContestRow, get_contest
from review_app.queries.reviews import (
    QueueState,
    ReviewerEssayRow,
    ReviewRow,
    count_progress,
    find_next_review,
    get_review,
    list_reviewer_essays,
    list_rubric,
)
from review_app.queries.tags import list_genres, list_tags
from review_app.web.marks import MarkForm, ShownMark
from review_app.web.page import in_language
from review_app.web.request import now, read
from review_app.web.reviewer.blind import load_blind
from review_app.web.reviewer.marks import list_shown_marks, make_form
from review_app.web.reviewer.queue import chosen_state, own_id, sheet_url
from review_app.web.reviewer.sheet_form import TypedSheet, field_of, form_of, name_missing, name_of
from review_app.web.search.highlights import SheetMark
from review_app.web.search.trail import Trail, follow_trail
from review_app.web.times import local


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion on the page; `value` is a number, or "" where there is none; bands as (name, low, high)."""

    field: str
    name: str
    hint: str
    max_points: int
    bands: tuple[tuple[str, int, int], ...]
    value: float | int | str


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One work to score. `manuscript` is None while the work is paused; `is_editable` whether anything may change, and
    `mark_form` is None where it may not. `proposed`: slug and name of the tags its unit proposed.

    `is_stale`: the form holds what was typed here, `review` what another window saved meanwhile.
    """

    title: str
    contest: ContestRow
    state: str
    review: ReviewRow
    manuscript: Manuscript | None
    trail: Trail | None
    sheet_marks: tuple[SheetMark, ...]
    picture_url: Callable[[str], str]
    genre: str
    is_verse: bool
    queue: tuple[tuple[str, str, str, str, str], ...]
    done: int
    total_works: int
    next_url: str
    is_open: bool
    is_over: bool
    is_editable: bool
    criteria: tuple[CriterionLine, ...]
    total: str
    total_of: int
    missing: int
    typed: TypedSheet
    tag_groups: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    proposed: tuple[tuple[str, str], ...]
    marks: tuple[ShownMark, ...]
    mark_form: MarkForm | None
    flags: tuple[tuple[str, str], ...]
    saved_at: str
    is_stale: bool
    notice: str
    errors: dict[str, str]


def build_sheet_page(
    code: str,
    *,
    typed: TypedSheet | None = None,
    errors: dict[str, str] | None = None,
    notice: str = "",
    is_stale: bool = False,
) -> SheetPage:
    """The page of a review; with `typed` as the form was sent, else as it is stored. `is_stale`: another window was
    quicker; the page tells both, and sending it again replaces the stored one."""
    review = get_review(read(), code=code, reviewer_id=own_id())
    contest = get_contest(read())
    rubric = list_rubric(read(), contest_id=contest.id)
    rows = list_reviewer_essays(read(), reviewer_id=own_id(), contest_id=contest.id)
    shown = form_of(review) if typed is None or review.is_submitted else typed
    if is_stale:
        shown = replace(shown, version=review.version)
    points = _read_points(shown, rubric)
    done, total_works = count_progress(rows)
    following = find_next_review(rows, after=code)
    is_open = can_review(contest.times, now())
    state = chosen_state()
    is_editable = is_open and not review.is_paused and not review.is_submitted
    manuscript = None if review.is_paused else load_blind(review)
    tag_groups = _group_tags()
    marks = list_shown_marks(code, manuscript, is_editable=is_editable) if manuscript else ()
    in_sheet = tuple(mark for mark in marks if mark.is_in_sheet)
    trail, sheet_marks = follow_trail(manuscript or Manuscript(title=""), key=code, marks=in_sheet)
    return SheetPage(
        title=_("匿名 · %(number)s 号", number=review.blind_number),
        contest=contest,
        state=state,
        review=review,
        manuscript=manuscript,
        picture_url=lambda key: url_for("reviewer.show_picture", code=code, key=key),
        genre=next(
            (in_language(row.name_zh, row.name_en) for row in list_genres(read()) if row.slug == review.genre), ""
        ),
        is_verse=review.genre == "g-poem",
        queue=_list_queue(rows, code, state),
        done=done,
        total_works=total_works,
        next_url=sheet_url(following.code, state) if following else url_for("reviewer.queue"),
        is_open=is_open,
        is_over=now() > contest.times.review_closes_at,
        is_editable=is_editable,
        criteria=tuple(_line(criterion, points) for criterion in rubric),
        total=format_points(total_tenths(points)),
        total_of=TOTAL_POINTS,
        missing=len(name_missing(shown, rubric)),
        typed=shown,
        tag_groups=tag_groups,
        proposed=tuple(
            (slug, name) for _group, tags in tag_groups for slug, name, _find in tags if slug in review.proposed
        ),
        marks=marks,
        trail=trail,
        sheet_marks=sheet_marks,
        mark_form=make_form(code, manuscript) if manuscript and is_editable else None,
        flags=tuple((flag.key, in_language(flag.name_zh, flag.name_en)) for flag in VETO_FLAGS),
        saved_at=format_clock(review.saved_at),
        is_stale=is_stale,
        notice=describe_both(review, total_tenths(points)) if is_stale else notice,
        errors=_in_page_order(errors or {}, rubric),
    )


def format_clock(moment: datetime | None) -> str:
    """10:32, "" for None."""
    return "" if moment is None else local(moment).strftime("%H:%M")


def describe_both(stored: ReviewRow, typed_total_tenths: int) -> str:
    """What another window stored and what this one holds, in a sentence."""
    return _(
        "刚才在另一窗口保存过这篇（%(time)s）：那边合计 %(there)s 分，这边合计 %(here)s 分。",
        time=format_clock(stored.saved_at),
        there=format_points(total_tenths(stored.points_tenths)),
        here=format_points(typed_total_tenths),
    )


def _in_page_order(errors: Mapping[str, str], rubric: tuple[Criterion, ...]) -> dict[str, str]:
    fields = [*(field_of(criterion.key) for criterion in rubric), *errors]
    return {field: errors[field] for field in fields if field in errors}


def _read_points(typed: TypedSheet, rubric: tuple[Criterion, ...]) -> dict[str, int]:
    """The points that are numbers, fitting or not; what is no number cannot stand in a number field."""
    points = {}
    for criterion in rubric:
        try:
            points[criterion.key] = parse_points(typed.points.get(criterion.key, ""), field=criterion.key)
        except Invalid:
            continue
    return points


def _line(criterion: Criterion, points: Mapping[str, int]) -> CriterionLine:
    tenths = points.get(criterion.key)
    return CriterionLine(
        field=field_of(criterion.key),
        name=name_of(criterion),
        hint=criterion.hint,
        max_points=criterion.max_points,
        bands=tuple(
            (in_language(band.name_zh, band.name_en), band.low_points, band.high_points)
            for band in bands(criterion.max_points)
        ),
        value="" if tenths is None else tenths // 10 if tenths % 10 == 0 else tenths / 10,
    )


def _list_queue(
    rows: tuple[ReviewerEssayRow, ...], code: str, state: str
) -> tuple[tuple[str, str, str, str, str], ...]:
    shown = (
        row for row in rows if row.state is not QueueState.RECUSED and (row.code == code or state in ("", row.state))
    )
    return tuple(
        (row.blind_number, row.title, sheet_url(row.code, state), row.state.value, _queue_words(row)) for row in shown
    )


def _queue_words(row: ReviewerEssayRow) -> str:
    if row.state is QueueState.WAITING:
        return ""
    if row.state is QueueState.DONE and row.total_tenths is not None:
        return format_points(row.total_tenths)
    return _(row.state.label)


def _group_tags() -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """The tags by group as (slug, name, what finds it); the genre is the unit's to say."""
    tags = list_tags(read(), without_groups=("genre",))
    groups = []
    for group in DEFAULT_GROUPS:
        own = tuple(
            (tag.slug, in_language(tag.name_zh, tag.name_en), tag.find) for tag in tags if tag.group_key == group.key
        )
        if own:
            groups.append((in_language(group.name_zh, group.name_en), own))
    return tuple(groups)
