"""The contest and its accounts from the command line."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import click

from review_app.cli import main, open_house, system_work
from review_app.domain.actor import Role
from review_app.domain.contest_defaults import default_times
from review_app.domain.contest_phase import phase_at
from review_app.domain.errors import NotFound
from review_app.queries.accounts import find_user_id
from review_app.queries.contests import get_contest
from review_app.queries.status import get_status
from review_app.services import accounts, passwords
from review_app.services.accounts import NewAccount
from review_app.services.contest_setup import NewContest, set_up_contest


@main.group("contest")
def contest() -> None:
    """活动 / the contest."""


@contest.command("create")
@click.option("--year", type=int, required=True, help="年份 / year")
@click.option("--name", required=True, help="活动名称 / Chinese name")
@click.option("--english", default="", help="英文名称 / English name")
@click.option("--organiser", required=True, help="主办单位 / organiser")
def create(year: int, name: str, english: str, organiser: str) -> None:
    """按默认规则建立一年的活动 / set up a contest with the default rules."""
    plan = NewContest(year=year, name_zh=name, name_en=english, organiser=organiser, times=default_times(year))
    with system_work(open_house()) as work:
        set_up_contest(work, plan=plan)
    click.echo(f"✓ {year} {name}")


@contest.command("status")
@click.option("--json", "is_json", is_flag=True, help="机器可读 / machine-readable")
def status(is_json: bool) -> None:
    """活动进展 / how the contest stands."""
    now = datetime.now(UTC)
    with open_house().database.read() as session:
        row = get_contest(session)
        counts = get_status(session, contest=row, now=now)
    facts: dict[str, object] = {
        "year": row.year,
        "name": row.name_zh,
        "phase": phase_at(row.times, now).value,
        "closes_at": row.times.closes_at.isoformat(),
        **counts,
    }
    if is_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for key, value in facts.items():
        click.echo(f"{key}: {value}")


@main.group("accounts")
def account_group() -> None:
    """账号 / accounts."""


@account_group.command("add")
@click.argument("login")
@click.argument("name")
@click.option("--role", type=click.Choice(["bureau", "reviewer"]), default="bureau", help="角色 / role")
def add(login: str, name: str, role: str) -> None:
    """开通信访局或评审账号，显示首次密码 / open an account and show its first password."""
    password = passwords.draw_first_password(random.SystemRandom())
    account = NewAccount(login=login, name=name, role=Role(role), password_hash=passwords.hash_password(password))
    with system_work(open_house()) as work:
        accounts.open_account(work, account=account)
    click.echo(f"✓ {login} 首次密码 / first password: {password}")


@account_group.command("reset")
@click.argument("login")
def reset(login: str) -> None:
    """重置密码，显示新的首次密码 / give an account a new first password."""
    house = open_house()
    password = passwords.draw_first_password(random.SystemRandom())
    password_hash = passwords.hash_password(password)
    with system_work(house) as work:
        user_id = find_user_id(work.session, login=login)
        if user_id is None:
            raise NotFound("没有“%(login)s”这个账号。", login=login)
        accounts.issue_first_passwords(work, hashes=[(user_id, password_hash)])
    click.echo(f"✓ {login} 首次密码 / first password: {password}")
