"""Builds of the anthology: ordered from a kept manifest, finished by the worker, and set by LibreOffice where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select

from compile.forms import FORMS
from review_app.domain.errors import N_, Conflict
from review_app.domain.permissions import Permission, require
from review_app.models import AnthologyBuild, AnthologyItem
from review_app.services.anthologies import open_anthology
from review_app.services.audit import record
from review_app.services.intake import KeptFile, add_file_rows
from review_app.services.jobs import enqueue
from review_app.storage import files
from review_app.work import Work

DOCUMENT_TYPE: Final = FORMS["docx"].media_type
PDF_TYPE: Final = "application/pdf"
MANIFEST_TYPE: Final = "application/json"


def start_build(work: Work, *, version: int, manifest: files.StoredFile) -> int:
    """Order a build of the kept manifest and return its id. Raises Conflict where the book is no longer at `version`,
    from which the manifest was made, or holds no work."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    items = select(func.count()).select_from(AnthologyItem).where(AnthologyItem.anthology_id == anthology.id)
    if not work.session.scalar(items):
        raise Conflict(N_("书里还没有作品，请先加入作品再生成。"))
    add_file_rows(work, (KeptFile(manifest.key, manifest.size_bytes, MANIFEST_TYPE),))
    ordinals = select(func.max(AnthologyBuild.ordinal)).where(AnthologyBuild.anthology_id == anthology.id)
    build = AnthologyBuild(
        anthology_id=anthology.id,
        ordinal=(work.session.scalar(ordinals) or 0) + 1,
        manifest_key=manifest.key,
        job_id=enqueue(work, "build-anthology", anthology.id),
        created_at=work.now,
        created_by=work.actor.name,
    )
    work.session.add(build)
    work.session.flush()
    record(
        work,
        "anthology.build",
        object_kind="anthology",
        object_id=anthology.id,
        ordinal=build.ordinal,
        manifest=manifest.key,
    )
    return build.id


def finish_build(work: Work, *, build_id: int, document: files.StoredFile | None, report: Mapping[str, Any]) -> None:
    """Keep what came out: the document, or None with the reason in `report`."""
    require(work.actor, Permission.OPERATE)
    build = work.session.get_one(AnthologyBuild, build_id)
    if document is not None:
        add_file_rows(work, (KeptFile(document.key, document.size_bytes, DOCUMENT_TYPE),))
        build.document_key = document.key
    build.report = dict(report)
    record(
        work,
        "anthology.built",
        object_kind="anthology",
        object_id=build.anthology_id,
        ordinal=build.ordinal,
        document=build.document_key,
    )


def keep_rendering(
    work: Work,
    *,
    build_id: int,
    document: files.StoredFile | None,
    pdf: files.StoredFile | None,
    report: Mapping[str, Any],
) -> None:
    """Keep what setting a finished book gave: the PDF, and the document with the pages found where they could be told;
    or neither, with the reason in `report`. The document of the build itself stays as it is."""
    require(work.actor, Permission.OPERATE)
    build = work.session.get_one(AnthologyBuild, build_id)
    if document is not None:
        add_file_rows(work, (KeptFile(document.key, document.size_bytes, DOCUMENT_TYPE),))
        build.checked_key = document.key
    if pdf is not None:
        add_file_rows(work, (KeptFile(pdf.key, pdf.size_bytes, PDF_TYPE),))
        build.pdf_key = pdf.key
    build.report = {**build.report, "rendering": dict(report)}
    record(
        work,
        "anthology.set" if pdf else "anthology.not_set",
        object_kind="anthology",
        object_id=build.anthology_id,
        ordinal=build.ordinal,
        document=build.checked_key,
        pdf=build.pdf_key,
        corrected=report.get("corrected", 0),
    )
