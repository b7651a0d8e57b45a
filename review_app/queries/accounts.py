"""Who is signed in, and what an account may be found by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.config import Settings
from review_app.domain.actor import Actor, Role
from review_app.models import LoginSession, Unit, User


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
