"""The synonyms as a search and the settings see them."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.synonyms import Groups, render_groups
from review_app.models import SynonymGroup


def list_synonyms(session: Session) -> Groups:
    """All groups in the order the bureau gave them."""
    return tuple(tuple(words) for words in session.scalars(select(SynonymGroup.words).order_by(SynonymGroup.id)))


def hash_synonyms(groups: Groups) -> str:
    """What tells whether somebody changed the groups since a form was opened."""
    return hashlib.sha256(render_groups(groups).encode()).hexdigest()[:16]
