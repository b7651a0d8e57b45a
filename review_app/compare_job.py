"""Comparing essays with all others, of past years too, in the background; only what is found is kept, for a person to judge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from review_app.domain.actor import SYSTEM
from review_app.domain.copies import (
    COMMON_UNITS,
    NOTICED,
    SIMILAR,
    Letters,
    compare,
    discount,
    hash_known,
    list_fingerprints,
    read_letters,
)
from review_app.queries.comparing import (
    ComparedEssay,
    get_compared,
    get_hashes,
    list_compared_ids,
    list_known_texts,
    list_uncompared_ids,
    read_text,
    refresh_table,
)
from review_app.resources import Resources
from review_app.services.copies import Fingerprinted, FoundPair, keep_fingerprints, keep_pairs
from review_app.services.jobs import BATCH, TakenJob, enqueue_missing
from review_app.storage.fingerprints import pack_hashes
from review_app.work import open_work

# Of a text that very many have sent, so many others are named.
_MOST_PAIRS: Final = 20


def run_compare(resources: Resources, jobs: Sequence[TakenJob]) -> None:
    """Compare the essays of these jobs as they stand now with all others."""
    essay_ids = list(dict.fromkeys(job.object_id for job in jobs))
    _keep_fingerprints(resources, essay_ids)
    _find_pairs(resources, essay_ids)


def ensure_compared(resources: Resources) -> None:
    """Let every essay be compared that never was; called when the server starts."""
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        enqueue_missing(work, "compare-essay", list_uncompared_ids(work.session))


def compare_all(resources: Resources, *, say: Callable[[int, int], None]) -> int:
    """Compare all essays of all contests with one another and return how many there are; `say` hears how many of how
    many are done. First all fingerprints are kept, so that what is common is known before anything is compared."""
    with resources.database.read() as session:
        essay_ids = list_compared_ids(session)
    batches = [essay_ids[start : start + BATCH] for start in range(0, len(essay_ids), BATCH)]
    for batch in batches:
        _keep_fingerprints(resources, batch)
    for number, batch in enumerate(batches):
        say(number * BATCH, len(essay_ids))
        _find_pairs(resources, batch)
    return len(essay_ids)


def _keep_fingerprints(resources: Resources, essay_ids: Sequence[int]) -> None:
    """Keep the fingerprints of the essays, and let go of those that are compared no longer."""
    with resources.database.read() as session:
        essays = get_compared(session, essay_ids)
    kept = [
        Fingerprinted(essay, pack_hashes(list_fingerprints(_read_letters(resources, essay))))
        for essay in essays.values()
    ]
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        keep_fingerprints(work, kept=kept, gone=set(essay_ids) - set(essays))


def _read_letters(resources: Resources, essay: ComparedEssay) -> Letters:
    return read_letters(read_text(resources.files.read, essay.manuscript_key))


def _find_pairs(resources: Resources, essay_ids: Sequence[int]) -> None:
    with resources.database.read() as session:
        refresh_table(session, resources.fingerprints)
        known = hash_known(list_known_texts(session))
        hashes = get_hashes(session, essay_ids)
        found = {
            essay: _find_others(resources, session, essay, set(hashes[essay_id]) - known, known)
            for essay_id, essay in get_compared(session, list(hashes)).items()
        }
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        for essay, pairs in found.items():
            keep_pairs(work, essay=essay, found=pairs)


def _find_others(
    resources: Resources, session: Session, essay: ComparedEssay, hashes: Collection[int], known: frozenset[int]
) -> list[FoundPair]:
    """The essays that have much in common with this one: by fingerprints first, then letter by letter."""
    found = resources.fingerprints.find(
        hashes,
        without=essay.essay_id,
        units_at_most=COMMON_UNITS,
        share_from=NOTICED / 1000,
        limit=_MOST_PAIRS,
    )
    if not found.shared:
        return []
    others = get_compared(session, [shared.essay_id for shared in found.shared])
    own = discount(_read_letters(resources, essay), known, found.common)
    pairs = []
    for other in others.values():
        theirs = discount(_read_letters(resources, other), known, found.common)
        ends = sorted(((essay, own), (other, theirs)), key=lambda end: end[0].essay_id)
        likeness = compare(ends[0][1], ends[1][1])
        if likeness.greatest_share >= SIMILAR:
            pairs.append(FoundPair(ends[0][0], ends[1][0], likeness))
    return pairs
