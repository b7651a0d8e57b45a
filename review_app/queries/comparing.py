"""What the comparison of essays reads: which stand to be compared, their texts, and the fingerprints of all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manuscript import Manuscript, iter_lines
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, EssayFingerprint, EssayVersion, KnownText
from review_app.queries.indexing import load_or_blank
from review_app.storage.fingerprints import FingerprintTable, Kept, unpack_hashes

# A disqualified work stays: it is what the next copy of it is found by.
COMPARED: Final = (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED, EssayState.DISQUALIFIED)
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class ComparedEssay:
    """An essay as it is compared: in the version that stands for it now."""

    essay_id: int
    version_id: int
    unit_id: int
    manuscript_key: str


def list_compared_ids(session: Session) -> tuple[int, ...]:
    """All essays that are compared, of every contest."""
    return tuple(session.scalars(select(Essay.id).where(Essay.state.in_(COMPARED)).order_by(Essay.id)))


def list_uncompared_ids(session: Session) -> tuple[int, ...]:
    """The essays that should be compared and never were, as in a database of an older program."""
    return tuple(
        session.scalars(
            select(Essay.id)
            .outerjoin(EssayFingerprint, EssayFingerprint.essay_id == Essay.id)
            .where(Essay.state.in_(COMPARED), EssayFingerprint.id.is_(None))
            .order_by(Essay.id)
        )
    )


def get_compared(session: Session, essay_ids: Collection[int]) -> dict[int, ComparedEssay]:
    """Those of the essays that are compared, by id; drafts and withdrawn ones are not."""
    rows = session.execute(
        select(Essay.id, EssayVersion.id, Essay.unit_id, EssayVersion.manuscript_key)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .where(Essay.id.in_(essay_ids), Essay.state.in_(COMPARED))
    )
    return {row[0]: ComparedEssay(*row) for row in rows}


def get_hashes(session: Session, essay_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The kept fingerprints of those of the essays that have some, by id."""
    rows = session.execute(
        select(EssayFingerprint.essay_id, EssayFingerprint.hashes).where(EssayFingerprint.essay_id.in_(essay_ids))
    )
    return {essay_id: unpack_hashes(hashes) for essay_id, hashes in rows}


def join_lines(manuscript: Manuscript) -> str:
    """The text that is compared: the lines of the work, one below the other."""
    return "\n".join(text for _index, text in iter_lines(manuscript))


def read_text(read: Callable[[str], bytes], manuscript_key: str) -> str:
    """The text of a kept manuscript; "" where its file is lost or damaged."""
    return join_lines(load_or_blank(read, manuscript_key))


def list_known_texts(session: Session) -> tuple[str, ...]:
    """The texts that anybody may use."""
    return tuple(session.scalars(select(KnownText.text).where(KnownText.removed_at.is_(None)).order_by(KnownText.id)))


def refresh_table(session: Session, table: FingerprintTable) -> None:
    """Bring the fingerprints in memory up to date with the database."""
    ids = set(session.scalars(select(EssayFingerprint.id)))
    table.drop([row_id for row_id in table.row_ids if row_id not in ids])
    missing = sorted(ids.difference(table.row_ids))
    for start in range(0, len(missing), _BATCH):
        table.add(_read_rows(session, missing[start : start + _BATCH]))


def _read_rows(session: Session, row_ids: Sequence[int]) -> list[Kept]:
    rows = session.execute(
        select(EssayFingerprint.id, EssayFingerprint.essay_id, EssayFingerprint.unit_id, EssayFingerprint.hashes).where(
            EssayFingerprint.id.in_(row_ids)
        )
    )
    return [Kept(*row) for row in rows]
