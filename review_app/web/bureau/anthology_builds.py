"""Checking and building the anthology: problems before, progress meanwhile, the Word file afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.building import check, estimate_pages
from compile.errors import BuildError
from compile.exporting import export
from compile.forms import FORMS, FormKey
from compile.manifest import Problem
from compile.manifest_json import dump_manifest, load_manifest
from compile.plan import PROBLEMS
from review_app.anthology_job import RENDER_STAGES, STAGES, open_blobs
from review_app.domain.errors import N_, Conflict, NotFound
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
from review_app.services.builds import DOCUMENT_TYPE, PDF_TYPE
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.anthology_settings import posted_version, read_book
from review_app.web.files import send_download, send_stream
from review_app.web.page import render
from review_app.web.request import acting, read, remember_answer, resources

_STAGE_NAMES: Final = (N_("取稿"), N_("图片"), N_("统一格式"), N_("目录页码"), N_("核对"))
_RENDER_STAGE_NAMES: Final = (N_("排版"), N_("核对目录页码"), N_("制作 PDF"))

# What stands in the way first; the rest in the order found.
_KINDS: Final = {
    "not-accepted": N_("不应编入的作品"),
    "privacy-open": N_("没处理的隐私划线"),
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
    "template-missing": N_("模板"),
    "template-damaged": N_("模板"),
    "template-pages": N_("模板"),
    "latin-face": N_("西文字体"),
    "note-place": N_("编者按"),
    "no-award": N_("没有获奖的作品"),
}
_OTHER_KIND: Final = N_("其他问题")

_FORM_USES: Final[dict[FormKey, str]] = {
    "html": N_("每篇一个网页和一个文本文件，图片编号，供网站编辑录入"),
    "wechat": N_("每篇一页，打开后全选复制到公众号后台；内附粘贴说明和超限提示"),
    "text": N_("全书一个文本文件，记事本可直接打开"),
    "epub": N_("手机和平板阅读"),
}


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
    """One build: its steps while it runs, what came out afterwards, and the builds beside it. `render_steps`: how far
    LibreOffice is with the finished book, none when it is not at work; `same_as`: the earlier build that gave the same
    bytes; `forms`: address, name and use of the other forms of the book."""

    title: str
    book: Book
    build: BuildRow
    steps: tuple[tuple[str, str, int, int], ...]
    render_steps: tuple[tuple[str, str, int, int], ...]
    page_numbers: str
    live_url: str
    problems: tuple[tuple[str, tuple[ShownProblem, ...]], ...]
    builds: tuple[BuildRow, ...]
    same_as: int | None
    forms: tuple[tuple[str, str, str], ...]


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
        render_steps=_show_render_steps(build),
        page_numbers=_say_page_numbers(build) if build.document_key else "",
        live_url="" if build.has_ended else url_for("bureau.show_build", build_id=build.id, part="progress"),
        problems=_group((Problem(**one) for one in build.best.get("problems", ())), book),
        builds=earlier,
        same_as=min(same) if same and build.document_key else None,
        forms=tuple(
            (url_for("bureau.download_form", build_id=build.id, form=key), _(FORMS[key].name), _(use))
            for key, use in _FORM_USES.items()
        ),
    )
    is_part = request.args.get("part") == "progress"
    return render("bureau/_build.html" if is_part else "bureau/anthology_build.html", page)


@bp.get("/anthology/builds/<int:build_id>/document")
@permit(Permission.EDIT_ANTHOLOGY)
def download_document(build_id: int) -> Response:
    """The Word file of a finished build, always the same."""
    build = get_build(read(), build_id=build_id)
    return _send(build, build.document_key, ".docx", DOCUMENT_TYPE)


@bp.get("/anthology/builds/<int:build_id>/checked")
@permit(Permission.EDIT_ANTHOLOGY)
def download_checked(build_id: int) -> Response:
    """The same book with the page numbers that LibreOffice found."""
    build = get_build(read(), build_id=build_id)
    return _send(build, build.checked_key, "（页码已核对）.docx", DOCUMENT_TYPE)


@bp.get("/anthology/builds/<int:build_id>/pdf")
@permit(Permission.EDIT_ANTHOLOGY)
def download_pdf(build_id: int) -> Response:
    """The book as LibreOffice set it."""
    build = get_build(read(), build_id=build_id)
    return _send(build, build.pdf_key, ".pdf", PDF_TYPE)


def _send(build: BuildRow, key: str | None, ending: str, media_type: str) -> Response:
    if key is None:
        raise NotFound
    name = f"《{build.report['title']}》第{build.ordinal}稿{ending}"
    return send_download(resources().files.read(key), name=name, media_type=media_type)


@bp.get("/anthology/builds/<int:build_id>/forms/<form>")
@permit(Permission.EDIT_ANTHOLOGY)
def download_form(build_id: int, form: str) -> Response:
    """The book of a finished build in another form, written anew from its kept manifest: 100 works take a second or two
    where their photos must be made smaller, else a fraction of one, so no job is worth its waiting."""
    build = get_build(read(), build_id=build_id)
    if build.document_key is None or form not in _FORM_USES:
        raise NotFound
    files, chosen = resources().files, FORMS[form]
    with ExitStack() as stack:
        sink = stack.enter_context(tempfile.TemporaryFile())
        try:
            report = export(load_manifest(files.read(build.manifest_key)), open_blobs(files), sink, form)
        except BuildError as error:
            raise Conflict(N_("这一稿的清单或文稿已读不出来，请重新生成。")) from error
        stack.pop_all()  # from here on the answer closes the file
    name = f"《{build.report['title']}》第{build.ordinal}稿_{chosen.name}.{chosen.ending}"
    return send_stream(sink, size_bytes=report.size_bytes, name=name, media_type=chosen.media_type)


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


def _show_render_steps(build: BuildRow) -> tuple[tuple[str, str, int, int], ...]:
    """The steps of setting the finished book; none before and after."""
    if build.has_ended or build.stage not in RENDER_STAGES:
        return ()
    current = RENDER_STAGES.index(build.stage)
    states = ("done",) * current + ("now",) + ("next",) * (len(RENDER_STAGES) - current - 1)
    return tuple((_(name), state, 0, 0) for name, state in zip(_RENDER_STAGE_NAMES, states, strict=True))


def _say_page_numbers(build: BuildRow) -> str:
    """Where the page numbers of the contents come from, and what may still be done about them."""
    rendering = build.report.get("rendering", {})
    if build.checked_key is None:
        said = _("按版面推算；打开后可按 F9 更新。")
        fault = rendering.get("error") or (build.job_error if build.has_ended else "")
        if fault:
            return said + _("排版核对没有成功：%(reason)s", reason=_(fault))
        return said + _("排版结果与书的各篇对不上，没有据以改正。") if rendering else said
    if rendering["corrected"]:
        return _("已按排版结果核对，改正 %(count)s 处", count=rendering["corrected"])
    return _("已按排版结果核对，全部正确")


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
