"""The zip file under the book: what any reader of zip files finds in it, and where it ends."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.errors import BuildError
from compile.writing import zip_file
from compile.writing.zip_file import ZipFileWriter

NAMES = st.lists(st.text("abc/题图.", min_size=1, max_size=12), max_size=5, unique=True)


def write(texts: dict[str, list[str]], files: dict[str, bytes]) -> tuple[bytes, ZipFileWriter]:
    sink = io.BytesIO()
    with ZipFileWriter(sink) as package:
        for name, pieces in texts.items():
            package.add_text(name, pieces)
        for name, data in files.items():
            package.add_stored(name, data)
    return sink.getvalue(), package


@settings(deadline=None)
@given(NAMES.flatmap(lambda names: st.fixed_dictionaries({name: st.lists(st.text(max_size=40)) for name in names})))
def test_every_member_comes_out_as_it_went_in(texts: dict[str, list[str]]) -> None:
    data, package = write(texts, {"图.jpeg": b"\xff\xd8" * 50})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*texts, "图.jpeg"]
        assert {name: archive.read(name).decode() for name in texts} == {
            name: "".join(pieces) for name, pieces in texts.items()
        }
        assert archive.getinfo("图.jpeg").compress_type == zipfile.ZIP_STORED
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert package.size_bytes == len(data)


def test_long_text_is_packed_and_comes_out_whole() -> None:
    pieces = ["群众的事没有小事。" * 40] * 3000
    data, _ = write({"word/document.xml": pieces}, {})
    assert len(data) < 200_000
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("word/document.xml").decode() == "".join(pieces)


def test_book_beyond_what_old_programs_open_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_MAX_BYTES", 1000)
    with pytest.raises(BuildError, match="divide it into volumes"):
        write({}, {"1.jpeg": bytes(600), "2.jpeg": bytes(600)})
    monkeypatch.setattr(zip_file, "_MAX_BYTES", 10_000)
    monkeypatch.setattr(zip_file, "_MAX_MEMBERS", 2)
    with pytest.raises(BuildError, match="divide it into volumes"):
        write({}, {f"{number}.jpeg": b"x" for number in range(3)})


def test_nothing_is_closed_after_an_error() -> None:
    sink = io.BytesIO()
    with pytest.raises(ZeroDivisionError), ZipFileWriter(sink) as package:
        package.add_stored("1.jpeg", b"x" * (1 // 0))
    assert sink.getvalue() == b""
