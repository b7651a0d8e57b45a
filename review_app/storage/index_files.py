"""The search library's files in one folder: segments are written here and opened, and only `sweep` takes them away."""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from review_app.storage.analyzer import encode_units, make_schema
from review_app.storage.index_manifest import Manifest
from review_app.storage.index_postings import ArrayCodec, TextLengths, invert_texts

INDEX_NAME: Final = "essays"


@dataclass(frozen=True, slots=True)
class Document:
    """What a segment keeps of an essay: the search text, and by field the number or the names it has."""

    text: str
    facts: Mapping[str, int | tuple[str, ...]]


class _File(StructFile):  # type: ignore[misc]  # the library has no types
    """A file that several threads read at any place at once. It is not mapped into memory: a file cut short under a
    reader would then kill the process, and reading this way costs no more."""

    def __init__(self, path: str) -> None:
        super().__init__(open(path, "rb", buffering=0))  # noqa: SIM115  (close() closes it)
        self._lock = Lock()

    def get(self, position: int, length: int) -> bytes:
        """The bytes from there. EOFError when the file ends before."""
        if hasattr(os, "pread"):
            data = os.pread(self.file.fileno(), length, position)
        else:
            with self._lock:
                self.file.seek(position)
                data = self.file.read(length)
        if len(data) != length:
            raise EOFError("the file ends too early")
        return data

    def get_array(self, position: int, typecode: str, length: int) -> Any:
        """Numbers of the library's own columns, high byte first."""
        kind = np.dtype(f">{'u' if typecode.isupper() else 'i'}{array(typecode).itemsize}")
        return np.frombuffer(self.get(position, length * kind.itemsize), kind)


class Storage(FileStorage):  # type: ignore[misc]  # the library has no types
    """A folder that can close whatever the library left open."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.opened: list[Any] = []

    def create_file(self, name: str, **options: Any) -> Any:
        """A new file, remembered."""
        self.opened.append(super().create_file(name, **options))
        return self.opened[-1]

    def open_file(self, name: str, **options: Any) -> Any:
        """An existing file, remembered."""
        self.opened.append(_File(self._fpath(name)))
        return self.opened[-1]

    def temp_storage(self, name: str | None = None) -> Storage:
        """A folder inside for what a writer puts together; its files are remembered here too."""
        inner = Storage(os.path.join(self.folder, name or "sort.tmp"))
        inner.opened = self.opened
        inner.create()
        return inner

    def close_files(self) -> None:
        """Close all files that are still open, whatever that raises."""
        for file in self.opened:
            with suppress(OSError):
                file.raw_file().close()


@contextmanager
def open_storage(folder: Path) -> Iterator[Storage]:
    """The folder for one piece of work; whatever was opened is closed at its end."""
    storage = Storage(str(folder))
    try:
        yield storage
    finally:
        storage.close_files()


def create_contents(folder: Path) -> None:
    """Make an empty index in the folder."""
    with open_storage(folder) as storage:
        TOC(make_schema(), [], 0).write(storage, INDEX_NAME)


def read_contents(folder: Path, generation: int | None = None) -> TOC:
    """The library's list of segments as of this commit, or of the last one."""
    with open_storage(folder) as storage:
        return TOC.read(storage, INDEX_NAME, gen=generation, schema=make_schema())


def write_contents(folder: Path, segments: Sequence[Any], generation: int) -> None:
    """Write the list of segments as of a commit."""
    with open_storage(folder) as storage:
        TOC(make_schema(), list(segments), generation).write(storage, INDEX_NAME)


def open_segment(folder: Path, segment: Any) -> SegmentReader:
    """The library's reader of a segment of the list; its files are closed if that fails."""
    storage = Storage(str(folder))
    try:
        return SegmentReader(storage, make_schema(), segment)
    except BaseException:
        storage.close_files()
        raise


def write_segment(folder: Path, documents: Sequence[Document], *, is_stock: bool = False) -> Any:
    """Write the documents, at least one, as a segment and return it for the list of contents.

    `is_stock`: by the library's own writer, posting by posting.
    """
    schema = make_schema()
    field = schema["text"]
    codec = W3Codec() if is_stock else ArrayCodec()
    lengths = _measure(documents)
    with open_storage(folder) as storage:
        segment = codec.new_segment(storage, INDEX_NAME)
        columns = codec.per_document_writer(storage, segment)
        for number, document in enumerate(documents):
            columns.start_doc(number)
            columns.add_field("text", field, None, int(lengths.whole[number]))
            columns.add_column_value("content", schema["content"].column_type, document.text.encode())
            columns.add_column_value("facts", schema["facts"].column_type, document.facts)
            columns.finish_doc()
        columns.close()
        segment.set_doc_count(len(documents))
        terms = codec.field_writer(storage, segment)
        if is_stock:
            _add_postings(terms, field, documents, lengths)
        else:
            terms.add_all(field, invert_texts([document.text for document in documents], lengths), lengths)
        terms.finish_field()
        terms.close()
    return segment


def _measure(documents: Sequence[Document]) -> TextLengths:
    whole = [len(encode_units(document.text)) // 2 for document in documents]
    return TextLengths(np.array(whole), np.array([document.facts["title_length"] for document in documents]))


def _add_postings(terms: Any, field: Any, documents: Sequence[Document], lengths: TextLengths) -> None:
    by_term: dict[bytes, list[tuple[int, float, bytes]]] = {}
    for number, document in enumerate(documents):
        for term, _, weight, places in field.index(document.text):
            by_term.setdefault(term, []).append((number, weight, places))
    terms.start_field("text", field)
    for term, postings in sorted(by_term.items()):
        terms.start_term(term)
        for number, weight, places in postings:
            terms.add(number, weight, places, int(lengths.whole[number]))
        terms.finish_term()


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what the manifest does not name: files of older commits and of writers that were killed."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in manifest.files:
            with suppress(OSError):  # a reader on Windows holds it: the next commit sweeps
                path.unlink()
