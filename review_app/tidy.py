"""Taking away what interrupted uploads and old sign-ins left behind; done at each start of the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from review_app.domain.actor import SYSTEM
from review_app.resources import Resources
from review_app.services.accounts import forget_expired
from review_app.work import open_work

GRACE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TidyReport:
    """How many temporary files and rows went."""

    files: int
    rows: int


def tidy(resources: Resources, *, now: datetime) -> TidyReport:
    """Remove temporary files older than a day and sign-ins that count no longer. Kept files are never touched, for a
    database that was set aside may still refer to them."""
    files = resources.files.sweep_temporary(older_than=now - GRACE)
    with open_work(resources.database, actor=SYSTEM, now=now) as work:
        rows = forget_expired(work, settings=resources.settings)
    return TidyReport(files, rows)
