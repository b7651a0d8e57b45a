"""tantivy on words of rjieba, several of them standing together being a phrase; facets by its aggregations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from bench.search import Page, Question, cut_words
from review_app.domain.snippets import find_snippet
from review_app.storage.search_types import BureauEntry

FACETS = ("unit", "year", "award")


class Tantivy:
    """An index in a folder, words parted by blanks."""

    def __init__(self, folder: Path, bodies: dict[int, str]) -> None:
        folder.mkdir(exist_ok=True)
        self.bodies = bodies
        self._folder = folder
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("essay_id", stored=True, indexed=True, fast=True)
        for name in ("title", "body"):
            builder.add_text_field(name, tokenizer_name="whitespace")
        for name in ("unit", "award"):
            builder.add_text_field(name, tokenizer_name="raw", fast=True)
        builder.add_integer_field("year", indexed=True, fast=True)
        self._schema = builder.build()

    def build(self, entries: Sequence[BureauEntry]) -> None:
        self._open()
        writer = self._index.writer(heap_size=128_000_000, num_threads=1)
        for entry in entries:
            writer.add_document(self._make_document(entry))
        writer.commit()
        writer.wait_merging_threads()

    def prepare(self) -> None:
        tantivy.SchemaBuilder().build()

    def open(self) -> None:
        self._open()
        self._searcher.search(self._term("body", "没有这个"), 1)

    def _open(self) -> None:
        self._index = tantivy.Index(self._schema, path=str(self._folder))
        self._index.reload()
        self._searcher = self._index.searcher()

    def make_page(self, question: Question) -> Page:
        query = self._translate(question)
        found = self._searcher.search(query, 10)
        best = [self._searcher.doc(address)["essay_id"][0] for _, address in found.hits]
        terms = {name: {"terms": {"field": name, "size": 100}} for name in FACETS}
        counted = self._searcher.aggregate(query, terms)
        facets = {
            name: {row["key"]: row["doc_count"] for row in counted[name]["buckets"] if row["key"]} for name in FACETS
        }
        return Page(found.count, best, facets, [find_snippet(self.bodies[i], question.words) for i in best])

    def list_ids(self, question: Question) -> set[int]:
        found = self._searcher.search(self._translate(question), max(1, self._searcher.num_docs))
        return {self._searcher.doc(address)["essay_id"][0] for _, address in found.hits}

    def add(self, entry: BureauEntry) -> None:
        writer = self._index.writer(heap_size=15_000_000, num_threads=1)
        writer.add_document(self._make_document(entry))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _make_document(self, entry: BureauEntry) -> Any:
        document = tantivy.Document(essay_id=entry.essay_id, unit=entry.unit, year=entry.year, award=entry.award)
        document.add_text("title", " ".join(cut_words(entry.title)))
        document.add_text("body", " ".join(cut_words(entry.body)))
        return document

    def _term(self, field: str, word: str, *, is_prefix: bool = False) -> Any:
        words = cut_words(word) or [word]
        if is_prefix:
            return tantivy.Query.regex_query(self._schema, field, f"{word}.*")
        if len(words) > 1:
            return tantivy.Query.phrase_query(self._schema, field, words)
        return tantivy.Query.term_query(self._schema, field, words[0])

    def _translate(self, question: Question) -> Any:
        query, occur = tantivy.Query, tantivy.Occur

        def either(word: str) -> Any:
            is_prefix = question.kind == "prefix"
            title = query.boost_query(self._term("title", word, is_prefix=is_prefix), 4.0)
            return query.boolean_query(
                [(occur.Should, title), (occur.Should, self._term("body", word, is_prefix=is_prefix))]
            )

        parts = [(occur.Must, either(word)) for word in question.every]
        if question.some:
            parts.append((occur.Must, query.boolean_query([(occur.Should, either(word)) for word in question.some])))
        parts += [(occur.MustNot, either(word)) for word in question.none]
        if question.year:
            parts.append((occur.Must, query.term_query(self._schema, "year", question.year)))
        return query.boolean_query(parts)
