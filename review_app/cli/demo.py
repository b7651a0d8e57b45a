"""The demo contest on the first start, and one contest from upload to Word without a browser."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from review_app.cli import main
from review_app.cli.journey import Journey
from review_app.config import Settings, read_settings
from review_app.demo_contest import DemoWorld, load_demo_contest, login_of, read_demo
from review_app.domain.actor import Role
from review_app.queries.contests import find_contest
from review_app.resources import Resources, open_resources
from review_app.services import passwords

LOGINS_NAME: Final = "demo-logins.txt"


def start_demo_contest(house: Resources, *, say: Callable[[str], None] = click.echo) -> None:
    """Load the demo contest into an empty installation, unless REVIEW_DEMO=off; writes its logins beside the data."""
    if os.environ.get("REVIEW_DEMO", "on") == "off":
        return
    with house.database.read() as session:
        if find_contest(session) is not None:
            return
    say("首次启动，正在装入演示活动 / first start, loading the demo contest …")
    chosen = {role: passwords.draw_first_password(random.SystemRandom()) for role in _PEOPLE}
    world = DemoWorld(
        house=house,
        now=datetime.now(UTC).replace(microsecond=0),
        source=random.SystemRandom(),
        hashes={role: passwords.hash_password(password) for role, password in chosen.items()},
        say=lambda text: say(f"  {text}"),
    )
    load_demo_contest(world)
    path = house.settings.data_dir / LOGINS_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for role, label in _PEOPLE.items():
            file.write(f"{label}  {login_of(_guest(role))}  {chosen[role]}\n")


_PEOPLE: Final = {
    Role.BUREAU: "信访局 / bureau  ",
    Role.UNIT: "单位 / unit      ",
    Role.REVIEWER: "评审 / reviewer  ",
}


def _guest(role: Role) -> str:
    """Whose login is shown: one with something to do, the unit with a returned work, the reviewer with most to read."""
    data = read_demo()
    if role is Role.UNIT:
        return str(next(entry["unit"] for entry in data["essays"] if entry["return"]))
    if role is Role.REVIEWER:
        given = Counter(sheet["reviewer"] for entry in data["essays"] for sheet in entry["sheets"])
        return str(min(data["reviewers"], key=lambda person: given[person["code"]])["code"])
    return str(data["staff"][0]["code"])


@main.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="放结果的目录 / folder for the results",
)
def demo(out: Path) -> None:
    """不用浏览器，把演示活动从上传做到 Word 汇编 / one contest from upload to a Word anthology."""
    out.mkdir(parents=True, exist_ok=True)
    folder = out / f"data-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    settings = read_settings({"REVIEW_DATA": str(folder)})
    house = open_resources(settings)
    now = datetime.now(UTC).replace(microsecond=0)
    source = random.SystemRandom()
    hashes = {role: passwords.hash_password(passwords.draw_first_password(source)) for role in _PEOPLE}
    journey = Journey(house, now=now, source=source, hashes=hashes, say=click.echo)
    for path in journey.run(out):
        click.echo(f"→ {path}")
    house.close()


def read_demo_logins(settings: Settings) -> Iterator[str]:
    """The lines to print at the start: the demo logins as long as their file is there."""
    path = settings.data_dir / LOGINS_NAME
    if path.exists():
        yield "演示账号 / demo logins（角色  账号  密码；正式使用前请停用，并删除此文件：" + path.name + "）"
        yield from (f"  {line}" for line in path.read_text(encoding="utf-8").splitlines())
