"""The taxonomy and the tags put on essays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment


class Tag(Base):
    """A tag of the taxonomy. The slug never changes, labels may; retired tags stay searchable."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    group_key: Mapped[str] = mapped_column(String(24))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(160), default="")
    initials: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False)


class EssayTag(Base):
    """What one person says of a tag on an essay: the unit proposes it, a reviewer sets or strikes it, the bureau decides."""

    __tablename__ = "essay_tag"

    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    is_struck: Mapped[bool] = mapped_column(server_default=false())
    at: Mapped[datetime] = mapped_column(Moment)
