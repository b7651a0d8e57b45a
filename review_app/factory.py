"""The application, built once: settings in, app out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from review_app.config import ROOT, Settings
from review_app.domain.permissions import Permission
from review_app.resources import Resources, open_resources
from review_app.web import account, bureau, reviewer, search, unit
from review_app.web.access import check_access, permit, require_labels
from review_app.web.errors import init_errors
from review_app.web.page import init_pages
from review_app.web.request import finish_request, read_clock, start_request
from review_app.web.security import init_cookies, set_headers
from review_app.web.sessions import init_sessions, load_actor


def create_app(
    settings: Settings, resources: Resources | None = None, *, clock: Callable[[], datetime] = read_clock
) -> Flask:
    """The Flask app on opened resources; raises UnlabelledRoute if a route forgot its permission. `clock` gives the
    moment (aware UTC) at which a request begins."""
    app = Flask("review_app", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "review_app/static"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        CLOCK=clock,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "review_app/translations"),
    )
    app.extensions["resources"] = resources or open_resources(settings)
    init_cookies(app, is_https=settings.is_https)
    app.before_request(start_request)
    init_sessions(app)
    app.before_request(load_actor)
    app.before_request(check_access)
    CSRFProtect(app)
    app.after_request(set_headers)
    app.teardown_request(finish_request)
    init_errors(app)
    init_pages(app)
    app.view_functions["static"] = permit(Permission.SIGN_IN)(app.view_functions["static"])
    app.register_blueprint(account.bp)
    app.register_blueprint(unit.bp, url_prefix="/unit")
    app.register_blueprint(reviewer.bp, url_prefix="/review")
    app.register_blueprint(bureau.bp, url_prefix="/bureau")
    app.register_blueprint(search.bp, url_prefix="/search")
    require_labels(app)
    return app
