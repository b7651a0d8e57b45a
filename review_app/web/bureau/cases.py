"""Typical cases, 典型案例库: the works worth spreading, and the one-page sheet of each to Word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.checks import count_private_numbers
from compile.documents.case_sheet import CaseSheet, count_case_pages, make_case_sheet
from compile.documents.writer import write_document
from compile.manuscript import Heading, Manuscript, block_texts
from compile.manuscript_json import load_manuscript
from review_app.domain.case_sheets import (
    SECTION_LIMIT,
    SECTIONS,
    CaseLine,
    CaseTexts,
    draft_case,
    list_paragraphs,
    put_passage,
)
from review_app.domain.errors import Invalid
from review_app.domain.passages import MarkKind
from review_app.domain.permissions import Permission
from review_app.domain.search_terms import Match, Word, render_node
from review_app.queries.cases import CaseRow, ListedCase, count_cases, find_case, list_cases
from review_app.queries.contests import get_contest
from review_app.queries.essays import BureauEssay, get_bureau_essay
from review_app.queries.marks import BureauMark, list_bureau_marks
from review_app.services import cases
from review_app.services.builds import DOCUMENT_TYPE
from review_app.services.cases import StaleCase
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.files import send_download
from review_app.web.page import in_language, render
from review_app.web.request import acting, read, remember_answer, resources
from review_app.web.search.asked import search_url

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class CasesPage:
    """The library; each row with its award in the reader's language."""

    title: str
    rows: tuple[tuple[ListedCase, str], ...]
    total: int
    search_url: str
    current: int
    pages: int
    page_url: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class CasePage:
    """The sheet of a work as a form. `row` is the stored one, None while `texts` are only a draft; `sections` are
    (field, name); `good` are the passages to put into them; `private` are open marks, each with whether its words stand
    in the sheet; `numbers` counts what looks like a private number."""

    title: str
    essay: BureauEssay
    row: CaseRow | None
    version: int
    texts: dict[str, str]
    sections: tuple[tuple[str, str], ...]
    limit: int
    pages: int
    good: tuple[BureauMark, ...]
    private: tuple[tuple[BureauMark, bool], ...]
    numbers: int
    notice: str
    errors: dict[str, str]


@bp.get("/cases")
@permit(Permission.CURATE_CASES)
def list_case_library() -> str:
    """The works that have a sheet or a passage marked as a good case, fifty on a page."""
    total = count_cases(read())
    pages = max(1, -(-total // PAGE_SIZE))
    current = min(max(1, request.args.get("page", 1, type=int)), pages)
    rows = list_cases(read(), offset=(current - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    page = CasesPage(
        title=_("典型案例库"),
        rows=tuple((row, in_language(row.award_zh, row.award_en)) for row in rows),
        total=total,
        search_url=search_url(render_node(Match("mark", (Word(MarkKind.GOOD.label),)))),
        current=current,
        pages=pages,
        page_url=lambda number: url_for("bureau.list_case_library", page=number),
    )
    return render("bureau/cases.html", page)


@bp.get("/essays/<int:essay_id>/case")
@permit(Permission.CURATE_CASES)
def show_case(essay_id: int) -> str:
    """The sheet of a work, a draft of it before it was saved."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    row = find_case(read(), essay_id=essay_id)
    return _page(essay, row.texts if row else _draft(essay))


@bp.post("/essays/<int:essay_id>/case")
@permit(Permission.CURATE_CASES)
def save_case(essay_id: int) -> Response | tuple[str, int]:
    """Keep the sheet as typed; the button beside a good passage puts it into a section first."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    texts = _put(essay_id, CaseTexts(**{section: request.form.get(section, "") for section in SECTIONS}))
    try:
        with acting() as work:
            cases.save_case(work, essay_id=essay_id, version=request.form.get("version", 0, type=int), texts=texts)
            location = remember_answer(work, url_for("bureau.show_case", essay_id=essay_id))
    except Invalid as error:
        return _page(essay, texts, errors={error.field: say(error)}), 422
    except StaleCase as error:
        return _page(essay, texts, notice=say(error)), 409
    flash(_("案例单已保存。"), "success")
    return redirect(location, 303)


@bp.get("/essays/<int:essay_id>/case.docx")
@permit(Permission.CURATE_CASES)
def download_case(essay_id: int) -> Response:
    """The saved sheet as a Word file; while private passages are open only `confirmed`, and that it went out is logged."""
    essay = get_bureau_essay(read(), essay_id=essay_id)
    row = find_case(read(), essay_id=essay_id)
    page = url_for("bureau.show_case", essay_id=essay_id)
    if row is None:
        flash(_("请先保存案例单，再下载。"), "warning")
        return redirect(page, 303)
    is_confirmed = bool(request.args.get("confirmed"))
    if count_private_numbers("\n".join(asdict(row.texts).values())) and not is_confirmed:
        flash(_("案例单里像有手机号或身份证号，请先删去，或确认可以公开。"), "error")
        return redirect(page, 303)
    sheet = _make_sheet(essay, row.texts)
    sink = BytesIO()
    write_document(make_case_sheet(sheet), sink)
    try:
        with acting() as work:
            cases.note_download(work, essay_id=essay_id, is_confirmed=is_confirmed)
    except cases.OpenPrivacy as error:
        flash(say(error), "error")
        return redirect(page, 303)
    name = _("典型案例") + f"_{essay.row.number}_{essay.row.title}.docx"
    return send_download(sink.getvalue(), name=name, media_type=DOCUMENT_TYPE)


def _page(essay: BureauEssay, texts: CaseTexts, *, notice: str = "", errors: dict[str, str] | None = None) -> str:
    row = find_case(read(), essay_id=essay.row.id)
    marks = list_bureau_marks(read(), essay_id=essay.row.id)
    whole = "\n".join(asdict(texts).values())
    private = (mark for mark in marks if mark.kind is MarkKind.PRIVACY and not mark.is_settled)
    page = CasePage(
        title=_("案例单：%(title)s", title=essay.row.title),
        essay=essay,
        row=row,
        version=row.version if row else 0,
        texts=asdict(texts),
        sections=tuple((section, _(name)) for section, name in SECTIONS.items()),
        limit=SECTION_LIMIT,
        pages=count_case_pages(_make_sheet(essay, texts)),
        good=tuple(mark for mark in marks if mark.kind is MarkKind.GOOD),
        private=tuple((mark, mark.passage.quote in whole) for mark in private),
        numbers=count_private_numbers(whole),
        notice=notice,
        errors=errors or {},
    )
    return render("bureau/case.html", page)


def _put(essay_id: int, texts: CaseTexts) -> CaseTexts:
    """The texts with the passage in them whose button was pressed: "<mark> <section>"."""
    mark_id, _space, section = request.form.get("put", "").partition(" ")
    for mark in list_bureau_marks(read(), essay_id=essay_id):
        if str(mark.id) == mark_id and mark.kind is MarkKind.GOOD and section in SECTIONS:
            return put_passage(texts, section, mark.passage.quote)
    return texts


def _draft(essay: BureauEssay) -> CaseTexts:
    manuscript = _load(essay)
    lines = [
        CaseLine(text, isinstance(block, Heading))
        for block, text in zip(manuscript.blocks, block_texts(manuscript), strict=True)
        if text
    ]
    marks = list_bureau_marks(read(), essay_id=essay.row.id)
    return draft_case(lines, [mark.passage.quote for mark in marks if mark.kind is MarkKind.GOOD])


def _load(essay: BureauEssay) -> Manuscript:
    return load_manuscript(resources().files.read(essay.manuscript_key))


def _make_sheet(essay: BureauEssay, texts: CaseTexts) -> CaseSheet:
    """The sheet as the compiler takes it; unsigned, so that its page is all text."""
    return CaseSheet(
        title=essay.row.title,
        organ=get_contest(read()).organiser,
        unit=essay.row.unit_name,
        author=_("、").join(essay.row.authors),
        number=essay.row.number,
        tags=tuple(tag.name_zh for tag in essay.tags if tag.stands and tag.group_key != "genre"),
        cause=list_paragraphs(texts.cause),
        measures=list_paragraphs(texts.measures),
        results=list_paragraphs(texts.results),
        lessons=list_paragraphs(texts.lessons),
    )
