"""First passwords on slips: chosen accounts get a new one each, shown once to be printed, kept as hashes only."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.actor import Role
from review_app.domain.permissions import Permission
from review_app.queries.accounts import AccountRow, AccountState, list_accounts
from review_app.queries.contests import ContestRow, get_contest
from review_app.services.accounts import FIRST_PASSWORD_DAYS, issue_first_passwords
from review_app.services.passwords import draw_first_password, hash_password
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.units import ACCOUNT_TONES
from review_app.web.page import render
from review_app.web.request import acting, now, read, remember_answer

_HASHING_THREADS: Final = 2  # as many as services.passwords lets in at once


@dataclass(frozen=True, slots=True)
class ChooseSlipsPage:
    """Accounts to choose from, with the filter by state that is on ("" = all) and those picked beforehand."""

    title: str
    accounts: tuple[AccountRow, ...]
    total: int
    state: str
    counts: tuple[tuple[AccountState, int], ...]
    picked: frozenset[int]
    tones: dict[AccountState, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip to cut out."""

    account: AccountRow
    password: str


@dataclass(frozen=True, slots=True)
class SlipsPage:
    """The slips, shown this once."""

    title: str
    contest: ContestRow
    site: str
    slips: tuple[Slip, ...]
    valid_until: datetime


@bp.get("/units/slips")
@permit(Permission.ISSUE_ACCOUNTS)
def choose_slips() -> str:
    """The accounts of units and reviewers; those without a password first to be picked."""
    accounts = _list_all()
    states = [row.state for row in accounts]
    state = request.args.get("state", "")
    page = ChooseSlipsPage(
        title=_("印发登录条"),
        accounts=tuple(row for row in accounts if not state or row.state == state),
        total=len(accounts),
        state=state,
        counts=tuple((item, states.count(item)) for item in AccountState if item in states),
        picked=frozenset(request.args.getlist("pick", type=int)),
        tones=ACCOUNT_TONES,
    )
    return render("bureau/accounts.html", page)


@bp.post("/units/slips")
@permit(Permission.ISSUE_ACCOUNTS)
def issue_slips() -> str | Response:
    """Draw and keep a new first password for each picked account, and show the slips: the one POST that answers with a
    page, since the passwords can never be shown again. Sent twice, it says so and changes nothing."""
    wanted = frozenset(request.form.getlist("pick", type=int))
    chosen = [row for row in _list_all() if row.user_id in wanted]
    if not chosen:
        flash(_("请先选择要印发登录条的账号。"), "warning")
        return redirect(url_for("bureau.choose_slips"), 303)
    source = random.SystemRandom()
    slips = tuple(Slip(row, draw_first_password(source)) for row in chosen)
    with ThreadPoolExecutor(_HASHING_THREADS) as pool:
        hashes = list(pool.map(hash_password, (slip.password for slip in slips)))
    with acting() as work:
        issue_first_passwords(
            work, hashes=[(slip.account.user_id, hashed) for slip, hashed in zip(slips, hashes, strict=True)]
        )
        remember_answer(work, url_for("bureau.show_slips_over"))
        contest = get_contest(work.session)
    page = SlipsPage(
        title=_("登录条"),
        contest=contest,
        site=request.host_url,
        slips=slips,
        valid_until=now() + timedelta(days=FIRST_PASSWORD_DAYS),
    )
    return render("bureau/slips.html", page)


@bp.get("/units/slips/over")
@permit(Permission.ISSUE_ACCOUNTS)
def show_slips_over() -> Response:
    """Where a second sending of the same form ends up."""
    flash(_("这批登录条已经印发过，密码只显示一次。没有打印的，请重新选择并印发，旧密码随即失效。"), "warning")
    return redirect(url_for("bureau.choose_slips"), 303)


def _list_all() -> tuple[AccountRow, ...]:
    return (*list_accounts(read(), role=Role.UNIT, now=now()), *list_accounts(read(), role=Role.REVIEWER, now=now()))
