"""查重: works with much in common, side by side, and what the bureau makes of them. The program only reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.manuscript import Manuscript
from compile.manuscript_json import load_manuscript
from review_app.domain.copies import COPIED, SIMILAR, PairDecision
from review_app.domain.errors import Invalid
from review_app.domain.permissions import Permission
from review_app.queries.copies import (
    ComparedVersion,
    CopyMark,
    PairFilter,
    PairRow,
    PairSide,
    count_pairs,
    find_next_pair,
    get_pair,
    list_marks,
    list_pairs,
)
from review_app.services import copies
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.page import format_share, offer_undo, render
from review_app.web.request import acting, read, remember_answer, resources

PAGE_SIZE: Final = 50
_SIDES: Final = ("one", "other")

Chip = tuple[str, str, int, bool]


@dataclass(frozen=True, slots=True)
class CopiesPage:
    """The list. `chips`: rows of filters, each (label, address, count, is on); `args` keep the filter of this page."""

    title: str
    rows: tuple[PairRow, ...]
    chips: tuple[tuple[Chip, ...], ...]
    args: dict[str, Any]
    similar: str
    copied: str
    next_id: int | None
    total: int
    current: int
    pages: int
    page_url: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class SheetMark:
    """A mark as the sheet takes it: only the first of a passage has a number, which leads to the other side."""

    block: int
    start: int
    end: int
    kind: str
    passage: int
    number: int
    anchor: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class PairSheet:
    """One side: the essay, the version that was compared, its paper with the marks."""

    side: PairSide
    version: ComparedVersion
    manuscript: Manuscript
    marks: tuple[SheetMark, ...]
    picture_url: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PairPage:
    """Two works side by side. `decision` and `note` are what was typed into the form."""

    title: str
    row: PairRow
    sheets: tuple[PairSheet, PairSheet]
    next_id: int | None
    decision: str
    note: str
    errors: dict[str, str]


@bp.get("/copies")
@permit(Permission.VIEW_ALL_ESSAYS)
def list_copies() -> str:
    """The pairs by decision and by share, fifty on a page; those that wait for a decision unless told otherwise."""
    only, args = _filter_from_address()
    counts = count_pairs(read())
    total = _count(counts, only)
    pages = max(1, -(-total // PAGE_SIZE))
    current = min(max(1, request.args.get("page", 1, type=int)), pages)
    page = CopiesPage(
        title=_("查重"),
        rows=list_pairs(read(), only=only, offset=(current - 1) * PAGE_SIZE, limit=PAGE_SIZE),
        chips=_chips(counts, only, args),
        args=args,
        similar=format_share(SIMILAR),
        copied=format_share(COPIED),
        next_id=find_next_pair(read()),
        total=total,
        current=current,
        pages=pages,
        page_url=lambda number: url_for("bureau.list_copies", **args, page=number),
    )
    return render("bureau/copies.html", page)


@bp.get("/copies/<int:pair_id>")
@permit(Permission.VIEW_ALL_ESSAYS)
def show_pair(pair_id: int) -> str:
    """Two works side by side, their common passages marked."""
    return _pair_page(pair_id, "", "", {})


@bp.post("/copies/<int:pair_id>/decision")
@permit(Permission.CHECK_ESSAYS)
def decide_pair(pair_id: int) -> Response | tuple[str, int]:
    """Keep what the bureau makes of the pair, with the way to take it back."""
    decision, note = request.form.get("decision", ""), request.form.get("note", "")
    try:
        with acting() as work:
            version = copies.decide_pair(
                work,
                pair_id=pair_id,
                version=request.form.get("version", 0, type=int),
                decision=decision,
                note=note,
            )
            location = remember_answer(work, url_for("bureau.show_pair", pair_id=pair_id))
    except Invalid as error:
        return _pair_page(pair_id, decision, note, {error.field: say(error)}), 422
    done = _("结论已记下：%(decision)s。", decision=_(PairDecision(decision).label))
    offer_undo(done, url_for("bureau.reopen_pair", pair_id=pair_id, version=version))
    return redirect(location, 303)


@bp.post("/copies/<int:pair_id>/reopen")
@permit(Permission.CHECK_ESSAYS)
def reopen_pair(pair_id: int) -> Response:
    """Take the decision back."""
    with acting() as work:
        copies.reopen_pair(work, pair_id=pair_id, version=request.values.get("version", 0, type=int))
    flash(_("结论已撤销，这一对重新待核实。"), "success")
    return redirect(url_for("bureau.show_pair", pair_id=pair_id), 303)


def _filter_from_address() -> tuple[PairFilter, dict[str, Any]]:
    """The filter of the address, and the same as arguments for other addresses."""
    asked, level = request.args.get("decision", PairDecision.UNDECIDED.value), request.args.get("level", "")
    known = asked if asked in {item.value for item in PairDecision} else "all"
    only = PairFilter(
        decision=None if known == "all" else PairDecision(known),
        is_copied={"copied": True, "similar": False}.get(level),
    )
    args = {"decision": known, "level": level if only.is_copied is not None else ""}
    return only, {name: value for name, value in args.items() if value}


def _count(counts: dict[tuple[PairDecision, bool], int], only: PairFilter) -> int:
    return sum(
        count
        for (decision, is_copied), count in counts.items()
        if only.decision in (None, decision) and only.is_copied in (None, is_copied)
    )


def _chips(
    counts: dict[tuple[PairDecision, bool], int], only: PairFilter, args: dict[str, Any]
) -> tuple[tuple[Chip, ...], ...]:
    """Filters by decision and by share; each shows what it would find beside the other that is on."""

    def chip(label: str, wanted: PairFilter, **changed: str) -> Chip:
        kept = {name: value for name, value in (args | changed).items() if value}
        return label, url_for("bureau.list_copies", **kept), _count(counts, wanted), wanted == only

    decisions = [chip(_(one.label), PairFilter(one, only.is_copied), decision=one.value) for one in PairDecision]
    decisions.append(chip(_("全部"), PairFilter(None, only.is_copied), decision="all"))
    levels = [
        chip(_("不论多少"), PairFilter(only.decision, None), level=""),
        chip(_("疑似抄袭"), PairFilter(only.decision, True), level="copied"),
        chip(_("部分相同"), PairFilter(only.decision, False), level="similar"),
    ]
    return tuple(decisions), tuple(levels)


def _pair_page(pair_id: int, decision: str, note: str, errors: dict[str, str]) -> str:
    pair = get_pair(read(), pair_id=pair_id)
    sides, versions = (pair.row.one, pair.row.other), (pair.one, pair.other)
    manuscripts = [load_manuscript(resources().files.read(version.manuscript_key)) for version in versions]
    spans = (
        [[(stretch.start, stretch.end) for stretch in passage] for passage in pair.passages],
        [[(stretch.other_start, stretch.other_end) for stretch in passage] for passage in pair.passages],
    )
    marks = [list_marks(manuscript, passages) for manuscript, passages in zip(manuscripts, spans, strict=True)]
    sheets = [
        PairSheet(
            side=sides[place],
            version=versions[place],
            manuscript=manuscripts[place],
            marks=_sheet_marks(marks[place], _SIDES[place], marks[1 - place], _SIDES[1 - place]),
            picture_url=_picture_url(sides[place].essay_id),
        )
        for place in (0, 1)
    ]
    page = PairPage(
        title=_("《%(one)s》与《%(other)s》", one=pair.row.one.title, other=pair.row.other.title),
        row=pair.row,
        sheets=(sheets[0], sheets[1]),
        next_id=find_next_pair(read(), after_id=pair_id),
        decision=decision,
        note=note,
        errors=errors,
    )
    return render("bureau/pair.html", page)


def _picture_url(essay_id: int) -> Callable[[str], str]:
    return lambda key: url_for("bureau.show_picture", essay_id=essay_id, key=key)


def _sheet_marks(
    marks: Iterable[CopyMark], side: str, counterparts: Iterable[CopyMark], other: str
) -> tuple[SheetMark, ...]:
    """The marks of one side, each passage linked to where it begins on the other; one that lies wholly under another
    there has no place of its own."""
    there = {mark.passage for mark in counterparts if mark.is_first}
    return tuple(
        SheetMark(
            block=mark.block,
            start=mark.start,
            end=mark.end,
            kind="copy",
            passage=mark.passage,
            number=mark.passage if mark.is_first else 0,
            anchor=f"{side}-{mark.passage}" if mark.is_first else "",
            url=f"#{other}-{mark.passage}" if mark.passage in there else f"#{other}",
            label=_("相同处 %(number)s，到对面看", number=mark.passage),
        )
        for mark in marks
    )
