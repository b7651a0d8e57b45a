"""The anthology: its ordering board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compile.building import estimate_pages
from review_app.anthology_job import open_blobs
from review_app.domain.book_order import Step
from review_app.domain.errors import Invalid, NotFound
from review_app.domain.permissions import Permission
from review_app.queries.anthologies import (
    Book,
    BuildRow,
    list_builds,
)
from review_app.queries.contests import get_contest
from review_app.queries.manifests import make_manifest
from review_app.queries.ranking import Ranking, RankingRow, get_ranking
from review_app.services import anthologies
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.anthology_settings import posted_version, read_book
from review_app.web.errors import say
from review_app.web.page import in_language, render
from review_app.web.request import acting, read, resources


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that may be taken into the book."""

    row: RankingRow
    award: str


@dataclass(frozen=True, slots=True)
class AnthologyPage:
    """The board: what may be taken on the left, the book on the right."""

    title: str
    book: Book
    pages: int
    candidates: tuple[Candidate, ...]
    waiting: int
    filter: str
    filters: tuple[tuple[str, str, int], ...]
    query: str
    awarded: int
    award_names: Mapping[str, str]
    last_build: BuildRow | None
    form: Mapping[str, str]
    errors: dict[str, str]


@bp.get("/anthology")
@permit(Permission.EDIT_ANTHOLOGY)
def show_anthology() -> str:
    """The ordering board."""
    return _board({})


@bp.post("/anthology/add")
@permit(Permission.EDIT_ANTHOLOGY)
def add_works() -> Response | tuple[str, int]:
    """Take the picked works into a section."""
    section = request.form.get("section", "")
    try:
        with acting() as work:
            count, version = anthologies.add_works(
                work, essay_ids=request.form.getlist("pick", type=int), section=section
            )
    except Invalid as error:
        return _board({error.field: say(error)}), 422
    return back_to_board(_("已加入 %(count)s 篇。", count=count), version)


@bp.post("/anthology/move")
@permit(Permission.EDIT_ANTHOLOGY)
def move_work() -> Response:
    """Move a work one place or out, by the buttons of the board."""
    essay_id, step = _parse_move()
    with acting() as work:
        version = anthologies.move_work(work, version=posted_version(), essay_id=essay_id, step=step)
    return back_to_board(_("已移出 1 篇。") if step == "out" else _("已调整顺序。"), version)


@bp.post("/anthology/place")
@permit(Permission.EDIT_ANTHOLOGY)
def place_work() -> Response:
    """Move a work to a position of a section."""
    with acting() as work:
        version = anthologies.place_work(
            work,
            essay_id=request.form.get("work", type=int, default=0),
            section=request.form.get("section", ""),
            position=request.form.get("position", type=int, default=1),
        )
    return back_to_board(_("已调整顺序。"), version)


@bp.post("/anthology/order")
@permit(Permission.EDIT_ANTHOLOGY)
def keep_order() -> Response:
    """The whole order as the board shows it, sent by script after each move."""
    places = []
    for pair in request.form.getlist("place"):
        section, _space, essay_id = pair.partition(" ")
        if not (section.isdecimal() and essay_id.isdecimal()):
            raise NotFound
        places.append((int(section), int(essay_id)))
    with acting() as work:
        version = anthologies.keep_order(work, version=posted_version(), places=places)
    return jsonify(version=version)


@bp.post("/anthology/sections")
@permit(Permission.EDIT_ANTHOLOGY)
def add_section() -> Response | tuple[str, int]:
    """Add an empty section."""
    try:
        with acting() as work:
            version = anthologies.add_section(work, title=request.form.get("title", ""))
    except Invalid as error:
        return _board({"new_section": say(error)}), 422
    return back_to_board(_("已添加一辑。"), version)


@bp.post("/anthology/sections/rename")
@permit(Permission.EDIT_ANTHOLOGY)
def rename_section() -> Response | tuple[str, int]:
    """Give a section another title."""
    try:
        with acting() as work:
            version = anthologies.rename_section(
                work, section=request.form.get("section", ""), title=request.form.get("title", "")
            )
    except Invalid as error:
        return _board({f"title-{request.form.get('index', '')}": say(error)}), 422
    return back_to_board(_("已改名。"), version)


@bp.post("/anthology/sections/move")
@permit(Permission.EDIT_ANTHOLOGY)
def move_section() -> Response:
    """Move a section one place, or take an empty one away."""
    step = _parse_step(request.form.get("step", ""))
    with acting() as work:
        version = anthologies.move_section(work, section=request.form.get("section", ""), step=step)
    return back_to_board(_("已删除空的一辑。") if step == "out" else _("已调整各辑顺序。"), version)


@bp.post("/anthology/undo")
@permit(Permission.EDIT_ANTHOLOGY)
def undo_change() -> Response:
    """Take back the last change of the order."""
    with acting() as work:
        anthologies.undo_change(work, version=posted_version())
    flash(_("已撤销上一步。"), "success")
    return redirect(url_for("bureau.show_anthology"), 303)


def _board(errors: dict[str, str]) -> str:
    contest = get_contest(read())
    book, ranking = read_book(contest), get_ranking(read(), contest=contest)
    waiting = _waiting(ranking, book)
    chosen, query = request.args.get("show", "awarded"), request.args.get("q", "").strip()
    if chosen == "awarded" and not any(one.award for one in waiting):
        chosen = "all"
    builds = list_builds(read(), contest_id=contest.id)
    page = AnthologyPage(
        title=_("汇编"),
        book=book,
        pages=estimate_pages(make_manifest(read(), contest=contest, book=book), open_blobs(resources().files)),
        candidates=tuple(
            one for one in waiting if (chosen == "all" or one.award) and (not query or query in one.row.title)
        ),
        waiting=len(waiting),
        filter=chosen,
        filters=(
            ("awarded", _("获奖作品"), sum(bool(one.award) for one in waiting)),
            ("all", _("全部合格作品"), len(waiting)),
        ),
        query=query,
        awarded=sum(bool(row.award_key) for row in ranking.rows),
        award_names={level.name_zh: in_language(level.name_zh, level.name_en) for level in ranking.levels},
        last_build=builds[0] if builds else None,
        form=request.form,
        errors=errors,
    )
    return render("bureau/anthology.html", page)


def _waiting(ranking: Ranking, book: Book) -> list[Candidate]:
    """The accepted works outside the book: awarded ones by level and rank, then by rank."""
    inside = {item.essay_id for item in book.items}
    levels = {level.key: (level.position, in_language(level.name_zh, level.name_en)) for level in ranking.levels}
    outside = [row for row in ranking.rows if row.essay_id not in inside]
    outside.sort(key=lambda row: (row.award_key == "", levels.get(row.award_key, (0,))[0], row.award_rank or 0))
    return [Candidate(row, levels[row.award_key][1] if row.award_key else "") for row in outside]


def back_to_board(sentence: str, version: int) -> Response:
    """Back to the board, saying what was done, with the way to take it back."""
    undo = (sentence, url_for("bureau.undo_change", version=version))
    flash(undo, "undo")  # type: ignore[arg-type]  # the layout shows such a pair as a sentence with a button
    return redirect(url_for("bureau.show_anthology"), 303)


def _parse_move() -> tuple[int, Step]:
    essay_id, _space, step = request.form.get("move", "").partition(" ")
    if not essay_id.isdecimal():
        raise NotFound
    return int(essay_id), _parse_step(step)


def _parse_step(text: str) -> Step:
    for step in get_args(Step):
        if text == step:
            return step
    raise NotFound
