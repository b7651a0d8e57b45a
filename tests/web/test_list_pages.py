"""Every list page asks the database as often for 300 essays as for 3."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.index_job import ensure_indexes, rebuild_index
from review_app.models import Criterion, Essay, Review, Score
from tests.builders import add, build_contest, build_essay, build_unit, build_user
from tests.web.statements import count_statements

PAGES = (
    ("unit", "/unit/"),
    ("reviewer", "/review/"),
    ("reviewer", "/search/?q=登记簿"),
    ("bureau", "/bureau/"),
    ("bureau", "/bureau/units"),
    ("bureau", "/bureau/essays"),
    ("bureau", "/bureau/assignment"),
    ("bureau", "/bureau/ranking"),
    ("bureau", "/bureau/ranking/awards"),
    ("bureau", "/bureau/anthology"),
    ("bureau", "/bureau/anthology/arrange"),
    ("bureau", "/bureau/participation"),
    ("bureau", "/bureau/audit"),
    ("bureau", "/search/?q=登记簿"),
)


class World:
    """One unit's accepted essays, each scored by one reviewer; copies are rows alone, with the files of the first."""

    def __init__(self, house) -> None:
        self.house = house
        self.contest = build_contest(house, now=datetime.now(UTC))
        self.unit = build_unit(house, self.contest)
        self.users = {
            "unit": build_user(house, Role.UNIT, unit=self.unit),
            "reviewer": build_user(house, Role.REVIEWER),
            "bureau": build_user(house, Role.BUREAU),
        }
        self.first = build_essay(house, self.contest, self.unit, text="灯下的来访登记簿。", state=EssayState.ACCEPTED)
        self.add_review(self.first, 1)
        self.size = 1
        ensure_indexes(house)

    def grow(self, size: int) -> None:
        for ordinal in range(self.size + 1, size + 1):
            essay = Essay(
                contest_id=self.contest.id,
                unit_id=self.unit.id,
                number=f"2020-XZ01-{ordinal:04d}",
                blind_number=str(90_000 + ordinal),
                state=EssayState.ACCEPTED.value,
                title=f"第{ordinal}本登记簿",
                authors=["周明"],
                first_submitted_at=self.first.first_submitted_at,
                submitted_at=self.first.submitted_at,
                latest_version_id=self.first.latest_version_id,
                created_at=self.first.created_at,
                updated_at=self.first.updated_at,
            )
            add(self.house, essay)
            self.add_review(essay, ordinal)
        self.size = size
        for audience in self.house.indexes:
            rebuild_index(self.house, audience)

    def add_review(self, essay: Essay, ordinal: int) -> None:
        review = Review(
            code=f"{ordinal:022d}",
            essay_id=essay.id,
            reviewer_id=self.users["reviewer"].id,
            position=ordinal,
            state="submitted",
            assigned_at=essay.created_at,
            submitted_at=essay.created_at,
        )
        add(self.house, review)
        with self.house.database.read() as session:
            criteria = [row.id for row in session.query(Criterion)]
        add(
            self.house,
            *(Score(review_id=review.id, criterion_id=one, points_tenths=50 + ordinal % 50) for one in criteria),
        )


@pytest.fixture
def world(house) -> World:
    return World(house)


def test_a_list_of_300_essays_asks_as_often_as_one_of_3(world: World, sign_in) -> None:
    clients = {role: sign_in(user) for role, user in world.users.items()}
    counts: dict[str, list[int]] = {}
    sizes: dict[str, list[int]] = {}
    for size in (3, 300):
        world.grow(size)
        for role, path in PAGES:
            with count_statements(world.house) as sent:
                answer = clients[role].get(path)
            assert (path, answer.status_code) == (path, 200)
            counts.setdefault(f"{role} {path}", []).append(len(sent))
            sizes.setdefault(f"{role} {path}", []).append(len(answer.text))
    assert {page: found for page, found in counts.items() if found[0] != found[1]} == {}
    assert sizes["bureau /bureau/ranking"][1] > 20 * sizes["bureau /bureau/ranking"][0] / 3
