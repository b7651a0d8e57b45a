"""Sign in, sign out, change the password, choose the language, go home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.actor import Role
from review_app.domain.errors import Closed, Invalid
from review_app.domain.permissions import Permission
from review_app.domain.text_rules import clean_login
from review_app.queries.accounts import find_password_hash
from review_app.queries.contests import ContestRow, find_contest
from review_app.services import accounts, passwords
from review_app.web.access import current_actor, permit
from review_app.web.account import bp
from review_app.web.errors import say
from review_app.web.page import render
from review_app.web.request import acting, now, read, resources
from review_app.web.sessions import (
    begin_browser_session,
    current_token,
    draw_token,
    end_browser_session,
)

_HOMES: Final = {Role.UNIT: "unit.home", Role.REVIEWER: "reviewer.queue", Role.BUREAU: "bureau.home"}


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in form as typed, with what went wrong."""

    title: str
    login: str
    next: str
    error: str
    contest: ContestRow | None


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form to change the own password; `is_first` for a first password that must be changed."""

    title: str
    is_first: bool
    errors: dict[str, str]


@bp.get("/")
@permit(Permission.SIGN_IN)
def home() -> Response:
    """Everybody's own home; the sign-in page for strangers."""
    return redirect(url_for(_HOMES.get(current_actor().role, "account.sign_in")), 303)


@bp.get("/login")
@permit(Permission.SIGN_IN)
def sign_in() -> str | Response:
    """The sign-in form."""
    if current_actor().role in _HOMES:
        return redirect(url_for("account.home"), 303)
    return _sign_in_page(login="", error="")


@bp.post("/login")
@permit(Permission.SIGN_IN)
def do_sign_in() -> Response | tuple[str, int]:
    """Compare the password outside the transaction, then open a session or count the failure."""
    login = clean_login(request.form.get("login", ""))[:64]
    password = request.form.get("password", "")
    address = request.remote_addr or ""
    settings = resources().settings
    token = draw_token()
    try:
        accounts.require_not_throttled(read(), login=login, address=address, now=now(), settings=settings)
        is_right = passwords.is_right_password(password, find_password_hash(read(), login=login))
        with acting() as work:
            is_in = accounts.sign_in(work, login=login, is_password_right=is_right, token=token, settings=settings)
    except Closed as error:
        return _sign_in_page(login=login, error=say(error)), 429
    if not is_in:
        return _sign_in_page(login=login, error=_("账号或密码不对，请核对后再试。")), 422
    begin_browser_session(token)
    return redirect(_safe_next(request.form.get("next", "")), 303)


@bp.post("/logout")
@permit(Permission.MANAGE_OWN_ACCOUNT)
def sign_out() -> Response:
    """End the session here and in the database."""
    with acting() as work:
        accounts.sign_out(work, token=current_token())
    end_browser_session()
    flash(_("已退出登录。"), "success")
    return redirect(url_for("account.sign_in"), 303)


@bp.get("/password")
@permit(Permission.MANAGE_OWN_ACCOUNT)
def change_password() -> str:
    """The form to change the own password."""
    return _password_page({})


@bp.post("/password")
@permit(Permission.MANAGE_OWN_ACCOUNT)
def do_change_password() -> Response | tuple[str, int]:
    """Change the own password, end all sessions and go on in a new one."""
    old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
    login = _signed_in_login()
    token = draw_token()
    try:
        if new != request.form.get("repeat_password", ""):
            raise Invalid(_("两次输入的新密码不一样。"), field="repeat_password")
        if new == old:
            raise Invalid(_("新密码不能和当前密码一样。"), field="new_password")
        passwords.require_good_password(new, personal=(login, current_actor().name))
        is_old_right = passwords.is_right_password(old, find_password_hash(read(), login=login))
        new_hash = passwords.hash_password(new)
        with acting() as work:
            accounts.change_password(work, is_old_right=is_old_right, new_hash=new_hash, token=token)
    except Invalid as error:
        return _password_page({error.field: say(error)}), 422
    begin_browser_session(token)
    flash(_("密码已修改。"), "success")
    return redirect(url_for("account.home"), 303)


@bp.post("/language")
@permit(Permission.SIGN_IN)
def choose_language() -> Response:
    """Switch between Chinese and English and stay on the page."""
    session["language"] = "en" if request.form.get("language") == "en" else "zh"
    return redirect(_safe_next(request.form.get("next", "")), 303)


def _sign_in_page(*, login: str, error: str) -> str:
    page = SignInPage(
        title=_("登录"),
        login=login,
        next=_safe_next(request.values.get("next", "")),
        error=error,
        contest=find_contest(read()),
    )
    return render("account/sign_in.html", page)


def _password_page(errors: dict[str, str]) -> str:
    page = PasswordPage(title=_("修改密码"), is_first=_must_change(), errors=errors)
    return render("account/password.html", page)


def _must_change() -> bool:
    return bool(g.get("must_change_password"))


def _signed_in_login() -> str:
    login: str = g.signed_in.login
    return login


def _safe_next(target: str) -> str:
    """`target` if it is a plain path on this site, else the way home."""
    is_plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_plain and target.isprintable() else url_for("account.home")
