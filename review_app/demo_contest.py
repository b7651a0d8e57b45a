"""The demo contest: invented, loaded through the same services as the web, each act by the right actor on its day."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from compile.errors import Refused
from review_app.config import ROOT
from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.contest_phase import ContestTimes
from review_app.models import Essay, Review, Unit, UnitClass
from review_app.queries.accounts import find_actor
from review_app.queries.essays import get_unit_essay
from review_app.queries.tags import list_genres
from review_app.resources import Resources
from review_app.services import accounts, assignments, checks, essays, reviews
from review_app.services.accounts import NewAccount
from review_app.services.contest_setup import NewContest, set_up_contest
from review_app.services.essays import EssayDetails
from review_app.services.intake import retitle, take_in
from review_app.services.reviews import Sheet
from review_app.work import Work, open_work

FOLDER: Final = ROOT / "review_app" / "demo"
OPENED_DAY: Final = -60
CHECKED_DAY: Final = -9
ASSIGNED_DAY: Final = -8
SCORED_DAY: Final = -5


def read_demo() -> dict[str, Any]:
    """The demo data as written in review_app/demo/contest.json."""
    data: dict[str, Any] = json.loads((FOLDER / "contest.json").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What loading the demo needs: `now` gives all its days, `source` its chance, `hashes` the stored passwords by
    role, `say` hears of each step."""

    house: Resources
    now: datetime
    source: random.Random
    hashes: Mapping[Role, str]
    say: Callable[[str], None]
    data: Mapping[str, Any] = field(default_factory=read_demo)

    def day(self, offset: float) -> datetime:
        """The moment `offset` days from now."""
        return self.now + timedelta(days=offset)

    def work(self, day: float, actor: Actor = SYSTEM) -> AbstractContextManager[Work]:
        """A Work of `actor` on a day of the demo."""
        return open_work(self.house.database, actor=actor, now=self.day(day))

    def actor(self, login: str) -> Actor:
        """The actor of a demo account."""
        with self.house.database.read() as session:
            found = find_actor(session, login=login)
        assert found is not None
        return found


def load_demo_contest(world: DemoWorld) -> None:
    """Load the whole demo: contest, units, accounts, essays, formal check, assignment and the sheets given so far."""
    contest_id = _set_up(world)
    _open_accounts(world, contest_id)
    world.say(f"建立活动和 {len(world.data['units'])} 个单位、{len(world.data['reviewers'])} 位评审专家")
    ids = {entry["name"]: _hand_in(world, entry) for entry in world.data["essays"]}
    taken = {name: essay_id for name, essay_id in ids.items() if essay_id is not None}
    world.say(f"读入 {len(taken)} 篇作品")
    _check(world, taken)
    assignments_made = _assign(world)
    world.say(f"形式审查完成，分配评审 {assignments_made} 份")
    sheets = sum(_score(world, entry, taken[entry["name"]]) for entry in world.data["essays"] if entry["name"] in taken)
    world.say(f"已提交评分表 {sheets} 份")


def login_of(code: str) -> str:
    """The login of a demo unit or person."""
    return code.lower()


def _set_up(world: DemoWorld) -> int:
    contest = world.data["contest"]
    days = contest["days"]
    times = ContestTimes(
        opens_at=world.day(days["opens"]),
        closes_at=world.day(days["closes"]),
        late_until=world.day(days["late_until"]),
        correction_days=5,
        review_closes_at=world.day(days["review_closes"]),
        ends_at=world.day(days["ends"]),
    )
    plan = NewContest(
        year=contest["year"],
        name_zh=contest["name_zh"],
        name_en=contest["name_en"],
        organiser=contest["organiser_zh"],
        times=times,
    )
    with world.work(OPENED_DAY) as work:
        return set_up_contest(work, plan=plan)


def _open_accounts(world: DemoWorld, contest_id: int) -> None:
    with world.work(OPENED_DAY) as work:
        classes = {
            row.key: row.id for row in work.session.scalars(select(UnitClass).where(UnitClass.contest_id == contest_id))
        }
        unit_ids = {}
        for unit in world.data["units"]:
            row = Unit(
                contest_id=contest_id,
                class_id=classes[unit["class"]],
                code=unit["code"],
                name=unit["name"],
                short_name=unit["short"],
                position=unit["order"],
                contact=unit["contact"],
                phone=unit["phone"],
            )
            work.session.add(row)
            work.session.flush()
            unit_ids[unit["code"]] = row.id
            _open(world, work, Role.UNIT, unit["code"], unit["contact"], unit_ids[unit["code"]])
        for person in world.data["reviewers"]:
            home = unit_ids.get(person["unit"])
            _open(world, work, Role.REVIEWER, person["code"], person["name"], home, person["organisation"])
        for person in world.data["staff"]:
            _open(world, work, Role.BUREAU, person["code"], person["name"])


def _open(
    world: DemoWorld, work: Work, role: Role, code: str, name: str, unit_id: int | None = None, organisation: str = ""
) -> None:
    account = NewAccount(
        login=login_of(code),
        name=name,
        role=role,
        password_hash=world.hashes[role],
        unit_id=unit_id,
        organisation=organisation,
        must_change_password=False,
    )
    accounts.open_account(work, account=account)


def _hand_in(world: DemoWorld, entry: Mapping[str, Any]) -> int | None:
    """Upload one essay as its unit did; None when its file cannot be read on this machine."""
    house, actor = world.house, world.actor(login_of(entry["unit"]))
    try:
        name = entry["file"] if house.converter or not entry["plain_file"] else entry["plain_file"]
        intake = take_in(house.files, house.converter, data=(FOLDER / name).read_bytes(), name=entry["file_name"])
    except Refused as error:
        world.say(f"跳过 {entry['file']}：{error.message}")
        return None
    day = entry["day"]
    with world.work(day - 0.1, actor) as work:
        essay_id = essays.add_essay(work, intake=intake)
    with house.database.read() as session:
        essay = get_unit_essay(session, essay_id=essay_id, unit_id=actor.unit_id)
        genres = {row.name_zh: row.slug for row in list_genres(session)}
    details = EssayDetails(
        title=entry["title"],
        subtitle=entry["subtitle"],
        authors=tuple(entry["authors"]),
        post=entry["post"],
        phone=entry["phone"],
        subject="；".join(f"{person['name']}，{person['post']}" for person in entry["subjects"])[:60],
        genre=genres[entry["genre"]],
        tags=tuple(entry["tags"][:5]),
        is_original=True,
        is_cleared=True,
    )
    retitled = retitle(house.files, manuscript_key=essay.manuscript_key, title=details.title, subtitle=details.subtitle)
    with world.work(day - 0.05, actor) as work:
        essays.save_details(work, essay_id=essay_id, version=essay.version, details=details, retitled=retitled)
    if entry["state"] != "draft":
        with world.work(day, actor) as work:
            essays.submit_essay(work, essay_id=essay_id, random_source=world.source)
    if entry["state"] == "withdrawn":
        with world.work(day + 0.5, actor) as work:
            essays.withdraw_essay(work, essay_id=essay_id)
    return essay_id


def _check(world: DemoWorld, ids: Mapping[str, int]) -> None:
    bureau = world.actor(login_of(world.data["staff"][0]["code"]))
    for entry in world.data["essays"]:
        essay_id = ids.get(entry["name"])
        if essay_id is None or entry["state"] not in ("submitted", "returned"):
            continue
        with world.work(
            max(entry["day"] + 1, CHECKED_DAY) if entry["day"] > CHECKED_DAY else CHECKED_DAY, bureau
        ) as work:
            version = work.session.get_one(Essay, essay_id).version
            if entry["state"] == "returned":
                reason = entry["return"]
                checks.return_essay(
                    work, essay_id=essay_id, version=version, codes=reason["codes"], note=reason["note"]
                )
            elif entry["sheets"]:
                checks.accept_essay(work, essay_id=essay_id, version=version)


def _assign(world: DemoWorld) -> int:
    bureau = world.actor(login_of(world.data["staff"][0]["code"]))
    with world.work(ASSIGNED_DAY, bureau) as work:
        return assignments.apply_default_plan(work, source=world.source)


def _score(world: DemoWorld, entry: Mapping[str, Any], essay_id: int) -> int:
    """Give the sheets of one essay as their reviewers did; returns how many are final."""
    final = 0
    for sheet in entry["sheets"]:
        actor = world.actor(login_of(sheet["reviewer"]))
        with world.work(SCORED_DAY, actor) as work:
            review = work.session.scalar(
                select(Review).where(Review.essay_id == essay_id, Review.reviewer_id == actor.user_id)
            )
            if review is None:
                continue
            if sheet["state"] == "recused":
                reviews.recuse_review(work, code=review.code, reason=sheet["comment"])
                continue
            filled = Sheet(
                points_tenths={key: round(points * 10) for key, points in sheet["points"].items()},
                comment=sheet["comment"],
                tags=tuple(sheet.get("tags", ())),
                flags=(),
            )
            if sheet["state"] == "final":
                reviews.submit_review(work, code=review.code, version=review.version, sheet=filled)
                final += 1
            else:
                reviews.save_draft(work, code=review.code, version=review.version, sheet=filled)
    return final
