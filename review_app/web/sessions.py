"""Sign-in sessions: Flask-Login carries a random token in the cookie; what it opens is decided by the database."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from review_app.domain.actor import ANONYMOUS
from review_app.queries.accounts import SignedIn, find_signed_in
from review_app.services.accounts import hash_token, note_seen
from review_app.web.request import now, read, resources
from review_app.work import open_work

log = logging.getLogger("review_app")

_NOTE_EVERY = timedelta(minutes=1)


class BrowserUser(UserMixin):
    """What Flask-Login keeps: the token; everything else is read anew at each request."""

    def __init__(self, token: str, signed_in: SignedIn | None = None) -> None:
        self.token = token
        self.signed_in = signed_in

    def get_id(self) -> str:
        return self.token


def init_sessions(app: Flask) -> None:
    """Set up Flask-Login for `app`."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would trust X-Forwarded-For; the database session is bound by its token
    manager.user_loader(_load)


def _load(token: str) -> BrowserUser | None:
    signed_in = find_signed_in(read(), token_hash=hash_token(token), now=now(), settings=resources().settings)
    return None if signed_in is None else BrowserUser(token, signed_in)


def load_actor() -> None:
    """Before every request: put the actor into `g`; move the idle clock at most once a minute."""
    if request.endpoint == "static":
        g.actor = ANONYMOUS
        return
    signed_in: SignedIn | None = getattr(current_user, "signed_in", None)
    g.signed_in = signed_in
    g.actor = signed_in.actor if signed_in else ANONYMOUS
    g.must_change_password = bool(signed_in and signed_in.must_change_password)
    if signed_in and now() - signed_in.seen_at > _NOTE_EVERY:
        _note_seen(signed_in)


def _note_seen(signed_in: SignedIn) -> None:
    """Move the idle clock; while the database cannot be written, pages are still shown."""
    try:
        with open_work(resources().database, actor=signed_in.actor, now=now()) as work:
            note_seen(work, token=current_user.token)
    except OperationalError as error:
        log.warning("the idle clock was not moved: %s", error.orig)


def current_token() -> str:
    """The sign-in token of this browser, "" when nobody is signed in."""
    return getattr(current_user, "token", "")


def draw_token() -> str:
    """A new sign-in token (256 bits)."""
    return secrets.token_urlsafe(32)


def begin_browser_session(token: str) -> None:
    """Start a clean cookie session under `token`: nothing from before the sign-in survives but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(BrowserUser(token))


def end_browser_session() -> None:
    """Empty the cookie session, but for the language."""
    logout_user()
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
