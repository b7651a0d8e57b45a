"""Building the anthology in the background: from the kept manifest to the kept document, telling how far it is."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from sqlalchemy import select

from compile.building import build, check
from compile.errors import BuildError
from compile.manifest import BuildReport, Manifest, Problem
from compile.manifest_json import load_manifest
from review_app.domain.actor import SYSTEM
from review_app.domain.errors import N_, NotFound
from review_app.models import AnthologyBuild
from review_app.resources import Resources
from review_app.services import builds, jobs
from review_app.services.jobs import TakenJob
from review_app.storage.files import FileStore, StoredFile
from review_app.work import open_work

log = logging.getLogger("review_app.anthology")

STAGES: Final = ("collect", "write", "finish", "verify")
SECONDS_BETWEEN_REPORTS: Final = 0.2
NOTHING_LEFT: Final = N_("没有一篇作品能编入，请看下面的问题。")
UNREADABLE: Final = N_("保存的编印清单读不出来，请重新生成。")


class Mismatch(Exception):
    """The stored document is not the one that was built."""


def run_build(resources: Resources, taken: Sequence[TakenJob]) -> None:
    """Build what each job asks for; a build that is already finished (the process ended just after) is left alone."""
    for job in taken:
        with resources.database.read() as session:
            found = session.scalars(select(AnthologyBuild).where(AnthologyBuild.job_id == job.id)).one()
        if not found.report:
            _build(resources, found, _Reporter(resources, job.id))


def open_blobs(files: FileStore) -> Callable[[str], BinaryIO]:
    """The stored files as the compiler asks for them: LookupError where there is none."""

    def open_blob(key: str) -> BinaryIO:
        try:
            return files.open(key)
        except NotFound as error:
            raise LookupError(key) from error

    return open_blob


class _Reporter:
    """Writes the progress of a job, at most five times a second."""

    def __init__(self, resources: Resources, job_id: int) -> None:
        self._resources = resources
        self._job_id = job_id
        self._next_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if time.monotonic() < self._next_at:
            return
        with open_work(self._resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
            jobs.report_progress(work, job_id=self._job_id, stage=stage, done=done, total=total)
        self._next_at = time.monotonic() + SECONDS_BETWEEN_REPORTS


def _build(resources: Resources, row: AnthologyBuild, report_progress: _Reporter) -> None:
    open_blob = open_blobs(resources.files)
    document: StoredFile | None = None
    try:
        manifest = load_manifest(resources.files.read(row.manifest_key))
    except BuildError:
        log.exception("manifest %s of build %s", row.manifest_key, row.id)
        report: dict[str, Any] = {"error": UNREADABLE, "problems": []}
    else:
        document, report = _write(resources.files, manifest, open_blob, report_progress)
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        builds.finish_build(work, build_id=row.id, document=document, report=report)


def _write(
    files: FileStore, manifest: Manifest, open_blob: Callable[[str], BinaryIO], report_progress: _Reporter
) -> tuple[StoredFile | None, dict[str, Any]]:
    """The stored document and its report; no document where no work could be printed."""
    with tempfile.TemporaryFile() as sink:
        try:
            result = build(manifest, open_blob, sink, progress=report_progress)
        except BuildError:
            return None, {"error": NOTHING_LEFT, "problems": _pack_problems(check(manifest, open_blob))}
        report_progress("verify", 0, 1)
        sink.seek(0)
        document = files.put(sink)
    if document.key != result.sha256:
        raise Mismatch(f"built {result.sha256}, stored {document.key}")
    return document, {"title": manifest.title, **_pack(result)}


def _pack(report: BuildReport) -> dict[str, Any]:
    return {
        "works": report.works,
        "pictures": report.pictures,
        "pages": report.pages,
        "page_source": report.page_source,
        "size_bytes": report.size_bytes,
        "sha256": report.sha256,
        "problems": _pack_problems(report.problems),
    }


def _pack_problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{"work": one.work, "code": one.code, "message": one.message, "facts": dict(one.facts)} for one in problems]
