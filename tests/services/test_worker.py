"""The worker does every job once, tries again what failed, gives up in the end, and is never stopped by one bad job."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.domain.query_parser import parse_query
from review_app.handlers import HANDLERS
from review_app.index_job import ensure_indexes, mend_indexes, rebuild_index
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


def test_a_kind_of_another_worker_is_left_to_it(house: Resources) -> None:
    put(house, 1, kind="build-anthology")
    put(house, 2)
    hands, other_hands = Hands(), Hands()
    assert Worker(house, {"index-essay": hands}).drain() == 1
    assert states(house) == {1: ("waiting", 0), 2: ("done", 1)}
    assert Worker(house, {"build-anthology": other_hands}).drain() == 1
    assert (hands.given, other_hands.given) == ([(2,)], [(1,)])


def test_a_long_job_keeps_no_essay_from_being_indexed(house: Resources) -> None:
    put(house, 1, kind="build-anthology")
    started, is_over, hands = threading.Event(), threading.Event(), Hands()

    def build(resources: Resources, jobs: Sequence[TakenJob]) -> None:
        started.set()
        is_over.wait(PATIENCE_SECONDS)

    workers = [Worker(house, {"build-anthology": build}), Worker(house, {"index-essay": hands})]
    for worker in workers:
        worker.start()
    assert started.wait(PATIENCE_SECONDS)
    put(house, 2)
    house.wake.set()
    assert hands.is_done.wait(PATIENCE_SECONDS)
    assert states(house)[1] == ("running", 1)
    is_over.set()
    for worker in workers:
        worker.stop()
    assert states(house) == {1: ("done", 1), 2: ("done", 1)}


def test_a_job_cut_short_by_a_crash_is_done_after_the_restart(house: Resources) -> None:
    put(house, 1, 2)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        assert len(take_jobs(work, kinds=["index-essay"])) == 2
    assert set(states(house).values()) == {("running", 1)}
    hands = Hands()
    assert Worker(house, {"index-essay": hands}).drain() == 0
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        assert revive_jobs(work, kinds=["index-essay"]) == 2
    assert Worker(house, {"index-essay": hands}).drain() == 2
    assert set(states(house).values()) == {("done", 2)}


def test_a_job_that_kills_its_worker_every_time_is_given_up(house: Resources) -> None:
    put(house, 1)
    for _ in range(MAX_TRIES):
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            assert len(take_jobs(work, kinds=["index-essay"])) == 1
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            revive_jobs(work, kinds=["index-essay"])
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
        take_jobs(work, kinds=["index-essay"])
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


def test_worker_mends_an_index_that_went_missing_or_was_damaged(house: Resources) -> None:
    contest = build_contest(house)
    essay = build_essay(house, contest, build_unit(house, contest), text="灯下夜读", state=EssayState.ACCEPTED)
    index = house.indexes["bureau"]
    assert index.status().state == "missing"
    ensure_indexes(house)
    assert find(house, "灯下") == [essay.id]
    index.close()
    for path in index.root.rglob("*.pst"):
        path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    assert find(house, "夜读") == []  # titles from the database meanwhile
    mend_indexes(house)
    assert find(house, "夜读") == [essay.id]


def test_worker_prepares_once_and_keeps_up_while_it_waits(house: Resources) -> None:
    hands, kept_up = Hands(), threading.Event()
    prepared: list[Resources] = []
    worker = Worker(house, {"index-essay": hands}, prepare=prepared.append, keep_up=lambda _: kept_up.set())
    worker.start()
    assert kept_up.wait(PATIENCE_SECONDS)
    worker.stop()
    assert prepared == [house]


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
            assert len(take_jobs(work, kinds=["index-essay"])) == 1
        with open_work(house.database, actor=SYSTEM, now=NOW) as work:
            revive_jobs(work, kinds=["index-essay"])
        put(house, fresh)
    hands = Hands()
    Worker(house, {"index-essay": hands}).drain()
    assert set(states(house).values()) == {("done", 1), ("done", 2)}
    assert hands.given[0] == (6,)
