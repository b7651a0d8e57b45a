"""Words that mean the same to one who searches."""

from __future__ import annotations

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base


class SynonymGroup(Base):
    """A group of synonyms in the order the bureau gave them; ids are the order of the groups."""

    __tablename__ = "synonym_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]] = mapped_column(JSON)
