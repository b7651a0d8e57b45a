"""The synonyms of the search, one group a line."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.errors import Conflict, Invalid
from review_app.domain.permissions import Permission
from review_app.domain.synonyms import render_groups
from review_app.queries.synonyms import hash_synonyms, list_synonyms
from review_app.services import synonyms
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.page import offer_undo, render
from review_app.web.request import acting, read


@dataclass(frozen=True, slots=True)
class SynonymsPage:
    """The groups as a text; `digest` tells what the form was opened with."""

    title: str
    text: str
    digest: str
    errors: dict[str, str]


@bp.get("/contest/synonyms")
@permit(Permission.CONFIGURE_CONTEST)
def show_synonyms() -> str:
    """All groups, to be changed."""
    return _page(render_groups(list_synonyms(read())), hash_synonyms(list_synonyms(read())), {})


@bp.post("/contest/synonyms")
@permit(Permission.CONFIGURE_CONTEST)
def change_synonyms() -> Response | tuple[str, int]:
    """Keep the groups as typed; a line that breaks a rule is named and everything typed stays."""
    text, digest = request.form.get("synonyms", ""), request.form.get("digest", "")
    try:
        with acting() as work:
            is_changed = synonyms.change_synonyms(work, text=text, digest=digest)
    except Invalid as error:
        return _page(text, digest, {error.field: say(error)}), 422
    except Conflict as error:
        return _page(text, digest, {"synonyms": say(error)}), 409
    if is_changed:
        offer_undo(_("同义词已保存，下一次检索就用。"), url_for("bureau.bring_back_synonyms"))
    return redirect(url_for("bureau.show_synonyms"), 303)


@bp.post("/contest/synonyms/back")
@permit(Permission.CONFIGURE_CONTEST)
def bring_back_synonyms() -> Response:
    """Take back the last change."""
    with acting() as work:
        synonyms.bring_back_synonyms(work)
    flash(_("同义词已恢复。"), "success")
    return redirect(url_for("bureau.show_synonyms"), 303)


def _page(text: str, digest: str, errors: dict[str, str]) -> str:
    return render(
        "bureau/synonyms.html", SynonymsPage(title=_("检索的同义词"), text=text, digest=digest, errors=errors)
    )
