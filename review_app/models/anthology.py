"""The anthology, 汇编: its order of works and its builds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment

_EMPTY: Final = text("''")


class Anthology(Base):
    """The book of one contest: what its constant parts say, and its sections in order, empty ones too.
    `template_key` is the bureau's own Word file that frames the book, under the name it was uploaded with.
    `history` holds the orders before the last changes, newest last, so that they can be taken back. Parts that came
    later have their defaults in the database, where older books get them."""

    __tablename__ = "anthology"

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    subtitle: Mapped[str] = mapped_column(String(120), default="")
    organiser: Mapped[str] = mapped_column(String(120))
    dated_on: Mapped[date]
    cover_mark: Mapped[str] = mapped_column(String(40), default="")
    editor_note: Mapped[str] = mapped_column(Text, default="")
    font_profile: Mapped[str] = mapped_column(String(16), default="win10")
    has_cover: Mapped[bool] = mapped_column(default=True)
    has_contents: Mapped[bool] = mapped_column(default=True)
    has_section_pages: Mapped[bool] = mapped_column(default=True)
    has_award_list: Mapped[bool] = mapped_column(default=True)
    has_imprint: Mapped[bool] = mapped_column(server_default=false())
    imprint: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    has_board: Mapped[bool] = mapped_column(server_default=true())
    board: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    has_notice: Mapped[bool] = mapped_column(server_default=false())
    notice_title: Mapped[str] = mapped_column(String(120), server_default=_EMPTY)
    notice: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    has_afterword: Mapped[bool] = mapped_column(server_default=false())
    afterword: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    has_back_cover: Mapped[bool] = mapped_column(server_default=false())
    back_cover: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    has_entry_list: Mapped[bool] = mapped_column(server_default=false())
    has_running_heads: Mapped[bool] = mapped_column(server_default=false())
    has_odd_starts: Mapped[bool] = mapped_column(server_default=false())
    has_case_cards: Mapped[bool] = mapped_column(server_default=false())
    template_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"))
    template_name: Mapped[str] = mapped_column(String(200), server_default=_EMPTY)
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    history: Mapped[list[list[dict[str, Any]]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)


class AnthologyItem(Base):
    """A selected work in its place: `section` is the title of its part, `position` its order in the whole book."""

    __tablename__ = "anthology_item"
    __table_args__ = (UniqueConstraint("anthology_id", "essay_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    anthology_id: Mapped[int] = mapped_column(ForeignKey("anthology.id", ondelete="CASCADE"))
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"))
    section: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class AnthologyBuild(Base):
    """One build: made from an immutable manifest, giving one document; both kept by hash. Where LibreOffice could set
    the book, the document with the page numbers it found is kept too (`checked_key`), and the PDF."""

    __tablename__ = "anthology_build"

    id: Mapped[int] = mapped_column(primary_key=True)
    anthology_id: Mapped[int] = mapped_column(ForeignKey("anthology.id"), index=True)
    ordinal: Mapped[int]
    manifest_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"))
    document_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"))
    checked_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"))
    pdf_key: Mapped[str | None] = mapped_column(ForeignKey("stored_file.key"))
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(64))
