"""Checking and building the anthology: problems before, progress meanwhile, the Word file afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.building import check, estimate_pages
from compile.manifest import Problem
from compile.manifest_json import dump_manifest
from compile.plan import PROBLEMS
from review_app.anthology_job import STAGES, open_blobs
from review_app.domain.errors import N_, NotFound
from review_app.domain.permissions import Permission
from review_app.queries.anthologies import (
    Book,
    BuildRow,
    get_build,
    get_numbers,
    list_book_problems,
    list_builds,
)
from review_app.queries.contests import get_contest
from review_app.queries.manifests import make_manifest
from review_app.services import builds
from review_app.services.builds import DOCUMENT_TYPE
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.anthology_settings import posted_version, read_book
from review_app.web.files import send_download
from review_app.web.page import render
from review_app.web.request import acting, read, remember_answer, resources

_STAGE_NAMES: Final = (N_("取稿"), N_("统一格式"), N_("目录页码"), N_("核对"))

# What stands in the way first; the rest in the order found.
_KINDS: Final = {
    "not-accepted": N_("不应编入的作品"),
    "work-missing": N_("找不到文稿"),
    "work-damaged": N_("文稿损坏"),
    "twice": N_("重复"),
    "byline-missing": N_("没有署名"),
    "title-empty": N_("没有题目"),
    "title-long": N_("题目过长"),
    "body-empty": N_("没有正文"),
    "picture-missing": N_("图片缺失"),
    "picture-damaged": N_("图片损坏"),
    "table-wide": N_("表格过宽"),
    "table-cut": N_("表格过宽"),
    "note-lost": N_("脚注没有位置"),
    "characters-replaced": N_("无法写入的字符"),
    "section-empty": N_("空的一辑"),
    "note-place": N_("编者按"),
    "no-award": N_("没有获奖的作品"),
}
_OTHER_KIND: Final = N_("其他问题")


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """One problem: the work with its address ("" for the book), and the sentence."""

    name: str
    url: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What to look at before building."""

    title: str
    book: Book
    pages: int
    works: int
    problems: tuple[tuple[str, tuple[ShownProblem, ...]], ...]
    builds: tuple[BuildRow, ...]


@dataclass(frozen=True, slots=True)
class BuildPage:
    """One build: its steps while it runs, what came out afterwards, and the builds beside it. `same_as`: the earlier
    build that gave the same bytes."""

    title: str
    book: Book
    build: BuildRow
    steps: tuple[tuple[str, str, int, int], ...]
    live_url: str
    problems: tuple[tuple[str, tuple[ShownProblem, ...]], ...]
    builds: tuple[BuildRow, ...]
    same_as: int | None


@bp.get("/anthology/check")
@permit(Permission.EDIT_ANTHOLOGY)
def check_book() -> str:
    """Problems and estimated pages, with the button to build."""
    contest = get_contest(read())
    book = read_book(contest)
    manifest = make_manifest(read(), contest=contest, book=book)
    open_blob = open_blobs(resources().files)
    numbers = get_numbers(read(), contest=contest, book=book)
    found = (*list_book_problems(book, numbers), *check(manifest, open_blob))
    page = CheckPage(
        title=_("检查和生成"),
        book=book,
        pages=estimate_pages(manifest, open_blob),
        works=len(book.items),
        problems=_group(found, book),
        builds=list_builds(read(), contest_id=contest.id),
    )
    return render("bureau/anthology_check.html", page)


@bp.post("/anthology/builds")
@permit(Permission.EDIT_ANTHOLOGY)
def start_build() -> Response:
    """Keep the manifest of the book as it stands, order its build, and show how it goes on."""
    contest = get_contest(read())
    book = read_book(contest)
    manifest = resources().files.put(dump_manifest(make_manifest(read(), contest=contest, book=book)))
    with acting() as work:
        build_id = builds.start_build(work, version=posted_version(), manifest=manifest)
        location = remember_answer(work, url_for("bureau.show_build", build_id=build_id))
    return redirect(location, 303)


@bp.get("/anthology/builds/<int:build_id>")
@permit(Permission.EDIT_ANTHOLOGY)
def show_build(build_id: int) -> str:
    """One build. Asked by script while it runs, the same page gives the block that follows it."""
    contest = get_contest(read())
    build, book = get_build(read(), build_id=build_id), read_book(contest)
    earlier = list_builds(read(), contest_id=contest.id)
    same = [one.ordinal for one in earlier if one.ordinal < build.ordinal and one.document_key == build.document_key]
    page = BuildPage(
        title=_("第 %(ordinal)s 稿", ordinal=build.ordinal),
        book=book,
        build=build,
        steps=_show_steps(build),
        live_url="" if build.is_over else url_for("bureau.show_build", build_id=build.id, part="progress"),
        problems=_group((Problem(**one) for one in build.report.get("problems", ())), book),
        builds=earlier,
        same_as=min(same) if same and build.document_key else None,
    )
    is_part = request.args.get("part") == "progress"
    return render("bureau/_build.html" if is_part else "bureau/anthology_build.html", page)


@bp.get("/anthology/builds/<int:build_id>/document")
@permit(Permission.EDIT_ANTHOLOGY)
def download_document(build_id: int) -> Response:
    """The Word file of a finished build."""
    build = get_build(read(), build_id=build_id)
    if build.document_key is None:
        raise NotFound
    data = resources().files.read(build.document_key)
    return send_download(data, name=f"《{build.report['title']}》第{build.ordinal}稿.docx", media_type=DOCUMENT_TYPE)


def _show_steps(build: BuildRow) -> tuple[tuple[str, str, int, int], ...]:
    """The steps as the job macro takes them: name, state, done, total."""
    has_failed = build.job_state == "failed" or "error" in build.report
    if build.document_key is not None:
        current = len(STAGES)
    elif build.stage in STAGES:
        current = STAGES.index(build.stage)
    else:
        current = 0 if has_failed or build.job_state == "running" else -1
    steps = []
    for index, name in enumerate(_STAGE_NAMES):
        if index != current:
            steps.append((_(name), "done" if index < current else "next", 0, 0))
        elif has_failed:
            steps.append((_(name), "failed", 0, 0))
        else:
            steps.append((_(name), "now", build.progress_done, build.progress_total))
    return tuple(steps)


def _group(problems: Iterable[Problem], book: Book) -> tuple[tuple[str, tuple[ShownProblem, ...]], ...]:
    """The problems by kind, the gravest kinds first, each with the way to its work."""
    works: Mapping[str, tuple[int, str]] = {item.number: (item.essay_id, item.title) for item in book.items}
    groups: dict[str, list[ShownProblem]] = {}
    order = list(_KINDS)
    found = sorted(problems, key=lambda one: order.index(one.code) if one.code in order else len(order))
    for one in found:
        essay_id, title = works.get(one.work, (None, ""))
        shown = ShownProblem(
            name=f"{one.work} {title}".strip(),
            url=url_for("bureau.show_essay", essay_id=essay_id) if essay_id is not None else "",
            message=_(PROBLEMS[one.code]) % one.facts if one.facts else _(one.message),
        )
        groups.setdefault(_(_KINDS.get(one.code, _OTHER_KIND)), []).append(shown)
    return tuple((kind, tuple(shown)) for kind, shown in groups.items())
