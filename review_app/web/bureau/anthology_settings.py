"""The settings of the anthology: title, texts with live numbers, parts, fonts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.errors import UnusableTemplate
from compile.template_check import TemplateFacts, examine_template
from review_app.domain.book_parts import BookSettings, fill_note
from review_app.domain.calendar import local_day
from review_app.domain.errors import N_, DomainError, Invalid
from review_app.domain.permissions import Permission
from review_app.queries.anthologies import FONT_PROFILES, Book, get_book, get_numbers
from review_app.queries.contests import ContestRow, get_contest, list_award_levels
from review_app.services import anthologies
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.page import in_language, render
from review_app.web.request import acting, now, read, resources

FONT_NAMES: Final = {
    "win10": N_("Windows 10 及以后（宋体、仿宋、楷体、黑体）"),
    "win7": N_("Windows 7（仿宋_GB2312、楷体_GB2312）"),
    "xinchuang": N_("国产系统（方正系列免费字体）"),
    "founder": N_("已购方正字库（方正小标宋等）"),
}
_PLACE_NAMES: Final = {
    "organiser": N_("编印单位"),
    "units": N_("报送单位数"),
    "essays": N_("收到作品数"),
    "valid": N_("有效作品数"),
    "reviewers": N_("评审专家数"),
    "awarded": N_("获奖作品数"),
    "selected": N_("入选作品数"),
}


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The constant parts of the book. `places`: (name, meaning, present value) for the texts;
    `note` is the editor's note with its places filled; `template_name` the bureau's own template, "" for the house's,
    and `template` what it brings, None where it cannot be read any more."""

    title: str
    version: int
    settings: BookSettings
    dated_on: str
    fonts: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str, str], ...]
    note: tuple[str, ...]
    template_name: str
    template: TemplateFacts | None
    limit_bytes: int
    errors: dict[str, str]


@bp.get("/anthology/settings")
@permit(Permission.EDIT_ANTHOLOGY)
def show_book_settings() -> str:
    """Title, note, parts and fonts of the book."""
    book = read_book(get_contest(read()))
    return settings_page(book, book.settings, book.settings.dated_on.isoformat(), {})


@bp.post("/anthology/settings")
@permit(Permission.EDIT_ANTHOLOGY)
def save_book_settings() -> Response | tuple[str, int]:
    """Keep the settings as typed, then show them with the note filled in."""
    book = read_book(get_contest(read()))
    typed_day = request.form.get("dated_on", "")
    settings, errors = _typed_settings(typed_day)
    if errors:
        return settings_page(book, settings, typed_day, errors), 422
    try:
        with acting() as work:
            anthologies.save_settings(work, version=posted_version(), settings=settings)
    except Invalid as error:
        return settings_page(book, settings, typed_day, {error.field: say(error)}), 422
    flash(_("汇编设置已保存。"), "success")
    return redirect(url_for("bureau.show_book_settings"), 303)


def _typed_settings(typed_day: str) -> tuple[BookSettings, dict[str, str]]:
    """The form as settings: what is named has_… is a box, ticked or not, all else but the day is text."""
    errors = {}
    try:
        dated_on = date.fromisoformat(typed_day)
    except ValueError:
        dated_on = local_day(now())
        errors["dated_on"] = _("请填写日期，如 2020-12-31。")
    values: dict[str, Any] = {
        field.name: field.name in request.form if field.name.startswith("has_") else request.form.get(field.name, "")
        for field in fields(BookSettings)
    }
    return BookSettings(**{**values, "dated_on": dated_on}), errors


def settings_page(book: Book, settings: BookSettings, dated_on: str, errors: dict[str, str]) -> str:
    """The page with the settings as typed, and the faults by field."""
    contest = get_contest(read())
    numbers = get_numbers(read(), contest=contest, book=book)
    levels = {
        row.key: in_language(row.name_zh, row.name_en) for row in list_award_levels(read(), contest_id=contest.id)
    }
    page = SettingsPage(
        title=_("汇编设置"),
        version=request.form.get("version", type=int, default=book.version),
        settings=settings,
        dated_on=dated_on,
        fonts=tuple((key, _(FONT_NAMES[key])) for key in FONT_PROFILES),
        places=tuple(
            (name, _(_PLACE_NAMES[name]) if name in _PLACE_NAMES else levels[name], str(value))
            for name, value in numbers.items()
        ),
        note=fill_note(settings.editor_note, numbers),
        template_name=book.template_name,
        template=_read_template(book.template_key) if book.template_key else None,
        limit_bytes=resources().settings.max_upload_bytes,
        errors=errors,
    )
    return render("bureau/anthology_settings.html", page)


def _read_template(key: str) -> TemplateFacts | None:
    try:
        return examine_template(resources().files.read(key))
    except (DomainError, UnusableTemplate):  # lost or damaged since; the page says so
        return None


def read_book(contest: ContestRow) -> Book:
    """The anthology as it stands."""
    return get_book(read(), contest=contest, on=local_day(now()))


def posted_version() -> int:
    """The version of the book that the sent form was made from; it may stand in the address (撤销)."""
    return request.values.get("version", type=int, default=-1)
