"""How an index is kept: changes, several writers, interrupted writers, damage, rebuilding beside a running search."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from review_app.domain.query_parser import parse_query
from review_app.storage import index as index_module
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import EVERYTHING, BureauEntry, Change, IndexStatus, IndexUnavailable, SearchScope

WORDS = ["信访", "调解", "河长", "接访", "听证", "化解"]


def make_entry(essay_id: int, body: str = "") -> BureauEntry:
    body = body or "".join(random.Random(essay_id).choices(WORDS, k=60))
    return BureauEntry(
        essay_id, f"2025-{essay_id:04d}", f"题目{essay_id}", body, 120, "城关镇", 1, year=2025, author="李青禾"
    )


def make_index(root: Path, count: int = 30) -> SearchIndex:
    index = SearchIndex(root, audience="bureau", epoch="e1")
    assert index.rebuild(map(make_entry, range(1, count + 1)), last_change_id=count) == IndexStatus(
        "ready", count, count
    )
    return index


def reopen(index: SearchIndex) -> SearchIndex:
    """The index as another process would see it."""
    return SearchIndex(index.root, audience=index.audience, epoch=index.epoch)


def ids(index: SearchIndex, text: str = "") -> list[int]:
    return list(index.list_ids(parse_query(text, audience="bureau"), scope=EVERYTHING))


def folder_of(index: SearchIndex) -> Path:
    return index.root / json.loads((index.root / "current.json").read_text())["folder"]


def test_changes_are_followed_by_every_open_reader(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    other = reopen(index)
    assert ids(other, "枫桥") == []
    assert index.apply([Change(31, 5, make_entry(5, "枫桥经验")), Change(32, 40, make_entry(40, "枫桥"))]) == 2
    assert ids(index, "枫桥") == ids(other, "枫桥") == [5, 40]
    assert index.apply([Change(33, 5, make_entry(5, "又改了"))]) == 1
    assert ids(other, "枫桥") == [40]
    assert index.status() == IndexStatus("ready", 31, 33)


def test_deleted_essay_is_in_no_result_count_or_facet(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    other = reopen(index)
    assert 7 in ids(other)
    assert index.apply([Change(31, 7, None), Change(32, 999, None)]) == 2
    for reader in (index, other, reopen(index)):
        page = reader.search(parse_query("", audience="bureau"), scope=EVERYTHING, facets=["year"], page_size=100)
        assert (page.total, page.facets) == (29, {"year": {2025: 29}})
        assert 7 not in [hit.essay_id for hit in page.hits]
        assert ids(reader, "题目:题目7") == []


def test_last_change_of_an_essay_wins_and_repeating_does_no_harm(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    changes = [
        Change(31, 5, make_entry(5, "甲甲")),
        Change(32, 6, None),
        Change(33, 5, make_entry(5, "乙乙")),
        Change(34, 6, make_entry(6, "丙丙")),
    ]
    for _ in range(3):
        assert index.apply(changes) == 2
        assert (ids(index, "甲甲"), ids(index, "乙乙"), ids(index, "丙丙")) == ([], [5], [6])
        assert index.status() == IndexStatus("ready", 30, 34)
    assert index.apply([]) == 0


def test_many_small_commits_merge_and_leave_no_files_behind(tmp_path: Path) -> None:
    index = make_index(tmp_path, count=3)
    for essay_id in range(1, 40):
        index.apply([Change(essay_id, essay_id % 13 + 1, make_entry(essay_id % 13 + 1, f"第{essay_id}次"))])
    assert ids(index) == ids(reopen(index)) == list(range(1, 14))
    assert ids(index, "第39次") == [1]
    described = json.loads((tmp_path / "current.json").read_text())["files"]
    assert {path.name for path in folder_of(index).iterdir()} == set(described)
    assert index.check() == IndexStatus("ready", 13, 39)


WRITER = """
import sys
from pathlib import Path
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import BureauEntry, Change
index = SearchIndex(Path(sys.argv[1]), audience="bureau", epoch="e1")
for essay_id in range(300, 308):
    index.apply([Change(essay_id, essay_id, BureauEntry(essay_id, str(essay_id), "题目", "并发", 2, "城关镇", 1))])
"""


def test_two_threads_and_another_process_lose_nothing(tmp_path: Path) -> None:
    index = make_index(tmp_path, count=5)

    def write(first: int) -> None:
        own = reopen(index) if first == 200 else index
        for essay_id in range(first, first + 8):
            own.apply([Change(essay_id, essay_id, make_entry(essay_id, "并发"))])

    repository = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=repository) as process:
        threads = [threading.Thread(target=write, args=(first,)) for first in (100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert process.wait(60) == 0
    assert ids(index, "并发") == [*range(100, 108), *range(200, 208), *range(300, 308)]
    assert index.check() == IndexStatus("ready", 29, 307)


def test_search_goes_on_while_others_write_and_rebuild(tmp_path: Path) -> None:
    index = make_index(tmp_path, count=10)
    seen: list[list[int]] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            seen.append(ids(reopen(index), "题目"))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(6):
        index.apply([Change(11 + number, 3, make_entry(3, f"第{number}次"))])
        index.rebuild(map(make_entry, range(1, 11)), last_change_id=20)
    is_over.set()
    reader.join()
    assert len(seen) > 3
    assert all(found == list(range(1, 11)) for found in seen)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder_of(index).name]


def test_interrupted_rebuild_leaves_the_old_index(tmp_path: Path) -> None:
    index = make_index(tmp_path)

    def break_off() -> Iterator[BureauEntry]:
        yield make_entry(1)
        raise ConnectionError("database gone")

    with pytest.raises(ConnectionError, match="database gone"):
        index.rebuild(break_off(), last_change_id=99)
    assert reopen(index).check() == IndexStatus("ready", 30, 30)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [folder_of(index)]


def test_failed_change_leaves_the_index_as_it_was_and_the_next_one_works(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    broken = make_entry(2, "坏")
    object.__setattr__(broken, "title", None)
    with pytest.raises(AttributeError):
        index.apply([Change(31, 1, make_entry(1, "枫桥")), Change(32, 2, broken)])
    assert (ids(index, "枫桥"), index.check()) == ([], IndexStatus("ready", 30, 30))
    index.apply([Change(31, 1, make_entry(1, "枫桥"))])
    assert (ids(index, "枫桥"), index.check()) == ([1], IndexStatus("ready", 30, 31))


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits of POSIX")
def test_full_disk_leaves_the_index_as_it_was_and_the_next_change_works(tmp_path: Path) -> None:
    import resource

    index = make_index(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit_bytes in (0, 1_000, 4_000, 20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                index.apply([Change(31, 1, make_entry(1, "枫桥" + "".join(map(chr, range(0x4E00, 0x5E00)))))])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (ids(reopen(index), "枫桥"), reopen(index).check()) == ([], IndexStatus("ready", 30, 30))
    index.apply([Change(31, 1, make_entry(1, "枫桥"))])
    assert (ids(index, "枫桥"), index.check()) == ([1], IndexStatus("ready", 30, 31))


def test_commit_that_never_reached_the_manifest_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index(tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index_module, "write_manifest", stop)
        with pytest.raises(KeyboardInterrupt):
            index.apply([Change(31, 1, make_entry(1, "枫桥"))])
    assert (ids(reopen(index), "枫桥"), reopen(index).check()) == ([], IndexStatus("ready", 30, 30))
    index.apply([Change(31, 2, make_entry(2, "枫桥"))])
    assert ids(reopen(index), "枫桥") == [2]


def damage_nothing_named(index: SearchIndex) -> None:
    shutil.rmtree(index.root)


def remove_folder(index: SearchIndex) -> None:
    shutil.rmtree(folder_of(index))


def truncate_manifest(index: SearchIndex) -> None:
    path = index.root / "current.json"
    path.write_bytes(path.read_bytes()[:40])


def point_manifest_outside(index: SearchIndex) -> None:
    path = index.root / "current.json"
    path.write_text(path.read_text().replace(folder_of(index).name, ".."))


def pick_file(index: SearchIndex, ending: str) -> Path:
    return next(path for path in sorted(folder_of(index).iterdir()) if path.name.endswith(ending))


def make_damages() -> list:
    damages = [
        pytest.param(damage_nothing_named, "missing", id="no index"),
        pytest.param(remove_folder, "damaged", id="folder gone"),
        pytest.param(truncate_manifest, "damaged", id="manifest cut"),
        pytest.param(point_manifest_outside, "damaged", id="manifest points outside"),
    ]
    for ending in (".toc", ".trm", ".pst", "content.col", "facts.col"):

        def remove(index: SearchIndex, ending: str = ending) -> None:
            pick_file(index, ending).unlink()

        def cut(index: SearchIndex, ending: str = ending) -> None:
            path = pick_file(index, ending)
            path.write_bytes(path.read_bytes()[:-7])

        def zero(index: SearchIndex, ending: str = ending) -> None:
            path = pick_file(index, ending)
            content = path.read_bytes()
            path.write_bytes(content[:16] + bytes(len(content[16:80])) + content[80:])

        def flip(index: SearchIndex, ending: str = ending) -> None:
            path = pick_file(index, ending)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)

        for damage in (remove, cut, zero, flip):
            damages.append(pytest.param(damage, "damaged", id=f"{damage.__name__} {ending}"))
    return damages


@pytest.mark.parametrize(("damage", "state"), make_damages())
def test_damage_is_noticed_before_it_is_read_and_cured_by_rebuilding(tmp_path: Path, damage, state: str) -> None:
    index = make_index(tmp_path / "index")
    expected = ids(index, "信访")
    damage(index)
    broken = reopen(index)
    assert (broken.check().state, broken.check().is_ready) == (state, False)
    with pytest.raises(IndexUnavailable) as caught:
        ids(broken, "信访")
    assert caught.value.status.state == state
    assert caught.value.status.problem
    with pytest.raises(IndexUnavailable):
        broken.apply([Change(31, 1, make_entry(1))])
    assert broken.rebuild(map(make_entry, range(1, 31)), last_change_id=30) == IndexStatus("ready", 30, 30)
    assert ids(broken, "信访") == ids(index, "信访") == expected != []


def test_file_cut_short_under_an_open_reader_is_reported(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    assert ids(index)
    for ending in (".pst", "content.col"):
        pick_file(index, ending).write_bytes(b"")
    with pytest.raises(IndexUnavailable) as caught:
        ids(index, "信访局")
    assert caught.value.status.state == "damaged"


def test_scoped_search_reads_no_postings(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    scope = SearchScope(unit_id=1)
    queries = [parse_query(text, audience="unit") for text in ("信访", "信访调解", "接", "-听证", "河长 或 化解")]
    expected = [index.search(query, scope=scope) for query in queries]
    assert expected[0].total > 0
    index.close()
    assert ids(index)
    for ending in (".pst", ".trm"):
        pick_file(index, ending).write_bytes(b"")
    assert [index.search(query, scope=scope) for query in queries] == expected
    with pytest.raises(IndexUnavailable):
        ids(index, "信访")


@pytest.mark.parametrize(
    ("epoch", "audience", "state"),
    [("e2", "bureau", "foreign"), ("e1", "reviewer", "foreign")],
    ids=["epoch", "audience"],
)
def test_index_of_another_database_or_audience_is_never_opened(tmp_path: Path, epoch, audience, state) -> None:
    make_index(tmp_path)
    other = SearchIndex(tmp_path, audience=audience, epoch=epoch)
    assert (other.status().state, other.check().state) == (state, state)
    with pytest.raises(IndexUnavailable):
        other.apply([Change(1, 1, None)])


def test_index_of_an_older_schema_asks_to_be_rebuilt(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    path = tmp_path / "current.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 0}))
    assert reopen(index).status().state == "outdated"


def test_index_without_entries_is_ready_and_finds_nothing(tmp_path: Path) -> None:
    index = make_index(tmp_path, count=0)
    assert ids(index) == ids(index, "信访") == ids(index, "信") == []
    index.apply([Change(1, 1, make_entry(1, "信访"))])
    assert ids(index, "信访") == [1]
    index.apply([Change(2, 1, None)])
    assert ids(index, "信访") == []
    assert index.check() == IndexStatus("ready", 0, 2)


def test_closed_index_opens_again(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    expected = ids(index, "信访")
    index.close()
    assert ids(index, "信访") == expected


def test_damage_met_by_a_search_is_the_status_until_the_index_is_rebuilt(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    assert ids(index, "信访") != []
    path = pick_file(index, ".pst")
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    assert ids(index, "信访") != []  # kept in memory
    with pytest.raises(IndexUnavailable):
        ids(index, "河长")
    assert index.status().state == "damaged"
    with pytest.raises(IndexUnavailable):
        index.apply([Change(31, 1, make_entry(1))])
    index.rebuild(map(make_entry, range(1, 31)), last_change_id=30)
    assert index.status() == IndexStatus("ready", 30, 30)
    assert ids(index, "河长") != []


def test_segments_are_joined_when_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_MANY_SEGMENTS", 3)
    monkeypatch.setattr(index_module, "_JOINED_ESSAYS", 12)
    index = make_index(tmp_path, count=40)
    counts = []
    for start in range(41, 141, 10):
        index.apply([Change(start, number, make_entry(number)) for number in range(start, start + 10)])
        counts.append(sum(path.suffix == ".pst" for path in folder_of(index).iterdir()))
    assert (max(counts), ids(index)) == (5, list(range(1, 141)))


def test_segment_of_which_half_is_gone_is_written_anew(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    before = {path.name for path in folder_of(index).iterdir() if path.suffix == ".pst"}
    index.apply([Change(31, number, None) for number in range(1, 16)])
    assert {path.name for path in folder_of(index).iterdir() if path.suffix == ".pst"} == before
    index.apply([Change(32, 16, None)])
    assert {path.name for path in folder_of(index).iterdir() if path.suffix == ".pst"}.isdisjoint(before)
    assert (ids(index), index.check()) == (list(range(17, 31)), IndexStatus("ready", 14, 32))


def test_essays_without_a_letter_are_kept_and_found_by_their_facts(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    blank = BureauEntry(1, "2025-0001", "", " \n", 0, "城关镇", 1)
    index.rebuild([blank], last_change_id=0)
    assert (ids(index, "单位:城关"), ids(index, "城"), ids(index, '"城关"')) == ([1], [], [])
    index.apply([Change(1, 2, make_entry(2, "城"))])
    assert (ids(index), ids(index, "城"), index.check()) == ([1, 2], [2], IndexStatus("ready", 2, 1))
