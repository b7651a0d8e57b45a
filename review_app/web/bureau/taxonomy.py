"""The tags themselves, 标签管理: new ones, other labels, their order, retired ones, and merging two with a preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.errors import Invalid, NotFound
from review_app.domain.permissions import Permission
from review_app.domain.tags import DEFAULT_GROUPS
from review_app.queries.tags import TaggedEssay, TaxonomyRow, list_tagged_essays, list_taxonomy
from review_app.services import tags
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.page import in_language, offer_undo, render
from review_app.web.request import acting, read, remember_answer


@dataclass(frozen=True, slots=True)
class TaxonomyPage:
    """All tags by group. `open_slug` is the one whose labels are being changed, with what was typed of them."""

    title: str
    groups: tuple[tuple[str, str, tuple[TaxonomyRow, ...]], ...]
    group_options: tuple[tuple[str, str], ...]
    open_slug: str
    typed: dict[str, str]
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class MergePage:
    """A tag about to be merged: into which it may go, and the works that would change."""

    title: str
    tag: TaxonomyRow
    others: tuple[tuple[str, str], ...]
    works: tuple[TaggedEssay, ...]
    errors: dict[str, str]


@bp.get("/contest/tags")
@permit(Permission.CONFIGURE_CONTEST)
def show_taxonomy() -> str:
    """The tags by group."""
    return _page(request.args.get("edit", ""), {})


@bp.post("/contest/tags")
@permit(Permission.CONFIGURE_CONTEST)
def add_tag() -> Response | tuple[str, int]:
    """A new tag at the end of its group."""
    try:
        with acting() as work:
            slug = tags.add_tag(
                work,
                group=request.form.get("group", ""),
                name_zh=request.form.get("name_zh", ""),
                name_en=request.form.get("name_en", ""),
            )
            remember_answer(work, url_for("bureau.show_taxonomy", _anchor=slug))
    except Invalid as error:
        return _page("", {error.field: say(error)}), 422
    flash(_("已新建标签。"), "success")
    return _back(slug)


@bp.post("/contest/tags/<slug>/rename")
@permit(Permission.CONFIGURE_CONTEST)
def rename_tag(slug: str) -> Response | tuple[str, int]:
    """Other labels for a tag."""
    row = _find(slug)
    name_zh, name_en = request.values.get("name_zh", ""), request.values.get("name_en", "")
    try:
        with acting() as work:
            count = tags.rename_tag(work, slug=slug, name_zh=name_zh, name_en=name_en)
    except Invalid as error:
        return _page(slug, {error.field: say(error)}), 422
    undo_url = url_for("bureau.rename_tag", slug=slug, name_zh=row.name_zh, name_en=row.name_en)
    offer_undo(_("标签已改名，%(count)s 篇作品随之更新。", count=count), undo_url)
    return _back(slug)


@bp.post("/contest/tags/<slug>/retire")
@permit(Permission.CONFIGURE_CONTEST)
def retire_tag(slug: str) -> Response:
    """Take a tag out of the pickers."""
    with acting() as work:
        tags.retire_tag(work, slug=slug)
    offer_undo(_("标签已停用，已用它的作品不变。"), url_for("bureau.revive_tag", slug=slug))
    return _back(slug)


@bp.post("/contest/tags/<slug>/revive")
@permit(Permission.CONFIGURE_CONTEST)
def revive_tag(slug: str) -> Response:
    """Put a tag back into the pickers."""
    with acting() as work:
        tags.retire_tag(work, slug=slug, is_retired=False)
    flash(_("标签已恢复使用。"), "success")
    return _back(slug)


@bp.post("/contest/tags/<slug>/move")
@permit(Permission.CONFIGURE_CONTEST)
def move_tag(slug: str) -> Response:
    """Move a tag one place within its group."""
    step: Literal["up", "down"] = "down" if request.form.get("step") == "down" else "up"
    with acting() as work:
        tags.move_tag(work, slug=slug, step=step)
    return _back(slug)


@bp.get("/contest/tags/<slug>/merge")
@permit(Permission.CONFIGURE_CONTEST)
def ask_merge(slug: str) -> str:
    """What merging a tag would change."""
    return _merge_page(slug, {})


@bp.post("/contest/tags/<slug>/merge")
@permit(Permission.CONFIGURE_CONTEST)
def merge_tag(slug: str) -> Response | tuple[str, int]:
    """Let its works have another tag instead."""
    into = request.form.get("into", "")
    if not into:
        return _merge_page(slug, {"into": _("请选择并入哪个标签。")}), 422
    with acting() as work:
        count = tags.merge_tags(work, slug=slug, into=into, essays=request.form.get("essays", -1, type=int))
        remember_answer(work, url_for("bureau.show_taxonomy", _anchor=into))
    flash(_("已合并，%(count)s 篇作品改用新的标签；原标签停用。", count=count), "success")
    return _back(into)


def _find(slug: str) -> TaxonomyRow:
    row = next((row for row in list_taxonomy(read()) if row.slug == slug), None)
    if row is None:
        raise NotFound
    return row


def _page(open_slug: str, errors: dict[str, str]) -> str:
    rows = list_taxonomy(read())
    names = tuple(
        (group.key, in_language(group.name_zh, group.name_en)) for group in DEFAULT_GROUPS if group.key != "genre"
    )
    page = TaxonomyPage(
        title=_("标签管理"),
        groups=tuple((key, name, tuple(row for row in rows if row.group_key == key)) for key, name in names),
        group_options=names,
        open_slug=open_slug,
        typed={name: request.form.get(name, "") for name in ("group", "name_zh", "name_en")},
        errors=errors,
    )
    return render("bureau/taxonomy.html", page)


def _merge_page(slug: str, errors: dict[str, str]) -> str:
    tag = _find(slug)
    page = MergePage(
        title=_("合并标签“%(name)s”", name=in_language(tag.name_zh, tag.name_en)),
        tag=tag,
        others=tuple(
            (row.slug, in_language(row.name_zh, row.name_en))
            for row in list_taxonomy(read())
            if row.slug != slug and not row.is_retired
        ),
        works=list_tagged_essays(read(), slug=slug),
        errors=errors,
    )
    return render("bureau/tag_merge.html", page)


def _back(slug: str) -> Response:
    return redirect(url_for("bureau.show_taxonomy", _anchor=slug), 303)
