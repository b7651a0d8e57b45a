"""The search library's files in one folder: none stays open by accident, none goes while a reader needs it."""

from __future__ import annotations

import os
import shutil
from array import array
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from review_app.storage.analyzer import PlainCodec, make_schema
from review_app.storage.index_manifest import Manifest
from review_app.storage.index_segment import Segment

INDEX_NAME: Final = "essays"


class _Storage(FileStorage):  # type: ignore[misc]  # the library has no types
    """A folder that can close whatever the library left open, and in which a commit removes nothing, since readers
    need the old files until the manifest names the new ones."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.opened: list[Any] = []

    def create_file(self, name: str, **options: Any) -> Any:
        """A new file, remembered."""
        self.opened.append(super().create_file(name, **options))
        return self.opened[-1]

    def open_file(self, name: str, **options: Any) -> Any:
        """An existing file, remembered."""
        self.opened.append(super().open_file(name, **options))
        return self.opened[-1]

    def delete_file(self, name: str) -> None:
        """Leave the file; `sweep` takes it."""

    def temp_storage(self, name: str | None = None) -> _Storage:
        """A folder inside for sorting; its files are remembered here too."""
        inner = _Storage(os.path.join(self.folder, name or "sort.tmp"))
        inner.opened = self.opened
        inner.create()
        return inner

    def close_files(self) -> None:
        """Close all files that are still open, whatever that raises."""
        for file in self.opened:
            with suppress(OSError):
                file.raw_file().close()


class _PostingTable:
    """Postings by term, in the place of the library's sorter: since documents come in rising order, each list is
    sorted as it grows, and eight bytes a posting need no spilling to the disk. Indexing takes half the time."""

    def __init__(self) -> None:
        self._postings: defaultdict[tuple[str, bytes], tuple[array[int], array[float]]] = defaultdict(
            lambda: (array("I"), array("f"))
        )

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Keep a posting: field, term, document, weight; payloads are always empty here."""
        field, term, document, weight, _ = item
        documents, weights = self._postings[field, term]
        documents.append(document)
        weights.append(weight)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All postings by field, term and document."""
        for (field, term), (documents, weights) in sorted(self._postings.items(), key=itemgetter(0)):
            for document, weight in zip(documents, weights, strict=True):
                yield field, term, document, weight, b""

    def cleanup(self) -> None:
        """Forget all postings."""
        self._postings.clear()


def create_contents(folder: Path) -> None:
    """Make an empty index in the folder."""
    TOC.create(FileStorage(str(folder)), make_schema(), INDEX_NAME)


def read_contents(folder: Path, generation: int | None = None) -> TOC:
    """The library's list of segments as of this commit, or of the last one."""
    storage = _Storage(str(folder))
    try:
        return TOC.read(storage, INDEX_NAME, gen=generation, schema=make_schema())
    finally:
        storage.close_files()


def open_segment(folder: Path, segment: Any) -> Segment:
    """The segment of the list, opened for reading; its files are closed if that fails."""
    storage = _Storage(str(folder))
    try:
        return Segment(SegmentReader(storage, make_schema(), segment))
    except BaseException:
        storage.close_files()
        raise


@contextmanager
def open_writer(folder: Path) -> Iterator[SegmentWriter]:
    """The library's writer; commits at the end, or cancels and leaves the index as it was.

    The caller holds the write lock.
    """
    storage = _Storage(str(folder))
    writer = FileIndex(storage, make_schema(), INDEX_NAME).writer(_lk=False, codec=PlainCodec(), compound=False)
    writer.pool = _PostingTable()
    try:
        yield writer
        writer.commit()
    except BaseException:
        with suppress(Exception):  # what failed above is the error to report
            writer.cancel()
        raise
    finally:
        storage.close_files()


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what the manifest does not name: files of older commits and of writers that were killed."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in manifest.files:
            with suppress(OSError):  # a reader on Windows holds it: the next commit sweeps
                path.unlink()
