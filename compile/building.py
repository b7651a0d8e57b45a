"""From a manifest to a book: check it, estimate its pages, build it."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from compile.errors import BuildError
from compile.forms import FORMS, FormKey
from compile.manifest import BuildReport, Manifest, Problem
from compile.plan import OpenBlob, Progress, make_plan
from compile.writing.pages import paginate


def build(
    manifest: Manifest,
    open_blob: OpenBlob,
    sink: BinaryIO,
    *,
    form: FormKey = "docx",
    progress: Progress | None = None,
) -> BuildReport:
    """Write the book in one of its forms and tell what came out. The sink is empty, seekable and readable, such as a file opened
    with "w+b" or a BytesIO. `open_blob` opens a manuscript or picture by its SHA-256 hex and raises OSError or
    LookupError where there is none. A work that cannot be read is left out, a picture that cannot be read becomes a
    line of text, and both are named in the report. Raises BuildError when no work at all is left."""
    plan = make_plan(manifest, open_blob, progress=progress)
    if not plan.works:
        raise BuildError("the manifest holds no work that can be printed")
    written = FORMS[form].write(plan, open_blob, sink, progress or _ignore)
    size_bytes = sink.tell()
    sink.seek(0)
    digest = hashlib.file_digest(sink, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable stream will do
    return BuildReport(
        works=len(plan.works),
        pictures=written.pictures,
        pages=written.pages,
        page_source=written.page_source,
        problems=(*plan.problems, *written.problems),
        size_bytes=size_bytes,
        sha256=digest,
    )


def check(manifest: Manifest, open_blob: OpenBlob) -> tuple[Problem, ...]:
    """What a person should look at before building, without writing anything: the same problems a build reports."""
    return make_plan(manifest, open_blob).problems


def estimate_pages(manifest: Manifest, open_blob: OpenBlob) -> int:
    """How many pages the book would take, from the manuscripts alone; no picture is opened. 0 without any work."""
    plan = make_plan(manifest, open_blob, reads_pictures=False)
    if not plan.works:
        return 0
    pagination = paginate(plan)
    return pagination.front_pages + pagination.body_pages


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""
