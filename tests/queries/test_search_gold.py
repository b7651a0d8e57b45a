"""Real prose in a real index: every run of two to six characters finds exactly the works that hold it, and hints only rank."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from review_app.domain.folding import fold_text
from review_app.domain.query_parser import parse_query
from review_app.domain.search_terms import Query, Word
from review_app.domain.widening import add_hints
from review_app.queries.answering import find_answer
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import EVERYTHING, BureauEntry
from review_app.storage.words import pick_words, split_words

SOURCES = sorted((Path(__file__).parents[2] / "review_app" / "demo" / "source").glob("e*.md"))
TEXTS = {number: path.read_text(encoding="utf-8").partition("\n\n")[2] for number, path in enumerate(SOURCES, start=1)}
SYNONYMS = (("接访", "下访", "走访"), ("积案", "骨头案"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    made = SearchIndex(tmp_path_factory.mktemp("gold"), audience="bureau", epoch="gold")
    entries = (
        BureauEntry(number, f"2020-{number:03d}", f"第{number}篇", text, len(text), "柳河镇", 1)
        for number, text in TEXTS.items()
    )
    made.rebuild(entries, last_change_id=0)
    yield made
    made.close()


def list_gold(count: int) -> list[str]:
    """Runs of two to six characters from all works, as they stand there."""
    rng = random.Random(2020)
    gold = []
    while len(gold) < count:
        text = rng.choice(list(TEXTS.values()))
        start, length = rng.randrange(len(text) - 6), rng.randint(2, 6)
        run = text[start : start + length]
        if run == run.strip():
            gold.append(run)
    return gold


def test_every_run_of_two_to_six_characters_finds_exactly_the_works_that_hold_it(index: SearchIndex) -> None:
    flat = {number: fold_text(text) for number, text in TEXTS.items()}
    wrong = []
    for run in list_gold(300):
        truth = tuple(number for number, text in flat.items() if fold_text(run) in text)
        found = index.list_ids(Query("bureau", Word(run, is_phrase=True)), scope=EVERYTHING)
        wrong += [run] if found != truth or not truth else []
    assert wrong == []


@pytest.mark.parametrize("text", ["信访 群众", "信访 或 调解", "接访 夜里 -火车", "信访 群众 字数>10"])
def test_hints_never_change_what_is_found(index: SearchIndex, text: str) -> None:
    query = parse_query(text, audience="bureau")
    hinted = add_hints(query)
    assert hinted != query
    assert index.list_ids(hinted, scope=EVERYTHING) == index.list_ids(query, scope=EVERYTHING) != ()


@pytest.mark.parametrize(
    ("text", "step", "first"),
    [
        ("这句话他记到了今天", "typed", 1),
        ("柳河镇信访办的铁皮柜里为什么锁着三本账？", "all", 1),
        ("鱼塘和秧田的塘埂怎么赔的飞机", "any", 1),
        ("柳河鎮信訪辦的鐵皮櫃", "typed", 1),
    ],
)
def test_the_work_that_was_meant_comes_first(index: SearchIndex, text: str, step: str, first: int) -> None:
    answer = find_answer(
        parse_query(text, audience="bureau"),
        search=lambda sought: index.search(sought, scope=EVERYTHING),
        split=lambda run: pick_words(split_words(run)),
        groups=SYNONYMS,
    )
    assert (answer.wider.step, answer.page.hits[0].essay_id) == (step, first)


def test_synonyms_find_more_and_count_less(index: SearchIndex) -> None:
    def search(sought: Query):
        return index.search(sought, scope=EVERYTHING, page_size=50)

    def ask(text: str):
        return find_answer(parse_query(text, audience="bureau"), search=search, split=pick_words, groups=SYNONYMS)

    alone, together = ask("“接访”").page, ask("接访").page
    union = {number for number, text in TEXTS.items() if any(word in text for word in SYNONYMS[0])}
    assert {hit.essay_id for hit in together.hits} == union > {hit.essay_id for hit in alone.hits} != set()
