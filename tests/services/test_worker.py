"""The worker does every job once, tries again what failed, gives up in the end, and is never stopped by one bad job."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.domain.search_terms import parse_query
from review_app.handlers import HANDLERS
from review_app.index_job import rebuild_index
from review_app.models import Essay, EssayVersion, Job, StoredFile
from review_app.queries.search import BureauHit, search_essays
from review_app.resources import Resources
from review_app.services.jobs import BATCH, MAX_TRIES, TakenJob, enqueue, revive_jobs, take_jobs
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import NOW, build_contest, build_essay, build_unit, make_resources

PATIENCE_SECONDS = 20


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Resources]:
    opened = make_resources(tmp_path)
    yield opened
    opened.close()


class Hands:
    """A handler that notes what it was given and fails for the objects named in `bad`."""

    def __init__(self, *, bad: Sequence[int] = ()) -> None:
        self.bad = set(bad)
        self.given: list[tuple[int, ...]] = []
        self.is_done = threading.Event()

    def __call__(self, _house: Resources, jobs: Sequence[TakenJob]) -> None:
        self.given.append(tuple(job.object_id for job in jobs))
        if self.bad & {job.object_id for job in jobs}:
            raise ValueError("bad object")
        self.is_done.set()


def put(house: Resources, *object_ids: int, kind: str = "index-essay") -> list[int]:
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        return [enqueue(work, kind, object_id) for object_id in object_ids]  # type: ignore[arg-type]


def states(house: Resources) -> dict[int, tuple[str, int]]:
    with house.database.read() as session:
        return {job.object_id: (job.state, job.tries) for job in session.scalars(select(Job).order_by(Job.id))}


def test_everything_waiting_is_done_once_and_in_order(house: Resources) -> None:
    put(house, 1, 2)
    put(house, 3, kind="build-anthology")
    put(house, 4, kind="build-anthology")
    put(house, 5)
    hands = Hands()
    worker = Worker(house, {"index-essay": hands, "build-anthology": hands})
    assert worker.drain() == 5
    assert hands.given == [(1, 2, 5), (3,), (4,)]
    assert set(states(house).values()) == {("done", 1)}
    assert worker.drain() == 0


def test_essays_are_indexed_fifty_at_a_time(house: Resources) -> None:
    put(house, *range(BATCH + 3))
    hands = Hands()
    assert Worker(house, {"index-essay": hands}).drain() == BATCH + 3
    assert [len(batch) for batch in hands.given] == [BATCH, 3]


def test_comparing_comes_after_everything_else_and_fifty_at_a_time(house: Resources) -> None:
    put(house, *range(100, 100 + BATCH + 1), kind="compare-essay")
    put(house, 1, kind="build-anthology")
    put(house, 2)
    hands = Hands()
    Worker(house, dict.fromkeys(("index-essay", "compare-essay", "build-anthology"), hands)).drain()
    assert hands.given == [(1,), (2,), tuple(range(100, 100 + BATCH)), (100 + BATCH,)]


def test_a_bad_job_is_tried_five_times_and_spoils_no_other(house: Resources) -> None:
    put(house, 1, 2, 3)
    hands = Hands(bad=[2])
    Worker(house, {"index-essay": hands}).drain()
    assert states(house) == {1: ("done", 2), 2: ("failed", MAX_TRIES), 3: ("done", 2)}
    assert hands.given == [(1, 2, 3), (1,), (2,), (3,), *[(2,)] * (MAX_TRIES - 2)]
    with house.database.read() as session:
        errors = dict(session.execute(select(Job.object_id, Job.error)).all())
    assert errors == {1: "", 2: "ValueError: bad object", 3: ""}


def test_a_kind_nobody_knows_fails_and_lets_the_others_through(house: Resources) -> None:
    put(house, 1, kind="build-anthology")
    put(house, 2)
    hands = Hands()
    Worker(house, {"index-essay": hands}).drain()
    assert states(house) == {1: ("failed", MAX_TRIES), 2: ("done", 1)}


def test_a_job_cut_short_by_a_crash_is_done_after_the_restart(house: Resources) -> None:
    put(house, 1, 2)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        assert len(take_jobs(work)) == 2
    assert set(states(house).values()) == {("running", 1)}
    hands = Hands()
    assert Worker(house, {"index-essay": hands}).drain() == 0
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        assert revive_jobs(work) == 2
    assert Worker(house, {"index-essay": hands}).drain() == 2
    assert set(states(house).values()) == {("done", 2)}


def test_a_job_that_kills_its_worker_every_time_is_given_up(house: Resources) -> None:
    put(house, 1)
    for _ in range(MAX_TRIES):
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            assert len(take_jobs(work)) == 1
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            revive_jobs(work)
    assert states(house) == {1: ("failed", MAX_TRIES)}


def test_a_started_worker_wakes_at_once_and_stops_when_told(house: Resources) -> None:
    hands = Hands()
    worker = Worker(house, {"index-essay": hands})
    worker.start()
    put(house, 1)
    house.wake.set()
    assert hands.is_done.wait(PATIENCE_SECONDS)
    worker.stop()
    assert states(house) == {1: ("done", 1)}


def test_a_started_worker_takes_up_what_the_last_one_left(house: Resources) -> None:
    put(house, 1)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        take_jobs(work)
    hands = Hands()
    worker = Worker(house, {"index-essay": hands})
    worker.start()
    assert hands.is_done.wait(PATIENCE_SECONDS)
    worker.stop()
    assert states(house) == {1: ("done", 2)}


def test_a_worker_outlives_a_database_that_takes_no_changes_for_a_while(
    house: Resources, caplog: pytest.LogCaptureFixture
) -> None:
    put(house, 1)
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE UPDATE ON job BEGIN SELECT RAISE(ABORT, 'full'); END")
    hands = Hands()
    worker = Worker(house, {"index-essay": hands})
    worker.start()
    for _ in range(200):
        if "the outbox cannot be worked off now" in caplog.text:
            break
        hands.is_done.wait(0.05)
    assert hands.given == []
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    house.wake.set()
    assert hands.is_done.wait(PATIENCE_SECONDS)
    worker.stop()
    assert states(house) == {1: ("done", 1)}


def test_an_act_undone_leaves_no_job_behind(house: Resources) -> None:
    def act() -> None:
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            enqueue(work, "index-essay", 1)
            work.after_commit(house.wake.set)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert states(house) == {}
    assert not house.wake.is_set()


def test_one_essay_whose_file_is_lost_keeps_no_other_out_of_the_index(house: Resources) -> None:
    contest = build_contest(house)
    unit = build_unit(house, contest)
    essays = [
        build_essay(house, contest, unit, title=f"第{number}盏灯", text=f"灯下第{number}夜", state=EssayState.ACCEPTED)
        for number in range(3)
    ]
    _manuscript_path(house, essays[0]).unlink()
    _manuscript_path(house, essays[1]).write_bytes(b"damaged")
    put(house, *(essay.id for essay in essays))
    Worker(house, HANDLERS).drain()
    assert set(states(house).values()) == {("done", 1)}
    assert find(house, "灯下") == [essays[2].id]
    assert find(house, "题目:灯") == [essay.id for essay in essays]
    rebuild_index(house, "bureau")
    assert find(house, "灯下") == [essays[2].id]


def find(house: Resources, query: str) -> list[int]:
    """Ids of the essays the bureau finds, with their snippets made."""
    with house.database.read() as session:
        found = search_essays(
            session,
            indexes=house.indexes,
            read=house.files.read,
            actor=Actor(Role.BUREAU, "局里某"),
            query=parse_query(query, audience="bureau"),
        )
    return sorted(hit.essay_id for hit in found.hits if isinstance(hit, BureauHit))


def _manuscript_path(house: Resources, essay: Essay) -> Path:
    with house.database.read() as session:
        key = session.get_one(EssayVersion, essay.latest_version_id).manuscript_key
        assert session.scalar(select(func.count()).where(StoredFile.key == key)) == 1
    return house.files.root / key[:2] / key


def test_a_job_cut_short_again_and_again_does_not_hold_up_fresh_ones(house: Resources) -> None:
    put(house, 1)
    for fresh in range(2, 7):
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            assert len(take_jobs(work)) == 1
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            revive_jobs(work)
        put(house, fresh)
    hands = Hands()
    Worker(house, {"index-essay": hands}).drain()
    assert set(states(house).values()) == {("done", 1), ("done", 2)}
    assert hands.given[0] == (6,)
