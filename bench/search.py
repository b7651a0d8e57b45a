"""Measure the whole search page against SQLite FTS5 on the same made-up essays, in processor time.

    python bench/search.py [--docs 1000] [--seed 1] [--repeats 3] [--json]

A page is: query, exact total, ten best hits with snippets, and three facets. Every engine runs every query in turn,
the best of the repeats counts. The hit sets of all engines must be equal, or the run fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

try:
    import pysqlite3 as sqlite3
except ImportError:
    import sqlite3

sys.path.insert(0, str(Path(__file__).parents[1]))

from review_app.domain.folding import fold_text
from review_app.domain.search_terms import Query, list_words, parse_query
from review_app.domain.snippets import find_snippet
from review_app.storage.analyzer import make_search_text
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import EVERYTHING, BureauEntry, Change

COMMON_WORDS = [
    "信访",
    "群众",
    "工作",
    "调解",
    "矛盾",
    "化解",
    "干部",
    "基层",
    "乡镇",
    "社区",
    "村民",
    "政策",
    "办理",
    "来访",
    "接访",
    "走访",
    "下访",
    "听证",
    "积案",
    "诉求",
    "反映",
    "协调",
    "部门",
    "责任",
    "包案",
    "领导",
    "服务",
    "窗口",
    "热线",
    "网上",
    "投诉",
    "答复",
    "满意",
    "回访",
    "帮扶",
    "救助",
    "物业",
    "小区",
    "停车",
    "噪音",
    "征地",
    "拆迁",
    "补偿",
    "工资",
    "社保",
    "医保",
    "教育",
    "环保",
    "河长",
    "道路",
    "水渠",
    "灌溉",
    "宅基地",
    "邻里",
    "纠纷",
    "仲裁",
    "诉讼",
    "法律",
    "条例",
    "规定",
    "程序",
    "期限",
    "材料",
    "登记",
    "转送",
    "督办",
    "复查",
    "复核",
    "枫桥经验",
    "四下基层",
    "人民调解",
    "带案下访",
    "领导包案",
    "接诉即办",
    "诉访分离",
    "依法分类",
    "多元化解",
    "老旧小区",
]
GLUE = "的了在和是把对到从为与向就也都又还很再被让给"
SYLLABLES = "安平和顺新民富强青山绿水东西南北前后左右春夏秋冬高低长短石桥柳河塘坡岭湾村镇门楼田园林场站台"
UNITS = tuple(f"{name}镇" for name in ["城关", "浦口", "临河", "石桥", "柳塘", "青山", "东坡", "新林", "长岭", "平湾"])
AWARDS = ("一等奖", "二等奖", "三等奖", "优秀奖", "", "", "")
FACETS = ("unit", "year", "award")
ESSAY_CHARACTERS = 1_800


@dataclass(frozen=True)
class Question:
    """A query in our language, the same for FTS5 as (must all, must any, must not), and an exact year filter."""

    kind: str
    text: str
    every: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    year: int | None = None


def make_vocabulary(rng: random.Random) -> list[str]:
    """Words in falling order of use: the common ones first, then some thousand made-up names and compounds."""
    made = sorted({"".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))) for _ in range(4_000)})
    joined = [rng.choice(COMMON_WORDS) + rng.choice(made) for _ in range(4_000)]
    rest = sorted({*made, *joined})
    rng.shuffle(rest)
    return [*COMMON_WORDS, *rest]


def make_entries(count: int, seed: int) -> tuple[list[BureauEntry], list[str]]:
    """Essays of about 1,800 characters, each on a few hundred words drawn by a Zipf law, and the vocabulary."""
    rng = random.Random(seed)
    vocabulary = make_vocabulary(rng)
    totals = list(accumulate(1 / (rank + 30) for rank in range(len(vocabulary))))
    entries = []
    for essay_id in range(1, count + 1):
        own = sorted(set(rng.choices(vocabulary, cum_weights=totals, k=220)))
        rng.shuffle(own)
        own_totals = list(accumulate(1 / (rank + 10) for rank in range(len(own))))
        pieces: list[str] = []
        length = 0
        target = rng.randint(ESSAY_CHARACTERS - 400, ESSAY_CHARACTERS + 400)
        while length < target:
            words = rng.choices(own, cum_weights=own_totals, k=rng.randint(4, 9))
            sentence = "".join(word + (rng.choice(GLUE) if rng.random() < 0.5 else "") for word in words)
            pieces.append(sentence + rng.choice("，，。。；"))
            length += len(pieces[-1])
        entries.append(
            BureauEntry(
                essay_id=essay_id,
                number=f"2025-{essay_id:06d}",
                title="".join(rng.choices(own, cum_weights=own_totals, k=3)),
                body="".join(pieces),
                words=length,
                unit=(unit := rng.choice(UNITS)),
                unit_id=UNITS.index(unit),
                award=rng.choice(AWARDS),
                year=rng.randint(2021, 2025),
            )
        )
    return entries, vocabulary


def make_questions(vocabulary: Sequence[str], entries: Sequence[BureauEntry], seed: int) -> list[Question]:
    """Fifty queries: 10 single, 10 AND, 6 OR, 4 with an exclusion, 8 phrases, 4 rare, 4 prefix, 4 with a filter."""
    rng = random.Random(seed + 1)
    common = list(COMMON_WORDS)
    rare = [word for word in vocabulary[-600:] if len(word) > 2]
    questions = [Question("single", word, every=(word,)) for word in rng.sample(common, 10)]
    for _ in range(10):
        first, second = rng.sample(common, 2)
        questions.append(Question("and", f"{first} {second}", every=(first, second)))
    for _ in range(6):
        first, second = rng.sample(common, 2)
        questions.append(Question("or", f"{first} 或 {second}", some=(first, second)))
    for _ in range(4):
        first, second = rng.sample(common, 2)
        questions.append(Question("not", f"{first} -{second}", every=(first,), none=(second,)))
    for _ in range(8):
        body = rng.choice(entries).body
        start = rng.randrange(len(body) - 8)
        phrase = body[start : start + rng.randint(4, 8)]
        questions.append(Question("phrase", f'"{phrase}"', every=(phrase,)))
    questions += [Question("rare", word, every=(word,)) for word in rng.sample(rare, 4)]
    questions += [Question("prefix", f"{word[:2]}*", every=(word[:2],)) for word in rng.sample(common, 4)]
    for _ in range(4):
        word, year = rng.choice(common), rng.randint(2021, 2025)
        questions.append(Question("filter", word, every=(word,), year=year))
    return questions


@dataclass
class Page:
    """What a page shows, reduced to what all engines must agree on or spend time on."""

    total: int
    best: list[int]
    facets: Mapping[str, Mapping[Any, int]]
    snippets: list[Any]


class OurIndex:
    """The product's own index."""

    name = "ours"

    def __init__(self, folder: Path, entries: Sequence[BureauEntry]) -> None:
        self.bodies = {entry.essay_id: entry.body for entry in entries}
        self.index = SearchIndex(folder, audience="bureau", epoch="bench")
        self.index.rebuild(entries, last_change_id=0)

    def make_page(self, question: Question) -> Page:
        query, filters = self._prepare(question)
        found = self.index.search(query, scope=EVERYTHING, filters=filters, facets=FACETS, page_size=10)
        words = list_words(query)
        best = [hit.essay_id for hit in found.hits]
        return Page(found.total, best, found.facets, [find_snippet(self.bodies[i], words) for i in best])

    def list_ids(self, question: Question) -> set[int]:
        query, filters = self._prepare(question)
        return set(self.index.list_ids(query, scope=EVERYTHING, filters=filters))

    def add(self, entry: BureauEntry) -> None:
        self.bodies[entry.essay_id] = entry.body
        self.index.apply([Change(entry.essay_id, entry.essay_id, entry)])

    def _prepare(self, question: Question) -> tuple[Query, dict[str, list[str | int]]]:
        query = parse_query(question.text, audience="bureau")
        return query, {"year": [question.year]} if question.year else {}


class Fts5:
    """SQLite FTS5 on an ordinary file, with our bigrams as its words or with its own trigrams."""

    def __init__(self, folder: Path, entries: Sequence[BureauEntry], *, is_trigram: bool) -> None:
        self.name = "fts5 trigram" if is_trigram else "fts5 bigrams"
        self.is_trigram = is_trigram
        self.bodies = {entry.essay_id: entry.body for entry in entries}
        self.connection = sqlite3.connect(folder / "fts.sqlite", isolation_level=None)
        tokenizer = "trigram case_sensitive 1" if is_trigram else "unicode61 remove_diacritics 0 tokenchars '，。；、-'"
        self.connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            f'CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize="{tokenizer}");'
            "CREATE TABLE facts(id INTEGER PRIMARY KEY, unit TEXT, year INTEGER, award TEXT);"
        )
        self.connection.execute("BEGIN")
        for entry in entries:
            self._insert(entry)
        self.connection.execute("COMMIT")

    def make_page(self, question: Question) -> Page:
        rows = self._find(question)
        words = [*question.every, *question.some]
        best = [row[0] for row in rows[:10]]
        facets = {
            name: dict(Counter(filter(None, (row[place] for row in rows))).most_common())
            for place, name in enumerate(FACETS, start=1)
        }
        return Page(len(rows), best, facets, [find_snippet(self.bodies[i], words) for i in best])

    def list_ids(self, question: Question) -> set[int]:
        return {row[0] for row in self._find(question)}

    def add(self, entry: BureauEntry) -> None:
        self.bodies[entry.essay_id] = entry.body
        self.connection.execute("BEGIN IMMEDIATE")
        self._insert(entry)
        self.connection.execute("COMMIT")

    def _insert(self, entry: BureauEntry) -> None:
        texts = [self._tokenize(fold_text(text)) for text in (entry.title, entry.body)]
        self.connection.execute("INSERT INTO texts(rowid, title, body) VALUES (?, ?, ?)", (entry.essay_id, *texts))
        self.connection.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?)", (entry.essay_id, entry.unit, entry.year, entry.award)
        )

    def _tokenize(self, text: str) -> str:
        return text if self.is_trigram else " ".join(text[i : i + 2] for i in range(len(text) - 1))

    def _find(self, question: Question) -> list[tuple[Any, ...]]:
        words = [*question.every, *question.some, *question.none]
        year = " AND year = ?" if question.year else ""
        values = [question.year] if question.year else []
        if self.is_trigram and any(len(word) < 3 for word in words):  # its index knows nothing shorter than three
            condition, patterns = self._like(question)
            sql = f"SELECT id, unit, year, award FROM texts JOIN facts ON id = texts.rowid WHERE {condition}{year}"
            return self.connection.execute(sql, [*patterns, *values]).fetchall()
        sql = (
            f"SELECT id, unit, year, award FROM texts JOIN facts ON id = texts.rowid WHERE texts MATCH ?{year} "
            "ORDER BY bm25(texts, 4.0, 1.0)"
        )
        return self.connection.execute(sql, [self._match(question), *values]).fetchall()

    def _match(self, question: Question) -> str:
        def quote(word: str) -> str:
            return f'"{self._tokenize(fold_text(word))}"'

        text = " AND ".join(map(quote, question.every)) or f"({' OR '.join(map(quote, question.some))})"
        return text + "".join(f" NOT {quote(word)}" for word in question.none)

    def _like(self, question: Question) -> tuple[str, list[str]]:
        holds = "(title LIKE ? OR body LIKE ?)"
        parts = [holds for _ in question.every]
        if question.some:
            parts.append(f"({' OR '.join(holds for _ in question.some)})")
        parts += [f"NOT {holds}" for _ in question.none]
        words = [*question.every, *question.some, *question.none]
        return " AND ".join(parts), [f"%{fold_text(word)}%" for word in words for _ in range(2)]


def measure_ms(act: Callable[[], object]) -> float:
    """Processor milliseconds of one call."""
    start = time.process_time_ns()
    act()
    return (time.process_time_ns() - start) / 1e6


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of 100 do not exceed (nearest rank)."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def check_equal(engines: Sequence[Any], questions: Sequence[Question], entries: Sequence[BureauEntry]) -> None:
    """Fail unless every engine finds what a plain scan finds, with the same totals and facet counts."""
    texts = {entry.essay_id: (make_search_text(entry.title, entry.body), entry.year) for entry in entries}
    for question in questions:
        every, some, none = (
            [fold_text(word) for word in part] for part in (question.every, question.some, question.none)
        )
        truth = {
            essay_id
            for essay_id, (text, year) in texts.items()
            if all(word in text for word in every)
            and (not some or any(word in text for word in some))
            and not any(word in text for word in none)
            and question.year in (None, year)
        }
        pages = [engine.make_page(question) for engine in engines]
        for engine, page in zip(engines, pages, strict=True):
            if engine.list_ids(question) != truth or page.total != len(truth) or page.facets != pages[0].facets:
                raise SystemExit(f"{engine.name} does not agree on {question.text}")


def run(docs: int, seed: int, repeats: int) -> dict[str, Any]:
    """All figures: per engine documents a second, milliseconds to add one, page p50 and p95, and ratios to ours."""
    entries, vocabulary = make_entries(docs + 10, seed)
    entries, additions = entries[:docs], entries[docs:]
    questions = make_questions(vocabulary, entries, seed)
    makers = (
        OurIndex,
        lambda folder, some: Fts5(folder, some, is_trigram=False),
        lambda folder, some: Fts5(folder, some, is_trigram=True),
    )
    with tempfile.TemporaryDirectory() as name:
        engines: list[Any] = []
        figures: dict[str, dict[str, float]] = {}
        for number, make in enumerate(makers):
            folder = Path(name) / str(number)
            folder.mkdir()
            build_ms = measure_ms(lambda make=make, folder=folder: engines.append(make(folder, entries)))
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            figures[engines[-1].name] = {"docs_per_s": docs / build_ms * 1e3, "megabytes": size / 1e6}
        gc.collect()
        first: dict[str, list[float]] = {engine.name: [] for engine in engines}
        best: dict[str, list[float]] = {engine.name: [] for engine in engines}
        for question in questions:
            for engine in engines:
                times = [measure_ms(lambda e=engine, q=question: e.make_page(q)) for _ in range(repeats)]
                first[engine.name].append(times[0])
                best[engine.name].append(min(times))
        check_equal(engines, questions, entries)
        for engine in engines:
            figure = figures[engine.name]
            figure |= {
                "page_p50_ms": percentile(best[engine.name], 50),
                "page_p95_ms": percentile(best[engine.name], 95),
            }
            figure |= {"first_page_p95_ms": percentile(first[engine.name], 95)}
            figure["add_one_ms"] = statistics.median(
                measure_ms(lambda e=engine, a=addition: e.add(a)) for addition in additions
            )
        check_equal(engines, questions, [*entries, *additions])
    ours = figures["ours"]
    for figure in figures.values():
        figure["p50_ratio"] = figure["page_p50_ms"] / ours["page_p50_ms"]
        figure["p95_ratio"] = figure["page_p95_ms"] / ours["page_p95_ms"]
    return {
        "docs": docs,
        "queries": len(questions),
        "sqlite": sqlite3.sqlite_version,
        "python": sys.version.split()[0],
        "engines": figures,
    }


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = run(arguments.docs, arguments.seed, arguments.repeats)
    if arguments.json:
        print(json.dumps(result, indent=1))
        return
    print(f"{result['docs']} essays, {result['queries']} queries, processor time, SQLite {result['sqlite']}")
    columns = (
        "page_p50_ms",
        "page_p95_ms",
        "p50_ratio",
        "p95_ratio",
        "first_page_p95_ms",
        "docs_per_s",
        "add_one_ms",
        "megabytes",
    )
    print(" " * 14 + "".join(f"{column:>19}" for column in columns))
    for name, figure in result["engines"].items():
        print(f"{name:14}" + "".join(f"{figure[column]:19.2f}" for column in columns))
    print("hit sets, totals and facet counts of all engines are equal")


if __name__ == "__main__":
    main()
