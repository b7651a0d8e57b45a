"""The contest: its timetable with history, rubric, award levels."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment


class Contest(Base):
    """One yearly contest. `late_until`: late works are taken until then and marked; None = none are taken.
    `results_at`: when the results were made public; None until then."""

    __tablename__ = "contest"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    organiser: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    late_until: Mapped[datetime | None] = mapped_column(Moment)
    review_closes_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    results_at: Mapped[datetime | None] = mapped_column(Moment)
    correction_days: Mapped[int] = mapped_column(default=5)
    reviews_per_essay: Mapped[int] = mapped_column(default=5)
    minimum_reviews: Mapped[int] = mapped_column(default=3)
    words_advised_from: Mapped[int] = mapped_column(default=1000)
    words_advised_to: Mapped[int] = mapped_column(default=2500)
    words_max: Mapped[int] = mapped_column(default=3000)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)


class DeadlineChange(Base):
    """One change of the timetable, shown to all units."""

    __tablename__ = "deadline_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    field: Mapped[str] = mapped_column(String(32))
    old_at: Mapped[datetime | None] = mapped_column(Moment)
    new_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(String(64))


class Criterion(Base):
    """One line of the rubric, 评分项."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("contest_id", "key"), CheckConstraint("max_points > 0", name="max_points"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    key: Mapped[str] = mapped_column(String(32))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120))
    hint: Mapped[str] = mapped_column(String(200), default="")
    max_points: Mapped[int]
    position: Mapped[int]


class AwardLevel(Base):
    """A level of awards with its number of places; `floor_tenths` is the least mean it takes (tenths of a point)."""

    __tablename__ = "award_level"
    __table_args__ = (UniqueConstraint("contest_id", "key"), CheckConstraint("quota >= 0", name="quota"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    key: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    quota: Mapped[int]
    floor_tenths: Mapped[int] = mapped_column(default=700)
    position: Mapped[int]
