"""Reading in a process of its own gives the same reading, and whatever becomes of the process ends in a refusal."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from compile.reading import Reading, Refused, read
from compile.reading.isolated import IsolatedReader
from compile.reading.reading_json import reading_from_json, reading_to_json

BODY = "老陈说，群众的事没有小事。"
RICH_TEXT = rb"{\rtf1 x}"

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked at in /proc")


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    found = IsolatedReader()
    yield found
    found.close()


@pytest.fixture(scope="module")
def essay(files: SimpleNamespace) -> bytes:
    """An essay with all that a reading can hold: byline, table, note, two pictures, a comment."""
    small = io.BytesIO()
    Image.new("L", (3, 2), 200).save(small, "PNG")
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>据工作记录。</w:t></w:r></w:p></w:footnote>'
    return files.docx(
        files.para("一把旧椅子", properties='<w:jc w:val="center"/>', look='<w:sz w:val="44"/>')
        + files.para("作者：周明　单位：柳河镇信访办　电话：0551-7788001")
        + files.para(BODY, inner=files.picture("p1") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + files.table((files.para("年份"), files.para("批次")), (files.para("2019"), files.para("80")))
        + files.para(BODY, look="<w:b/>", inner=files.picture("p2") + '<w:r><w:commentReference w:id="5"/></w:r>'),
        footnotes=note,
        comments='<w:comment w:id="5"><w:p><w:r><w:t>请核实</w:t></w:r></w:p></w:comment>',
        links={"p1": ("image", "media/a.jpeg"), "p2": ("image", "media/b.png")},
        parts={"word/media/a.jpeg": files.jpeg(), "word/media/b.png": small.getvalue()},
    )


class Double:
    """A converter that looks at the world while the reader waits for it, then gives a fixed .docx."""

    def __init__(self, docx: bytes, look: Callable[[], None] = lambda: None) -> None:
        self.docx = docx
        self.look = look

    def convert(self, data: bytes, office_format: str) -> bytes:
        assert (data, office_format) == (RICH_TEXT, "rtf")
        self.look()
        return self.docx


def reader_processes() -> dict[int, int]:
    """The readers that this process has started and their forks, each with its parent."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"compile.reading.child" in command:
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return {process: parent for process, parent in parents.items() if os.getpid() in (parent, parents.get(parent))}


def own_readers() -> set[int]:
    """The readers that this process has started and not seen the end of."""
    return {process for process, parent in reader_processes().items() if parent == os.getpid()}


def newest_fork(before: set[int]) -> int:
    """The process that reads the file, of the one reader that came since."""
    (fork,) = (
        process for process, parent in reader_processes().items() if parent not in before and parent != os.getpid()
    )
    return fork


def test_the_reading_is_the_one_that_reading_in_this_process_gives(
    files: SimpleNamespace, reader: IsolatedReader, essay: bytes
) -> None:
    reading = reader.read(essay)
    assert reading == read(files.stream(essay))
    assert (len(reading.pictures), len(reading.manuscript.notes), reading.byline.authors) == (2, 1, ("周明",))
    text = ("信访路上\n\n" + BODY).encode()
    assert reader.read(text) == read(files.stream(text))


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"%PDF-1.7", "pdf"), (b"PK\x03\x04", "damaged"), (RICH_TEXT, "needs-office")],
)
def test_a_refusal_comes_through_with_its_code(reader: IsolatedReader, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        reader.read(data)
    assert refused.value.code == code


def test_a_file_beyond_the_limit_is_refused(reader: IsolatedReader) -> None:
    with pytest.raises(Refused, match="too-large"):
        reader.read(b"x" * (64 * 2**20 + 1))


def test_several_at_once_get_each_their_own(reader: IsolatedReader) -> None:
    texts = [f"信访路上的第{number}天\n\n{BODY}" for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        titles = [reading.manuscript.title for reading in pool.map(lambda text: reader.read(text.encode()), texts)]
    assert titles == [text.split("\n")[0] for text in texts]


def test_the_converter_is_asked_for_and_its_refusal_comes_through(essay: bytes) -> None:
    def refuse() -> None:
        raise Refused("conversion-failed")

    willing, unwilling = IsolatedReader(Double(essay)), IsolatedReader(Double(essay, refuse))
    reading = willing.read(RICH_TEXT)
    assert (reading.kind, len(reading.pictures)) == ("rtf", 2)
    with pytest.raises(Refused, match="conversion-failed"):
        unwilling.read(RICH_TEXT)
    willing.close()
    unwilling.close()


@needs_proc
def test_a_reader_has_limits_and_nothing_of_the_environment(essay: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "x")
    before = own_readers()
    seen: list[str] = []

    def look() -> None:
        fork = newest_fork(before)
        seen.append(Path(f"/proc/{fork}/environ").read_text())
        for line in Path(f"/proc/{fork}/limits").read_text().splitlines():
            name, soft = line[:26].strip(), line[26:].split()[0]
            if name in ("Max data size", "Max cpu time", "Max file size", "Max processes", "Max core file size"):
                seen.append(f"{name} {soft}")

    with_look = IsolatedReader(Double(essay, look))
    with_look.read(RICH_TEXT)
    with_look.close()
    environment, *limits = seen
    assert "SECRET" not in environment
    assert sorted(limits) == [
        "Max core file size 0",
        "Max cpu time 10",
        "Max data size 469762048",
        "Max file size 0",
        "Max processes 0",
    ]


@needs_proc
@pytest.mark.parametrize(
    ("number", "code"), [("SIGKILL", "too-large"), ("SIGXCPU", "too-slow"), ("SIGSEGV", "damaged")]
)
def test_a_reader_that_the_system_ends_is_a_refusal_and_the_next_file_is_read(
    files: SimpleNamespace, essay: bytes, number: str, code: str
) -> None:
    before = own_readers()
    reader = IsolatedReader(Double(essay, lambda: os.kill(newest_fork(before), signal.Signals[number])))
    with pytest.raises(Refused) as refused:
        reader.read(RICH_TEXT)
    assert refused.value.code == code
    assert own_readers() == before
    assert reader.read(essay) == read(files.stream(essay))
    reader.close()
    assert own_readers() == before


@needs_proc
def test_a_reader_that_died_while_it_waited_is_replaced(files: SimpleNamespace, essay: bytes) -> None:
    before = own_readers()
    reader = IsolatedReader()
    reader.read(essay)
    (waiting,) = own_readers() - before
    os.kill(waiting, signal.SIGKILL)
    os.waitid(os.P_PID, waiting, os.WEXITED | os.WNOWAIT)
    assert reader.read(essay) == read(files.stream(essay))
    assert waiting not in own_readers()
    reader.close()


@needs_proc
def test_what_takes_longer_than_its_time_is_killed_with_all_it_started(essay: bytes) -> None:
    before = own_readers()
    with pytest.raises(Refused, match="too-slow"):
        IsolatedReader(wall_seconds=0).read(essay)
    assert own_readers() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds the memory of a process to RLIMIT_DATA")
def test_a_picture_of_forty_million_pixels_fits_into_the_memory_of_a_reader(
    files: SimpleNamespace, reader: IsolatedReader
) -> None:
    sink = io.BytesIO()
    Image.new("RGBA", (8_000, 5_000), (10, 20, 30, 128)).save(sink, "PNG", compress_level=1)
    data = files.docx(
        files.para("题目") + files.para(BODY, inner=files.picture("p")),
        links={"p": ("image", "media/p.png")},
        parts={"word/media/p.png": sink.getvalue()},
    )
    (picture,) = reader.read(data).pictures
    assert (picture.width_px, picture.height_px) == (2_400, 1_500)


# What comes over the pipe


def message(reading: Reading) -> tuple[Any, list[bytes]]:
    return json.loads(json.dumps(reading_to_json(reading))), [picture.data for picture in reading.pictures]


def test_a_reading_survives_its_json(files: SimpleNamespace, essay: bytes) -> None:
    reading = read(files.stream(essay))
    assert reading_from_json(*message(reading)) == reading


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("kind",), "exe", "reading.kind"),
        (("kind",), ["docx"], "reading.kind"),
        (("manuscript", "blocks", 0, "runs", 0, "note"), 7, "manuscript"),
        (("byline", "phone"), 1, "reading.byline.phone"),
        (("byline", "authors"), [["周明"]], "reading.byline.authors[0]"),
        (("byline", "confidence", "unit"), 1.5, "reading.byline.confidence[...]"),
        (("byline", "confidence", "unit"), float("nan"), "reading.byline.confidence[...]"),
        (("byline", "salary"), "1", "reading.byline"),
        (("dropped", 0, "kind"), "secret", "reading.dropped"),
        (("pictures", 0, "key"), "0" * 64, "reading.pictures"),
        (("pictures", 0, "size_bytes"), 1, "reading.pictures"),
        (("pictures", 0, "media_type"), "text/html", "reading.pictures[0].media_type"),
        (("pictures", 0, "media_type"), "image/png", "reading.pictures"),
        (("pictures", 0, "width_px"), 0, "reading.pictures[0].width_px"),
        (("pictures",), [], "reading.pictures"),
        (("manuscript", "blocks"), [], "reading.pictures"),
        (("manuscript", "blocks", 1, "crc32"), 1, "reading.pictures"),
    ],
)
def test_a_message_that_is_no_reading_names_the_place(
    files: SimpleNamespace, essay: bytes, path: tuple[Any, ...], value: object, place: str
) -> None:
    document, pictures = message(read(files.stream(essay)))
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(ValueError) as error:
        reading_from_json(document, pictures)
    assert str(error.value).split(": ")[0] == place
