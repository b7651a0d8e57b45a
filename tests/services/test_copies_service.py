"""Copied passages from the outbox to the bureau's decision: planted copies are found, honest repeats are not, decisions
stay as long as what they were about."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from compile.manuscript import Heading, Manuscript, Paragraph, Picture, Run
from compile.manuscript_json import dump_manuscript
from review_app.compare_job import compare_all, ensure_compared
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.copies import COMMON_UNITS, COPIED, SIMILAR, PairDecision
from review_app.domain.errors import Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayState
from review_app.handlers import HANDLERS
from review_app.models import (
    AuditEntry,
    Contest,
    Essay,
    EssayFingerprint,
    EssayVersion,
    Job,
    KnownText,
    SimilarPair,
    Unit,
    UnitClass,
)
from review_app.queries.copies import (
    PairFilter,
    count_pairs,
    find_greatest_shares,
    find_next_pair,
    get_pair,
    list_known_rows,
    list_marks,
    list_pairs,
    list_pairs_of,
)
from review_app.services import copies, essays
from review_app.services.jobs import enqueue
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import (
    NOW,
    actor_of,
    add,
    build_contest,
    build_essay,
    build_unit,
    build_user,
    make_resources,
    store,
)

CHARACTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
)
WORDS = [f"{one}{other}" for one in CHARACTERS for other in CHARACTERS]


def invent_sentences(seed: int, count: int = 40) -> list[str]:
    """Sentences of a work nobody else wrote."""
    rng = random.Random(seed)
    return ["".join(rng.choices(WORDS, k=rng.randint(6, 14))) + "。" for _ in range(count)]


def to_text(sentences: list[str]) -> str:
    return "\n".join("".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))


class World:
    """This year's contest and last year's, three units, and somebody of the bureau."""

    def __init__(self, folder: Path) -> None:
        self.house = make_resources(folder)
        self.contest = build_contest(self.house)
        self.past = build_contest(self.house)
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            work.session.get_one(Contest, self.past.id).year = self.past.year = 2019
        self.units = [build_unit(self.house, self.contest, code=f"XZ{place:02}") for place in range(3)]
        self.past_unit = build_unit(self.house, self.past, code="XZ00")
        self.bureau = actor_of(build_user(self.house, Role.BUREAU))

    def send(self, sentences: list[str], *, unit: int = 0, title: str = "一盏灯", **more) -> Essay:
        essay = build_essay(self.house, self.contest, self.units[unit], title=title, text=to_text(sentences), **more)
        self.compare(essay)
        return essay

    def compare(self, *ones: Essay) -> None:
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            for essay in ones:
                enqueue(work, "compare-essay", essay.id)
        self.drain()

    def drain(self) -> None:
        Worker(self.house, {**HANDLERS, "index-essay": lambda house, jobs: None}).drain()
        with self.house.database.read() as session:
            assert set(session.scalars(select(Job.state))) <= {"done"}

    def replace(self, essay: Essay, sentences: list[str]) -> None:
        """Another version of an essay from another file."""
        manuscript = Manuscript(title="新稿", blocks=(Paragraph((Run(to_text(sentences).replace("\n", "")),)),))
        key = store(self.house, dump_manuscript(manuscript), "application/json")
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            row = work.session.get_one(Essay, essay.id)
            old = work.session.get_one(EssayVersion, row.latest_version_id)
            version = EssayVersion(
                essay_id=essay.id, ordinal=2, original_key=old.original_key, original_name="新稿.docx", kind="docx",
                manuscript_key=key, words=500, created_at=NOW,
            )  # fmt: skip
            work.session.add(version)
            work.session.flush()
            row.latest_version_id = version.id
        self.compare(essay)

    def pairs(self, **only) -> dict[tuple[int, int], tuple[int, int]]:
        """The shares of each pair by the ids of its essays, the later one first."""
        with self.house.database.read() as session:
            return {
                (row.one.essay_id, row.other.essay_id): (row.one.share, row.other.share)
                for row in list_pairs(session, only=PairFilter(**only))
            }

    def row(self, place: int = 0) -> SimilarPair:
        with self.house.database.read() as session:
            return session.scalars(select(SimilarPair).order_by(SimilarPair.id)).all()[place]

    def decide(self, decision: str = "honest", note: str = "同一份通知") -> SimilarPair:
        row = self.row()
        with self.work() as work:
            copies.decide_pair(work, pair_id=row.id, version=row.version, decision=decision, note=note)
        return self.row()

    def work(self):
        return open_work(self.house.database, actor=self.bureau, now=NOW + timedelta(days=1))

    def all_of(self, table):
        with self.house.database.read() as session:
            return session.scalars(select(table).order_by(table.id)).all()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """The world before anything is sent, closed again: every test opens a copy of its folder."""
    folder = tmp_path_factory.mktemp("prepared")
    built = World(folder)
    built.house.close()
    return built, folder


@pytest.fixture
def world(prepared: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    built, folder = copy(prepared[0]), tmp_path / "data"
    shutil.copytree(prepared[1], folder)
    built.house = make_resources(folder)
    yield built
    built.house.close()


def test_a_copy_with_a_third_of_its_sentences_rewritten_is_found_with_its_passages(world: World) -> None:
    source, fresh = invent_sentences(1), invent_sentences(2)
    first = world.send(source)
    world.send(fresh, unit=2)
    copied = [fresh[at] if at % 3 == 0 else source[at] for at in range(40)]
    second = world.send(copied, unit=1, title="又一盏灯")
    assert set(world.pairs()) >= {(second.id, first.id)}
    share, other_share = world.pairs()[second.id, first.id]
    assert 550 < share < 750
    assert 550 < other_share < 750
    with world.house.database.read() as session:
        pair = get_pair(session, pair_id=world.row().id)
    texts = to_text(copied), to_text(source)
    stretches = [stretch for passage in pair.passages for stretch in passage]
    assert len(stretches) >= 13
    assert all(
        texts[0][s.start : s.end].replace("\n", "") == texts[1][s.other_start : s.other_end].replace("\n", "")
        for s in stretches
    )
    assert stretches == sorted(stretches, key=lambda s: s.start)


def test_planted_copies_of_every_kind_are_found_and_nothing_else_is(world: World) -> None:
    """The bench does the same with two hundred of each kind among ten thousand works."""
    rng = random.Random(9)
    sources = [invent_sentences(seed) for seed in range(10)]
    originals = [
        build_essay(world.house, world.contest, world.units[0], title=f"原稿{number}", text=to_text(sentences))
        for number, sentences in enumerate(sources)
    ]
    fresh = [invent_sentences(seed) for seed in range(20, 26)]
    half = [sources[1][at] if at % 2 else fresh[1][at] for at in range(40)]
    host = [*fresh[2][:14], *sources[2][10:22], *fresh[2][14:]]
    plants = {
        0: [fresh[0][at] if at % 3 == 0 else sources[0][at] for at in range(40)],
        1: half,
        2: host,
        3: rng.sample(sources[3], 40),
        4: ["　".join(sentence).replace("。", "．") for sentence in sources[4]],
        5: [sentence[: len(sentence) // 2] + "然而" + sentence[len(sentence) // 2 + 2 :] for sentence in sources[5]],
    }
    planted = {
        number: build_essay(world.house, world.contest, world.units[1], title=f"抄稿{number}", text=to_text(sentences))
        for number, sentences in plants.items()
    }
    said: list[tuple[int, int]] = []
    assert compare_all(world.house, say=lambda done, total: said.append((done, total))) == 16
    assert said == [(0, 16)]
    assert set(world.pairs()) == {(essay.id, originals[number].id) for number, essay in planted.items()}
    shares = {number: max(world.pairs()[essay.id, originals[number].id]) for number, essay in planted.items()}
    assert {number for number, share in shares.items() if share >= COPIED} == {0, 3, 4, 5}
    assert all(share >= SIMILAR for share in shares.values())


def test_works_of_past_years_are_compared_too_and_stand_on_the_second_side(world: World) -> None:
    new = world.send(invent_sentences(1))
    old = build_essay(
        world.house, world.past, world.past_unit, title="旧作", text=to_text(invent_sentences(1)), submitted_at=NOW
    )
    world.compare(old)
    assert world.pairs() == {(new.id, old.id): (1000, 1000)}
    with world.house.database.read() as session:
        (row,) = list_pairs_of(session, essay_id=old.id)
        assert find_greatest_shares(session, essay_ids=[new.id, old.id]) == {new.id: 1000, old.id: 1000}
    assert (row.one.essay_id, row.one.year, row.other.year, row.is_copied) == (old.id, 2019, 2020, True)


def test_comparing_again_changes_nothing(world: World) -> None:
    world.send(invent_sentences(1))
    essay = world.send(invent_sentences(1), unit=1)
    before = world.row(), [row.id for row in world.all_of(EssayFingerprint)]
    world.compare(essay)
    compare_all(world.house, say=lambda done, total: None)
    after = world.row(), [row.id for row in world.all_of(EssayFingerprint)]
    assert (after[0].found_at, after[0].version, after[1]) == (before[0].found_at, before[0].version, before[1])


@pytest.mark.parametrize("state", [EssayState.DRAFT, EssayState.WITHDRAWN])
def test_what_is_a_draft_or_withdrawn_is_gone_after_one_job(world: World, state: EssayState) -> None:
    first = world.send(invent_sentences(1))
    second = world.send(invent_sentences(1), unit=1)
    world.decide("copied", "整段相同")
    with open_work(world.house.database, actor=SYSTEM, now=NOW) as work:
        work.session.get_one(Essay, first.id).state = state.value
    assert (world.pairs(), find_greatest(world, second), len(world.all_of(SimilarPair))) == ({}, {}, 1)
    with world.house.database.read() as session:
        assert (count_pairs(session), find_next_pair(session)) == ({}, None)
    world.compare(first)
    assert world.all_of(SimilarPair) == []
    assert [row.essay_id for row in world.all_of(EssayFingerprint)] == [second.id]
    third = world.send(invent_sentences(1), unit=2)
    assert set(world.pairs()) == {(third.id, second.id)}


def test_a_disqualified_work_goes_on_to_be_compared(world: World) -> None:
    first = world.send(invent_sentences(1), state=EssayState.DISQUALIFIED)
    second = world.send(invent_sentences(1), unit=1)
    assert set(world.pairs()) == {(second.id, first.id)}


def test_versions_of_one_essay_are_no_pair_and_a_new_version_takes_the_old_ones_place(world: World) -> None:
    essay, other = world.send(invent_sentences(1)), world.send(invent_sentences(1), unit=1)
    world.replace(essay, invent_sentences(1)[:30])
    assert set(world.pairs()) == {(other.id, essay.id)}
    world.replace(other, invent_sentences(5))
    assert world.pairs() == {}


def test_a_decision_stays_as_long_as_both_versions_do(world: World) -> None:
    essay, other = world.send(invent_sentences(1)), world.send(invent_sentences(1), unit=1)
    decided = world.decide()
    assert (decided.decision, decided.note, decided.decided_by, decided.decided_at) == (
        "honest", "同一份通知", world.bureau.name, NOW + timedelta(days=1),
    )  # fmt: skip
    compare_all(world.house, say=lambda done, total: None)
    assert world.row().decision == "honest"
    assert find_greatest(world, essay, other) == {}
    with world.work() as work:
        copies.add_known_text(work, title="通知", text=to_text(invent_sentences(1)))
    world.drain()
    assert world.row().decision == "honest"
    world.replace(essay, invent_sentences(1)[:35])
    assert world.pairs() == {}
    with world.work() as work:
        copies.remove_known_text(work, text_id=1)
    world.drain()
    row = world.row()
    assert (row.decision, row.note, row.decided_by, row.decided_at) == ("undecided", "", "", None)


def find_greatest(world: World, *ones: Essay) -> dict[int, int]:
    with world.house.database.read() as session:
        return find_greatest_shares(session, essay_ids=[essay.id for essay in ones])


def test_a_decision_is_on_record_and_can_be_taken_back(world: World) -> None:
    world.send(invent_sentences(1), title="甲"), world.send(invent_sentences(1), unit=1, title="乙")
    row = world.row()
    for decision, note, field in (("", "x", "decision"), ("undecided", "x", "decision"), ("copied", " ", "note")):
        with pytest.raises(Invalid) as refused, world.work() as work:
            copies.decide_pair(work, pair_id=row.id, version=row.version, decision=decision, note=note)
        assert refused.value.field == field
    with pytest.raises(Conflict), world.work() as work:
        copies.decide_pair(work, pair_id=row.id, version=row.version + 1, decision="honest", note="")
    with pytest.raises(NotFound), world.work() as work:
        copies.decide_pair(work, pair_id=99, version=1, decision="honest", note="")
    decided = world.decide("copied", "整段相同")
    with pytest.raises(Conflict), world.work() as work:
        copies.decide_pair(work, pair_id=row.id, version=decided.version, decision="honest", note="")
    with world.house.database.read() as session:
        assert count_pairs(session) == {(PairDecision.COPIED, True): 1}
        assert find_next_pair(session) is None
    assert world.pairs(decision=PairDecision.UNDECIDED) == {}
    assert len(world.pairs(decision=PairDecision.COPIED, is_copied=True)) == 1
    assert world.pairs(is_copied=False) == {}
    with world.work() as work:
        copies.reopen_pair(work, pair_id=row.id, version=decided.version)
    with pytest.raises(Conflict), world.work() as work:
        copies.reopen_pair(work, pair_id=row.id, version=world.row().version)
    assert (world.row().decision, world.row().note) == ("undecided", "")
    with world.house.database.read() as session:
        assert (find_next_pair(session), find_next_pair(session, after_id=row.id)) == (row.id, None)
        entries = session.execute(select(AuditEntry.act, AuditEntry.facts).order_by(AuditEntry.id)).all()
    assert [act for act, _facts in entries] == ["pair.copied", "pair.reopen"]
    assert entries[0].facts | {"number": "", "other_number": ""} == {
        "number": "", "title": "甲", "other_number": "", "other_title": "乙", "share": 1000, "note": "整段相同",
    }  # fmt: skip


def test_known_texts_count_in_no_work_until_they_are_removed(world: World) -> None:
    law = invent_sentences(7, 20)
    one = world.send([*invent_sentences(1), *law])
    other = world.send([*law, *invent_sentences(2)], unit=1)
    assert set(world.pairs()) == {(other.id, one.id)}
    with pytest.raises(Invalid), world.work() as work:
        copies.add_known_text(work, title="短", text="太短了")
    with world.work() as work:
        text_id = copies.add_known_text(work, title="信访工作条例", text=" ".join(law))
    assert {(job.kind, job.object_id) for job in world.all_of(Job) if job.state == "waiting"} == {
        ("compare-essay", one.id), ("compare-essay", other.id),
    }  # fmt: skip
    world.drain()
    assert world.pairs() == {}
    with world.house.database.read() as session:
        (row,) = list_known_rows(session)
    assert (row.title, row.letters) == ("信访工作条例", sum(len(sentence) - 1 for sentence in law))
    with world.work() as work:
        copies.remove_known_text(work, text_id=text_id)
    with pytest.raises(NotFound), world.work() as work:
        copies.remove_known_text(work, text_id=text_id)
    world.drain()
    assert set(world.pairs()) == {(other.id, one.id)}
    with world.work() as work:
        copies.bring_back_known_text(work, text_id=text_id)
    with pytest.raises(NotFound), world.work() as work:
        copies.bring_back_known_text(work, text_id=text_id)
    world.drain()
    assert world.pairs() == {}
    assert [row.act for row in world.all_of(AuditEntry)] == ["known_text.add", "known_text.remove", "known_text.add"]
    assert len(world.all_of(KnownText)) == 1


def test_jobs_that_wait_already_are_not_added_again(world: World) -> None:
    world.send(invent_sentences(1))
    for title in ("甲", "乙"):
        with world.work() as work:
            copies.add_known_text(work, title=title, text=to_text(invent_sentences(8)))
    assert [job.state for job in world.all_of(Job)] == ["done", "waiting"]


def test_what_more_than_twenty_units_wrote_is_common_property(world: World) -> None:
    slogan = invent_sentences(7, 10)
    with world.house.database.read() as session:
        class_id = session.scalar(select(UnitClass.id).where(UnitClass.contest_id == world.contest.id).limit(1))
    rows = [
        Unit(contest_id=world.contest.id, class_id=class_id, code=f"M{n:02}", name=f"单位{n}", position=n)
        for n in range(COMMON_UNITS + 1)
    ]
    add(world.house, *rows)
    for number, unit in enumerate(rows):
        text = to_text([*invent_sentences(100 + number, 25), *slogan])
        build_essay(world.house, world.contest, unit, title=f"作品{number}", text=text)
    compare_all(world.house, say=lambda done, total: None)
    assert world.pairs() == {}


def test_an_essay_that_never_was_compared_is_when_the_server_starts(world: World) -> None:
    essays_there = [
        build_essay(
            world.house, world.contest, world.units[unit], title=f"作品{unit}", text=to_text(invent_sentences(1))
        )
        for unit in range(2)
    ]
    build_essay(world.house, world.contest, world.units[2], state=EssayState.DRAFT)
    ensure_compared(world.house)
    assert [job.object_id for job in world.all_of(Job)] == [essay.id for essay in essays_there]
    world.drain()
    assert len(world.pairs()) == 1
    ensure_compared(world.house)
    assert len(world.all_of(Job)) == 2


def test_a_lost_file_is_in_no_pair_and_stops_no_other(world: World) -> None:
    first = world.send(invent_sentences(1))
    key = world.all_of(EssayVersion)[0].manuscript_key
    (world.house.files.root / key[:2] / key).unlink()
    second = world.send(invent_sentences(3), unit=1)
    third = world.send(invent_sentences(3), unit=2)
    world.compare(first)
    assert set(world.pairs()) == {(third.id, second.id)}


def test_withdrawing_asks_for_a_comparison_like_everything_that_changes_a_text_or_its_state(world: World) -> None:
    essay = world.send(invent_sentences(1))
    unit_actor = actor_of(build_user(world.house, Role.UNIT, unit=world.units[0]))
    with open_work(world.house.database, actor=unit_actor, now=NOW) as work:
        essays.withdraw_essay(work, essay_id=essay.id)
    assert [(job.kind, job.object_id) for job in world.all_of(Job) if job.state == "waiting"] == [
        ("index-essay", essay.id), ("compare-essay", essay.id),
    ]  # fmt: skip


def test_marks_are_cut_at_blocks_and_never_lie_over_one_another() -> None:
    blocks = (Heading(1, (Run("一二三"),)), Picture("a" * 64, 1, 1), Paragraph((Run("四五"), Run("六七"))))
    manuscript = Manuscript(title="题", blocks=blocks)
    marks = list_marks(manuscript, [[(1, 6)], [(5, 8)]])
    assert [(mark.block, mark.start, mark.end, mark.passage, mark.is_first) for mark in marks] == [
        (0, 1, 3, 1, True), (2, 0, 2, 1, False), (2, 2, 4, 2, True),
    ]  # fmt: skip
