"""What LibreOffice adds to a finished build, and that the build is there before it and without it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from compile.manifest_json import dump_manifest
from compile.office_suite import OfficeSuite, find_office
from review_app.anthology_job import RENDER_STAGES, run_build
from review_app.models import AuditEntry, StoredFile
from review_app.queries.anthologies import BuildRow, get_book, get_build
from review_app.queries.contests import get_contest
from review_app.queries.manifests import make_manifest
from review_app.resources import Resources
from review_app.services import anthologies, builds
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import NOW, make_resources
from tests.scored_world import ScoredWorld, build_scored_world

PATIENCE_SECONDS = 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ScoredWorld]:
    house = make_resources(tmp_path / "data", sets_books=True)
    yield build_scored_world(house, (90, 85))
    house.close()


def order(world: ScoredWorld) -> int:
    """Order a build of a book of two works; returns its id."""
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        essays = [essay.id for essay in world.essays]
        anthologies.add_works(work, essay_ids=essays, section="第一辑")
    with world.house.database.read() as session:
        contest = get_contest(session)
        book = get_book(session, contest=contest, on=date(2020, 12, 31))
        manifest = dump_manifest(make_manifest(session, contest=contest, book=book))
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        return builds.start_build(work, version=book.version, manifest=world.house.files.put(manifest))


def make_worker(house: Resources) -> Worker:
    return Worker(house, {"build-anthology": run_build, "index-essay": lambda house, jobs: None})


def build_of(world: ScoredWorld, build_id: int) -> BuildRow:
    with world.house.database.read() as session:
        return get_build(session, build_id=build_id)


def acts(world: ScoredWorld) -> list[str]:
    with world.house.database.read() as session:
        found = session.scalars(
            select(AuditEntry.act).where(AuditEntry.act.like("anthology.%")).order_by(AuditEntry.id)
        )
        return [act for act in found if act not in ("anthology.add", "anthology.build")]


@pytest.mark.office
@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_a_build_gets_a_checked_document_and_a_pdf_after_its_document(world: ScoredWorld) -> None:
    build_id = order(world)
    make_worker(world.house).drain()
    build = build_of(world, build_id)
    assert build.job_state == "done"
    assert build.document_key is not None
    assert build.checked_key is not None
    assert build.pdf_key is not None
    estimated, checked = (world.house.files.read(key) for key in (build.document_key, build.checked_key))
    pages = PdfReader(BytesIO(world.house.files.read(build.pdf_key))).pages
    # Three pages stand before page 1: an empty one puts it on a right-hand page of the PDF.
    assert len(pages) - 1 == build.best["pages"] == build.report["pages"]
    assert pages[3].extract_text() == ""
    assert (build.report["sha256"], build.best["size_bytes"]) == (build.document_key, len(checked))
    assert (build.best["page_source"], build.best["corrected"], build.best["problems"]) == ("rendered", 0, [])
    assert estimated != checked
    assert acts(world) == ["anthology.built", "anthology.set"]
    with world.house.database.read() as session:
        types = dict(session.execute(select(StoredFile.key, StoredFile.media_type)).all())
    assert types[build.checked_key] == types[build.document_key] == builds.DOCUMENT_TYPE
    assert types[build.pdf_key] == "application/pdf"


def test_without_libreoffice_a_build_is_what_it_always_was(world: ScoredWorld) -> None:
    build_id = order(world)
    make_worker(replace(world.house, office=None)).drain()
    build = build_of(world, build_id)
    assert (build.job_state, build.checked_key, build.pdf_key) == ("done", None, None)
    assert build.stage not in RENDER_STAGES
    assert (build.best["page_source"], "rendering" in build.report) == ("model", False)
    assert acts(world) == ["anthology.built"]


@pytest.mark.skipif(sys.platform == "win32", reason="the program is one of Unix")
def test_a_rendering_that_crashes_leaves_the_build_and_is_not_tried_again(world: ScoredWorld) -> None:
    build_id = order(world)
    make_worker(replace(world.house, office=OfficeSuite(Path("/bin/false")))).drain()
    build = build_of(world, build_id)
    assert build.document_key is not None
    assert (build.job_state, build.job_error, build.checked_key, build.pdf_key) == ("done", "", None, None)
    assert build.report["rendering"] == {"error": "LibreOffice 没有排出结果。"}
    assert acts(world) == ["anthology.built", "anthology.not_set"]


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_a_rendering_is_cut_short_when_the_worker_stops_and_done_after_the_restart(
    world: ScoredWorld, tmp_path: Path
) -> None:
    program = tmp_path / "office"
    program.write_text(f"#!/bin/sh\necho > {tmp_path}/begun; exec sleep 600\n")
    program.chmod(0o755)
    build_id = order(world)
    worker = make_worker(replace(world.house, office=OfficeSuite(program)))
    worker.start()
    tick = threading.Event()
    for _ in range(PATIENCE_SECONDS * 20):
        if (tmp_path / "begun").exists():
            break
        tick.wait(0.05)
    build = build_of(world, build_id)
    assert (build.job_state, build.stage, build.is_over, build.has_ended) == ("running", "render", True, False)
    worker.stop()
    cut = build_of(world, build_id)
    assert (cut.job_state, cut.document_key) == ("waiting", build.document_key)
    assert "rendering" not in cut.report
    make_worker(replace(world.house, office=OfficeSuite(Path("/bin/false")))).drain()
    assert build_of(world, build_id).report["rendering"] == {"error": "LibreOffice 没有排出结果。"}
    assert acts(world) == ["anthology.built", "anthology.not_set"]
