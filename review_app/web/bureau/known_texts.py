"""公用文本: texts that anybody may use, such as laws and the notice of the contest, which count in no work."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.errors import Refused
from compile.manuscript import body_text
from review_app.domain.errors import Invalid
from review_app.domain.permissions import Permission
from review_app.queries.copies import KnownTextRow, list_known_rows
from review_app.services import copies
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say, say_refused
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read, remember_answer, resources


@dataclass(frozen=True, slots=True)
class KnownTextsPage:
    """The list and the form; `name` and `text` are what was typed."""

    title: str
    rows: tuple[KnownTextRow, ...]
    limit_bytes: int
    name: str
    text: str
    errors: dict[str, str]


@bp.get("/copies/known")
@permit(Permission.VIEW_ALL_ESSAYS)
def show_known_texts() -> str:
    """The texts that count in no work."""
    return _page({})


@bp.post("/copies/known")
@permit(Permission.CHECK_ESSAYS)
def add_known_text() -> Response | tuple[str, int]:
    """Add a text from a file or as pasted; all works are compared anew in the background."""
    try:
        name, text = _read_form()
        with acting() as work:
            copies.add_known_text(work, title=name, text=text)
            location = remember_answer(work, url_for("bureau.show_known_texts"))
    except Refused as error:
        return _page({"file": say_refused(error)}), 422
    except Invalid as error:
        return _page({error.field: say(error)}), 422
    flash(_("已加入，后台正在重新比对全部作品。"), "success")
    return redirect(location, 303)


@bp.post("/copies/known/<int:text_id>/remove")
@permit(Permission.CHECK_ESSAYS)
def remove_known_text(text_id: int) -> Response:
    """Let a text count again, with the way to take that back."""
    with acting() as work:
        copies.remove_known_text(work, text_id=text_id)
    offer_undo(_("已移出，后台正在重新比对全部作品。"), url_for("bureau.bring_back_known_text", text_id=text_id))
    return redirect(url_for("bureau.show_known_texts"), 303)


@bp.post("/copies/known/<int:text_id>/back")
@permit(Permission.CHECK_ESSAYS)
def bring_back_known_text(text_id: int) -> Response:
    """Take the removal back."""
    with acting() as work:
        copies.bring_back_known_text(work, text_id=text_id)
    flash(_("已放回。"), "success")
    return redirect(url_for("bureau.show_known_texts"), 303)


def _read_form() -> tuple[str, str]:
    """Title and text: of the file where there is one, whose title serves where none was typed."""
    name, text = request.form.get("name", "").strip(), request.form.get("text", "")
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return name, text
    manuscript = resources().reader.read(upload.read()).manuscript
    return name or manuscript.title, f"{manuscript.title}\n{manuscript.subtitle}\n{body_text(manuscript)}"


def _page(errors: dict[str, str]) -> str:
    page = KnownTextsPage(
        title=_("不计入查重的文本"),
        rows=list_known_rows(read()),
        limit_bytes=resources().settings.max_upload_bytes,
        name=request.form.get("name", ""),
        text=request.form.get("text", ""),
        errors=errors,
    )
    return render("bureau/known_texts.html", page)
