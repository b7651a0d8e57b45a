"""What a search found, taken out of the system: the list as a workbook, the texts as a zip file. Each is on record."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Final

from flask import redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.file_names import safe_file_name
from compile.manuscript import body_text
from compile.writing.plain_text import windows_text
from compile.writing.zip_file import ZipFileWriter
from review_app.domain.permissions import Permission
from review_app.queries.found import FoundEssay, list_found
from review_app.queries.indexing import load_or_blank
from review_app.queries.tags import list_genres
from review_app.services import bulk
from review_app.storage.sheets import WORKBOOK_TYPE, Column, Sheet, write_workbook
from review_app.web.access import permit
from review_app.web.files import send_download
from review_app.web.page import in_language
from review_app.web.request import acting, now, read, resources
from review_app.web.search import bp
from review_app.web.search.asked import read_asked
from review_app.web.search.bulk import read_picked
from review_app.web.times import local

_ZIP_TYPE: Final = "application/zip"


@bp.get("/export.xlsx")
@permit(Permission.VIEW_ALL_ESSAYS)
def export_list() -> Response:
    """The picked results, or all of them, as a list."""
    rows = _found()
    if not rows:
        return redirect(read_asked(request.args).url, 303)
    data = write_workbook([_make_sheet(rows)])
    _note("xlsx", len(rows))
    return send_download(data, name=_name(now()) + ".xlsx", media_type=WORKBOOK_TYPE)


@bp.get("/export.zip")
@permit(Permission.VIEW_ALL_ESSAYS)
def export_texts() -> Response:
    """The texts of the picked results, or of all of them, one file each."""
    rows = _found()
    if not rows:
        return redirect(read_asked(request.args).url, 303)
    out = BytesIO()
    with ZipFileWriter(out) as archive:
        for row in rows:
            archive.add_text(safe_file_name(f"{row.number}_{row.title}.txt"), [_make_text(row)])
    _note("zip", len(rows))
    return send_download(out.getvalue(), name=_name(now()) + ".zip", media_type=_ZIP_TYPE)


def _found() -> tuple[FoundEssay, ...]:
    return list_found(read(), read_picked())


def _note(form: str, works: int) -> None:
    with acting() as work:
        bulk.note_exported(work, query=read_asked(request.args).text, form=form, works=works)


def _name(moment: datetime) -> str:
    return _("检索结果") + local(moment).strftime("_%Y%m%d_%H%M")


def _make_sheet(rows: tuple[FoundEssay, ...]) -> Sheet:
    genres = {row.slug: in_language(row.name_zh, row.name_en) for row in list_genres(read())}
    columns = (
        Column(_("序号"), 6, "0", is_number=True), Column(_("作品编号"), 16), Column(_("作品题目"), 36),
        Column(_("报送单位"), 20), Column(_("作者"), 14), Column(_("体裁"), 10), Column(_("字数"), 8, "0", is_number=True),
        Column(_("得分"), 8, "0.0", is_number=True), Column(_("奖项"), 10), Column(_("状态"), 10), Column(_("标签"), 30),
    )  # fmt: skip
    lines = (
        (
            place, row.number, row.title, row.unit, _("、").join(row.authors), genres.get(row.genre, ""), row.words,
            None if row.score_tenths is None else row.score_tenths / 10, in_language(row.award_zh, row.award_en),
            _(row.state.label), _("、").join(in_language(tag.name_zh, tag.name_en) for tag in row.tags if tag.stands),
        )
        for place, row in enumerate(rows, 1)
    )  # fmt: skip
    return Sheet(_("检索结果"), columns, lines)


def _make_text(row: FoundEssay) -> str:
    """Title, byline and body, as a file for Windows."""
    manuscript = load_or_blank(resources().files.read, row.manuscript_key)
    byline = "  ".join((row.unit, _("、").join(row.authors)))
    return windows_text("\n".join((row.title, byline, "", body_text(manuscript), "")))
