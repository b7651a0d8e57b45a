"""A worker: takes jobs from the outbox after commit and does them; a thread of the server or a process of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Final

from review_app.domain.actor import SYSTEM
from review_app.resources import Resources
from review_app.services import jobs
from review_app.services.jobs import TakenJob
from review_app.work import Work, open_work

log = logging.getLogger("review_app.worker")

POLL_SECONDS: Final = 1.0

Handler = Callable[[Resources, Sequence[TakenJob]], None]
Upkeep = Callable[[Resources], None]


class Worker:
    """Works off the outbox until stopped. `handlers` maps a kind of job to what does it; jobs of other kinds are left to
    another worker, but never is a kind shared by two. `prepare` is done once before
    the first job, `keep_up` every second in which there is none."""

    def __init__(
        self,
        resources: Resources,
        handlers: Mapping[str, Handler],
        *,
        prepare: Upkeep | None = None,
        keep_up: Upkeep | None = None,
    ) -> None:
        self._resources = resources
        self._handlers = handlers
        self._prepare = prepare
        self._keep_up = keep_up
        self._thread = threading.Thread(target=self._run, name=f"worker for {', '.join(handlers)}", daemon=True)

    def start(self) -> None:
        """Begin in a thread of this process."""
        self._resources.stopping.clear()
        with self._work() as work:
            jobs.revive_jobs(work, kinds=self._handlers)
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand, or cut it short where it can be taken up again, and end."""
        self._resources.stopping.set()
        self._resources.wake.set()
        self._thread.join()

    def drain(self) -> int:
        """Do everything that waits now, in this thread; returns how many jobs were done."""
        done = 0
        while batch := self._do_next():
            done += batch
        return done

    def _run(self) -> None:
        self._try(self._prepare)
        while not self._resources.stopping.is_set():
            if not self._do_next_if_possible():
                self._try(self._keep_up)
                self._resources.wake.wait(POLL_SECONDS)
                self._resources.wake.clear()

    def _try(self, upkeep: Upkeep | None) -> None:
        try:
            if upkeep is not None:
                upkeep(self._resources)
        except Exception:  # it is tried again, or a job finds the same and says so
            log.exception("upkeep failed")

    def _do_next_if_possible(self) -> int:
        try:
            return self._do_next()
        except Exception:  # a full disk or a locked database passes; the worker must still be there afterwards
            log.exception("the outbox cannot be worked off now")
            return 0

    def _do_next(self) -> int:
        with self._work() as work:
            taken = jobs.take_jobs(work, kinds=self._handlers)
        if not taken:
            return 0
        error = ""
        try:
            self._handlers[taken[0].kind](self._resources, taken)
        except Exception as fault:
            log.exception("job %s (%s) failed", taken[0].id, taken[0].kind)
            error = f"{type(fault).__name__}: {fault}"
        with self._work() as work:
            jobs.finish_jobs(work, jobs=taken, error=error)
        return len(taken)

    def _work(self) -> AbstractContextManager[Work]:
        return open_work(self._resources.database, actor=SYSTEM, now=datetime.now(UTC))
