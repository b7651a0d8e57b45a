"""From a manifest to a book: check it, estimate its pages, build it."""

from __future__ import annotations

import hashlib
from typing import BinaryIO, Final

from compile.errors import BuildError
from compile.manifest import BuildReport, Manifest, Problem
from compile.plan import PROBLEMS, OpenBlob, Progress, make_plan
from compile.writing.package import write_package
from compile.writing.pages import paginate
from compile.writing.rendered_pages import Rendering, count_changes, take_pages

_LATIN_FACE: Final = Problem("", "latin-face", PROBLEMS["latin-face"])


def build(
    manifest: Manifest,
    open_blob: OpenBlob,
    sink: BinaryIO,
    *,
    rendering: Rendering | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Write the book as .docx and tell what came out. The sink is empty, seekable and readable, such as a file opened
    with "w+b" or a BytesIO. `open_blob` opens a manuscript or picture by its SHA-256 hex and raises OSError or
    LookupError where there is none. A work that cannot be read is left out, a picture that cannot be read becomes a
    line of text, and both are named in the report. The page numbers come from the `rendering` of the same book where
    there is one that fits, else from the page model. Raises BuildError when no work at all is left."""
    plan = make_plan(manifest, open_blob, progress=progress)
    if not plan.works:
        raise BuildError("the manifest holds no work that can be printed")
    model = paginate(plan)
    rendered = take_pages(model, rendering) if rendering else None
    pagination = rendered or model
    corrected = count_changes(model, pagination)
    is_doubtful = rendering is not None and corrected > 0 and not rendering.has_times
    pictures = write_package(plan, pagination, open_blob, sink, progress or _ignore)
    size_bytes = sink.tell()
    sink.seek(0)
    digest = hashlib.file_digest(sink, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable stream will do
    return BuildReport(
        works=len(plan.works),
        pictures=pictures,
        pages=pagination.front_pages + pagination.body_pages,
        page_source="rendered" if rendered else "model",
        problems=(*plan.problems, _LATIN_FACE) if is_doubtful else plan.problems,
        size_bytes=size_bytes,
        sha256=digest,
        corrected=corrected,
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
