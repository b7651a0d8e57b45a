"""Copied passages: the fingerprints of essays, pairs that have much in common, texts that anybody may use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.domain.copies import PairDecision
from review_app.models.base import Base, Moment, one_of


class EssayFingerprint(Base):
    """The fingerprints of the version of an essay that stands for it, four bytes each. A row is never changed but made
    anew under an id never used before, so that what is in memory can be brought up to date by ids alone."""

    __tablename__ = "essay_fingerprint"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  (SQLAlchemy reads this plain dict)

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class SimilarPair(Base):
    """Two essays of which one stands in the other to a good part, the lower id first, as their versions were compared.

    `share` and `other_share` are thousandths of either's counted letters, `greatest_share` is the larger; `passages` are
    lists of stretches [start, end, start in the other, end in the other] in the texts. What the bureau decided stays as
    long as both versions do."""

    __tablename__ = "similar_pair"
    __table_args__ = (
        UniqueConstraint("essay_id", "other_id"),
        CheckConstraint("essay_id < other_id", name="in_order"),
        one_of("decision", PairDecision),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    other_version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    share: Mapped[int]
    other_share: Mapped[int]
    greatest_share: Mapped[int]
    letters: Mapped[int]
    passages: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(Moment)
    decision: Mapped[str] = mapped_column(String(16), default=PairDecision.UNDECIDED.value)
    note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)


class KnownText(Base):
    """A text that anybody may use and nobody copies: a law, the notice of the contest, its form. `removed_at`: since
    then its passages count again."""

    __tablename__ = "known_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    letters: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(64))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
