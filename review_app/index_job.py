"""Keeping the indexes in step with the database: after each commit a batch, and from the ground up when one is not sound."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import func, select

from review_app.models import Job
from review_app.queries.indexing import iter_entries, list_searchable_ids
from review_app.resources import Resources
from review_app.services.jobs import TakenJob
from review_app.storage.search_types import Change, IndexAudience, IndexEntry, IndexStatus, IndexUnavailable

log = logging.getLogger("review_app.index")


def run_index(resources: Resources, jobs: Sequence[TakenJob]) -> None:
    """Bring the essays of these jobs into both indexes as they stand now; rebuild an index that cannot take them."""
    latest = {job.object_id: job.id for job in jobs}
    with resources.database.read() as session:
        entries = list(iter_entries(session, list(latest), resources.files.read))
    for audience, index in resources.indexes.items():
        changes = [
            Change(latest[found.essay_id], found.essay_id, found.bureau if audience == "bureau" else found.reviewer)
            for found in entries
        ]
        try:
            index.apply(changes)
        except IndexUnavailable as error:
            log.warning("%s index: %s; rebuilding", audience, error.status.problem)
            rebuild_index(resources, audience)


def rebuild_index(resources: Resources, audience: IndexAudience) -> IndexStatus:
    """Build one index anew from the database; searches go on in the old one meanwhile."""

    def entries() -> Iterator[IndexEntry]:
        for found in iter_entries(session, list_searchable_ids(session), resources.files.read):
            entry: IndexEntry | None = found.bureau if audience == "bureau" else found.reviewer
            if entry is not None:
                yield entry

    with resources.database.read() as session:
        last_job = session.scalar(select(func.max(Job.id))) or 0
        return resources.indexes[audience].rebuild(entries(), last_change_id=last_job)


def ensure_indexes(resources: Resources) -> None:
    """Read every byte of the indexes and rebuild what is missing, damaged, foreign or of an older form; done once when
    the worker starts. Meanwhile searches are answered from the database."""
    _rebuild_unready(resources, {audience: index.check() for audience, index in resources.indexes.items()})


def mend_indexes(resources: Resources) -> None:
    """Rebuild an index whose files have gone or in which a search has met damage; cheap when there is none."""
    _rebuild_unready(resources, {audience: index.status() for audience, index in resources.indexes.items()})


def _rebuild_unready(resources: Resources, found: Mapping[IndexAudience, IndexStatus]) -> None:
    for audience, status in found.items():
        if not status.is_ready:
            level = logging.INFO if status.state == "missing" else logging.WARNING
            log.log(level, "%s index is %s (%s); rebuilding", audience, status.state, status.problem)
            rebuild_index(resources, audience)
