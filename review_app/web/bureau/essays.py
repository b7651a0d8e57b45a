"""The essays on the bureau's desk: list, one essay with all that belongs to it, the formal check, Excel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.manuscript import Manuscript
from compile.manuscript_json import load_manuscript
from review_app.domain.contest_phase import correction_due_at
from review_app.domain.errors import Invalid, NotFound
from review_app.domain.essay_state import EssayAct, EssayState, allowed_acts
from review_app.domain.permissions import Permission
from review_app.domain.return_reasons import RETURN_REASONS
from review_app.domain.search_terms import Similar, render_node
from review_app.queries.audit import AuditFilter, list_audit
from review_app.queries.contests import ContestRow, get_contest, list_unit_classes
from review_app.queries.copies import PairRow, find_greatest_shares, list_pairs_of
from review_app.queries.essays import (
    BureauEssay,
    BureauEssayRow,
    EssayFilter,
    count_bureau_essays,
    find_next_check,
    get_bureau_essay,
    list_bureau_essays,
)
from review_app.queries.findings import find_in_essay
from review_app.queries.similar import SimilarWork, list_similar
from review_app.queries.tags import list_genres
from review_app.services import checks
from review_app.storage.sheets import WORKBOOK_TYPE, Column, Sheet, write_workbook
from review_app.web.access import current_actor, permit
from review_app.web.bureau import bp
from review_app.web.bureau.essay_tags import TagCard, make_tag_card
from review_app.web.bureau.events import say_entry
from review_app.web.bureau.marks import list_shown_marks, make_form
from review_app.web.errors import say
from review_app.web.files import send_download, send_picture
from review_app.web.marks import MarkForm, ShownMark
from review_app.web.page import format_share, in_language, render
from review_app.web.request import acting, now, read, remember_answer, resources
from review_app.web.search.highlights import SheetMark
from review_app.web.search.trail import Trail, follow_trail
from review_app.web.times import format_moment
from review_app.web.wording import FindingText, name_dropped, name_place, name_reason, say_findings

PAGE_SIZE: Final = 50
_HISTORY: Final = 60

Chip = tuple[str, str, int, bool]


@dataclass(frozen=True, slots=True)
class EssaysPage:
    """The list. `chips`: rows of filters, each (label, address, count, is on); `args` keep the filter of this page."""

    title: str
    contest: ContestRow
    rows: tuple[BureauEssayRow, ...]
    findings: dict[int, tuple[str, ...]]
    chips: tuple[tuple[Chip, ...], ...]
    args: dict[str, Any]
    waiting: int
    total: int
    current: int
    pages: int
    page_url: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class EssayPage:
    """One essay. `hints` tell of its history, `findings` of its text, `pairs` of other works with much of it. `codes` and `note` are what was typed into the return form; `due_at` when its correction would be due."""

    title: str
    contest: ContestRow
    essay: BureauEssay
    genre: str
    tags: TagCard
    marks: tuple[ShownMark, ...]
    mark_form: MarkForm
    similar: tuple[SimilarWork, ...]
    similar_url: str
    manuscript: Manuscript
    picture_url: Callable[[str], str]
    trail: Trail | None
    sheet_marks: tuple[SheetMark, ...]
    hints: tuple[str, ...]
    findings: tuple[FindingText, ...]
    pairs: tuple[PairRow, ...]
    dropped: tuple[tuple[str, str, str], ...]
    decisions: tuple[tuple[str, str, str], ...]
    history: tuple[tuple[str, str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    can_accept: bool
    can_return: bool
    due_at: str
    next_id: int | None
    codes: tuple[str, ...]
    note: str
    errors: dict[str, str]


@bp.get("/essays")
@permit(Permission.VIEW_ALL_ESSAYS)
def list_essays() -> str:
    """The received essays by state, class and lateness, fifty on a page."""
    contest = get_contest(read())
    only, args = _filter_from_address()
    counts = count_bureau_essays(read(), contest_id=contest.id)
    total = _count(counts, only)
    pages = max(1, -(-total // PAGE_SIZE))
    current = min(max(1, request.args.get("page", 1, type=int)), pages)
    rows = list_bureau_essays(
        read(), contest_id=contest.id, only=only, offset=(current - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    shares = find_greatest_shares(read(), essay_ids=[row.id for row in rows])
    page = EssaysPage(
        title=_("稿件"),
        contest=contest,
        rows=rows,
        findings={row.id: _list_findings(row, contest, shares.get(row.id, 0)) for row in rows},
        chips=_chips(contest, counts, only, args),
        args=args,
        waiting=_count(counts, EssayFilter(state=EssayState.SUBMITTED)),
        total=total,
        current=current,
        pages=pages,
        page_url=lambda number: url_for("bureau.list_essays", **args, page=number),
    )
    return render("bureau/essays.html", page)


@bp.get("/essays/export.xlsx")
@permit(Permission.VIEW_ALL_ESSAYS)
def export_essays() -> Response:
    """The filtered list as the summary sheet (汇总表)."""
    contest = get_contest(read())
    only, _args = _filter_from_address()
    genres = {row.slug: row.name_zh for row in list_genres(read())}
    rows = list_bureau_essays(read(), contest_id=contest.id, only=only)
    columns = (
        Column(_("序号"), 6, "0", is_number=True), Column(_("作品编号"), 16), Column(_("盲评编号"), 10),
        Column(_("报送单位"), 20), Column(_("作品题目"), 36), Column(_("体裁"), 10), Column(_("作者"), 14),
        Column(_("职务"), 16), Column(_("联系电话"), 16), Column(_("主人公"), 20),
        Column(_("字数"), 8, "0", is_number=True), Column(_("状态"), 10), Column(_("提交时间"), 18), Column(_("备注"), 14),
    )  # fmt: skip
    lines = (
        (
            place, row.number, row.blind_number, row.unit_name, row.title, genres.get(row.genre, ""),
            _("、").join(row.authors), row.post, row.phone, row.subject, row.words, _(row.state.label), row.submitted_at,
            _("逾期") if row.is_late else "",
        )
        for place, row in enumerate(sorted(rows, key=lambda row: row.number), 1)
    )  # fmt: skip
    data = write_workbook([Sheet(_("稿件汇总表"), columns, lines)])
    return send_download(data, name=_("稿件汇总表") + f"_{contest.year}.xlsx", media_type=WORKBOOK_TYPE)


@bp.post("/essays/accept")
@permit(Permission.CHECK_ESSAYS)
def accept_essays() -> Response:
    """Accept the picked essays, and tell which were left and why."""
    _only, args = _filter_from_address()
    with acting() as work:
        result = checks.accept_essays(work, essay_ids=request.form.getlist("pick", type=int))
    if result.accepted:
        flash(_("%(count)s 篇通过形式审查。", count=result.accepted), "success")
    if result.refused:
        listed = _("；").join(item.number + _("：") + say(item.error) for item in result.refused)
        flash(_("%(count)s 篇未处理。%(reasons)s", count=len(result.refused), reasons=listed), "warning")
    if not result.accepted and not result.refused:
        flash(_("请先选择待审查的作品。"), "warning")
    return redirect(url_for("bureau.list_essays", **args), 303)


@bp.get("/essays/next")
@permit(Permission.CHECK_ESSAYS)
def show_next_check() -> Response:
    """The essay that waits longest for the formal check, else the list."""
    contest = get_contest(read())
    essay_id = find_next_check(read(), contest_id=contest.id, after_id=request.args.get("after", 0, type=int))
    if essay_id is None:
        flash(_("没有待形式审查的作品了。"), "info")
        return redirect(url_for("bureau.list_essays"), 303)
    return redirect(url_for("bureau.show_essay", essay_id=essay_id), 303)


@bp.get("/essays/<int:essay_id>")
@permit(Permission.VIEW_ALL_ESSAYS)
def show_essay(essay_id: int) -> str:
    """One essay: the check on the left, the paper on the right."""
    return _essay_page(get_bureau_essay(read(), essay_id=essay_id), (), "", {})


@bp.post("/essays/<int:essay_id>/accept")
@permit(Permission.CHECK_ESSAYS)
def accept_essay(essay_id: int) -> Response:
    """Accept the essay and go on to the next one."""
    with acting() as work:
        checks.accept_essay(work, essay_id=essay_id, version=request.form.get("version", 0, type=int))
        location = remember_answer(work, url_for("bureau.show_next_check", after=essay_id))
    flash(_("已通过形式审查。"), "success")
    return redirect(location, 303)


@bp.post("/essays/<int:essay_id>/return")
@permit(Permission.CHECK_ESSAYS)
def return_essay(essay_id: int) -> Response | tuple[str, int]:
    """Return the essay with its reasons and go on to the next one."""
    codes, note = tuple(request.form.getlist("codes")), request.form.get("note", "")
    try:
        with acting() as work:
            checks.return_essay(
                work, essay_id=essay_id, version=request.form.get("version", 0, type=int), codes=codes, note=note
            )
            location = remember_answer(work, url_for("bureau.show_next_check", after=essay_id))
    except Invalid as error:
        return _essay_page(get_bureau_essay(read(), essay_id=essay_id), codes, note, {error.field: say(error)}), 422
    flash(_("已退回修改，单位登录后就能看到原因和期限。"), "success")
    return redirect(location, 303)


@bp.get("/essays/<int:essay_id>/versions/<int:ordinal>")
@permit(Permission.VIEW_ALL_ESSAYS)
def download_original(essay_id: int, ordinal: int) -> Response:
    """The untouched original of one version; that it was taken stands in the log."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    version = next((row for row in essay.versions if row.ordinal == ordinal), None)
    if version is None:
        raise NotFound
    data = resources().files.read(version.original_key)
    with acting() as work:
        checks.note_original_viewed(work, essay_id=essay_id, ordinal=ordinal)
    return send_download(data, name=version.original_name, media_type="application/octet-stream")


@bp.get("/essays/<int:essay_id>/pictures/<key>")
@permit(Permission.VIEW_ALL_ESSAYS)
def show_picture(essay_id: int, key: str) -> Response:
    """One picture of an essay."""
    return send_picture(key, allowed=get_bureau_essay(read(), essay_id=essay_id).picture_keys)


def _filter_from_address() -> tuple[EssayFilter, dict[str, Any]]:
    """The filter of the address, and the same as arguments for other addresses."""
    state, class_key, late = (request.args.get(name, "") for name in ("state", "class", "late"))
    known = state if state in {item.value for item in EssayState} else ""
    only = EssayFilter(
        state=EssayState(known) if known else None,
        class_key=class_key or None,
        is_late=True if late else None,
    )
    args = {"state": known, "class": class_key, "late": "1" if late else ""}
    return only, {name: value for name, value in args.items() if value}


def _count(counts: dict[tuple[EssayState, str, bool], int], only: EssayFilter) -> int:
    return sum(
        count
        for (state, class_key, is_late), count in counts.items()
        if only.state in (None, state) and only.class_key in (None, class_key) and only.is_late in (None, is_late)
    )


def _chips(
    contest: ContestRow,
    counts: dict[tuple[EssayState, str, bool], int],
    only: EssayFilter,
    args: dict[str, Any],
) -> tuple[tuple[Chip, ...], ...]:
    """Filters by state, by class and by lateness; each shows what it would find beside the others that are on."""

    def url(**changed: str) -> str:
        kept = {name: value for name, value in (args | changed).items() if value}
        return url_for("bureau.list_essays", **kept)

    def count(state: EssayState | None, class_key: str | None, is_late: bool | None) -> int:
        return _count(counts, EssayFilter(state, class_key, is_late))

    states = [(_("全部"), url(state=""), count(None, only.class_key, only.is_late), only.state is None)]
    states += [
        (_(state.label), url(state=state.value), count(state, only.class_key, only.is_late), only.state is state)
        for state in EssayState
        if state is not EssayState.DRAFT
    ]
    kinds = [
        (
            in_language(row.name_zh, row.name_en),
            url(**{"class": "" if only.class_key == row.key else row.key}),
            count(only.state, row.key, only.is_late),
            only.class_key == row.key,
        )
        for row in list_unit_classes(read(), contest_id=contest.id)
    ]
    late = (
        _("逾期"),
        url(late="" if only.is_late else "1"),
        count(only.state, only.class_key, True),
        bool(only.is_late),
    )
    return tuple(states), (*kinds, late)


def _list_findings(row: BureauEssayRow, contest: ContestRow, share: int) -> tuple[str, ...]:
    """What the formal check should look at first; `share` is the greatest with another work."""
    found = []
    if share:
        found.append(_("与别的作品相同 %(share)s", share=format_share(share)))
    if row.words > contest.words_max:
        found.append(_("超过 %(count)s 字", count=contest.words_max))
    elif row.words < contest.words_advised_from and row.genre != "g-poem":
        found.append(_("不足 %(count)s 字", count=contest.words_advised_from))
    return *found, *_list_hints(row)


def _list_hints(row: BureauEssayRow) -> tuple[str, ...]:
    found = []
    if row.left_out:
        found.append(_("转换提示 %(count)s 条", count=row.left_out))
    if row.returned:
        found.append(_("退回过 %(count)s 次", count=row.returned))
    return tuple(found)


def _essay_page(essay: BureauEssay, codes: tuple[str, ...], note: str, errors: dict[str, str]) -> str:
    contest = get_contest(read())
    acts = allowed_acts(essay.row.state)
    manuscript = load_manuscript(resources().files.read(essay.manuscript_key))
    findings = find_in_essay(
        manuscript, contest=contest, genre=essay.row.genre, authors=essay.row.authors, dropped=essay.dropped
    )
    rows = list_audit(read(), offset=0, limit=_HISTORY, only=AuditFilter(object_kind="essay", object_id=essay.row.id))
    genre = next((row for row in list_genres(read()) if row.slug == essay.row.genre), None)
    marks = list_shown_marks(essay.row.id, manuscript)
    in_sheet = tuple(mark for mark in marks if mark.is_in_sheet)
    trail, sheet_marks = follow_trail(manuscript, key=essay.row.id, marks=in_sheet)
    page = EssayPage(
        title=essay.row.title,
        contest=contest,
        essay=essay,
        genre=in_language(genre.name_zh, genre.name_en) if genre else "",
        tags=make_tag_card(essay.tags),
        marks=marks,
        mark_form=make_form(essay.row.id, manuscript),
        similar=list_similar(read(), indexes=resources().indexes, actor=current_actor(), number=essay.row.number),
        similar_url=url_for("search.show_results", q=render_node(Similar(essay.row.number))),
        manuscript=manuscript,
        picture_url=lambda key: url_for("bureau.show_picture", essay_id=essay.row.id, key=key),
        trail=trail,
        sheet_marks=sheet_marks,
        hints=_list_hints(essay.row),
        findings=say_findings(finding for finding in findings if finding.code != "headings-proposed"),
        pairs=list_pairs_of(read(), essay_id=essay.row.id),
        dropped=tuple(
            (name_dropped(item["kind"]), name_place(item.get("place", "")), item.get("excerpt", ""))
            for item in essay.dropped
        ),
        decisions=tuple(
            (format_moment(row.at), row.by, _("、").join(name_reason(code) for code in row.reasons))
            for row in essay.checks
        ),
        history=tuple(
            (format_moment(row.at), f"{row.actor_name} {say_entry(row)}", "bad" if row.act == "essay.return" else "")
            for row in rows
        ),
        reasons=tuple((code, in_language(item.name_zh, item.name_en)) for code, item in RETURN_REASONS.items()),
        can_accept=EssayAct.ACCEPT in acts,
        can_return=EssayAct.RETURN_FOR_REVISION in acts and not essay.has_award,
        due_at=format_moment(correction_due_at(contest.times, now())),
        next_id=find_next_check(read(), contest_id=contest.id, after_id=essay.row.id),
        codes=codes,
        note=note,
        errors=errors,
    )
    return render("bureau/essay.html", page)
