"""The demo contest: invented, loaded through the same services as the web, each act by the right actor on its day."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from compile.errors import Refused
from review_app.config import ROOT
from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.contest_phase import ContestTimes
from review_app.models import Essay, Review, Unit, UnitClass
from review_app.queries.accounts import find_actor
from review_app.queries.contests import get_contest
from review_app.queries.essays import get_unit_essay
from review_app.queries.tags import list_genres
from review_app.resources import Resources
from review_app.services import accounts, checks, essays, reviews
from review_app.services.accounts import NewAccount
from review_app.services.assignments import AssignmentTerms, assign_reviews, digest_plan, plan_reviews
from review_app.services.contest_setup import NewContest, set_up_contest
from review_app.services.essays import EssayDetails
from review_app.services.intake import confirm_manuscript, take_in
from review_app.services.reviews import Sheet
from review_app.work import Work, open_work

FOLDER: Final = ROOT / "review_app" / "demo"
OPENED_DAY: Final = -60
CHECKED_DAY: Final = -9
ASSIGNED_DAYS: Final = (-8.0, -2.0)
RETURNED_DAY: Final = -1.0
SCORED_DAYS: Final = (-5.0, -1.5)  # of works that came in time, and of late ones


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
    """Load the whole demo: contest, units and accounts, then every act of units, bureau and reviewers in the order of
    its days, so that the log reads like a real one."""
    contest_id = _set_up(world)
    _open_accounts(world, contest_id)
    world.say(f"建立活动和 {len(world.data['units'])} 个单位、{len(world.data['reviewers'])} 位评审专家")
    ids: dict[str, int] = {}
    acts: list[tuple[float, Callable[[], int]]] = [(day, partial(_assign, world, day)) for day in ASSIGNED_DAYS]
    for entry in world.data["essays"]:
        acts += _acts_of(world, entry, ids)
    acts.sort(key=lambda act: act[0])
    done = Counter[str]()
    for _day, act in acts:
        done[act.func.__name__ if isinstance(act, partial) else ""] += act()
    world.say(f"读入 {done['_upload']} 篇作品，提交 {done['_submit']} 篇")
    world.say(f"形式审查 {done['_check']} 篇，分配评审 {done['_assign']} 份，已提交评分表 {done['_score']} 份")


def _acts_of(world: DemoWorld, entry: Mapping[str, Any], ids: dict[str, int]) -> list[tuple[float, Callable[[], int]]]:
    """What happened to one essay, each act with its day; each gives how many things it did."""
    day = float(entry["day"])
    acts: list[tuple[float, Callable[[], int]]] = [(day - 0.1, partial(_upload, world, entry, ids))]
    if entry["state"] != "draft":
        acts.append((day, partial(_submit, world, entry, ids)))
    if entry["state"] == "withdrawn":
        acts.append((day + 0.5, partial(_withdraw, world, entry, ids)))
    if entry["return"] or entry["sheets"]:
        checked = RETURNED_DAY if entry["return"] else max(CHECKED_DAY, day + 0.5)
        acts.append((checked, partial(_check, world, entry, ids, checked)))
    scored = SCORED_DAYS[day > CHECKED_DAY] + (day % 10) * 0.02
    for place, sheet in enumerate(entry["sheets"]):
        at = scored + place * 0.21
        acts.append((at, partial(_score, world, entry, ids, sheet, at)))
    return acts


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


def _upload(world: DemoWorld, entry: Mapping[str, Any], ids: dict[str, int]) -> int:
    """Upload one essay and confirm its details as its unit did; 0 when its file cannot be read on this machine."""
    house, actor = world.house, world.actor(login_of(entry["unit"]))
    try:
        name = entry["file"] if house.converter or not entry["plain_file"] else entry["plain_file"]
        intake = take_in(house.files, house.reader, data=(FOLDER / name).read_bytes(), name=entry["file_name"])
    except Refused as error:
        world.say(f"跳过 {entry['file']}：{error.message}")
        return 0
    with world.work(entry["day"] - 0.1, actor) as work:
        essay_id = ids[entry["name"]] = essays.add_essay(work, intake=intake)
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
        genre=next(slug for name, slug in genres.items() if entry["genre"].startswith(name)),
        tags=tuple(entry["tags"][:5]),
        is_original=True,
        is_cleared=True,
    )
    confirmed = confirm_manuscript(house.files, read_key=essay.read_key, title=details.title, subtitle=details.subtitle)
    with world.work(entry["day"] - 0.05, actor) as work:
        essays.save_details(work, essay_id=essay_id, version=essay.version, details=details, confirmed=confirmed)
    return 1


def _submit(world: DemoWorld, entry: Mapping[str, Any], ids: Mapping[str, int]) -> int:
    if entry["name"] not in ids:
        return 0
    with world.work(entry["day"], world.actor(login_of(entry["unit"]))) as work:
        essays.submit_essay(work, essay_id=ids[entry["name"]], random_source=world.source)
    return 1


def _withdraw(world: DemoWorld, entry: Mapping[str, Any], ids: Mapping[str, int]) -> int:
    if entry["name"] not in ids:
        return 0
    with world.work(entry["day"] + 0.5, world.actor(login_of(entry["unit"]))) as work:
        essays.withdraw_essay(work, essay_id=ids[entry["name"]])
    return 1


def _check(world: DemoWorld, entry: Mapping[str, Any], ids: Mapping[str, int], day: float) -> int:
    if entry["name"] not in ids:
        return 0
    essay_id = ids[entry["name"]]
    bureau = world.actor(login_of(world.data["staff"][0]["code"]))
    with world.work(day, bureau) as work:
        version = work.session.get_one(Essay, essay_id).version
        if entry["return"]:
            reason = entry["return"]
            checks.return_essay(work, essay_id=essay_id, version=version, codes=[reason["code"]], note=reason["reason"])
        else:
            checks.accept_essay(work, essay_id=essay_id, version=version)
    return 1


def _assign(world: DemoWorld, day: float) -> int:
    bureau = world.actor(login_of(world.data["staff"][0]["code"]))
    with world.work(day, bureau) as work:
        contest = get_contest(work.session)
        terms = AssignmentTerms(contest.reviews_per_essay, contest.minimum_reviews, None, "demo")
        plan = plan_reviews(work.session, contest_id=contest.id, terms=terms)
        return assign_reviews(
            work,
            contest_id=contest.id,
            terms=terms,
            digest=digest_plan(plan),
            draw_code=lambda: f"{world.source.getrandbits(128):022x}"[-22:],
        )


def _score(
    world: DemoWorld, entry: Mapping[str, Any], ids: Mapping[str, int], sheet: Mapping[str, Any], day: float
) -> int:
    """Give one sheet as its reviewer did; 1 when it is final."""
    actor = world.actor(login_of(sheet["reviewer"]))
    with world.work(day, actor) as work:
        review = work.session.scalar(
            select(Review).where(Review.essay_id == ids.get(entry["name"]), Review.reviewer_id == actor.user_id)
        )
        if review is None:
            return 0
        if sheet["state"] == "recused":
            reviews.recuse_review(work, code=review.code, reason=sheet["comment"])
            return 0
        filled = Sheet(
            points_tenths={key: round(points * 10) for key, points in sheet["points"].items()},
            comment=sheet["comment"],
            tags=tuple(sheet.get("tags", ())),
            flags=(),
        )
        if sheet["state"] == "draft":
            reviews.save_draft(work, code=review.code, version=review.version, sheet=filled)
            return 0
        reviews.submit_review(work, code=review.code, version=review.version, sheet=filled)
    return 1
