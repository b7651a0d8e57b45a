"""Pages of the bureau's desk ask the database as often for three hundred rows as for three."""

from __future__ import annotations

import pytest

from review_app.domain.actor import Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, EssayVersion, Review, Unit, UnitClass, User
from review_app.services.audit import record
from review_app.work import open_work
from tests.builders import NOW, build_contest, build_essay, build_unit, build_user
from tests.web.statements import count_statements

PAGES = (
    "/bureau/",
    "/bureau/units",
    "/bureau/units?view=reviewers",
    "/bureau/units/export.xlsx",
    "/bureau/units/slips",
    "/bureau/essays",
    "/bureau/essays?state=accepted",
    "/bureau/essays/export.xlsx",
    "/bureau/assignment",
    "/bureau/assignment?per_essay=2&minimum=1&capacity=&seed=s",
    "/bureau/audit",
)


class Crowd:
    """A contest that can be filled with units, essays, reviewers, reviews and log entries, all at once."""

    def __init__(self, house):
        self.house = house
        self.contest = build_contest(house)
        self.unit = build_unit(house, self.contest, code="AA00")
        self.bureau = build_user(house, Role.BUREAU)
        self.first = build_essay(house, self.contest, self.unit, state=EssayState.ACCEPTED)
        self.count = 0

    def grow(self, to):
        with open_work(self.house.database, actor=Actor(Role.BUREAU, "李主任"), now=NOW) as work:
            session = work.session
            source = session.get_one(EssayVersion, self.first.latest_version_id)
            kind = session.query(UnitClass).first().id
            for number in range(self.count, to):
                unit = Unit(
                    contest_id=self.contest.id,
                    class_id=kind,
                    code=f"U{number:04d}",
                    name=f"单位{number}",
                    position=number,
                )
                session.add(unit)
                session.flush()
                reviewer = User(
                    login=f"r{number}", name=f"专家{number}", role="reviewer", unit_id=unit.id, created_at=NOW
                )
                account = User(login=f"u{number}", name=f"联络员{number}", role="unit", unit_id=unit.id, created_at=NOW)
                essay = Essay(
                    contest_id=self.contest.id, unit_id=unit.id, number=f"2020-U{number:04d}-001",
                    blind_number=f"{number + 10000}", title=f"作品{number}", authors=["周明"],
                    state=EssayState.ACCEPTED if number % 2 else EssayState.SUBMITTED,
                    first_submitted_at=NOW, submitted_at=NOW, created_at=NOW, updated_at=NOW,
                )  # fmt: skip
                session.add_all([reviewer, account, essay])
                session.flush()
                version = EssayVersion(
                    essay_id=essay.id, ordinal=1, original_key=source.original_key, original_name="a.docx", kind="docx",
                    manuscript_key=source.manuscript_key, words=1200, created_at=NOW,
                )  # fmt: skip
                session.add(version)
                session.flush()
                essay.latest_version_id = version.id
                if number % 2:
                    session.add(
                        Review(
                            code=f"c{number:021d}",
                            essay_id=essay.id,
                            reviewer_id=reviewer.id,
                            position=1,
                            assigned_at=NOW,
                        )
                    )
                record(work, "essay.accept", object_kind="essay", object_id=essay.id, number=essay.number, title="x")
        self.count = to


@pytest.fixture
def crowd(house):
    return Crowd(house)


def test_every_list_asks_the_same_number_of_questions_at_3_30_and_300_rows(crowd, sign_in):
    client = sign_in(crowd.bureau)
    asked = {}
    for size in (3, 30, 300):
        crowd.grow(size)
        for page in PAGES:
            client.get(page)
            with count_statements(crowd.house) as sent:
                answer = client.get(page)
            assert answer.status_code == 200
            asked.setdefault(page, []).append(len(sent))
    assert {page: counts for page, counts in asked.items() if len(set(counts)) > 1} == {}


def test_one_essay_asks_the_same_however_many_there_are(crowd, sign_in):
    client = sign_in(crowd.bureau)
    asked = []
    for size in (3, 30):
        crowd.grow(size)
        with count_statements(crowd.house) as sent:
            assert client.get(f"/bureau/essays/{crowd.first.id}").status_code == 200
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_fifty_essays_stand_on_a_page(crowd, sign_in):
    client = sign_in(crowd.bureau)
    crowd.grow(120)
    first, last, beyond = (client.get(f"/bureau/essays?page={page}").text for page in (1, 3, 99))
    assert [page.count("data-row") for page in (first, last, beyond)] == [50, 21, 21]
    assert "共 121 条" in first
