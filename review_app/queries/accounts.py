"""Who is signed in, what an account may be found by, and how far its owner has come with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.config import Settings
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import N_
from review_app.models import LoginSession, Unit, UnitClass, User


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session: who acts, the unit's name if any, and when the session was last noted as used."""

    actor: Actor
    login: str
    unit_name: str
    must_change_password: bool
    seen_at: datetime


def find_signed_in(session: Session, *, token_hash: str, now: datetime, settings: Settings) -> SignedIn | None:
    """The living session of a token; None when it is unknown, idle too long, too old, or its account is closed."""
    row = session.execute(
        select(LoginSession, User, Unit.name)
        .join(User, User.id == LoginSession.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(LoginSession.token_hash == token_hash, User.is_active)
    ).first()
    if row is None:
        return None
    login, user, unit_name = row
    is_idle = now - login.seen_at > timedelta(minutes=settings.session_idle_minutes)
    is_old = now - login.created_at > timedelta(hours=settings.session_life_hours)
    if is_idle or is_old:
        return None
    return SignedIn(
        actor=Actor(role=Role(user.role), name=user.name, user_id=user.id, unit_id=user.unit_id),
        login=user.login,
        unit_name=unit_name or "",
        must_change_password=user.must_change_password,
        seen_at=login.seen_at,
    )


def find_password_hash(session: Session, *, login: str) -> str | None:
    """The stored hash of an account, None when there is no such account."""
    return session.scalar(select(User.password_hash).where(User.login == login))


def find_user_id(session: Session, *, login: str) -> int | None:
    """The id of an account, None when there is no such account."""
    return session.scalar(select(User.id).where(User.login == login))


def find_actor(session: Session, *, login: str) -> Actor | None:
    """Who an active account acts as, None when there is no such account."""
    user = session.scalar(select(User).where(User.login == login, User.is_active))
    return None if user is None else Actor(Role(user.role), user.name, user.id, user.unit_id)


class AccountState(StrEnum):
    """How far the owner of an account has come."""

    CLOSED = "closed"
    ISSUED = "issued"
    EXPIRED = "expired"
    SIGNED_IN = "signed_in"

    @property
    def label(self) -> str:
        """The Chinese name of the state, a msgid."""
        return _LABELS[self]


_LABELS = {
    AccountState.CLOSED: N_("未开通"),
    AccountState.ISSUED: N_("未登录"),
    AccountState.EXPIRED: N_("首次密码过期"),
    AccountState.SIGNED_IN: N_("已登录"),
}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account of a unit or a reviewer. `expires_at`: until when its first password opens it, None once changed."""

    user_id: int
    login: str
    name: str
    role: Role
    organisation: str
    unit_id: int | None
    unit_name: str
    state: AccountState
    expires_at: datetime | None


def list_accounts(session: Session, *, role: Role, now: datetime) -> tuple[AccountRow, ...]:
    """The active accounts of units (in official order) or of reviewers (by login)."""
    rows = session.execute(
        select(User, Unit.name)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(UnitClass, UnitClass.id == Unit.class_id)
        .where(User.role == role, User.is_active)
        .order_by(*((UnitClass.position, Unit.position) if role is Role.UNIT else ()), User.login)
    )
    return tuple(to_account_row(user, unit_name or "", now) for user, unit_name in rows)


def to_account_row(user: User, unit_name: str, now: datetime) -> AccountRow:
    """The row of an account already loaded."""
    expires_at = user.first_password_expires_at if user.must_change_password else None
    if not user.password_hash:
        state = AccountState.CLOSED
    elif not user.must_change_password:
        state = AccountState.SIGNED_IN
    else:
        state = AccountState.EXPIRED if expires_at is not None and expires_at < now else AccountState.ISSUED
    return AccountRow(
        user_id=user.id,
        login=user.login,
        name=user.name,
        role=Role(user.role),
        organisation=user.organisation,
        unit_id=user.unit_id,
        unit_name=unit_name,
        state=state,
        expires_at=expires_at,
    )
