"""The anthology arranged by a rule: previewed with reasons, then put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.errors import NotFound
from review_app.domain.permissions import Permission
from review_app.domain.selection import RULES, Rule
from review_app.queries.contests import get_contest
from review_app.queries.grouping import get_grouping
from review_app.queries.ranking import RankingRow, get_ranking
from review_app.services import anthologies
from review_app.services.anthologies import propose_arrangement
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.anthology import back_to_board
from review_app.web.bureau.anthology_settings import posted_version, read_book
from review_app.web.bureau.ranking_rows import say_reason
from review_app.web.page import render
from review_app.web.request import acting, read


@dataclass(frozen=True, slots=True)
class ArrangementPage:
    """The book as a rule would arrange it: its sections with their works, what stays out, what would leave.
    `rules` and `choices` are links to the other ways: (name, address, whether it is this one)."""

    title: str
    version: int
    digest: str
    rule: Rule
    takes_all: bool
    rules: tuple[tuple[str, str, bool], ...]
    choices: tuple[tuple[str, str, bool], ...]
    accepted: int
    sections: tuple[tuple[str, tuple[RankingRow, ...]], ...]
    refused: tuple[tuple[RankingRow, str], ...]
    leaving: tuple[tuple[str, str], ...]
    chosen: int


@bp.get("/anthology/arrange")
@permit(Permission.EDIT_ANTHOLOGY)
def show_arrangement() -> str:
    """What the book would be, arranged by a rule."""
    rule, takes_all = _parse_rule(request.args), _takes_all(request.args)
    contest = get_contest(read())
    book, ranking = read_book(contest), get_ranking(read(), contest=contest)
    grouping = get_grouping(read(), ranking=ranking, rule=rule)
    current = [item.essay_id for item in book.items]
    arrangement = propose_arrangement(ranking, grouping, current=current, takes_all=takes_all)
    rows = {row.essay_id: row for row in ranking.rows}
    titles = {item.essay_id: (item.number, item.title) for item in book.items}
    page = ArrangementPage(
        title=_("按规则编排"),
        version=book.version,
        digest=arrangement.digest,
        rule=rule,
        takes_all=takes_all,
        rules=tuple((_(name), _arrangement_url(key, takes_all), key == rule) for key, name in RULES.items()),
        choices=(
            (_("只编获奖作品"), _arrangement_url(rule, False), not takes_all),
            (_("编入全部合格作品"), _arrangement_url(rule, True), takes_all),
        ),
        accepted=len(ranking.rows),
        sections=tuple(
            (section.title, tuple(rows[essay_id] for essay_id in section.essay_ids))
            for section in arrangement.plan.sections
        ),
        refused=tuple((rows[one.essay_id], say_reason(one.reason)) for one in arrangement.plan.refused),
        leaving=tuple(titles[essay_id] for essay_id in arrangement.leaving),
        chosen=len(arrangement.plan.chosen),
    )
    return render("bureau/anthology_arrange.html", page)


@bp.post("/anthology/arrange")
@permit(Permission.EDIT_ANTHOLOGY)
def arrange_works() -> Response:
    """Put the arrangement shown in place."""
    with acting() as work:
        count, version = anthologies.arrange_works(
            work,
            version=posted_version(),
            digest=request.form.get("digest", ""),
            rule=_parse_rule(request.form),
            takes_all=_takes_all(request.form),
        )
    return back_to_board(_("已编排 %(count)s 篇。", count=count), version)


def _parse_rule(sent: Mapping[str, str]) -> Rule:
    for rule in RULES:
        if sent.get("by", "award") == rule:
            return rule
    raise NotFound


def _takes_all(sent: Mapping[str, str]) -> bool:
    return sent.get("works") == "all"


def _arrangement_url(rule: Rule, takes_all: bool) -> str:
    return url_for("bureau.show_arrangement", by=rule, works="all" if takes_all else None)
