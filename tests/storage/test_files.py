"""The content-addressed store: durable puts, checked reads, nothing outside its folder, careful sweeping."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review_app.domain.errors import Invalid, NotFound
from review_app.storage.files import Damaged, FileStore, StoredFile

CONTENT = "小河边的调解员".encode()
KEY = hashlib.sha256(CONTENT).hexdigest()
NOW = datetime(2030, 1, 2, tzinfo=UTC)

needs_posix = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")


def make_store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "uploads")


def path_of(store: FileStore, key: str = KEY) -> Path:
    return store.root / key[:2] / key


def set_age(path: Path, age: timedelta) -> None:
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("source", [CONTENT, io.BytesIO(CONTENT)], ids=["bytes", "stream"])
def test_put_then_read_gives_the_content_under_its_digest(tmp_path: Path, source) -> None:
    store = make_store(tmp_path)
    assert store.put(source) == StoredFile(KEY, len(CONTENT))
    assert path_of(store).read_bytes() == CONTENT
    assert store.read(KEY) == CONTENT
    assert store.verify(KEY) == StoredFile(KEY, len(CONTENT))
    with store.open(KEY) as stream:
        assert stream.read() == CONTENT
    assert store.exists(KEY)
    assert list(store.iter_keys()) == [KEY]
    assert list((store.root / "incoming").iterdir()) == []


def test_empty_and_large_content(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    large = bytes(range(256)) * 12_000
    keys = {store.put(b"").key, store.put(large).key}
    assert set(store.iter_keys()) == keys
    assert store.read(hashlib.sha256(large).hexdigest()) == large


@needs_posix
def test_files_and_folders_are_for_the_owner_only(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put(CONTENT)
    for path in (store.root, store.root / "incoming", path_of(store).parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(path_of(store).stat().st_mode) == 0o600


def test_put_of_the_same_content_keeps_the_first_file_and_makes_it_young(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put(CONTENT)
    before = path_of(store).stat().st_ino
    set_age(path_of(store), timedelta(days=9000))
    assert store.put(CONTENT).key == KEY
    assert path_of(store).stat().st_ino == before
    assert store.sweep_unreferenced(set(), older_than=NOW - timedelta(days=8999)) == 0


def test_altered_file_is_never_read_and_the_next_put_heals_it(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put(CONTENT)
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    path_of(store).write_bytes(flipped)
    with pytest.raises(Damaged, match=f"存储的文件 {KEY} 已损坏"):
        store.read(KEY)
    with pytest.raises(Damaged):
        store.verify(KEY)
    assert store.read(KEY, verify=False) == flipped
    store.put(CONTENT)
    assert store.read(KEY) == CONTENT


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    for read in (store.read, store.open, store.verify):
        with pytest.raises(NotFound):
            read(KEY)
    assert not store.exists(KEY)
    assert list(store.iter_keys()) == []


@pytest.mark.parametrize(
    "key", ["", "..", "../secret", "/etc/passwd", KEY.upper(), KEY[:-1], KEY + "0", KEY + "\n", "ab/" + KEY, "\0" * 64]
)
def test_anything_but_a_digest_is_not_found(tmp_path: Path, key: str) -> None:
    store = make_store(tmp_path)
    store.put(CONTENT)
    (tmp_path / "secret").write_text("x")
    with pytest.raises(NotFound):
        store.read(key)
    assert not store.exists(key)


@needs_posix
def test_symbolic_links_are_refused_and_replaced_by_the_content(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put(b"another")
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    path_of(store).parent.mkdir()
    path_of(store).symlink_to(outside)
    with pytest.raises(NotFound):
        store.read(KEY)
    assert KEY not in list(store.iter_keys())
    store.put(CONTENT)
    assert not path_of(store).is_symlink()
    assert store.read(KEY) == CONTENT


@needs_posix
def test_linked_folder_is_neither_read_nor_written(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    store.put(b"another")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / KEY).write_bytes(CONTENT)
    path_of(store).parent.symlink_to(outside)
    with pytest.raises(NotFound):
        store.read(KEY)
    with pytest.raises(Damaged):
        store.put(CONTENT)
    assert [path.name for path in outside.iterdir()] == [KEY]


def test_folder_in_the_place_of_a_file_is_not_found(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    path_of(store).mkdir(parents=True)
    with pytest.raises(NotFound):
        store.read(KEY)


def test_too_much_content_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    limit_bytes = 2 * 1_048_576
    with pytest.raises(Invalid) as caught:
        store.put(io.BytesIO(bytes(limit_bytes + 1)), limit_bytes=limit_bytes)
    assert (str(caught.value), caught.value.field) == ("文件超过 2 MB，请压缩图片或拆分后重新上传。", "file")
    assert list(store.iter_keys()) == []
    assert list((store.root / "incoming").iterdir()) == []
    assert store.put(bytes(limit_bytes), limit_bytes=limit_bytes).size_bytes == limit_bytes


class BrokenStream(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError("connection lost")


def test_broken_stream_leaves_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with pytest.raises(OSError, match="connection lost"):
        store.put(BrokenStream())
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_sweeping_temporary_files_takes_only_the_old_ones(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    assert store.sweep_temporary(older_than=NOW) == 0
    store.put(CONTENT)
    for number in range(100):
        left = store.root / "incoming" / f"left{number}"
        left.write_bytes(b"half")
        set_age(left, timedelta(hours=12 if number < 40 else 36))
    set_age(path_of(store), timedelta(days=9))
    assert store.sweep_temporary(older_than=NOW - timedelta(days=1)) == 60
    assert len(list((store.root / "incoming").iterdir())) == 40
    assert store.read(KEY) == CONTENT


def test_sweeping_takes_only_old_files_that_nobody_refers_to(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    keys = [store.put(str(number).encode()).key for number in range(30)]
    referenced = set(keys[:10])
    for key in keys[:20]:
        set_age(path_of(store, key), timedelta(days=2))
    for key in keys[20:]:
        set_age(path_of(store, key), timedelta(hours=1))
    assert store.sweep_unreferenced(referenced, older_than=NOW - timedelta(days=1)) == 10
    assert set(store.iter_keys()) == referenced | set(keys[20:])


def test_the_same_content_put_by_many_at_once_is_whole(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    content = CONTENT * 20_000
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(store.put(content).key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys == [hashlib.sha256(content).hexdigest()] * 8
    assert store.read(keys[0]) == content
    assert [path.name for path in store.root.rglob("*") if path.is_file()] == [keys[0]]
