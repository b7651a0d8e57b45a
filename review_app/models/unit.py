"""Submitting units and their classes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base


class UnitClass(Base):
    """A class of units with its quota of works, 应报篇数."""

    __tablename__ = "unit_class"
    __table_args__ = (UniqueConstraint("contest_id", "key"), CheckConstraint("quota >= 0", name="quota"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    key: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    quota: Mapped[int]
    position: Mapped[int]


class Unit(Base):
    """A submitting unit, 报送单位, in its official order. `quota` overrides that of its class; 0 = exempt."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("contest_id", "code"), UniqueConstraint("contest_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("unit_class.id"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int]
    contact: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    quota: Mapped[int | None]
    exempt_reason: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)
