"""The taxonomy as pickers and filters need it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models import Tag


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with what finds it: pinyin and initials."""

    id: int
    slug: str
    group_key: str
    name_zh: str
    name_en: str
    find: str


def list_tags(session: Session, *, without_groups: tuple[str, ...] = ()) -> tuple[TagRow, ...]:
    """The tags in use, in order, but for those of `without_groups`."""
    rows = session.scalars(
        select(Tag).where(Tag.is_retired.is_(False), Tag.group_key.not_in(without_groups)).order_by(Tag.position)
    )
    return tuple(
        TagRow(row.id, row.slug, row.group_key, row.name_zh, row.name_en, f"{row.initials} {row.pinyin}")
        for row in rows
    )


def list_genres(session: Session) -> tuple[TagRow, ...]:
    """The genres, 体裁, which are the tags of that group."""
    rows = session.scalars(
        select(Tag).where(Tag.is_retired.is_(False), Tag.group_key == "genre").order_by(Tag.position)
    )
    return tuple(TagRow(row.id, row.slug, row.group_key, row.name_zh, row.name_en, "") for row in rows)
