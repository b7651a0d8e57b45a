"""The outbox: rows written in an act's own transaction, worked off after its commit, each kind by one worker."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select, update

from review_app.domain.permissions import Permission, require
from review_app.models import Job
from review_app.work import Work

JobKind = Literal["index-essay", "compare-essay", "build-anthology"]
BATCH: Final = 50
_BATCHED: Final = ("index-essay", "compare-essay")
MAX_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class TakenJob:
    """A job now being worked on."""

    id: int
    kind: str
    object_id: int
    tries: int


def enqueue(work: Work, kind: JobKind, object_id: int) -> int:
    """Add a job about `object_id` and return its id; part of the act that needs it, so it has no permission of its own."""
    job = Job(kind=kind, object_id=object_id, created_at=work.now)
    work.session.add(job)
    work.session.flush()
    return job.id


def enqueue_missing(work: Work, kind: JobKind, object_ids: Iterable[int]) -> None:
    """Add a job about each object for which none of this kind waits; part of an act, like `enqueue`."""
    waiting = set(work.session.scalars(select(Job.object_id).where(Job.kind == kind, Job.state == "waiting")))
    work.session.add_all(
        Job(kind=kind, object_id=object_id, created_at=work.now) for object_id in object_ids if object_id not in waiting
    )
    work.session.flush()


def take_jobs(work: Work, *, kinds: Collection[str]) -> tuple[TakenJob, ...]:
    """The next jobs of these kinds, now running: up to 50 of indexing or of comparing together, or one of another kind; none when all
    is done. A job that failed or was cut short before comes after the fresh ones and alone, so that it spoils no other;
    comparing comes after everything else, since nobody waits for it."""
    require(work.actor, Permission.OPERATE)
    in_turn = (Job.tries, Job.kind == "compare-essay", Job.id)
    waiting = select(Job).where(Job.state == "waiting", Job.kind.in_(kinds))
    first = work.session.scalar(waiting.order_by(*in_turn).limit(1))
    if first is None:
        return ()
    jobs: Sequence[Job] = (first,)
    if first.kind in _BATCHED and first.tries == 0:
        fresh = select(Job).where(Job.state == "waiting", Job.kind == first.kind, Job.tries == 0)
        jobs = work.session.scalars(fresh.order_by(Job.id).limit(BATCH)).all()
    for job in jobs:
        job.state = "running"
        job.tries += 1
    return tuple(TakenJob(job.id, job.kind, job.object_id, job.tries) for job in jobs)


def report_progress(work: Work, *, job_id: int, stage: str, done: int, total: int) -> None:
    """Keep how far a job is; `done` of `total` steps of `stage`."""
    require(work.actor, Permission.OPERATE)
    work.session.execute(
        update(Job).where(Job.id == job_id).values(stage=stage, progress_done=done, progress_total=total)
    )


def finish_jobs(work: Work, *, jobs: Sequence[TakenJob], error: str = "") -> None:
    """Mark jobs done, or with an `error` waiting again (failed after five tries)."""
    require(work.actor, Permission.OPERATE)
    for job in jobs:
        state = "done" if not error else "failed" if job.tries >= MAX_TRIES else "waiting"
        values = {"state": state, "error": error[:2000], "finished_at": work.now if state != "waiting" else None}
        work.session.execute(update(Job).where(Job.id == job.id).values(**values))


def revive_jobs(work: Work, *, kinds: Collection[str]) -> int:
    """Put jobs of these kinds that a killed worker left running back into the queue and return how many; those that
    were cut short at their last try have failed. Called when the worker starts."""
    require(work.actor, Permission.OPERATE)
    running = select(Job).where(Job.state == "running", Job.kind.in_(kinds))
    left = work.session.scalars(running.order_by(Job.id)).all()
    finish_jobs(
        work,
        jobs=[TakenJob(job.id, job.kind, job.object_id, job.tries) for job in left],
        error="the worker ended in the middle of it",
    )
    return sum(job.tries < MAX_TRIES for job in left)
