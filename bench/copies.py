"""Measure how surely and how fast copied passages are found, beside plain ways, on made-up essays or on yours.

    python bench/copies.py [--docs 10000] [--planted 200] [--seed 1] [--docs-file FILE.jsonl] [--no-database] [--json]

Half of the essays are words drawn by a Zipf law, half are the essays of the anthology bench, which share stock phrases;
a file has one JSON object a line with the text under "text" or "body". Into `--planted` of them each kind of change is
made, and the changed text is looked up among all. "found" is the share of plants that are named with their original;
the peers are given the lowest threshold at which they name no pair of unrelated essays of a sample, ours keeps its own.
datasketch is measured where it is installed. Times are processor time.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import rjieba

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.corpus import invent_book
from bench.essays import make_entries
from compile.manuscript import Manuscript, Paragraph, Run, body_text
from compile.manuscript_json import dump_manuscript, load_manuscript
from review_app.compare_job import compare_all, run_compare
from review_app.config import Settings
from review_app.domain.actor import SYSTEM
from review_app.domain.copies import (
    COMMON_UNITS,
    COPIED,
    NOTICED,
    SIMILAR,
    Letters,
    compare,
    discount,
    list_fingerprints,
    read_letters,
)
from review_app.models import Contest, Essay, EssayVersion, StoredFile, Unit, UnitClass
from review_app.queries.copies import count_pairs
from review_app.resources import open_resources
from review_app.services.jobs import TakenJob
from review_app.storage.fingerprints import FingerprintTable, Kept, pack_hashes
from review_app.work import open_work

UNITS = 100
SAMPLE = 1_000  # of unrelated essays, for the thresholds of the peers
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+$")
_WORD = re.compile(r"\w{2,}")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {ord(" "): "　"}


def make_texts(count: int, seed: int) -> list[str]:
    """Made-up essays, alternately of both kinds."""
    entries, _vocabulary = make_entries(-(-count // 2), seed)
    book = invent_book(count // 2, seed, photo_share=0)
    works = [work.manuscript_key for section in book.manifest.sections for work in section.works]
    phrased = [body_text(load_manuscript(book.blobs[key])) for key in works]
    return [text for pair in zip([entry.body for entry in entries], [*phrased, ""], strict=False) for text in pair][
        :count
    ]


def read_texts(path: Path, count: int) -> list[str]:
    """The texts of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _number, line in zip(range(count), lines, strict=False)]
    return [row.get("text") or row["body"] for row in rows]


def split_sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text)


def rewrite(text: str, other: str, share: float, rng: random.Random) -> str:
    """The text with so many of its sentences replaced by those of another."""
    sentences, fresh = split_sentences(text), split_sentences(other)
    for place in rng.sample(range(len(sentences)), round(len(sentences) * share)):
        sentences[place] = rng.choice(fresh)
    return "".join(sentences)


def reorder(text: str, _other: str, rng: random.Random) -> str:
    """The text with its sentences in groups of three in another order."""
    sentences = split_sentences(text)
    groups = [sentences[at : at + 3] for at in range(0, len(sentences), 3)]
    rng.shuffle(groups)
    return "".join("".join(group) for group in groups)


def swap_words(text: str, other: str, rng: random.Random) -> str:
    """The text with three words of ten, of two letters and more, replaced by words of another."""
    fresh = [word for word in rjieba.cut(other) if _WORD.fullmatch(word)]
    return "".join(
        rng.choice(fresh) if _WORD.fullmatch(word) and rng.random() < 0.3 else word for word in rjieba.cut(text)
    )


def copy_part(text: str, other: str, rng: random.Random) -> str:
    """Another text in which three sentences of ten have given way to a passage of the text."""
    sentences, host = split_sentences(text), split_sentences(other)
    length = round(len(sentences) * 0.3)
    start, place = rng.randrange(len(sentences) - length + 1), rng.randrange(max(1, len(host) - length + 1))
    return "".join((*host[:place], *sentences[start : start + length], *host[place + length :]))


def spell(text: str, _other: str, rng: random.Random) -> str:
    """The text with full-width letters and marks and blanks strewn in."""
    wide = text.translate(_FULL_WIDTH).replace("。", "．")
    return "".join(character + ("　" if rng.random() < 0.2 else "") for character in wide)


Change = Callable[[str, str, random.Random], str]
CHANGES: dict[str, Change] = {
    "30 % rewritten": lambda text, other, rng: rewrite(text, other, 0.3, rng),
    "50 % rewritten": lambda text, other, rng: rewrite(text, other, 0.5, rng),
    "70 % rewritten": lambda text, other, rng: rewrite(text, other, 0.7, rng),
    "reordered": reorder,
    "30 % words swapped": swap_words,
    "30 % copied": copy_part,
    "full width, blanks": spell,
}


@dataclass(frozen=True)
class Named:
    """An essay a method names, by its place, and how alike it finds it."""

    place: int
    likeness: float


class Ours:
    """The product's own way, without its database."""

    name = "ours"
    threshold = float(SIMILAR)

    def __init__(self, texts: Sequence[str]) -> None:
        self.letters = [read_letters(text) for text in texts]
        rows = [
            Kept(place, place, place % UNITS + 1, pack_hashes(list_fingerprints(letters)))
            for place, letters in enumerate(self.letters, start=1)
        ]
        self.bytes_kept = sum(len(row.hashes) for row in rows)
        self.table = FingerprintTable()
        self.table.add(rows)
        self.look_ms: list[float] = []

    def find(self, text: str, *, without: int = -1) -> list[Named]:
        """The essays with much in common."""
        letters = read_letters(text)
        hashes = list_fingerprints(letters)
        start = time.process_time_ns()
        found = self.table.find(
            hashes, without=without + 1, units_at_most=COMMON_UNITS, share_from=NOTICED / 1000, limit=20
        )
        self.look_ms.append((time.process_time_ns() - start) / 1e6)
        own = discount(letters, found.common) if found.shared else letters
        return sorted(
            (
                Named(one.essay_id - 1, self._compare(own, self.letters[one.essay_id - 1], found.common))
                for one in found.shared
            ),
            key=lambda named: -named.likeness,
        )

    def _compare(self, own: Letters, other: Letters, common: frozenset[int]) -> float:
        return compare(own, discount(other, common)).greatest_share


class TfIdf:
    """Cosine of the words, by an inverted table."""

    name = "tf-idf cosine"
    threshold = 1.0

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [self._count(text) for text in texts]
        documents = Counter(word for count in counts for word in count)
        self.idf = {word: math.log(len(texts) / number) for word, number in documents.items()}
        places: dict[str, list[int]] = {word: [] for word in documents}
        weights: dict[str, list[float]] = {word: [] for word in documents}
        for place, count in enumerate(counts):
            for word, weight in self._weigh(count).items():
                places[word].append(place)
                weights[word].append(weight)
        self.postings = {word: (np.array(places[word]), np.array(weights[word])) for word in documents}
        self.bytes_kept = sum(a.nbytes + b.nbytes for a, b in self.postings.values())
        self.size = len(texts)

    def find(self, text: str, *, without: int = -1) -> list[Named]:
        """The twenty nearest essays."""
        scores = np.zeros(self.size)
        for word, weight in self._weigh(self._count(text)).items():
            if word in self.postings:
                places, weights = self.postings[word]
                scores[places] += weight * weights
        if without >= 0:
            scores[without] = 0
        return [Named(int(place), float(scores[place])) for place in np.argsort(-scores)[:20]]

    def _count(self, text: str) -> Counter[str]:
        return Counter(word for word in rjieba.cut(text) if _WORD.fullmatch(word))

    def _weigh(self, count: Counter[str]) -> dict[str, float]:
        weighed = {word: (1 + math.log(number)) * self.idf.get(word, 0.0) for word, number in count.items()}
        norm = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {word: weight / norm for word, weight in weighed.items()}


class MinHash:
    """datasketch: MinHash of 5-grams, 128 permutations, by LSH."""

    name = "datasketch MinHash + LSH"
    threshold = 1.0

    def __init__(self, texts: Sequence[str]) -> None:
        import datasketch

        self.make = datasketch.MinHash
        self.lsh = datasketch.MinHashLSH(threshold=0.15, num_perm=128)
        self.hashes = [self._hash(text) for text in texts]
        for place, one in enumerate(self.hashes):
            self.lsh.insert(place, one)
        self.bytes_kept = sum(one.hashvalues.nbytes for one in self.hashes)

    def find(self, text: str, *, without: int = -1) -> list[Named]:
        """The essays of the same buckets by their likeness."""
        one = self._hash(text)
        named = [Named(place, one.jaccard(self.hashes[place])) for place in self.lsh.query(one) if place != without]
        return sorted(named, key=lambda found: -found.likeness)

    def _hash(self, text: str) -> Any:
        letters = read_letters(text).text
        one = self.make(num_perm=128)
        one.update_batch([letters[at : at + 5].encode() for at in range(len(letters) - 4)])
        return one


def plant(texts: Sequence[str], fresh: Sequence[str], rng: random.Random) -> dict[str, list[tuple[int, str]]]:
    """For each kind of change its plants, as many as there are fresh texts to change with: (place of the original,
    changed text)."""
    kinds: dict[str, list[tuple[int, str]]] = {}
    for name, change in CHANGES.items():
        originals = rng.sample(range(len(texts)), len(fresh))
        kinds[name] = [(place, change(texts[place], other, rng)) for place, other in zip(originals, fresh, strict=True)]
    return kinds


def measure(
    make: Callable[[Sequence[str]], Any],
    texts: Sequence[str],
    plants: dict[str, list[tuple[int, str]]],
    rng: random.Random,
) -> dict[str, Any]:
    """Everything about one method."""
    start = time.process_time()
    method = make(texts)
    built = time.process_time() - start
    asked = range(len(texts)) if isinstance(method, Ours) else rng.sample(range(len(texts)), min(SAMPLE, len(texts)))
    start = time.process_time()
    unrelated = [
        (found[0].likeness, place, found[0].place)
        for place in asked
        if (found := method.find(texts[place], without=place))
    ]
    asking = (time.process_time() - start) / len(asked)
    highest = max(unrelated, default=(0.0, 0, 0))
    if not isinstance(method, Ours):
        method.threshold = highest[0] * 1.0001
    rows = {}
    for name, planted in plants.items():
        named = [{one.place: one.likeness for one in method.find(text)} for _place, text in planted]
        likeness = [found.get(place, 0.0) for (place, _text), found in zip(planted, named, strict=True)]
        rows[name] = {
            "found": sum(one >= method.threshold for one in likeness) / len(planted),
            "copied": sum(one >= COPIED for one in likeness) / len(planted) if isinstance(method, Ours) else None,
        }
    figures = {
        "threshold": method.threshold,
        "highest_unrelated": highest[0],
        "false_pairs": sum(one[0] >= method.threshold for one in unrelated),
        "docs_per_s": len(texts) / built,
        "ask_ms": asking * 1e3,
        "megabytes": method.bytes_kept / 1e6,
        "rows": rows,
    }
    if isinstance(method, Ours):
        figures["look_up_ms"] = statistics.median(method.look_ms)
        figures["table_megabytes"] = sum(run.nbytes for run in method.table._runs) / 1e6
    return figures


def measure_database(texts: Sequence[str], planted: Sequence[str]) -> dict[str, float]:
    """A real installation of so many essays: comparing all anew, then the job of one upload."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        house = open_resources(Settings(data, data / "uploads", "bench" * 8, ("localhost",)))
        now = datetime.now(UTC)
        keys = [_keep(house, text) for text in (*texts, *planted)]
        with open_work(house.database, actor=SYSTEM, now=now) as work:
            _add_rows(work.session, keys, now)
        fresh = range(len(texts) + 1, len(keys) + 1)
        with open_work(house.database, actor=SYSTEM, now=now) as work:
            for essay_id in fresh:
                work.session.get_one(Essay, essay_id).state = "draft"
        start = time.process_time()
        compare_all(house, say=lambda _done, _total: None)
        rebuilt = time.process_time() - start
        with house.database.read() as session:
            pairs = sum(count_pairs(session).values())
        with open_work(house.database, actor=SYSTEM, now=now) as work:
            for essay_id in fresh:
                work.session.get_one(Essay, essay_id).state = "submitted"
        times = []
        for essay_id in fresh:
            start = time.process_time()
            run_compare(house, [TakenJob(essay_id, "compare-essay", essay_id, 1)])
            times.append((time.process_time() - start) * 1e3)
        with house.database.read() as session:
            found = sum(count_pairs(session).values()) - pairs
        house.close()
        return {
            "rebuild_s": rebuilt, "rebuild_docs_per_s": len(texts) / rebuilt, "pairs_of_unrelated": pairs,
            "job_ms_median": statistics.median(times), "job_ms_most": max(times), "plants": len(planted), "plants_found": found,
            "database_mb": (data / "review.sqlite").stat().st_size / 1e6,
        }  # fmt: skip


def _keep(house: Any, text: str) -> tuple[str, int]:
    manuscript = Manuscript("作品", blocks=tuple(Paragraph((Run(line),)) for line in text.split("\n") if line))
    stored = house.files.put(dump_manuscript(manuscript))
    return stored.key, stored.size_bytes


def _add_rows(session: Any, keys: Sequence[tuple[str, int]], now: datetime) -> None:
    far = now + timedelta(days=90)
    session.add(
        Contest(
            year=now.year,
            name_zh="征文",
            name_en="",
            organiser="",
            opens_at=now,
            closes_at=far,
            review_closes_at=far,
            ends_at=far,
        )
    )
    session.flush()
    session.add(UnitClass(contest_id=1, key="a", name_zh="乡镇", name_en="", quota=1, position=0))
    session.flush()
    session.add_all(Unit(contest_id=1, class_id=1, code=f"U{n}", name=f"单位{n}", position=n) for n in range(UNITS))
    session.add_all(
        StoredFile(key=key, size_bytes=size, media_type="application/json", created_at=now)
        for key, size in dict(keys).items()
    )
    session.flush()
    session.add_all(
        Essay(
            id=place, contest_id=1, unit_id=place % UNITS + 1, state="accepted", number=f"N{place}", title=f"作品{place}",
            authors=[], first_submitted_at=now, created_at=now, updated_at=now, latest_version_id=place,
        )
        for place in range(1, len(keys) + 1)
    )  # fmt: skip
    session.flush()
    session.add_all(
        EssayVersion(
            id=place, essay_id=place, ordinal=1, original_key=key, original_name="a.txt", kind="txt", manuscript_key=key,
            words=1800, created_at=now,
        )
        for place, (key, _size) in enumerate(keys, start=1)
    )  # fmt: skip
    session.flush()


def list_methods() -> list[Callable[[Sequence[str]], Any]]:
    """The methods that can be measured here."""
    try:
        import datasketch  # noqa: F401
    except ImportError:
        return [Ours, TfIdf]
    return [Ours, TfIdf, MinHash]


def show(result: dict[str, Any]) -> None:
    """The figures as tables."""
    names = list(result["methods"])
    print(f"{result['docs']} essays, {result['planted']} planted of each kind, processor time")
    print(f"{'':22}" + "".join(f"{name:>26}" for name in names) + f"{'ours, likely copied':>26}")
    for kind in CHANGES:
        cells = [f"{result['methods'][name]['rows'][kind]['found']:26.1%}" for name in names]
        print(f"{kind:22}" + "".join(cells) + f"{result['methods']['ours']['rows'][kind]['copied']:26.1%}")
    for figure in ("threshold", "highest_unrelated", "false_pairs", "docs_per_s", "ask_ms", "megabytes"):
        print(f"{figure:22}" + "".join(f"{result['methods'][name][figure]:26.2f}" for name in names))
    ours = result["methods"]["ours"]
    print(f"look up {ours['look_up_ms']:.2f} ms, table {ours['table_megabytes']:.1f} MB")
    for docs, figures in result["database"].items():
        print(f"database of {docs}: " + ", ".join(f"{name} {value:.4g}" for name, value in figures.items()))


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=10_000)
    parser.add_argument("--planted", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--docs-file", type=Path)
    parser.add_argument("--no-database", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    count = arguments.docs + arguments.planted
    texts = read_texts(arguments.docs_file, count) if arguments.docs_file else make_texts(count, arguments.seed)
    texts, fresh = texts[: -arguments.planted], texts[-arguments.planted :]
    plants = plant(texts, fresh, rng)
    methods = {make.name: measure(make, texts, plants, random.Random(arguments.seed)) for make in list_methods()}
    uploads = [rewrite(text, other, 0.3, rng) for text, other in zip(texts, fresh[:20], strict=False)]
    sizes = [] if arguments.no_database else [len(texts) // 10, len(texts)]
    result = {
        "docs": len(texts),
        "planted": arguments.planted,
        "methods": methods,
        "database": {size: measure_database(texts[:size], uploads) for size in sizes},
    }
    print(json.dumps(result, indent=1)) if arguments.json else show(result)


if __name__ == "__main__":
    main()
