"""Default deny: every route carries the permission it needs; a route without one stops the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from review_app.domain.actor import ANONYMOUS, Actor, Role
from review_app.domain.permissions import Permission, is_allowed

View = TypeVar("View", bound=Callable[..., Any])

_LABEL: Final = "_permission"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class UnlabelledRoute(Exception):
    """A route has no permission label."""


def permit(permission: Permission) -> Callable[[View], View]:
    """Label a view with the permission it needs."""

    def label(view: View) -> View:
        setattr(view, _LABEL, permission)
        return view

    return label


def label_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission of an endpoint; None when it has no label."""
    return getattr(app.view_functions[endpoint], _LABEL, None)


def require_labels(app: Flask) -> None:
    """Raise UnlabelledRoute naming every endpoint without a label; called once when the app is built."""
    bare = sorted({rule.endpoint for rule in app.url_map.iter_rules() if label_of(app, rule.endpoint) is None})
    if bare:
        raise UnlabelledRoute(", ".join(bare))


def current_actor() -> Actor:
    """Who acts in this request."""
    actor: Actor = g.get("actor", ANONYMOUS)
    return actor


def check_access() -> AnyResponse | None:
    """Before every request: refuse foreign origins, unlabelled routes, strangers and wrong roles."""
    if request.routing_exception is not None or request.endpoint is None:
        return None
    if request.method == "OPTIONS":
        raise MethodNotAllowed
    if request.method not in _SAFE and _is_foreign():
        abort(403)
    endpoint = request.endpoint
    permission: Permission | None = label_of(current_app, endpoint)
    if permission is None:
        abort(404)
    actor = current_actor()
    if is_allowed(actor, permission):
        return _send_to_password_change(permission)
    if actor.role is Role.ANONYMOUS:
        if request.headers.get("X-Requested-With") == "fetch":
            return Response(status=401)
        flash(_("请先登录。登录后会回到刚才的页面。"), "info")
        return redirect(url_for("account.sign_in", next=request.full_path if request.method == "GET" else None), 303)
    abort(404)


def _is_foreign() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.host}"


def _send_to_password_change(permission: Permission) -> AnyResponse | None:
    if not g.get("must_change_password") or permission in (Permission.SIGN_IN, Permission.MANAGE_OWN_ACCOUNT):
        return None
    return redirect(url_for("account.change_password"), 303)
