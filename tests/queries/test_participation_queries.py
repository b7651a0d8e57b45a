"""Taking part from real rows: states in official order, prizes, days, closed units; the same number of statements."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from review_app.domain.actor import SYSTEM
from review_app.domain.calendar import local_day
from review_app.domain.duty import DutyState
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, Essay, Unit
from review_app.queries.contests import get_contest
from review_app.queries.participation import Participation, ParticipationRow, get_participation
from review_app.resources import Resources
from review_app.work import open_work
from tests.builders import NOW, build_contest, build_essay, build_unit, make_resources
from tests.scored_world import build_scored_world
from tests.web.statements import count_statements


@pytest.fixture
def house(tmp_path: Path) -> Resources:
    return make_resources(tmp_path)


def roll(house: Resources, **later: Any) -> Participation:
    with house.database.read() as session:
        return get_participation(session, contest=get_contest(session), now=NOW + timedelta(**later))


def by_name(found: Participation) -> dict[str, ParticipationRow]:
    return {row.name: row for row in found.rows}


def set_unit(house: Resources, unit: Unit, **values: Any) -> None:
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        row = work.session.get_one(Unit, unit.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_every_unit_stands_in_one_state_and_in_official_order(house: Resources) -> None:
    contest = build_contest(house, closes_in_days=-2, late_days=5)
    names = ("县教育局", "柳河镇", "石桥镇", "白马镇", "南山镇", "开发区")
    keys = ("county", "township", "township", "township", "township", "zone")
    units = {
        name: build_unit(house, contest, code=f"U{number}", name=name, key=key)
        for number, (name, key) in enumerate(zip(names, keys, strict=True), start=10)
    }
    build_essay(house, contest, units["柳河镇"])
    build_essay(house, contest, units["石桥镇"], submitted_at=NOW - timedelta(days=1), is_late=True)
    build_essay(house, contest, units["白马镇"], state=EssayState.DRAFT)
    build_essay(house, contest, units["南山镇"], state=EssayState.DISQUALIFIED)
    set_unit(house, units["开发区"], quota=0, exempt_reason="机构改革")
    found = roll(house)
    assert [(row.name, row.duty.state) for row in found.rows] == [
        ("柳河镇", DutyState.ON_TIME),
        ("石桥镇", DutyState.LATE),
        ("白马镇", DutyState.MISSING),
        ("南山镇", DutyState.MISSING),
        ("开发区", DutyState.EXEMPT),
        ("县教育局", DutyState.MISSING),
    ]
    rows = by_name(found)
    assert (rows["白马镇"].has_sent, rows["白马镇"].drafts) == (False, 1)
    assert (rows["南山镇"].has_sent, rows["南山镇"].duty.valid) == (True, 0)
    assert (rows["开发区"].owes, found.totals.due) == (False, 5)


def test_before_the_closing_nobody_is_missing(house: Resources) -> None:
    contest = build_contest(house)
    build_unit(house, contest)
    assert roll(house).rows[0].duty.state is DutyState.PENDING
    assert roll(house, days=11).rows[0].duty.state is DutyState.MISSING


def test_a_closed_unit_owes_nothing_and_stays_listed_for_what_it_sent(house: Resources) -> None:
    contest = build_contest(house)
    sent = build_unit(house, contest, code="A1", name="原乡企局")
    build_unit(house, contest, code="A2", name="柳河镇")
    silent = build_unit(house, contest, code="A3", name="原供销社")
    build_essay(house, contest, sent)
    for unit in (sent, silent):
        set_unit(house, unit, is_active=False)
    rows = by_name(roll(house))
    assert sorted(rows) == ["原乡企局", "柳河镇"]
    assert (rows["原乡企局"].owes, rows["原乡企局"].duty.submitted) == (False, 1)


def test_prizes_and_printed_works_are_counted_for_each_unit(house: Resources) -> None:
    world = build_scored_world(house, (90, 85, 80, 75))
    world.award()
    rows = by_name(roll(house))
    assert rows["柳河镇人民政府"].awards == {"first": 1, "third": 1}
    assert rows["石桥镇人民政府"].awards == {"second": 1}
    assert sum(row.selected for row in rows.values()) == 0


def test_days_count_first_submissions_in_chinese_time(house: Resources) -> None:
    contest = build_contest(house)
    unit = build_unit(house, contest)
    before_midnight = NOW.replace(hour=15, minute=59) - timedelta(days=2)
    build_essay(house, contest, unit, submitted_at=before_midnight)
    build_essay(house, contest, unit, submitted_at=before_midnight + timedelta(minutes=1))
    build_essay(house, contest, unit, state=EssayState.WITHDRAWN, submitted_at=before_midnight)
    day = local_day(before_midnight)
    assert roll(house).daily == {day: 1, day + timedelta(days=1): 1}


def test_another_years_works_are_not_counted(house: Resources) -> None:
    contest = build_contest(house)
    unit = build_unit(house, contest)
    essay = build_essay(house, contest, unit)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        facts = {c.key: getattr(contest, c.key) for c in Contest.__table__.columns if c.key not in ("id", "version")}
        work.session.add(Contest(**{**facts, "year": 2019}))
        work.session.flush()
        older = work.session.query(Contest.id).filter_by(year=2019).scalar()
        work.session.get_one(Essay, essay.id).contest_id = older
    assert roll(house).totals.submitted == 0


@pytest.mark.parametrize("units", [3, 30])
def test_the_roll_takes_the_same_number_of_statements_however_many_units(house: Resources, units: int) -> None:
    contest = build_contest(house)
    for number in range(units):
        unit = build_unit(house, contest, code=f"U{number:02d}", name=f"{number}镇")
        build_essay(house, contest, unit)
    with house.database.read() as session:
        row = get_contest(session)
        with count_statements(house) as sent:
            found = get_participation(session, contest=row, now=NOW)
    assert len(found.rows) == units
    assert len(sent) == 3
