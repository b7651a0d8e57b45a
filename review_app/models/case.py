"""Typical cases, 典型案例: the passages people marked, and the one-page sheet made of a work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.domain.passages import MarkKind
from review_app.models.base import Base, Moment, one_of


class PassageMark(Base):
    """A passage of an essay marked by one person in one version, with its words and some on either side, by which it is
    found again in the next one.

    `ordinal` counts the marks of this person on this essay, removed ones too: it names a mark without telling how many
    others there are. `settled_at`: the bureau has dealt with a doubt or a private passage.
    """

    __tablename__ = "passage_mark"
    __table_args__ = (UniqueConstraint("essay_id", "user_id", "ordinal"), one_of("kind", MarkKind))

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ordinal: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    kind: Mapped[str] = mapped_column(String(8))
    block: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseSheet(Base):
    """The one-page sheet of a typical case: 案由 做法 成效 启示, a paragraph on each line."""

    __tablename__ = "case_sheet"

    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)
