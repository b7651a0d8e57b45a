"""Errors as a person meets them: what happened, what to do next; never a trace, never a half-written state."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from compile.errors import Refused, UnusableTemplate
from review_app.domain.errors import N_, Closed, Conflict, DomainError, Invalid, NotAllowed, NotFound
from review_app.web.request import AlreadyAnswered, finish_request

log = logging.getLogger("review_app")

_STATUS: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 404, Invalid: 422, Conflict: 409, Closed: 409}
_WORDS = {
    400: (N_("请求不完整"), N_("请返回上一页，刷新后重试。")),
    403: (N_("请求被拒绝"), N_("请从本系统的页面操作；若停留太久，请刷新页面后重试，已填内容会保留在本机。")),
    404: (N_("没有找到"), N_("内容可能已被移走，或您的账号看不到它。请回到首页。")),
    405: (N_("没有找到"), N_("请回到首页。")),
    413: (N_("文件过大"), N_("单个文件不超过 50 MB。请压缩图片后重新上传。")),
    500: (N_("系统出了问题"), N_("您已保存的内容不受影响。请稍后重试；若仍不行，请把下面的编号告诉信访局。")),
    503: (N_("系统正忙"), N_("请等几秒后重试；您填写的内容没有丢失。")),
}


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The page of one error; `reference` finds it in the log, "" when there is nothing to find."""

    title: str
    advice: str
    reference: str = ""


def say(error: DomainError) -> str:
    """The message of a domain error in the reader's language."""
    return _(error.message) % error.facts if error.facts else _(error.message)


def say_refused(error: Refused | UnusableTemplate) -> str:
    """The message and remedy of a refused file in the reader's language."""
    return f"{_(error.message)}{_('。')}{_(error.remedy)}"


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AlreadyAnswered, lambda error: redirect(error.location, 303))
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(StaleDataError, _show_stale)
    app.register_error_handler(OperationalError, _show_busy)
    app.register_error_handler(CSRFError, lambda error: _show(403))
    app.register_error_handler(OverflowError, _show_no_such_number)
    app.register_error_handler(SecurityError, lambda error: _show_bare(400))
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_fault)


def _show_domain_error(error: DomainError) -> Response | tuple[Response | str, int]:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
    if status == 503:
        log.error("%s %s: %s", request.method, request.path, error)
    if _wants_json():
        return jsonify(error=say(error)), status
    if request.method == "POST" and status != 404:
        flash(say(error), "error")
        return redirect(_page_it_came_from(), 303)
    if status == 404:
        return _show(404)
    return render_template("errors.html", page=ErrorPage(say(error), _("请返回上一页。"))), status


def _show_stale(_error: StaleDataError) -> Response | tuple[Response | str, int]:
    return _show_domain_error(Conflict(N_("刚才有人改动了同一内容。请刷新页面，核对后再试。")))


def _show_busy(error: OperationalError) -> tuple[Response | str, int]:
    if "locked" not in str(error.orig) and "full" not in str(error.orig):
        return _show_fault(error)
    log.warning("database busy: %s", error.orig)
    return _show(503)


def _show_http_error(error: HTTPException) -> Response | tuple[Response | str, int]:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    return _show(code if code in _WORDS else 400 if code < 500 else 500)


def _show_no_such_number(error: OverflowError) -> tuple[Response | str, int]:
    log.info("a number no row can have at %s: %s", request.path, error)
    return _show(404)


def _show_fault(error: Exception) -> tuple[Response | str, int]:
    reference = secrets.token_hex(4)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    return _show(500, reference)


def _show(status: int, reference: str = "") -> tuple[Response | str, int]:
    title, advice = _WORDS[status]
    if _wants_json():
        return jsonify(error=f"{_(title)}{_('。')}{_(advice)}"), status
    finish_request(None)
    try:
        return render_template("errors.html", page=ErrorPage(_(title), _(advice), reference)), status
    except Exception:  # the frame reads the database, which may be what is broken; the first fault is in the log
        log.exception("no frame for the error page")
        return _show_bare(status, reference)


def _show_bare(status: int, reference: str = "") -> tuple[Response | str, int]:
    """The error page without the frame, which needs a database and a trusted address of this site."""
    title, advice = _WORDS[status]
    return render_template("errors_bare.html", page=ErrorPage(_(title), _(advice), reference)), status


def _wants_json() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _page_it_came_from() -> str:
    """The page of this site on which the form stood, else the way home."""
    home = request.host_url
    referrer = request.referrer or ""
    return referrer if referrer.startswith(home) else url_for("account.home")
