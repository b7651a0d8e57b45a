"""A book in any of its forms, from the same manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from compile.building import build
from compile.errors import BuildError
from compile.forms import FormKey
from compile.manifest import BuildReport, Manifest
from compile.plan import OpenBlob, Plan, Progress, Written, make_plan, read_pictures
from compile.writing.epub import write_epub
from compile.writing.html import write_html
from compile.writing.plain_text import write_plain_text
from compile.writing.wechat import write_wechat

_WRITERS: Final[Mapping[FormKey, Callable[[Plan, OpenBlob, BinaryIO, Progress], Written]]] = {
    "html": write_html,
    "wechat": write_wechat,
    "text": write_plain_text,
    "epub": write_epub,
}


def export(
    manifest: Manifest, open_blob: OpenBlob, sink: BinaryIO, form: FormKey, *, progress: Progress | None = None
) -> BuildReport:
    """Write the book in any of its forms; Word is what `build` writes. The sink is empty, seekable and readable, such as
    a file opened with "w+b" or a BytesIO. What is missing or damaged is handled and told as in `build`."""
    if form == "docx":
        return build(manifest, open_blob, sink, progress=progress)
    plan = make_plan(manifest, open_blob, progress=progress)
    if not plan.works:
        raise BuildError("the manifest holds no work that can be printed")
    plan = read_pictures(plan, open_blob, progress=progress)
    written = _WRITERS[form](plan, open_blob, sink, progress or _ignore)
    return BuildReport(
        works=len(plan.works),
        pictures=written.pictures,
        pages=0,
        page_source="",
        problems=(*plan.problems, *written.problems),
        size_bytes=sink.tell(),
    )


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""
