"""Judged sets for measuring how well a search finds: read from files of lines, or made up from our own essays.

Documents   {"id": "d1", "title": "…", "text": "…"}             one JSON object a line; title may be left out
Queries     {"id": "q1", "text": "…"}                           a "kind" parts the figures
Judgements  {"query": "q1", "doc": "d1", "relevance": 1}        JSON lines,
            q1 0 d1 1                                           or as TREC writes them,
            query-id <tab> corpus-id <tab> score                or as BEIR does, with or without its head

"_id" will do for "id", "query-id", "corpus-id" and "score" for the others. Ids may be numbers. A judgement of 0 or less
says that the document does not answer the query.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.essays import make_entries
from review_app.storage.words import STOP_WORDS, pick_words, split_words

DEMO_SOURCES = Path(__file__).parents[1] / "review_app" / "demo" / "source"


class BadLine(Exception):
    """A line that cannot be read, with its file and number."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the documents that answer it."""

    id: str
    text: str
    relevant: frozenset[str]
    kind: str = "all"


class DocumentFile:
    """The documents of a file of lines, read anew each time, so that no size of collection has to fit into memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[Document]:
        seen: set[str] = set()
        for number, row in read_lines(self.path):
            document = Document(
                id=_take(row, ("id", "_id"), self.path, number),
                title=_take(row, ("title",), self.path, number, default=""),
                text=_take(row, ("text",), self.path, number),
            )
            if document.id in seen:
                raise BadLine(f"{self.path}:{number}: the id {document.id!r} stands there twice")
            seen.add(document.id)
            yield document


def read_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Number and object of each line that is not blank."""
    with path.open(encoding="utf-8-sig", errors="strict") as file:
        number = 0
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _parse_object(line, path, number)
        except UnicodeDecodeError as error:
            raise BadLine(f"{path}:{number + 1}: not UTF-8: {error.reason}") from error


def read_queries(path: Path, judgements: Mapping[str, frozenset[str]]) -> list[JudgedQuery]:
    """The queries of a file that have a document that answers them."""
    queries = []
    seen: set[str] = set()
    for number, row in read_lines(path):
        query_id = _take(row, ("id", "_id"), path, number)
        if query_id in seen:
            raise BadLine(f"{path}:{number}: the id {query_id!r} stands there twice")
        seen.add(query_id)
        text, kind = _take(row, ("text",), path, number), _take(row, ("kind",), path, number, default="all")
        if relevant := judgements.get(query_id):
            queries.append(JudgedQuery(query_id, text, relevant, kind))
    return queries


def read_judgements(path: Path) -> dict[str, frozenset[str]]:
    """By query the documents that answer it."""
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            judgement = _parse_judgement(line, path, number) if line.strip() else None
            if judgement and judgement[2] > 0:
                found.setdefault(judgement[0], set()).add(judgement[1])
    return {query: frozenset(documents) for query, documents in found.items()}


def _parse_judgement(line: str, path: Path, number: int) -> tuple[str, str, float] | None:
    if line.lstrip().startswith("{"):
        row = _parse_object(line, path, number)
        query = _take(row, ("query", "query-id", "query_id"), path, number)
        document = _take(row, ("doc", "corpus-id", "doc-id", "doc_id"), path, number)
        relevance = _take(row, ("relevance", "score"), path, number, default="1")
    else:
        cells = line.split()
        if number == 1 and cells[0] in ("query-id", "query_id"):
            return None
        if len(cells) not in (3, 4):
            raise BadLine(f"{path}:{number}: neither JSON, nor four columns as TREC has, nor three as BEIR has")
        query, document, relevance = cells[0], cells[-2], cells[-1]
    try:
        return query, document, float(relevance)
    except ValueError as error:
        raise BadLine(f"{path}:{number}: the relevance {relevance!r} is not a number") from error


def _parse_object(line: str, path: Path, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadLine(f"{path}:{number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadLine(f"{path}:{number}: not a JSON object")
    return row


def _take(row: Mapping[str, Any], names: Sequence[str], path: Path, number: int, *, default: str | None = None) -> str:
    value = next((row[name] for name in names if row.get(name) is not None), default)
    if value is None:
        raise BadLine(f'{path}:{number}: there is no "{names[0]}"')
    if not isinstance(value, str | int | float):
        raise BadLine(f'{path}:{number}: "{names[0]}" is neither text nor number')
    return str(value)


def make_set(count: int, seed: int) -> tuple[list[Document], list[JudgedQuery]]:
    """Essays without their titles, and for each of some what a person may remember of it: the title as one run, three
    words of the title in any order, a sentence with words left out, a question."""
    essays = [*_read_demo_essays(), *((entry.title, entry.body) for entry in make_entries(count, seed)[0])][:count]
    rng = random.Random(seed)
    documents = [Document(f"d{place}", "", body) for place, (_, body) in enumerate(essays)]
    queries: list[JudgedQuery] = []
    for place, (title, body) in enumerate(essays):
        if place >= 40 and rng.random() > 400 / count:
            continue
        for kind, text in _make_texts(title, body, rng):
            if text:
                queries.append(JudgedQuery(f"q{len(queries)}", text, frozenset((f"d{place}",)), kind))
    return documents, queries


def _make_texts(title: str, body: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    words = list(pick_words(split_words(title)))
    rng.shuffle(words)
    yield "title", title
    yield "title words", " ".join(words[:3])
    sentence = [word for word in split_words(rng.choice(_list_sentences(body))) if word not in STOP_WORDS]
    kept = [word for word in sentence if rng.random() > 0.3]
    yield "sentence", "".join(kept)
    telling = [word for word in sentence if len(word) > 1]
    if len(telling) >= 3:
        first, second, third = rng.sample(telling, 3)
        yield (
            "question",
            rng.choice(
                (
                    f"怎样{first}{second}的{third}？",
                    f"{first}的{second}{third}有哪些？",
                    f"为什么{first}要{second}{third}",
                )
            ),
        )


def _list_sentences(body: str) -> list[str]:
    sentences = [part for part in re.split(r"[。！？\n]", body) if len(part) >= 15]
    return sentences or [body]


def _read_demo_essays() -> Iterator[tuple[str, str]]:
    for path in sorted(DEMO_SOURCES.glob("e*.md")):
        head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        yield re.findall(r"^title: (.+)$", head, re.MULTILINE)[0], body
