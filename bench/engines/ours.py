"""The product's own index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.search import Page, Question
from review_app.domain.search_terms import And, Node, Not, Or, Query, Word
from review_app.domain.snippets import find_snippet
from review_app.storage.index import SearchIndex
from review_app.storage.index_check import is_library_known
from review_app.storage.search_types import EVERYTHING, BureauEntry, Change

FACETS = ("unit", "year", "award")


class Ours:
    """`SearchIndex` for the bureau, its files checked once before, as the server does at its start."""

    def __init__(self, folder: Path, bodies: dict[int, str]) -> None:
        self.folder = folder
        self.bodies = bodies
        self.index = SearchIndex(folder, audience="bureau", epoch="bench")

    def build(self, entries: Sequence[BureauEntry]) -> None:
        self.index.rebuild(entries, last_change_id=0)

    def prepare(self) -> None:
        assert is_library_known()
        self.index.check()

    def open(self) -> None:
        self.index.close()
        self.index.status()
        self.index.list_ids(Query("bureau", Word("没有这个")), scope=EVERYTHING)

    def make_page(self, question: Question) -> Page:
        found = self.index.search(
            self._translate(question),
            scope=EVERYTHING,
            filters={"year": [question.year]} if question.year else {},
            facets=FACETS,
            page_size=10,
        )
        best = [hit.essay_id for hit in found.hits]
        return Page(found.total, best, found.facets, [find_snippet(self.bodies[i], question.words) for i in best])

    def list_ids(self, question: Question) -> set[int]:
        filters = {"year": [question.year]} if question.year else {}
        return set(self.index.list_ids(self._translate(question), scope=EVERYTHING, filters=filters))

    def add(self, entry: BureauEntry) -> None:
        self.index.apply([Change(entry.essay_id, entry.essay_id, entry)])

    def _translate(self, question: Question) -> Query:
        nodes: list[Node] = [Word(word) for word in question.every]
        if question.some:
            nodes.append(Or(tuple(map(Word, question.some))))
        nodes += [Not(Word(word)) for word in question.none]
        return Query("bureau", nodes[0] if len(nodes) == 1 else And(tuple(nodes)))
