"""Measure how well a search finds: the product's own beside words, pairs of characters and both, on a judged set.

    python bench/search_quality.py [--count 2000] [--seed 1] [--json]
    python bench/search_quality.py --docs DOCS.jsonl --queries QUERIES.jsonl --qrels QRELS [--json]

MRR@10 is the mean of 1 / place of the first answer among the first ten, recall@10 the mean share of all answers that
stand there. "words", "bigrams" and "combined" (words + 0.3 x bigrams) find every document with any term and rank by the
same BM25 as the product, a title counting four times; "ours" is the product's search with its steps. What the files
may look like stands in bench/judged_sets.py. Nothing is fetched; 100,000 documents need well under 1 GB.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import add
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.judged_sets import BadLine, Document, DocumentFile, JudgedQuery, make_set, read_judgements, read_queries
from review_app.domain.folding import fold_text
from review_app.domain.query_parser import MAX_QUERY_CHARACTERS, QueryError, parse_query
from review_app.queries.answering import find_answer
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import EVERYTHING, BureauEntry
from review_app.storage.words import STOP_WORDS, pick_words, split_words

BEST = 10
K1, B = 1.2, 0.75
TITLE_WEIGHT = 4
BIGRAM_WEIGHT = 0.3

Analyse = Callable[[str], Iterable[str]]
Ranking = Sequence[str]


def list_words(text: str) -> Iterator[str]:
    """The folded words of a text; single characters and words that only ask count for nothing."""
    return (word for word in split_words(fold_text(text)) if word not in STOP_WORDS)


def list_bigrams(text: str) -> Iterator[str]:
    """The pairs of neighbouring characters of the folded text, without those that hold a blank or punctuation."""
    flat = fold_text(text)
    return (pair for pair in map(add, flat, islice(flat, 1, None)) if pair.isalnum())


class Collection:
    """The postings of those terms that the queries need, counted in one pass over the documents."""

    def __init__(self, documents: Iterable[Document], queries: Sequence[JudgedQuery], analyse: Analyse) -> None:
        self.analyse = analyse
        self.ids: list[str] = []
        places: dict[str, array[int]] = {term: array("i") for query in queries for term in analyse(query.text)}
        counts = {term: array("f") for term in places}
        lengths = array("f")
        for place, document in enumerate(documents):
            self.ids.append(document.id)
            lengths.append(len(document.text))
            found = Counter(term for term in analyse(document.text) if term in places)
            for term in analyse(document.title):
                if term in places:
                    found[term] += TITLE_WEIGHT
            for term, count in found.items():
                places[term].append(place)
                counts[term].append(count)
        self.postings = {
            term: (np.frombuffer(places[term], dtype="i4"), np.frombuffer(counts[term], dtype="f4"))
            for term in places
            if places[term]
        }
        length = np.frombuffer(lengths, dtype="f4")
        self.norms = K1 * (1 - B + B * length / (length.mean() or 1))

    def score(self, text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """BM25 of every document for the terms of the text."""
        scores = np.zeros(len(self.ids))
        for term in dict.fromkeys(self.analyse(text)):
            if term in self.postings:
                places, counts = self.postings[term]
                holding = len(places)
                weight = (K1 + 1) * math.log(1 + (len(self.ids) - holding + 0.5) / (holding + 0.5))
                scores[places] += weight * counts / (counts + self.norms[places])
        return scores

    def rank(self, scores: np.ndarray[Any, np.dtype[np.float64]]) -> Ranking:
        """The best documents, equals in their order."""
        best = np.argsort(-scores, kind="stable")[:BEST]
        return [self.ids[place] for place in best if scores[place] > 0]


class Product:
    """The product's own index and the steps in which it answers."""

    def __init__(self, documents: Iterable[Document], folder: Path) -> None:
        self.ids: list[str] = []
        self.steps: Counter[str] = Counter()
        self.index = SearchIndex(folder, audience="bureau", epoch="bench")
        self.index.rebuild(self._make_entries(documents), last_change_id=0)

    def rank(self, text: str) -> Ranking:
        """The first page of results; nothing for a text that is no query."""
        try:
            query = parse_query(text[:MAX_QUERY_CHARACTERS], audience="bureau")
        except QueryError:
            self.steps["refused"] += 1
            return ()
        answer = find_answer(
            query,
            search=lambda sought: self.index.search(sought, scope=EVERYTHING, page_size=BEST),
            split=lambda run: pick_words(split_words(run)),
            groups=(),
        )
        self.steps[answer.wider.step if answer.page.total else "nothing"] += 1
        return [self.ids[hit.essay_id - 1] for hit in answer.page.hits]

    def _make_entries(self, documents: Iterable[Document]) -> Iterator[BureauEntry]:
        for number, document in enumerate(documents, start=1):
            self.ids.append(document.id)
            yield BureauEntry(
                essay_id=number,
                number=f"{number:09d}",
                title=document.title,
                body=document.text,
                words=len(document.text),
                unit="",
                unit_id=0,
            )


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the queries of one kind were answered."""

    queries: int
    mrr: float
    recall: float


def judge(rankings: Sequence[Ranking], queries: Sequence[JudgedQuery]) -> dict[str, Quality]:
    """The figures of all queries and, where there are several, of each kind."""
    kinds = dict.fromkeys(query.kind for query in queries)
    figures: dict[str, list[tuple[float, float]]] = {"all": [], **{kind: [] for kind in kinds}}
    for ranking, query in zip(rankings, queries, strict=True):
        best = ranking[:BEST]
        first = next((place for place, document in enumerate(best, start=1) if document in query.relevant), None)
        recall = len(query.relevant.intersection(best)) / len(query.relevant)
        for kind in dict.fromkeys(("all", query.kind)):
            figures[kind].append((0 if first is None else 1 / first, recall))
    return {
        kind: Quality(len(rows), sum(row[0] for row in rows) / len(rows), sum(row[1] for row in rows) / len(rows))
        for kind, rows in figures.items()
    }


def run(documents: Iterable[Document], queries: Sequence[JudgedQuery]) -> dict[str, Any]:
    """All figures of all analysers; the documents are read three times."""
    words = Collection(documents, queries, list_words)
    if not words.ids:
        raise BadLine("there are no documents")
    bigrams = Collection(documents, queries, list_bigrams)
    with tempfile.TemporaryDirectory() as folder:
        product = Product(documents, Path(folder) / "index")
        rankings: dict[str, list[Ranking]] = {"words": [], "bigrams": [], "combined": [], "ours": []}
        for query in queries:
            by_words, by_bigrams = words.score(query.text), bigrams.score(query.text)
            rankings["words"].append(words.rank(by_words))
            rankings["bigrams"].append(words.rank(by_bigrams))
            rankings["combined"].append(words.rank(by_words + BIGRAM_WEIGHT * by_bigrams))
            rankings["ours"].append(product.rank(query.text))
    known = set(words.ids)
    return {
        "documents": len(words.ids),
        "queries": len(queries),
        "judged_but_missing": len({document for query in queries for document in query.relevant} - known),
        "steps": dict(product.steps),
        "analysers": {name: judge(found, queries) for name, found in rankings.items()},
    }


def print_table(result: Mapping[str, Any]) -> None:
    """The figures as a table: MRR@10 / recall@10 by kind of query."""
    analysers: Mapping[str, Mapping[str, Quality]] = result["analysers"]
    print(f"{result['documents']} documents, {result['queries']} judged queries; MRR@10 / recall@10")
    if result["judged_but_missing"]:
        print(f"{result['judged_but_missing']} judged documents are not among them and count as not found")
    kinds = list(next(iter(analysers.values())))
    print(" " * 10 + "".join(f"{kind:>16}" for kind in kinds))
    for name, figures in analysers.items():
        print(f"{name:10}" + "".join(f"{figures[kind].mrr:8.3f} / {figures[kind].recall:.3f}" for kind in kinds))
    print("ours answered: " + ", ".join(f"{step} {count}" for step, count in sorted(result["steps"].items())))


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, help="documents, JSON lines")
    parser.add_argument("--queries", type=Path, help="queries, JSON lines")
    parser.add_argument("--qrels", type=Path, help="judgements: JSON lines, TREC or BEIR")
    parser.add_argument("--count", type=int, default=2_000, help="documents of the made-up set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    files = (arguments.docs, arguments.queries, arguments.qrels)
    if any(files) and not all(files):
        parser.error("--docs, --queries and --qrels belong together")
    try:
        documents: Iterable[Document]
        if all(files):
            documents = DocumentFile(arguments.docs)
            queries = read_queries(arguments.queries, read_judgements(arguments.qrels))
        else:
            documents, queries = make_set(arguments.count, arguments.seed)
        if not queries:
            raise BadLine("no query has a document that answers it: compare the ids of --queries and --qrels")
        result = run(documents, queries)
    except (BadLine, OSError) as error:
        raise SystemExit(f"{Path(sys.argv[0]).name}: {error}") from error
    if arguments.json:
        print(
            json.dumps(
                result, indent=1, default=lambda quality: {name: getattr(quality, name) for name in quality.__slots__}
            )
        )
    else:
        print_table(result)


if __name__ == "__main__":
    main()
