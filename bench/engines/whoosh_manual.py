"""Whoosh as its manual shows it: jieba's analyser, a parser over two fields, its own highlighter and grouping."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jieba.analyse import ChineseAnalyzer
from whoosh.fields import ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser
from whoosh.query import NumericRange
from whoosh.sorting import Count, FieldFacet

from bench.search import Page, Question
from review_app.storage.search_types import BureauEntry

logging.getLogger("jieba").setLevel(logging.WARNING)
FACETS = ("unit", "year", "award")


class WhooshManual:
    """An index in a folder and a searcher for each request."""

    def __init__(self, folder: Path, bodies: dict[int, str]) -> None:
        folder.mkdir(exist_ok=True)
        self.bodies = bodies
        self._folder = folder
        analyzer = ChineseAnalyzer()
        self._schema = Schema(
            essay_id=ID(stored=True),
            title=TEXT(analyzer=analyzer, field_boost=4.0),
            body=TEXT(analyzer=analyzer, stored=True),
            unit=KEYWORD(sortable=True),
            award=KEYWORD(sortable=True),
            year=NUMERIC(sortable=True),
        )

    def build(self, entries: Sequence[BureauEntry]) -> None:
        with create_in(self._folder, self._schema).writer(limitmb=256) as writer:
            for entry in entries:
                writer.add_document(**self._make_document(entry))

    def prepare(self) -> None:
        list(ChineseAnalyzer()("信访工作"))

    def open(self) -> None:
        self._index = open_dir(self._folder)
        with self._index.searcher() as searcher:
            searcher.search(self._translate(Question("single", every=("没有这个",))), limit=1)

    def make_page(self, question: Question) -> Page:
        query = self._translate(question)
        with self._index.searcher() as searcher:
            facets = {name: FieldFacet(name, maptype=Count) for name in FACETS}
            found = searcher.search(query, limit=10, groupedby=facets)
            hits = found[:10]
            snippets = [hit.highlights("body") for hit in hits]
            groups = {name: dict(found.groups(name)) for name in FACETS}
            return Page(len(found), [int(hit["essay_id"]) for hit in hits], groups, snippets)

    def list_ids(self, question: Question) -> set[int]:
        with self._index.searcher() as searcher:
            found = searcher.search(self._translate(question), limit=None)
            return {int(hit["essay_id"]) for hit in found}

    def add(self, entry: BureauEntry) -> None:
        with self._index.writer() as writer:
            writer.add_document(**self._make_document(entry))

    def _make_document(self, entry: BureauEntry) -> dict[str, Any]:
        return {
            "essay_id": str(entry.essay_id),
            "title": entry.title,
            "body": entry.body,
            "unit": entry.unit,
            "award": entry.award,
            "year": entry.year,
        }

    def _translate(self, question: Question) -> Any:
        star = "*" if question.kind == "prefix" else ""

        def write(word: str) -> str:
            return f'"{word}"' if question.kind == "phrase" else word + star

        text = " AND ".join(map(write, question.every)) or f"({' OR '.join(map(write, question.some))})"
        text += "".join(f" AND NOT {write(word)}" for word in question.none)
        query = MultifieldParser(["title", "body"], self._schema).parse(text)
        return query & NumericRange("year", question.year, question.year) if question.year else query
