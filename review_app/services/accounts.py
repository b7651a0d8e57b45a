"""Accounts: signing in and out, changing and issuing passwords."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review_app.config import Settings
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import N_, Closed, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import clean_login
from review_app.models import AnsweredRequest, FailedLogin, LoginSession, User
from review_app.services.audit import record
from review_app.work import Work

ADDRESS_TRIES_PER_HOUR: Final = 50
FIRST_PASSWORD_DAYS: Final = 14
ANSWERS_KEPT_DAYS: Final = 7


def hash_token(token: str) -> str:
    """The form in which a sign-in token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def require_not_throttled(session: Session, *, login: str, address: str, now: datetime, settings: Settings) -> None:
    """Raise Closed when this account from this address, or this address alone, has failed too often lately."""
    require_since = now - timedelta(minutes=settings.login_window_minutes)
    per_account = session.scalar(
        select(func.count()).where(
            FailedLogin.login == login, FailedLogin.address == address, FailedLogin.at > require_since
        )
    )
    per_address = session.scalar(
        select(func.count()).where(FailedLogin.address == address, FailedLogin.at > now - timedelta(hours=1))
    )
    if (per_account or 0) >= settings.login_tries or (per_address or 0) >= ADDRESS_TRIES_PER_HOUR:
        raise Closed(
            N_("密码输错次数过多，请 %(minutes)s 分钟后再试，或请信访局重置密码。"),
            minutes=settings.login_window_minutes,
        )


def sign_in(work: Work, *, login: str, is_password_right: bool, token: str, settings: Settings) -> bool:
    """Open a session under `token` (256 random bits) and return True, or count the failure and return False. Raises
    Closed when tries made meanwhile have used up the limit.

    The caller has compared the password before, outside the transaction.
    """
    require(work.actor, Permission.SIGN_IN)
    require_not_throttled(work.session, login=login, address=work.address, now=work.now, settings=settings)
    user = work.session.scalar(select(User).where(User.login == login))
    is_first_expired = (
        user is not None
        and user.must_change_password
        and user.first_password_expires_at is not None
        and user.first_password_expires_at < work.now
    )
    if user is None or not is_password_right or not user.is_active or is_first_expired:
        work.session.add(FailedLogin(login=login[:64], address=work.address, at=work.now))
        record(work, "sign_in.refused", object_kind="user", object_id=user.id if user else None)
        return False
    work.session.execute(delete(FailedLogin).where(FailedLogin.login == login, FailedLogin.address == work.address))
    _open_session(work, user.id, token)
    work.actor = Actor(role=Role(user.role), name=user.name, user_id=user.id, unit_id=user.unit_id)
    record(work, "sign_in", object_kind="user", object_id=user.id)
    return True


def sign_out(work: Work, *, token: str) -> None:
    """End the session of `token`; a kept cookie opens nothing afterwards."""
    require(work.actor, Permission.MANAGE_OWN_ACCOUNT)
    work.session.execute(delete(LoginSession).where(LoginSession.token_hash == hash_token(token)))
    record(work, "sign_out", object_kind="user", object_id=work.actor.user_id)


def note_seen(work: Work, *, token: str) -> None:
    """Move the idle clock of a session; called at most once a minute per session."""
    require(work.actor, Permission.MANAGE_OWN_ACCOUNT)
    row = work.session.get(LoginSession, hash_token(token))
    if row is not None:
        row.seen_at = work.now


def change_password(work: Work, *, is_old_right: bool, new_hash: str, token: str) -> None:
    """Set the actor's own password, end all his sessions, whoever holds them, and open one under `token`. Raises
    Invalid when the old password was wrong."""
    require(work.actor, Permission.MANAGE_OWN_ACCOUNT)
    if not is_old_right:
        raise Invalid(N_("当前密码不对。"), field="old_password")
    user = work.session.get(User, work.actor.user_id)
    if user is None:
        raise NotFound
    user.password_hash = new_hash
    user.must_change_password = False
    user.first_password_expires_at = None
    work.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    _open_session(work, user.id, token)
    record(work, "password.change", object_kind="user", object_id=user.id)


def forget_expired(work: Work, *, settings: Settings) -> int:
    """Delete sessions that are over, failed sign-ins that count no longer and answers no form can ask for again;
    returns how many rows went."""
    require(work.actor, Permission.OPERATE)
    is_idle = LoginSession.seen_at < work.now - timedelta(minutes=settings.session_idle_minutes)
    is_old = LoginSession.created_at < work.now - timedelta(hours=settings.session_life_hours)
    gone = (
        delete(LoginSession).where(is_idle | is_old),
        delete(FailedLogin).where(FailedLogin.at < work.now - timedelta(days=1)),
        delete(AnsweredRequest).where(AnsweredRequest.at < work.now - timedelta(days=ANSWERS_KEPT_DAYS)),
    )
    return sum(work.session.execute(statement).rowcount for statement in gone)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def _open_session(work: Work, user_id: int, token: str) -> None:
    work.session.add(
        LoginSession(
            token_hash=hash_token(token),
            user_id=user_id,
            created_at=work.now,
            seen_at=work.now,
            address=work.address,
        )
    )


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open; `password_hash` is that of its first password, which must be changed at the first sign-in
    unless `must_change_password` is off (a demo)."""

    login: str
    name: str
    role: Role
    password_hash: str
    unit_id: int | None = None
    organisation: str = ""
    must_change_password: bool = True


def open_account(work: Work, *, account: NewAccount) -> int:
    """Open one account and return its id; raises Invalid when the login is taken."""
    require(work.actor, Permission.ISSUE_ACCOUNTS)
    login = clean_login(account.login)
    if work.session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Invalid(N_("账号“%(login)s”已经有人用了。"), field="login", login=login)
    user = User(
        login=login,
        name=account.name,
        role=account.role.value,
        unit_id=account.unit_id,
        organisation=account.organisation,
        password_hash=account.password_hash,
        must_change_password=account.must_change_password,
        first_password_expires_at=work.now + timedelta(days=FIRST_PASSWORD_DAYS),
        created_at=work.now,
    )
    work.session.add(user)
    work.session.flush()
    record(work, "account.open", object_kind="user", object_id=user.id, login=login, role=account.role.value)
    return user.id


def issue_first_passwords(work: Work, *, hashes: Sequence[tuple[int, str]]) -> None:
    """Give each account (id, hash) a new first password; older ones and open sessions of these accounts end."""
    require(work.actor, Permission.ISSUE_ACCOUNTS)
    for user_id, password_hash in hashes:
        user = work.session.get(User, user_id)
        if user is None:
            raise NotFound
        user.password_hash = password_hash
        user.must_change_password = True
        user.first_password_expires_at = work.now + timedelta(days=FIRST_PASSWORD_DAYS)
        work.session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
        record(work, "account.issue", object_kind="user", object_id=user_id, login=user.login)
