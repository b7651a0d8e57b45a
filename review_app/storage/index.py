"""The search index of one audience on the disk: one writer, readers that stay open, a manifest that tells damage."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh.util.filelock import FileLock, try_for

from review_app.domain.search_terms import Query
from review_app.storage.analyzer import SCHEMA_VERSION
from review_app.storage.index_check import is_library_known
from review_app.storage.index_files import (
    INDEX_NAME,
    Document,
    create_contents,
    open_segment,
    read_contents,
    sweep,
    write_contents,
    write_segment,
)
from review_app.storage.index_manifest import (
    MANIFEST_NAME,
    Manifest,
    describe_files,
    find_fault,
    read_manifest,
    write_manifest,
)
from review_app.storage.index_page import list_essay_ids, make_page
from review_app.storage.index_search import Filters, Found, find_documents
from review_app.storage.index_segment import Kept, Mask, Segment, pack_entry, reporting_damage
from review_app.storage.search_types import (
    BureauEntry,
    Change,
    IndexAudience,
    IndexEntry,
    IndexStatus,
    IndexUnavailable,
    ReviewerEntry,
    SearchPage,
    SearchScope,
    State,
)

_LOCK_SECONDS: Final = 30
# So many essays are written at a time, which takes some 250 MB; a few small segments are joined up to the second number,
# and all that are not larger when there are more than the third.
_SEGMENT_ESSAYS: Final = 5_000
_JOINED_ESSAYS: Final = 250
_MANY_SEGMENTS: Final = 40
_ENTRY_TYPES: Final = {"bureau": BureauEntry, "reviewer": ReviewerEntry}
_Stamp = tuple[int, int, int] | None


def _mark_alive(segment: Any) -> Mask:
    """Which documents of the library's segment are not deleted."""
    alive = np.ones(segment.doc_count_all(), np.bool_)
    alive[list(segment.deleted_docs())] = False
    return alive


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """An index as of one commit: its open segments in the order of the library, each with its live documents."""

    manifest: Manifest
    stamp: _Stamp
    segments: tuple[tuple[Segment, Mask], ...]
    by_name: Mapping[str, Segment]
    contents: tuple[Any, ...]


class SearchIndex:
    """A `SearchBackend` on Whoosh files in `root`, for one audience and one database.

    `epoch` names the database. One object serves all threads of a process and follows the commits of others.
    Where the library is not the one whose files we know, it writes and reads them itself, slowly; the schema version of
    the manifest is then negative.
    """

    def __init__(self, root: Path, *, audience: IndexAudience, epoch: str) -> None:
        self.root = root
        self.audience = audience
        self.epoch = epoch
        self._snapshot: _Snapshot | None = None
        self._is_stock = not is_library_known()
        self._schema_version = -SCHEMA_VERSION if self._is_stock else SCHEMA_VERSION
        self._checked: Manifest | None = None
        self._fault: tuple[_Stamp, IndexStatus] | None = None
        self._kept = Kept()
        self._refreshing = threading.Lock()

    def search(
        self,
        query: Query,
        *,
        scope: SearchScope,
        filters: Filters | None = None,
        facets: Sequence[str] = (),
        sort: str = "relevance",
        page: int = 1,
        page_size: int = 20,
    ) -> SearchPage:
        """One page of what the query finds within the scope, the exact total and the facet counts.

        `filters`: facet word → exact values, any of them. `sort`: "relevance" or a sortable word, "-" before it for
        falling; equals come by number. Invalid for a word this audience has not or a page deeper than 1,000 results.
        IndexUnavailable when the index cannot answer.
        """
        with self._remembering_damage():
            found = self._find(query, scope, filters or {})
            return make_page(found, query, facets=facets, sort=sort, page=page, page_size=page_size)

    def list_ids(self, query: Query, *, scope: SearchScope, filters: Filters | None = None) -> tuple[int, ...]:
        """All essay ids the query finds within the scope, ascending; errors as in `search`."""
        with self._remembering_damage():
            return list_essay_ids(self._find(query, scope, filters or {}))

    def apply(self, changes: Sequence[Change]) -> int:
        """Make the index follow the changes in one commit; how many essays were written or removed.

        The last change of an essay wins; repeating changes does no harm. Waits up to 30 seconds for another writer.
        IndexUnavailable if the index is not ready; the changes are then not in it.
        """
        latest = {change.essay_id: change.entry for change in changes}
        if not latest:
            return 0
        with self._write_lock():
            snapshot = self._refresh()
            manifest = snapshot.manifest
            folder = self.root / manifest.folder
            sweep(folder, manifest)
            fresh = [self._pack(entry) for entry in latest.values() if entry is not None]
            segments = self._join_small(folder, snapshot, latest, fresh)
            write_contents(folder, segments, manifest.generation + 1)
            last_change_id = max(manifest.last_change_id, *(change.change_id for change in changes))
            self._publish(folder, last_change_id=last_change_id, known=manifest.files)
        return len(latest)

    def rebuild(self, entries: Iterable[IndexEntry], *, last_change_id: int) -> IndexStatus:
        """Build the index anew from all entries and put it in the place of the old one, whatever state that is in.

        Searches go on in the old one meanwhile. Changes after `last_change_id` are to be applied afterwards.
        If `entries` raises, the old index stays.
        """
        with self._write_lock():
            folder = self._make_next_folder()
            try:
                create_contents(folder)
                write_contents(folder, self._write_segments(folder, map(self._pack, entries)), 1)
                self._publish(folder, last_change_id=last_change_id, known={})
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            for other in self._list_folders():
                if other != folder:
                    shutil.rmtree(other, ignore_errors=True)  # Windows keeps what a reader holds: the next one sweeps
        return self.status()

    def status(self) -> IndexStatus:
        """How the index stands by its manifest and the sizes of its files."""
        return self._inspect_settled(is_thorough=False)

    def check(self) -> IndexStatus:
        """How the index stands after reading every byte; for start-up, doctor and after a crash."""
        return self._inspect_settled(is_thorough=True)

    def close(self) -> None:
        """Let go of all files and of what was read from them; a later search opens them again."""
        self._snapshot = None
        self._kept = Kept()

    def _find(self, query: Query, scope: SearchScope, filters: Filters) -> list[Found]:
        if self.audience == "reviewer" and (query.audience != "reviewer" or scope.essay_ids is None):
            raise ValueError("the reviewer index answers only a reviewer's query within assigned essays")
        if self.audience == "bureau" and query.audience == "reviewer":
            raise ValueError("a reviewer's query never reaches the bureau index")
        if query.audience == "unit" and scope.unit_id is None:
            raise ValueError("a unit searches only its own essays")
        return find_documents(self._refresh().segments, query, scope=scope, filters=filters)

    @contextmanager
    def _remembering_damage(self) -> Iterator[None]:
        """Damage met while reading is the status of this commit, until the index is rebuilt."""
        stamp = self._read_stamp()
        try:
            yield
        except IndexUnavailable as error:
            if error.status.state == "damaged":
                self._fault = stamp, error.status
            raise

    def _refresh(self) -> _Snapshot:
        """The snapshot of the newest commit, opened if it is not open yet."""
        stamp = self._read_stamp()
        if self._fault is not None and self._fault[0] == stamp:
            raise IndexUnavailable(self._fault[1])
        snapshot = self._snapshot
        if snapshot and snapshot.stamp == stamp:
            return snapshot
        with self._refreshing:
            while True:
                stamp = self._read_stamp()
                snapshot = self._snapshot
                if snapshot and snapshot.stamp == stamp:
                    return snapshot
                try:
                    self._snapshot = snapshot = self._open_snapshot(stamp, snapshot)
                    return snapshot
                except IndexUnavailable:
                    if self._read_stamp() == stamp:
                        raise  # otherwise a writer has moved on and taken files away: read the new manifest

    def _read_stamp(self) -> _Stamp:
        """What changes whenever the manifest does."""
        try:
            found = os.stat(self.root / MANIFEST_NAME)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _inspect_settled(self, *, is_thorough: bool) -> IndexStatus:
        while True:
            stamp = self._read_stamp()
            status, _ = self._inspect(is_thorough=is_thorough)
            if status.is_ready or stamp == self._read_stamp():
                return status  # otherwise a writer took files away while they were looked at

    def _inspect(self, *, is_thorough: bool) -> tuple[IndexStatus, Manifest | None]:
        try:
            manifest = read_manifest(self.root)
        except (OSError, ValueError) as error:
            return IndexStatus("damaged", problem=f"manifest: {error}"), None
        if self._fault is not None and self._fault[0] == self._read_stamp():
            return self._fault[1], manifest
        if manifest is None:
            return IndexStatus("missing", problem="no manifest"), None
        fault = find_fault(self.root / manifest.folder, manifest.files, is_thorough=is_thorough)
        if is_thorough and not fault:
            self._checked = manifest
        state: State = "damaged" if fault else "ready"
        if manifest.epoch != self.epoch or manifest.audience != self.audience:
            state, fault = "foreign", "made for another database or audience"
        elif manifest.schema_version != self._schema_version:
            state, fault = "outdated", f"schema version {manifest.schema_version}, wanted {self._schema_version}"
        return IndexStatus(state, manifest.documents, manifest.last_change_id, fault), manifest

    def _open_snapshot(self, stamp: _Stamp, old: _Snapshot | None) -> _Snapshot:
        """Open what the manifest names. Every file is read and compared with its digest before the library sees it, by
        an earlier `check` or here."""
        status, manifest = self._inspect(is_thorough=False)
        if manifest is None or not status.is_ready:
            raise IndexUnavailable(status)
        folder = self.root / manifest.folder
        opened: Mapping[str, Segment] = {}
        sound: dict[str, tuple[int, str]] = {}
        if old is not None and old.manifest.folder == manifest.folder:
            opened, sound = old.by_name, old.manifest.files
        if self._checked is not None and self._checked.folder == manifest.folder:
            sound = sound | self._checked.files
        fresh = {name: file for name, file in manifest.files.items() if sound.get(name) != file}
        if fault := find_fault(folder, fresh, is_thorough=True):
            raise IndexUnavailable(replace(status, state="damaged", problem=fault))
        with reporting_damage():
            contents = read_contents(folder, manifest.generation)
            by_name = {
                segment.segment_id(): opened.get(segment.segment_id())
                or Segment(open_segment(folder, segment), self._kept)
                for segment in contents.segments
            }
            live = [(by_name[segment.segment_id()], _mark_alive(segment)) for segment in contents.segments]
        return _Snapshot(manifest, stamp, tuple(live), by_name, tuple(contents.segments))

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(str(self.root / "write.lock"))
        if not try_for(lock.acquire, timeout=_LOCK_SECONDS, delay=0.05):
            raise IndexUnavailable(replace(self.status(), problem="another writer holds the lock"))
        try:
            yield
        finally:
            lock.release()

    def _pack(self, entry: IndexEntry) -> Document:
        if not isinstance(entry, _ENTRY_TYPES[self.audience]):
            raise TypeError(f"{type(entry).__name__} does not belong into the {self.audience} index")
        return pack_entry(entry)

    def _join_small(
        self, folder: Path, snapshot: _Snapshot, gone: Collection[int], fresh: Sequence[Document]
    ) -> list[Any]:
        """The library's list of segments without the essays that are `gone` and with the `fresh` ones. What is small or
        half gone is written anew together with these, so that there are never many segments."""
        segments, documents = [], list(fresh)
        is_crowded = len(snapshot.contents) > _MANY_SEGMENTS
        for segment, (opened, alive) in reversed(list(zip(snapshot.contents, snapshot.segments, strict=True))):
            left = alive.copy()
            left[opened.list_essays(gone)] = False
            count = int(left.sum())
            is_small = count + len(documents) <= _JOINED_ESSAYS and count <= len(documents)
            if is_small or 2 * count < opened.size or (is_crowded and count <= _JOINED_ESSAYS):
                documents += [opened.read_document(document) for document in np.flatnonzero(left).tolist()]
            else:
                changed = copy(segment)
                changed._deleted = set(np.flatnonzero(~left).tolist())
                segments.append(changed)
        return [*reversed(segments), *self._write_segments(folder, documents)]

    def _write_segments(self, folder: Path, documents: Iterable[Document]) -> list[Any]:
        waiting, segments = iter(documents), []
        while batch := list(islice(waiting, _SEGMENT_ESSAYS)):
            segments.append(write_segment(folder, batch, is_stock=self._is_stock))
        return segments

    def _publish(self, folder: Path, *, last_change_id: int, known: Mapping[str, tuple[int, str]]) -> None:
        """Make the newest commit in the folder the one that readers see, then remove the files of older ones."""
        contents = read_contents(folder)
        current = {f"_{INDEX_NAME}_{contents.generation}", *(segment.segment_id() for segment in contents.segments)}
        manifest = Manifest(
            schema_version=self._schema_version,
            audience=self.audience,
            epoch=self.epoch,
            folder=folder.name,
            generation=contents.generation,
            documents=sum(segment.doc_count() for segment in contents.segments),
            last_change_id=last_change_id,
            files=describe_files((path for path in folder.iterdir() if path.name.split(".")[0] in current), known),
        )
        write_manifest(self.root, manifest)
        sweep(folder, manifest)

    def _list_folders(self) -> list[Path]:
        return sorted(path for path in self.root.glob("g*") if path.name[1:].isdecimal() and path.is_dir())

    def _make_next_folder(self) -> Path:
        number = max((int(path.name[1:]) for path in self._list_folders()), default=0) + 1
        folder = self.root / f"g{number:06d}"
        folder.mkdir(mode=0o700)
        return folder
