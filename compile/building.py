"""From a manifest to a book: check it, estimate its pages, build it."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from compile.errors import BuildError, UnusableTemplate
from compile.manifest import BuildReport, Manifest, Problem
from compile.plan import OpenBlob, Plan, Progress, add_problem, is_intact, make_plan, read_blob, read_pictures
from compile.writing.frame import Frame, house_frame
from compile.writing.package import add_picture, begin_package, finish_package
from compile.writing.pages import paginate
from compile.writing.rendered_pages import Rendering, count_changes, take_pages
from compile.writing.zip_file import ZipFileWriter


def build(
    manifest: Manifest,
    open_blob: OpenBlob,
    sink: BinaryIO,
    *,
    rendering: Rendering | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Write the book as .docx and tell what came out; the sink needs no more than `write`. `open_blob` opens a
    manuscript or picture by its SHA-256 hex and raises OSError or LookupError where there is none. A work that cannot be
    read is left out, a picture that cannot be read becomes a line of text, and both are named in the report. The page
    numbers come from the `rendering` of the same book where there is one that fits, else from the page model. Raises
    BuildError when no work at all is left."""
    with ZipFileWriter(sink) as package:
        plan = make_plan(manifest, open_blob, progress=progress)
        if not plan.works:
            raise BuildError("the manifest holds no work that can be printed")
        plan, frame = _open_frame(plan, open_blob)
        begin_package(package, plan, frame)
        plan = read_pictures(plan, open_blob, partial(add_picture, package), progress=progress)
        model = paginate(plan)
        rendered = take_pages(model, rendering) if rendering else None
        pagination = rendered or model
        corrected = count_changes(model, pagination)
        if rendering is not None and corrected and not rendering.has_times:
            plan = add_problem(plan, "latin-face")
        pictures = finish_package(package, plan, pagination, frame, progress or _ignore)
    return BuildReport(
        works=len(plan.works),
        pictures=pictures,
        pages=pagination.front_pages + pagination.body_pages,
        page_source="rendered" if rendered else "model",
        problems=plan.problems,
        size_bytes=package.size_bytes,
        corrected=corrected,
    )


def check(manifest: Manifest, open_blob: OpenBlob) -> tuple[Problem, ...]:
    """What a person should look at before building, without writing anything: the same problems a build reports."""
    plan, _ = _open_frame(make_plan(manifest, open_blob), open_blob)
    return read_pictures(plan, open_blob).problems


def estimate_pages(manifest: Manifest, open_blob: OpenBlob) -> int:
    """How many pages the book would take, from the manuscripts alone; no picture is opened. 0 without any work."""
    plan = make_plan(manifest, open_blob)
    if not plan.works:
        return 0
    pagination = paginate(plan)
    return pagination.front_pages + pagination.body_pages


def _open_frame(plan: Plan, open_blob: OpenBlob) -> tuple[Plan, Frame]:
    """The frame of the book; a template that cannot serve is named among the problems and the house's takes its place."""
    manifest = plan.manifest
    if not manifest.template_key:
        return plan, house_frame(manifest)
    from compile.writing.template import open_template  # noqa: PLC0415  (python-docx is slow to load)

    data = read_blob(open_blob, manifest.template_key)
    if data is None or not is_intact(manifest.template_key, data):
        return add_problem(plan, "template-missing"), house_frame(manifest)
    try:
        return add_problem(plan, "template-pages"), open_template(data, manifest)
    except UnusableTemplate:
        return add_problem(plan, "template-damaged"), house_frame(manifest)


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""
