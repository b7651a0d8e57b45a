"""SQLite FTS5 on words of rjieba, several of them standing together being a phrase."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.search import Page, Question, cut_words
from review_app.domain.snippets import find_snippet
from review_app.storage.search_types import BureauEntry


class Fts5:
    """An ordinary file with WAL and synchronous=FULL, as the product's own database."""

    def __init__(self, folder: Path, bodies: dict[int, str]) -> None:
        folder.mkdir(exist_ok=True)
        self.bodies = bodies
        self._path = folder / "fts.sqlite"

    def build(self, entries: Sequence[BureauEntry]) -> None:
        self.open()
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            'CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize="unicode61 remove_diacritics 0");'
            "CREATE TABLE facts(id INTEGER PRIMARY KEY, unit TEXT, year INTEGER, award TEXT);"
        )
        self._connection.execute("BEGIN")
        for entry in entries:
            self._insert(entry)
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def prepare(self) -> None:
        sqlite3.connect(":memory:").close()

    def open(self) -> None:
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.execute("PRAGMA cache_size=-64000")
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def make_page(self, question: Question) -> Page:
        rows = self._find(question)
        best = [row[0] for row in rows[:10]]
        facets = {
            name: dict(Counter(filter(None, (row[place] for row in rows))).most_common())
            for place, name in enumerate(("unit", "year", "award"), start=1)
        }
        return Page(len(rows), best, facets, [find_snippet(self.bodies[i], question.words) for i in best])

    def list_ids(self, question: Question) -> set[int]:
        return {row[0] for row in self._find(question)}

    def add(self, entry: BureauEntry) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._insert(entry)
        self._connection.execute("COMMIT")

    def _insert(self, entry: BureauEntry) -> None:
        texts = (" ".join(cut_words(entry.title)), " ".join(cut_words(entry.body)))
        self._connection.execute("INSERT INTO texts(rowid, title, body) VALUES (?, ?, ?)", (entry.essay_id, *texts))
        self._connection.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?)", (entry.essay_id, entry.unit, entry.year, entry.award)
        )

    def _find(self, question: Question) -> list[Any]:
        is_prefix = question.kind == "prefix"

        def quote(word: str) -> str:
            return f'"{" ".join(cut_words(word)) or word}"' + ("*" if is_prefix else "")

        text = " AND ".join(map(quote, question.every)) or f"({' OR '.join(map(quote, question.some))})"
        text += "".join(f" NOT {quote(word)}" for word in question.none)
        year = " AND year = ?" if question.year else ""
        return self._connection.execute(
            f"SELECT id, unit, year, award FROM texts JOIN facts ON id = texts.rowid WHERE texts MATCH ?{year} "
            "ORDER BY bm25(texts, 4.0, 1.0)",
            [text, *([question.year] if question.year else [])],
        ).fetchall()
