"""What the worker does for each kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from review_app.anthology_job import run_build
from review_app.compare_job import run_compare
from review_app.index_job import run_index
from review_app.worker import Handler

# Done at once by a worker of their own: somebody waits to find what he has just handed in.
PROMPT: Final[Mapping[str, Handler]] = {"index-essay": run_index, "compare-essay": run_compare}
# A long book is set for minutes.
LONG: Final[Mapping[str, Handler]] = {"build-anthology": run_build}
HANDLERS: Final[Mapping[str, Handler]] = {**PROMPT, **LONG}
