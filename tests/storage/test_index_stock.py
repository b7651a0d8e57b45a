"""Our evaluation beside the library's own searcher on the same files, and what is left to it when it is another one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh import query as library
from whoosh.reading import MultiReader
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from review_app.domain.folding import fold_text
from review_app.domain.search_terms import And, Node, Not, Or, Query, Word
from review_app.storage import index as index_module
from review_app.storage import index_check
from review_app.storage.index import SearchIndex
from review_app.storage.index_files import open_segment, read_contents
from review_app.storage.index_postings import ArrayFieldWriter
from review_app.storage.index_search import K1, B
from review_app.storage.search_types import EVERYTHING, BureauEntry, Change

LETTERS = "信访局人民调解小河长制度AB12，。"
TREES = 500


def make_entry(essay_id: int) -> BureauEntry:
    rng = random.Random(essay_id)
    title, body = ("".join(rng.choices(LETTERS, k=length)) for length in (rng.randint(0, 8), rng.randint(0, 90)))
    return BureauEntry(essay_id, f"2025-{essay_id:04d}", title, body, len(body), "城关镇", 1)


ENTRIES = tuple(map(make_entry, range(1, 301)))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """Three segments."""
    made = SearchIndex(tmp_path_factory.mktemp("index"), audience="bureau", epoch="e1")
    made.rebuild(ENTRIES[:160], last_change_id=0)
    for start in (160, 240):
        made.apply([Change(start, entry.essay_id, entry) for entry in ENTRIES[start : start + 80]])
    return made


@pytest.fixture(scope="module")
def searcher(index: SearchIndex) -> Iterator[Searcher]:
    """The library's searcher over the same files."""
    (folder,) = (path for path in index.root.iterdir() if path.is_dir())
    readers = [open_segment(folder, segment) for segment in read_contents(folder).segments]
    with Searcher(MultiReader(readers), weighting=BM25F(B=B, K1=K1)) as searcher:
        yield searcher


def make_tree(rng: random.Random, depth: int = 3) -> Node:
    kind = rng.choice(["word", "word", "and", "or", "not"]) if depth else "word"
    if kind == "word":
        return Word("".join(rng.choices(LETTERS, k=2)))
    if kind == "not":
        return And((make_tree(rng, depth - 1), Not(make_tree(rng, depth - 1))))
    parts = tuple(make_tree(rng, depth - 1) for _ in range(rng.randint(2, 4)))
    return And(parts) if kind == "and" else Or(parts)


def translate(node: Node) -> library.Query:
    """The same for the library."""
    match node:
        case Word(text=text):
            return library.Term("text", fold_text(text))
        case Not(node=inner):  # which else gives a point to each document, as does a score of zero
            return library.ConstantScoreQuery(library.Not(translate(inner)), 1e-6)
        case And(nodes=nodes):
            return library.And([translate(part) for part in nodes])
        case Or(nodes=nodes):
            return library.Or([translate(part) for part in nodes])
    raise AssertionError(node)


def test_hits_and_scores_equal_those_of_the_library_on_random_trees(index: SearchIndex, searcher: Searcher) -> None:
    rng = random.Random(17)
    essay_ids = [entry_id for reader, _ in searcher.reader().leaf_readers() for entry_id in read_ids(reader)]
    hit_count = 0
    for _ in range(TREES):
        node = make_tree(rng)
        expected = {
            essay_ids[document]: score for score, document in searcher.search(translate(node), limit=None).top_n
        }
        page = index.search(Query("bureau", node), scope=EVERYTHING, page_size=300)
        assert {hit.essay_id: pytest.approx(hit.score, abs=0.01) for hit in page.hits} == expected, node
        hit_count += len(expected)
    assert hit_count > 10 * TREES


def read_ids(reader) -> list[int]:
    return reader.column_reader("facts", translate=False).read_numbers("essay_id").tolist()


def break_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_otherwise(self, *_: object) -> None:
        raise AttributeError("_tindex")

    monkeypatch.setattr(ArrayFieldWriter, "add_all", write_otherwise)


def test_index_left_to_another_library_finds_and_ranks_the_same(
    index: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_writer(monkeypatch)
    monkeypatch.setattr(index_module, "is_library_known", index_check.is_library_known.__wrapped__)
    stock = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    stock.rebuild(ENTRIES[:160], last_change_id=0)
    for start in (160, 240):
        stock.apply([Change(start, entry.essay_id, entry) for entry in ENTRIES[start : start + 80]])
    rng = random.Random(18)
    words = [Word("".join(rng.choices(LETTERS, k=rng.randint(1, 4)))) for _ in range(60)]
    for node in [*words, *(make_tree(rng) for _ in range(60))]:
        ours, theirs = (made.search(Query("bureau", node), scope=EVERYTHING, page_size=300) for made in (index, stock))
        assert [hit.essay_id for hit in theirs.hits] == [hit.essay_id for hit in ours.hits]
        assert [hit.score for hit in theirs.hits] == pytest.approx([hit.score for hit in ours.hits])
    stock.apply([Change(400, 1, None)])
    assert stock.check().documents == len(ENTRIES) - 1


def test_index_of_the_other_way_of_writing_asks_to_be_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SearchIndex(tmp_path, audience="bureau", epoch="e1").rebuild(ENTRIES[:3], last_change_id=0)
    break_writer(monkeypatch)
    monkeypatch.setattr(index_module, "is_library_known", index_check.is_library_known.__wrapped__)
    assert SearchIndex(tmp_path, audience="bureau", epoch="e1").check().state == "outdated"


def test_library_of_the_locked_version_is_known() -> None:
    assert index_check.is_library_known()
