"""The template of the anthology: the bureau's own Word file instead of the house's layout, and both as downloads."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.errors import UnusableTemplate
from compile.manifest import FontProfile
from compile.template_check import examine_template
from compile.writing.house_template import write_house_template
from review_app.domain.errors import Invalid, NotFound
from review_app.domain.permissions import Permission
from review_app.queries.contests import get_contest
from review_app.services import anthologies
from review_app.services.builds import DOCUMENT_TYPE
from review_app.services.intake import KeptFile
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.anthology_settings import posted_version, read_book, settings_page
from review_app.web.errors import say, say_refused
from review_app.web.files import send_download
from review_app.web.request import acting, read, remember_answer, resources


@bp.get("/anthology/template")
@permit(Permission.EDIT_ANTHOLOGY)
def download_book_template() -> Response:
    """The bureau's own template, as it was uploaded."""
    book = read_book(get_contest(read()))
    if book.template_key is None:
        raise NotFound
    return send_download(resources().files.read(book.template_key), name=book.template_name, media_type=DOCUMENT_TYPE)


@bp.get("/anthology/template/house")
@permit(Permission.EDIT_ANTHOLOGY)
def download_house_template() -> Response:
    """The house's layout as a Word file to start from, in the fonts of the book."""
    settings = read_book(get_contest(read())).settings
    sink = BytesIO()
    write_house_template(sink, cast(FontProfile, settings.font_profile))
    return send_download(sink.getvalue(), name=_("汇编标准模板") + ".docx", media_type=DOCUMENT_TYPE)


@bp.post("/anthology/template")
@permit(Permission.EDIT_ANTHOLOGY)
def upload_book_template() -> Response | tuple[str, int]:
    """Let an uploaded Word file frame the book; one that cannot is refused with what to do, and not kept."""
    try:
        data, name = _read_upload()
        examine_template(data)
        stored = resources().files.put(data, limit_bytes=resources().settings.max_upload_bytes)
        with acting() as work:
            kept = KeptFile(stored.key, stored.size_bytes, DOCUMENT_TYPE)
            anthologies.set_template(work, version=posted_version(), template=kept, name=name)
            location = remember_answer(work, _place())
    except UnusableTemplate as error:
        return _refused(say_refused(error)), 422
    except Invalid as error:
        return _refused(say(error)), 422
    flash(_("模板已换用，下次生成时生效。"), "success")
    return redirect(location, 303)


@bp.post("/anthology/template/clear")
@permit(Permission.EDIT_ANTHOLOGY)
def clear_book_template() -> Response:
    """Back to the house's layout, with the way to take that back."""
    book = read_book(get_contest(read()))
    with acting() as work:
        version = anthologies.clear_template(work, version=posted_version())
    if book.template_key is not None:
        way_back = url_for("bureau.bring_back_template", version=version)
        undo = (_("已恢复标准版式，下次生成时生效。"), way_back)
        flash(undo, "undo")  # type: ignore[arg-type]  # the layout shows such a pair as a sentence with a button
    return redirect(_place(), 303)


@bp.post("/anthology/template/back")
@permit(Permission.EDIT_ANTHOLOGY)
def bring_back_template() -> Response:
    """Take back the return to the house's layout."""
    with acting() as work:
        anthologies.bring_back_template(work, version=posted_version())
    flash(_("已换回模板。"), "success")
    return redirect(_place(), 303)


def _read_upload() -> tuple[bytes, str]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid(_("请先选择做好的 .docx 模板。"), field="file")
    return upload.read(), upload.filename


def _refused(sentence: str) -> str:
    book = read_book(get_contest(read()))
    return settings_page(book, book.settings, book.settings.dated_on.isoformat(), {"file": sentence})


def _place() -> str:
    return url_for("bureau.show_book_settings", _anchor="template-title")
