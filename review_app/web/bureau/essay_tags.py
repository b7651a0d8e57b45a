"""The tags of one essay on the bureau's page: who is for and against each, which stand, and what the bureau decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.errors import NotFound
from review_app.domain.permissions import Permission
from review_app.domain.tags import TagVoices
from review_app.queries.tags import EssayTagRow, list_tags
from review_app.services import tags
from review_app.services.tags import Decision
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.page import in_language, offer_undo
from review_app.web.request import acting, read


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag of the essay; `voices` in words, `acts` as pairs (decision, words)."""

    slug: str
    name: str
    stands: bool
    voices: str
    acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TagCard:
    """The tags spoken of, those that stand first, and the others to pick from: slug, name, what finds it."""

    rows: tuple[ShownTag, ...]
    others: tuple[tuple[str, str, str], ...]


def make_tag_card(rows: Sequence[EssayTagRow]) -> TagCard:
    """The card of an essay; its genre is a fact and no tag to decide on."""
    spoken = {row.slug for row in rows}
    return TagCard(
        rows=tuple(
            ShownTag(
                slug=row.slug,
                name=in_language(row.name_zh, row.name_en),
                stands=row.stands,
                voices=_say_voices(row.voices),
                acts=_list_acts(row),
            )
            for row in sorted(rows, key=lambda row: not row.stands)
            if row.group_key != "genre"
        ),
        others=tuple(
            (tag.slug, in_language(tag.name_zh, tag.name_en), tag.find)
            for tag in list_tags(read(), without_groups=("genre",))
            if tag.slug not in spoken
        ),
    )


@bp.post("/essays/<int:essay_id>/tags")
@permit(Permission.CURATE_CASES)
def decide_tags(essay_id: int) -> Response:
    """Set, strike or leave open the tags of the form; what was decided before can be had back."""
    slugs, decision = request.values.getlist("tags"), _read_decision(request.values.get("decision", ""))
    before = request.values.get("before", "clear")
    with acting() as work:
        count = tags.decide_tags(work, essay_id=essay_id, slugs=slugs, decision=decision)
    if not count:
        flash(_("请先选择标签。"), "warning")
    elif before == decision:
        flash(_("已恢复原来的决定。"), "success")
    else:
        undo_url = url_for("bureau.decide_tags", essay_id=essay_id, tags=slugs, decision=before, before=before)
        offer_undo(_("标签已更新。"), undo_url)
    return redirect(url_for("bureau.show_essay", essay_id=essay_id, _anchor="tags-title"), 303)


def _read_decision(text: str) -> Decision:
    for decision in get_args(Decision):
        if text == decision:
            return decision
    raise NotFound


def _say_voices(voices: TagVoices) -> str:
    said = []
    if voices.is_proposed:
        said.append(_("单位建议"))
    if voices.supporters:
        said.append(_("评审 %(count)s 人", count=voices.supporters))
    if voices.strikers:
        said.append(_("评审 %(count)s 人划去", count=voices.strikers))
    if voices.decision is not None:
        said.append(_("信访局设定") if voices.decision else _("信访局划去"))
    return _("，").join(said)


def _list_acts(row: EssayTagRow) -> tuple[tuple[str, str], ...]:
    if row.voices.decision is not None:
        return (("clear", _("撤回决定")),)
    return (("strike", _("划去")),) if row.stands else (("set", _("设定")), ("strike", _("划去")))
