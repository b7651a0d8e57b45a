"""A contest with accepted essays scored by a panel, for tests of ranking, awards, anthology and participation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from review_app.domain.actor import Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, Essay, Unit, User
from review_app.queries.contests import get_contest
from review_app.queries.ranking import Ranking, get_ranking
from review_app.resources import Resources
from review_app.services import awards
from review_app.services.awards import propose_awards
from review_app.work import open_work
from tests.builders import NOW, SheetOf, actor_of, build_contest, build_essay, build_review, build_unit, build_user


@dataclass(frozen=True)
class ScoredWorld:
    """The contest, its units, panel and essays, best first; `bureau` acts."""

    house: Resources
    contest: Contest
    units: tuple[Unit, ...]
    panel: tuple[User, ...]
    essays: tuple[Essay, ...]
    bureau: User
    now: datetime

    @property
    def actor(self) -> Actor:
        return actor_of(self.bureau)

    def ranking(self) -> Ranking:
        with self.house.database.read() as session:
            return get_ranking(session, contest=get_contest(session))

    def award(self) -> None:
        """Put the proposed awards in force."""
        digest = propose_awards(self.ranking(), is_one_per_author=False).digest
        with open_work(self.house.database, actor=self.actor, now=self.now) as work:
            awards.apply_awards(work, digest=digest, is_one_per_author=False)


def sheet_of(total: float) -> SheetOf:
    """A sheet with this total, in points, every criterion within its maximum (from 60 to 100 points)."""
    theme, value = total // 4, total // 5
    form = total - 2 * theme - 2 * value
    return SheetOf(theme=theme + max(0, form - 10), real=theme, value=value, lang=value, form=min(form, 10))


def build_scored_world(
    house: Resources,
    totals: Sequence[float | Sequence[float]] = (90, 85, 80, 75, 72),
    *,
    now: datetime = NOW,
    reviewers: int = 3,
    closes_in_days: float = -2,
) -> ScoredWorld:
    """One accepted essay for each of `totals`: a number is what every reviewer gives, a row what each of them gives."""
    contest = build_contest(house, now=now, closes_in_days=closes_in_days)
    units = (
        build_unit(house, contest, code="XZ01", name="柳河镇人民政府"),
        build_unit(house, contest, code="XZ02", name="石桥镇人民政府"),
        build_unit(house, contest, code="XB01", name="县教育局", key="county"),
    )
    panel = tuple(
        build_user(house, Role.REVIEWER, login=f"reviewer{number}", name=f"评审{number}")
        for number in range(1, reviewers + 1)
    )
    essays = []
    for number, given in enumerate(totals):
        essay = build_essay(
            house,
            contest,
            units[number % len(units)],
            title=f"凤凰岭手记之{number + 1}",
            authors=(f"作者{number + 1}",),
            text=f"第{number + 1}次上岭，他带了一把修枝的剪刀。",
            state=EssayState.ACCEPTED,
            submitted_at=now - timedelta(days=5),
        )
        rows = given if isinstance(given, Sequence) else [given] * reviewers
        for reviewer, total in zip(panel, rows, strict=True):
            build_review(house, essay, reviewer, state="submitted", sheet=sheet_of(total))
        essays.append(essay)
    bureau = build_user(house, Role.BUREAU, login="bureau", name="王科长")
    return ScoredWorld(house, contest, units, panel, tuple(essays), bureau, now)
