"""Old formats through a real LibreOffice: read like .docx, locked in, and stopped in time."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from compile.manuscript import Paragraph, body_text, plain_text
from compile.reading import LibreOfficeConverter, Refused, find_converter, read

BODY = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。他的布包里装着笔记本、水杯和一张写满电话的纸。"

needs_office = pytest.mark.skipif(find_converter() is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def converter() -> LibreOfficeConverter:
    found = find_converter()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def old_word_file(files: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    source = files.docx(files.para("信访路上") + files.para(BODY))
    converted: dict[str, bytes] = files.convert_to_old_word({"essay": source}, tmp_path_factory.mktemp("old"))
    return converted["essay"]


@pytest.mark.office
@needs_office
def test_a_rich_text_file_fetches_nothing(files: SimpleNamespace, converter: LibreOfficeConverter) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
        essay = "".join(f"\\u{ord(character)}?" for character in BODY)
        fetch = f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}" \\\\d}}{{\\fldrslt x}}}}'
        data = f"{{\\rtf1\\ansi {{\\*\\template {address}}}\\pard {essay}\\par {fetch}\\par}}".encode("ascii")
        reading = read(files.stream(data), converter=converter)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert (reading.kind, BODY in body_text(reading.manuscript)) == ("rtf", True)


@pytest.mark.office
@needs_office
def test_two_at_once_do_not_disturb_each_other(
    files: SimpleNamespace, converter: LibreOfficeConverter, old_word_file: bytes
) -> None:
    with ThreadPoolExecutor(3) as pool:
        readings = list(pool.map(lambda _: read(files.stream(old_word_file), converter=converter), range(3)))
    assert readings[0] == readings[1] == readings[2]


def running_offices() -> set[str]:
    """Ids of LibreOffice processes of this machine that hold one of our profiles."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"soffice" in command and b"UserInstallation=file:///home/profile" in command:
                found.add(entry.name)
    return found


@pytest.fixture
def short_patience() -> LibreOfficeConverter:
    found = find_converter(wall_seconds=0.3)
    assert found is not None
    return found


@pytest.mark.office
@needs_office
def test_a_conversion_that_takes_too_long_is_killed_with_all_its_children(
    files: SimpleNamespace, short_patience: LibreOfficeConverter
) -> None:
    before = running_offices()
    started = time.monotonic()
    with pytest.raises(Refused, match="too-slow"):
        read(files.stream(rb"{\rtf1\ansi x\par}"), converter=short_patience)
    assert time.monotonic() - started < 5
    assert running_offices() <= before


@pytest.mark.office
@needs_office
def test_a_hollow_word_file_is_a_failed_conversion(files: SimpleNamespace, converter: LibreOfficeConverter) -> None:
    with pytest.raises(Refused, match="conversion-failed"):
        read(files.stream(files.ole({"WordDocument": files.word_stream()})), converter=converter)


def test_without_libreoffice_old_formats_say_what_to_do(files: SimpleNamespace) -> None:
    for data in (files.ole({"WordDocument": files.word_stream()}), files.ole({"CONTENTS": b"x"}), rb"{\rtf1 x}"):
        with pytest.raises(Refused, match="needs-office"):
            read(files.stream(data))


@pytest.mark.parametrize(("version", "expected"), [(0xC1, "doc"), (0x112, "doc"), (104, "doc-95"), (101, "doc-6")])
def test_each_word_generation_gets_its_own_import_filter(files: SimpleNamespace, version: int, expected: str) -> None:
    class Recorder:
        """Gives a fixed .docx and remembers which format it was asked for."""

        asked: str = ""

        def convert(self, data: bytes, office_format: str) -> bytes:
            Recorder.asked = office_format
            return files.docx(files.para("题目") + files.para(BODY))

    reading = read(files.stream(files.ole({"WordDocument": files.word_stream(version=version)})), converter=Recorder())
    (block,) = reading.manuscript.blocks
    assert isinstance(block, Paragraph)
    assert (Recorder.asked, reading.kind, plain_text(block.runs)) == (expected, "doc", BODY)


def test_a_converter_that_returns_no_docx_is_a_failed_conversion(files: SimpleNamespace) -> None:
    class Broken:
        """Claims success and returns rubbish."""

        def convert(self, data: bytes, office_format: str) -> bytes:
            return b""

    with pytest.raises(Refused, match="conversion-failed"):
        read(files.stream(rb"{\rtf1 x}"), converter=Broken())
