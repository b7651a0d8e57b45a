"""What a search page costs: our index beside the search libraries one could have taken, on the same essays and queries.

    python bench/search.py --docs 10000
    python bench/search.py --docs essays.jsonl --peers ours,tantivy --json

A page is: query, exact total, ten best hits with snippets, three facets. Every engine runs in a process of its own and
is timed in processor time, the best of the repeats for each of the 50 queries; "plain" leaves out the prefixes. "empty" opens the index anew before each
query. "open" is opening and the memory that takes, "add" one essay with its commit. Ours must find exactly the essays
that hold the characters asked for, or the run fails; "recall" is the share of these that an engine finds, on average.

Peers: tantivy and SQLite FTS5 on words of rjieba; Whoosh as its manual says, on words of jieba, which is not in the
developers' lock (pip install jieba): left out, and named, where it is missing, and beyond 10,000 essays unless asked for. A line of a file is {"title": …, "text": …}, with "unit", "year" and "award" if they are there.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rjieba

from bench.essays import make_entries, read_entries
from review_app.domain.folding import fold_text
from review_app.storage.analyzer import make_search_text
from review_app.storage.search_types import BureauEntry

ENGINES = {
    "ours": "bench.engines.ours:Ours",
    "tantivy": "bench.engines.tantivy_words:Tantivy",
    "fts5": "bench.engines.fts5_words:Fts5",
    "whoosh": "bench.engines.whoosh_manual:WhooshManual",
}
SLOW = "whoosh"
SLOW_FROM = 10_000
ADDED = 10
QUERIES = {"single": 10, "and": 10, "or": 6, "not": 4, "phrase": 8, "rare": 4, "prefix": 4, "filter": 4}


@dataclass(frozen=True)
class Question:
    """A query: words that all, of which some, and of which none must stand in the text, and an exact year."""

    kind: str
    every: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    year: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What a snippet marks."""
        return (*self.every, *self.some)

    def is_answered_by(self, text: str, year: int | None) -> bool:
        """Whether an essay with this search text and year is to be found."""
        return (
            all(fold_text(word) in text for word in self.every)
            and (not self.some or any(fold_text(word) in text for word in self.some))
            and not any(fold_text(word) in text for word in self.none)
            and self.year in (None, year)
        )


@dataclass(frozen=True)
class Page:
    """What a page shows, reduced to what is compared."""

    total: int
    best: Sequence[int]
    facets: Mapping[str, Mapping[Any, int]]
    snippets: Sequence[Any]


def make_questions(entries: Sequence[BureauEntry], seed: int) -> list[Question]:
    """Fifty queries with words of the essays: common ones are those in most essays, rare ones in two to ten."""
    rng = random.Random(seed + 1)
    sample = rng.sample(entries, min(1_000, len(entries)))
    holding: Counter[str] = Counter()
    for entry in sample:
        holding.update({word for word in rjieba.cut(entry.body, False) if len(word) > 1 and word.isalpha()})
    common = [word for word, _ in holding.most_common(80)]
    rare = sorted(word for word, count in holding.items() if 2 <= count <= 10) or common
    pairs = {kind: [tuple(rng.sample(common, 2)) for _ in range(QUERIES[kind])] for kind in ("and", "or", "not")}
    questions = [Question("single", every=(word,)) for word in rng.sample(common, QUERIES["single"])]
    questions += [Question("and", every=pair) for pair in pairs["and"]]
    questions += [Question("or", some=pair) for pair in pairs["or"]]
    questions += [Question("not", every=pair[:1], none=pair[1:]) for pair in pairs["not"]]
    long = [entry.body for entry in sample if len(entry.body) > 20]
    for _ in range(QUERIES["phrase"]):
        body = rng.choice(long)
        start = rng.randrange(len(body) - 8)
        questions.append(Question("phrase", every=(body[start : start + rng.randint(4, 8)].strip() or body[:4],)))
    questions += [Question("rare", every=(word,)) for word in rng.choices(rare, k=QUERIES["rare"])]
    questions += [Question("prefix", every=(word[:2],)) for word in rng.sample(common, QUERIES["prefix"])]
    years = sorted({entry.year for entry in sample if entry.year})
    for word in rng.sample(common, QUERIES["filter"]):
        questions.append(Question("filter", every=(word,), year=rng.choice(years)))
    return questions


def cut_words(text: str) -> list[str]:
    """Words and the words inside them, as the peers index them."""
    return [word for word in rjieba.cut_for_search(fold_text(text), False) if word.isalnum()]


def measure_ms(act: Callable[[], object]) -> float:
    """Processor milliseconds of one call, all threads together."""
    start = time.process_time_ns()
    act()
    return (time.process_time_ns() - start) / 1e6


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of 100 do not exceed (nearest rank)."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def load_engine(name: str) -> Any:
    """The class of this engine."""
    module, _, attribute = ENGINES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def measure_engine(name: str, folder: Path, repeats: int) -> dict[str, float]:
    """All figures of one engine; `folder` has the essays and the queries."""
    entries = list(read_entries(folder / "essays.jsonl"))
    entries, additions = entries[:-ADDED], entries[-ADDED:]
    rows = json.loads((folder / "questions.json").read_text())
    questions = [Question(kind, tuple(every), tuple(some), tuple(none), year) for kind, every, some, none, year in rows]
    engine = load_engine(name)(folder / name, {entry.essay_id: entry.body for entry in [*entries, *additions]})
    build_ms = measure_ms(partial(engine.build, entries))
    count = len(entries)
    size_bytes = sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
    opened = json.loads(_run_child("--open", name, str(folder)))
    engine.open()
    recall = _measure_recall(name, engine, questions, entries)
    del entries
    gc.collect()
    gc.freeze()
    warm = [min(measure_ms(partial(engine.make_page, question)) for _ in range(repeats)) for question in questions]
    plain = [page for question, page in zip(questions, warm, strict=True) if question.kind != "prefix"]
    empty = []
    for question in questions:
        engine.open()
        empty.append(measure_ms(partial(engine.make_page, question)))
    added = [measure_ms(partial(engine.add, entry)) for entry in additions]
    return {
        "page_p50_ms": percentile(warm, 50),
        "page_p95_ms": percentile(warm, 95),
        "plain_p95_ms": percentile(plain, 95),
        "empty_p95_ms": percentile(empty, 95),
        "docs_per_s": count / build_ms * 1e3,
        "add_one_ms": statistics.median(added),
        "megabytes": size_bytes / 1e6,
        **opened,
        "recall": recall,
    }


def _measure_recall(name: str, engine: Any, questions: Iterable[Question], entries: Sequence[BureauEntry]) -> float:
    """The mean share of what a plain scan finds. SystemExit when ours is not exactly that."""
    texts = [(entry.essay_id, make_search_text(entry.title, entry.body), entry.year) for entry in entries]
    shares = []
    for question in questions:
        truth = {essay_id for essay_id, text, year in texts if question.is_answered_by(text, year)}
        found = engine.list_ids(question)
        page = engine.make_page(question)
        if page.total != len(found) or (name == "ours" and found != truth):
            raise SystemExit(f"{name} finds {len(found)} essays, says {page.total}, right are {len(truth)}: {question}")
        if truth:
            shares.append(len(found & truth) / len(truth))
    return statistics.fmean(shares)


def measure_opening(name: str, folder: Path) -> dict[str, float]:
    """What it costs a process to open the index, beside what the libraries cost it."""
    engine = load_engine(name)(folder / name, {})
    engine.prepare()
    gc.collect()
    before = _read_private_bytes()
    open_ms = measure_ms(engine.open)
    return {"open_ms": open_ms, "open_megabytes": max(0.0, (_read_private_bytes() - before) / 1e6)}


def _read_private_bytes() -> int:
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty"):
            return int(line.split()[1]) * 1024
    raise SystemExit("the kernel does not tell the memory of a process")


def run(docs: int | Path, *, peers: Sequence[str], seed: int, repeats: int) -> dict[str, Any]:
    """All figures by engine. `docs`: how many essays to make up, or a file of them."""
    if isinstance(docs, Path):
        entries = list(read_entries(docs))
    else:
        entries, _ = make_entries(docs + ADDED, seed)
    if len(entries) < ADDED + 2:
        raise SystemExit(f"at least {ADDED + 2} essays are needed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "essays.jsonl").open("w", encoding="utf-8") as out:
            for entry in entries:
                row = {"title": entry.title, "text": entry.body, "unit": entry.unit, "year": entry.year}
                out.write(json.dumps(row | {"award": entry.award}, ensure_ascii=False) + "\n")
        questions = make_questions(entries[:-ADDED], seed)
        (folder / "questions.json").write_text(json.dumps([astuple(question) for question in questions]))
        count = len(entries) - ADDED
        del entries
        figures = {}
        for engine in peers:
            figures[engine] = json.loads(_run_child("--child", engine, name, "--repeats", str(repeats)))
            shutil.rmtree(folder / engine)
    for figure in figures.values():
        figure["p95_ratio"] = figure["page_p95_ms"] / figures[peers[0]]["page_p95_ms"]
    return {"docs": count, "queries": len(questions), "python": sys.version.split()[0], "engines": figures}


def _run_child(*arguments: str) -> str:
    command = [sys.executable, "-W", "ignore", __file__, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:2])} failed")
    return done.stdout


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", default="1000", help="how many essays, or a file of JSON lines")
    parser.add_argument("--peers", help=f"of {','.join(ENGINES)}; ratios are to the first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--open", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child or arguments.open:
        name, folder = arguments.child or arguments.open
        found = (
            measure_engine(name, Path(folder), arguments.repeats)
            if arguments.child
            else measure_opening(name, Path(folder))
        )
        print(json.dumps(found))
        return
    docs = int(arguments.docs) if arguments.docs.isdecimal() else Path(arguments.docs)
    is_large = not isinstance(docs, int) or docs > SLOW_FROM
    peers = (
        arguments.peers.split(",") if arguments.peers else [name for name in ENGINES if not (is_large and name == SLOW)]
    )
    if SLOW in peers and importlib.util.find_spec("jieba") is None:
        print(f"{SLOW} is left out: jieba is not installed", file=sys.stderr)
        peers.remove(SLOW)
    if unknown := [name for name in peers if name not in ENGINES]:
        parser.error(f"no such engine: {', '.join(unknown)}")
    result = run(docs, peers=peers, seed=arguments.seed, repeats=arguments.repeats)
    if arguments.json:
        print(json.dumps(result, indent=1))
        return
    print(f"{result['docs']} essays, {result['queries']} queries, processor time")
    columns = list(next(iter(result["engines"].values())))
    print(" " * 10 + "".join(f"{column:>16}" for column in columns))
    for name, figure in result["engines"].items():
        print(f"{name:10}" + "".join(f"{figure[column]:16.3f}" for column in columns))


if __name__ == "__main__":
    main()
