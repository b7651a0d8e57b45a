"""Rendering: one typed `page` object per template, and the frame around it (`chrome`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from flask import Flask, current_app, flash, g, get_flashed_messages, render_template, request, session, url_for
from flask_babel import Babel, get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from compile.manuscript import print_subtitle
from review_app.domain.actor import Role
from review_app.domain.contest_phase import ContestPhase, phase_at
from review_app.queries.accounts import SignedIn
from review_app.queries.contests import ContestRow, find_contest
from review_app.web.access import current_actor
from review_app.web.request import new_request_key, now, read, resources
from review_app.web.times import format_day, format_deadline, format_moment, time_left


class NavItem(NamedTuple):
    """One entry of the navigation; `counter` shows waiting work, None = no counter."""

    url: str
    label: str
    counter: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of every page."""

    actor_name: str
    role: str
    unit_name: str
    contest_name: str
    nav: tuple[NavItem, ...]
    language: str
    phase_steps: tuple[tuple[str, str], ...]
    messages: tuple[tuple[str, str], ...]
    csrf: str
    home_url: str
    search_url: str
    language_url: str
    logout_url: str
    account_links: tuple[tuple[str, str], ...]


def render(template: str, page: object) -> str:
    """The page as HTML; the template sees `page` and the frame, nothing else."""
    return render_template(template, page=page)


def init_pages(app: Flask) -> None:
    """Set up templates, languages and the frame."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    Babel(app, locale_selector=choose_locale, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai")
    app.jinja_env.globals.update(
        static_url=static_url,
        new_request_key=new_request_key,
        kind_of=lambda thing: type(thing).__name__,
        print_subtitle=print_subtitle,
    )
    app.jinja_env.filters.update(
        share=format_share, moment=format_moment, day=format_day, deadline=format_deadline, time_left=time_left
    )
    app.context_processor(_frame)


def choose_locale() -> str:
    """zh_Hans_CN or en: what this browser chose, else what the installation set."""
    language = session.get("language") or resources().settings.language
    return "en" if language == "en" else "zh_Hans_CN"


def is_english() -> bool:
    """Whether this page is shown in English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def in_language(name_zh: str, name_en: str) -> str:
    """The name in the reader's language; the Chinese one where no English is given."""
    return name_en if name_en and is_english() else name_zh


@cache
def _content_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file with its content hash, so that it may be cached for ever."""
    folder = Path(current_app.static_folder or "")
    return url_for("static", filename=name, v=_content_hash(folder / name))


def format_share(thousandths: int) -> str:
    """A share in whole per cent, half up."""
    return f"{(thousandths + 5) // 10}%"


NavMaker = Callable[[], tuple[tuple[str, str, int | None], ...]]
_NAV: dict[Role, NavMaker] = {}


def navigation_for(role: Role) -> Callable[[NavMaker], NavMaker]:
    """Register the maker of a role's navigation: it gives (endpoint, label, counter) in order."""

    def register(maker: NavMaker) -> NavMaker:
        _NAV[role] = maker
        return maker

    return register


def _frame() -> dict[str, Any]:
    return {"chrome": _LazyChrome()}


class _LazyChrome:
    """Builds the frame when a template first asks for it, so that fragments pay nothing."""

    def __getattr__(self, name: str) -> Any:
        if "chrome" not in g:
            g.chrome = _build_chrome()
        return getattr(g.chrome, name)


def _build_chrome() -> Chrome:
    actor = current_actor()
    signed_in: SignedIn | None = g.get("signed_in")
    contest = find_contest(read())
    return Chrome(
        actor_name=actor.name,
        role=actor.role.value if signed_in else "",
        unit_name=signed_in.unit_name if signed_in and actor.role is Role.UNIT else "",
        contest_name=in_language(contest.name_zh, contest.name_en) if contest else "",
        nav=_navigation(actor.role),
        language="en" if is_english() else "zh",
        phase_steps=_phase_steps(contest) if contest and actor.role is Role.BUREAU else (),
        messages=_messages(),
        csrf=generate_csrf(),
        home_url=url_for("account.home"),
        search_url=url_for("search.show_results") if signed_in else "",
        language_url=url_for("account.choose_language"),
        logout_url=url_for("account.sign_out") if signed_in else "",
        account_links=((url_for("account.change_password"), _("修改密码")),) if signed_in else (),
    )


def _messages() -> tuple[tuple[str, str], ...]:
    flashed = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return tuple((category, text) for category, text in flashed)


def offer_undo(done: str, url: str) -> None:
    """Show on the next page what was done, with a button that posts to `url` to take it back."""
    flash((done, url), "undo")  # type: ignore[arg-type]  # kept as it is; the frame reads the pair


def _navigation(role: Role) -> tuple[NavItem, ...]:
    entries = [(url_for(target), label, counter) for target, label, counter in (_NAV[role]() if role in _NAV else ())]
    here = max((url for url, _label, _counter in entries if request.path.startswith(url)), key=len, default="")
    return tuple(NavItem(url, label, counter, is_current=url == here) for url, label, counter in entries)


def _phase_steps(contest: ContestRow) -> tuple[tuple[str, str], ...]:
    phases = [phase for phase in ContestPhase if phase not in (ContestPhase.NOT_OPEN, ContestPhase.ENDED)]
    current = phase_at(contest.times, now())
    order = list(ContestPhase).index(current)
    steps = []
    for phase in phases:
        place = list(ContestPhase).index(phase)
        steps.append((_(phase.label), "done" if place < order else "now" if place == order else "next"))
    return tuple(steps)
