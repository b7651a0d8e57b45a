"""What a view works with: the clock, the read session, the Work of an act, the resources."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models import AnsweredRequest
from review_app.resources import Resources
from review_app.web.access import current_actor
from review_app.work import Work, open_work

REQUEST_KEY = "request_key"


class AlreadyAnswered(Exception):
    """This form was sent before; its answer is at `location`."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


def resources() -> Resources:
    """The open resources of this process."""
    found: Resources = current_app.extensions["resources"]
    return found


def read_clock() -> datetime:
    """The moment by this computer's clock (aware UTC)."""
    return datetime.now(UTC)


def start_request() -> None:
    """Before every request: note the moment it began, by which deadlines are decided; only a form with files may be
    large."""
    g.now = current_app.config["CLOCK"]()
    if request.mimetype != "multipart/form-data":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def now() -> datetime:
    """The moment this request began (aware UTC)."""
    moment: datetime = g.now
    return moment


def read() -> Session:
    """The read session of this request: one consistent state for the whole page."""
    if "read_session" not in g:
        g.read_session = resources().database.read()
    session: Session = g.read_session
    return session


def finish_request(_error: BaseException | None) -> None:
    """After every request: close the read session."""
    session: Session | None = g.pop("read_session", None)
    if session is not None:
        session.close()


@contextmanager
def acting() -> Iterator[Work]:
    """The Work of this request. A form that carries a one-time key already answered raises AlreadyAnswered."""
    finish_request(None)
    with open_work(resources().database, actor=current_actor(), now=now(), address=request.remote_addr or "") as work:
        key = request.form.get(REQUEST_KEY)
        if key and work.actor.user_id is not None:
            location = work.session.scalar(
                select(AnsweredRequest.location).where(
                    AnsweredRequest.user_id == work.actor.user_id, AnsweredRequest.key == key
                )
            )
            if location is not None:
                raise AlreadyAnswered(location)
        work.after_commit(resources().wake.set)
        yield work


def remember_answer(work: Work, location: str) -> str:
    """Keep `location` as the answer to this form's one-time key, in the same transaction; returns it."""
    key = request.form.get(REQUEST_KEY)
    if key and work.actor.user_id is not None:
        work.session.add(AnsweredRequest(user_id=work.actor.user_id, key=key[:64], location=location, at=work.now))
    return location


def new_request_key() -> str:
    """A one-time key for a form."""
    return secrets.token_urlsafe(16)
