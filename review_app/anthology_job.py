"""Building the anthology in the background: from the kept manifest to the kept document, which may be downloaded while
LibreOffice, where it is installed, sets the book to check its page numbers."""

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
from compile.office_suite import OfficeError, OfficeSuite
from compile.plan import Progress
from compile.rendering import correct_pages
from review_app.domain.actor import SYSTEM
from review_app.domain.errors import N_, NotFound
from review_app.models import AnthologyBuild
from review_app.resources import Resources
from review_app.services import builds, jobs
from review_app.services.jobs import TakenJob
from review_app.storage.files import FileStore, StoredFile
from review_app.work import open_work

log = logging.getLogger("review_app.anthology")

STAGES: Final = ("collect", "pictures", "write", "finish", "verify")
RENDER_STAGES: Final = ("render", "check", "print")
SECONDS_BETWEEN_REPORTS: Final = 0.2
NOTHING_LEFT: Final = N_("没有一篇作品能编入，请看下面的问题。")
UNREADABLE: Final = N_("保存的编印清单读不出来，请重新生成。")
NOT_SET: Final = N_("LibreOffice 没有排出结果。")
SET_TOO_SLOWLY: Final = N_("LibreOffice 在限定的时间里没有排完。")


class Mismatch(Exception):
    """The stored document is not the one that was built."""


class Interrupted(Exception):
    """The worker is to end; the job is taken up again when it starts anew."""


def run_build(resources: Resources, taken: Sequence[TakenJob]) -> None:
    """Build and render what each job asks for; what is already done (the process ended just after) is left alone."""
    for job in taken:
        report_progress = _Reporter(resources, job.id)
        row = _find_build(resources, job)
        if not row.report:
            _build(resources, row, report_progress)
            row = _find_build(resources, job)
        if resources.office and row.document_key and "rendering" not in row.report:
            _render(resources, resources.office, row, report_progress)


def open_blobs(files: FileStore) -> Callable[[str], BinaryIO]:
    """The stored files as the compiler asks for them: LookupError where there is none."""

    def open_blob(key: str) -> BinaryIO:
        try:
            return files.open(key)
        except NotFound as error:
            raise LookupError(key) from error

    return open_blob


def _find_build(resources: Resources, job: TakenJob) -> AnthologyBuild:
    with resources.database.read() as session:
        return session.scalars(select(AnthologyBuild).where(AnthologyBuild.job_id == job.id)).one()


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
        if document and resources.office:  # said together, so that a page that follows the build follows this too
            jobs.report_progress(work, job_id=row.job_id, stage=RENDER_STAGES[0], done=0, total=0)


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
        document = _keep(files, sink, result)
    return document, {"title": manifest.title, "sha256": document.key, **_pack(result)}


def _keep(files: FileStore, sink: BinaryIO, result: BuildReport) -> StoredFile:
    sink.seek(0)
    document = files.put(sink)
    if document.size_bytes != result.size_bytes:
        raise Mismatch(f"built {result.size_bytes} bytes, stored {document.size_bytes}")
    return document


def _render(resources: Resources, office: OfficeSuite, row: AnthologyBuild, report_progress: _Reporter) -> None:
    """Keep the PDF and the document with checked pages, or why there are none; the finished build stays as it is."""
    document: StoredFile | None = None
    pdf: StoredFile | None = None

    def tell(stage: str, done: int, total: int) -> None:
        if resources.stopping.is_set():
            raise Interrupted
        report_progress(stage if stage in RENDER_STAGES else "check", done, total)

    try:
        document, pdf, report = _check_pages(resources.files, office, row, tell)
    except OfficeError as error:
        log.exception("rendering of build %s", row.id)
        report = {"error": SET_TOO_SLOWLY if error.is_too_slow else NOT_SET}
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        builds.keep_rendering(work, build_id=row.id, document=document, pdf=pdf, report=report)


def _check_pages(
    files: FileStore, office: OfficeSuite, row: AnthologyBuild, progress: Progress
) -> tuple[StoredFile | None, StoredFile, dict[str, Any]]:
    """The stored document, none where the rendering did not fit the book, the stored PDF, and the report on both."""
    assert row.document_key is not None
    manifest = load_manifest(files.read(row.manifest_key))
    with (
        files.open(row.document_key) as draft,
        tempfile.TemporaryFile() as sink,
        tempfile.TemporaryFile() as pdf,
    ):
        pages = row.report["pages"]
        result = correct_pages(manifest, open_blobs(files), office, draft, sink, pdf, pages=pages, progress=progress)
        document = _keep(files, sink, result) if result.page_source == "rendered" else None
        pdf.seek(0)
        stored_pdf = files.put(pdf)
    report = {
        "page_source": result.page_source,
        "pages": result.pages,
        "corrected": result.corrected,
        "size_bytes": result.size_bytes,
        "problems": _pack_problems(result.problems),
        "pdf_bytes": stored_pdf.size_bytes,
    }
    return document, stored_pdf, report


def _pack(report: BuildReport) -> dict[str, Any]:
    return {
        "works": report.works,
        "pictures": report.pictures,
        "pages": report.pages,
        "page_source": report.page_source,
        "size_bytes": report.size_bytes,
        "problems": _pack_problems(report.problems),
    }


def _pack_problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{"work": one.work, "code": one.code, "message": one.message, "facts": dict(one.facts)} for one in problems]
