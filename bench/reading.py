"""What reading a .docx costs and keeps: ours beside the usual readers, on the same files in one run.

    python bench/reading.py
    python bench/reading.py --files DIR --peers ours,mammoth,markitdown --json

The peers are in no lock of ours. Put them beside what ours needs and run with that interpreter; one that is missing is
named and left out:

    python -m venv readers
    readers/bin/pip install lxml pillow mammoth==1.13.0 'markitdown[docx]==0.1.9' docx2python==3.7.1 python-docx==1.2.0
    readers/bin/python bench/reading.py

Every reader runs in a process of its own, file after file; one that crashes or is killed after 30 seconds ends that file
only. CPU is that of the call alone, peak MB that of the whole process. Ours also decodes and re-encodes every picture, which no peer does;
"ours-text" leaves the pictures out and is what the ratios are taken to.

Recall is the share of letters and digits of the body paragraphs (w:t outside deletions, one branch of alternatives) that
is found in what a reader gives, paragraph by paragraph, in pieces of ten where a paragraph is not found whole; over the
files with at least 20 of them; a file that fails counts 0. For ours, text named in the report of what was left out counts
as found ("kept" does without it: contents lists, prompts of templates, hidden text are cut on purpose). A file refused
because it holds no text counts as opened and empty.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import os
import re
import resource
import signal
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ESSAYS = Path(__file__).resolve().parent.parent / "review_app" / "demo" / "essays"
LIMIT_SECONDS = 30
FEWEST_CHARACTERS = 20
PIECE = 10
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"


@dataclass(frozen=True)
class Trial:
    """How one reader fared with one file. `end` is opened, refused, failed, timed out or died."""

    end: str
    cpu_ms: float = 0.0
    peak_mb: float = 0.0
    recall: float | None = None
    kept: float | None = None


@dataclass(frozen=True)
class Result:
    """One reader over all files. `ratio` is its mean CPU over that of ours-text."""

    peer: str
    version: str
    files: int
    opened: int
    refused: int
    failed: int
    timed_out: int
    died: int
    recall: float
    kept: float
    cpu_median_ms: float
    cpu_mean_ms: float
    cpu_p99_ms: float
    peak_mb: float
    ratio: float = 0.0


class RefusedByUs(Exception):
    """Ours refused the file by name."""


# Readers: each gives a call from bytes to (text kept, text named as left out)

Reader = Callable[[bytes], tuple[str, str]]


def load_ours() -> Reader:
    """The product."""
    from compile.manuscript import iter_texts
    from compile.reading import Refused, read

    def call(data: bytes) -> tuple[str, str]:
        try:
            reading = read(io.BytesIO(data))
        except Refused as refusal:
            if refusal.code in ("no-text", "only-pictures"):
                return "", ""
            raise RefusedByUs(refusal.code) from refusal
        manuscript, byline = reading.manuscript, reading.byline
        kept = [manuscript.title, manuscript.subtitle, *iter_texts(manuscript), *byline.authors, byline.unit]
        return "\n".join(kept), "\n".join(item.excerpt for item in reading.dropped)

    return call


def load_ours_without_pictures() -> Reader:
    """The product, with every picture passed over before it is decoded."""
    from compile.reading import pictures

    def pass_over(*_: object) -> None:
        raise pictures.UnusablePicture("picture-format")

    pictures.PictureShop.normalise = pass_over
    return load_ours()


def load_mammoth() -> Reader:
    """mammoth to HTML, as its documentation shows it."""
    import mammoth

    return lambda data: (strip_tags(mammoth.convert_to_html(io.BytesIO(data)).value), "")


def load_markitdown() -> Reader:
    """markitdown to Markdown."""
    from markitdown import MarkItDown

    converter = MarkItDown()
    return lambda data: (converter.convert_stream(io.BytesIO(data), file_extension=".docx").text_content, "")


def load_docx2python() -> Reader:
    """docx2python's whole text."""
    from docx2python import docx2python

    def call(data: bytes) -> tuple[str, str]:
        with docx2python(io.BytesIO(data)) as content:
            return content.text, ""

    return call


def load_python_docx() -> Reader:
    """python-docx: paragraphs and tables in order, cells read once each."""
    import docx

    def walk(container: Any) -> Iterator[str]:
        for item in container.iter_inner_content():
            if hasattr(item, "rows"):
                for row in item.rows:
                    for cell in row.cells:
                        yield from walk(cell)
            else:
                yield item.text

    return lambda data: ("\n".join(walk(docx.Document(io.BytesIO(data)))), "")


PEERS: dict[str, tuple[Callable[[], Reader], str]] = {
    "ours": (load_ours, ""),
    "ours-text": (load_ours_without_pictures, ""),
    "mammoth": (load_mammoth, "mammoth"),
    "markitdown": (load_markitdown, "markitdown"),
    "docx2python": (load_docx2python, "docx2python"),
    "python-docx": (load_python_docx, "python-docx"),
}


def strip_tags(text: str) -> str:
    """HTML as the text a browser would show."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


# The yardstick


def list_paragraphs(data: bytes) -> list[str]:
    """The letters and digits of every body paragraph, straight from the XML; nothing where that cannot be had."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read(next(name for name in archive.namelist() if name.lower() == "word/document.xml"))
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        root = etree.fromstring(xml.replace(STRICT, W[1:-1].encode()), parser)
    except Exception:  # noqa: BLE001  (where the yardstick breaks, nothing is measured)
        return []
    found: list[str] = []
    if root is not None:
        collect_paragraphs(root, [], found)
    return found


def collect_paragraphs(element: Any, texts: list[str], found: list[str]) -> None:
    """Append the paragraphs below an element to `found`, and the text of the one that is open to `texts`."""
    for child in element:
        if child.tag in (W + "del", W + "moveFrom"):
            continue
        if child.tag == W + "t":
            texts.append(child.text or "")
        elif child.tag == W + "p":
            inner: list[str] = []
            collect_paragraphs(child, inner, found)
            if text := keep_letters("".join(inner)):
                found.append(text)
        elif child.tag == MC + "AlternateContent":
            branches = [branch for branch in child if any((item.text or "").strip() for item in branch.iter(W + "t"))]
            for branch in branches[:1]:
                collect_paragraphs(branch, texts, found)
        elif child.tag != W + "tr" or child.find(f"{W}trPr/{W}del") is None:
            collect_paragraphs(child, texts, found)


def keep_letters(text: str) -> str:
    """Letters and digits only: no reader is blamed for its markup."""
    return "".join(filter(str.isalnum, text))


def measure_recall(paragraphs: list[str], text: str) -> float | None:
    """The share found, None for too short a file."""
    total = sum(map(len, paragraphs))
    if total < FEWEST_CHARACTERS:
        return None
    whole = keep_letters(text)
    found = 0
    for paragraph in paragraphs:
        if paragraph in whole:
            found += len(paragraph)
        else:
            pieces = (paragraph[start : start + PIECE] for start in range(0, len(paragraph), PIECE))
            found += sum(len(piece) for piece in pieces if piece in whole)
    return found / total


# One run


def try_file(read: Reader, data: bytes, paragraphs: list[str]) -> Trial:
    """Read one file here and now."""
    started = time.process_time()
    try:
        kept, named = read(data)
        end = "opened"
    except RefusedByUs:
        kept, named, end = "", "", "refused"
    except Exception:  # noqa: BLE001  (whatever a peer raises is a failure)
        kept, named, end = "", "", "failed"
    cpu_ms = (time.process_time() - started) * 1000
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Trial(end, cpu_ms, peak_mb, measure_recall(paragraphs, kept + named), measure_recall(paragraphs, kept))


def measure(peer: str, paths: list[Path]) -> Result:
    """One reader over all files. It runs in a process of its own, which starts anew behind a file that ended it."""
    trials: list[Trial] = []
    while len(trials) < len(paths):
        lines, code = run_in_fork(partial(try_files, peer, paths[len(trials) :]))
        trials += [Trial(**json.loads(line)) for line in lines]
        if code:
            data = paths[len(trials)].read_bytes()
            nothing = measure_recall(list_paragraphs(data), "")
            end = "timed out" if code == -signal.SIGALRM else "died"
            trials.append(Trial(end, LIMIT_SECONDS * 1000.0, 0.0, nothing, nothing))
    return summarise(peer, trials)


def try_files(peer: str, paths: list[Path]) -> Iterator[str]:
    """A line of JSON for each file; the alarm ends this process at a file that takes too long."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    read = PEERS[peer][0]()
    read(next(ESSAYS.glob("*.docx")).read_bytes())  # what a reader loads on first use is no cost of a file
    for path in paths:
        data = path.read_bytes()
        paragraphs = list_paragraphs(data)
        signal.alarm(LIMIT_SECONDS)
        trial = try_file(read, data, paragraphs)
        signal.alarm(0)
        yield json.dumps(asdict(trial))


def run_in_fork(call: Callable[[], Iterator[str]]) -> tuple[list[str], int]:
    """The lines that the call gives in a process of its own, as far as it came, and how the process ended."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        with os.fdopen(sink, "w", buffering=1) as stream:
            for line in call():
                stream.write(line + "\n")
        os._exit(0)
    os.close(sink)
    with os.fdopen(source) as stream:
        lines = stream.read().splitlines()
    return lines, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def summarise(peer: str, trials: list[Trial]) -> Result:
    """The figures of one reader."""
    cpu = sorted(trial.cpu_ms for trial in trials)
    ends = [trial.end for trial in trials]
    recall = [trial.recall for trial in trials if trial.recall is not None]
    kept = [trial.kept for trial in trials if trial.kept is not None]
    return Result(
        peer=peer,
        version=version(PEERS[peer][1]) if PEERS[peer][1] else "",
        files=len(trials),
        opened=ends.count("opened"),
        refused=ends.count("refused"),
        failed=ends.count("failed"),
        timed_out=ends.count("timed out"),
        died=ends.count("died"),
        recall=round(statistics.fmean(recall), 4) if recall else 0.0,
        kept=round(statistics.fmean(kept), 4) if kept else 0.0,
        cpu_median_ms=round(statistics.median(cpu), 2),
        cpu_mean_ms=round(statistics.fmean(cpu), 2),
        cpu_p99_ms=round(cpu[min(len(cpu) - 1, len(cpu) * 99 // 100)], 1),
        peak_mb=round(max(trial.peak_mb for trial in trials), 1),
    )


def write_works(folder: Path, works: int) -> Iterator[str]:
    """An invented contest, a .docx for each work, written by python-docx where it is installed; gives their names."""
    try:
        import docx
    except ImportError:
        print("python-docx is not installed: the demo essays only", file=sys.stderr)
        return
    from bench.anthology import add_work
    from bench.corpus import invent_book

    book = invent_book(works)
    for key, data in book.blobs.items():
        (folder / key).write_bytes(data)
    for entry in (entry for section in book.manifest.sections for entry in section.works):
        document = docx.Document()
        add_work(document, folder, entry.manuscript_key, entry.byline)
        document.save(str(folder / f"{entry.number}.docx"))
        yield entry.number


def choose_peers(names: list[str]) -> list[str]:
    """The readers that can run here; the others are named."""
    chosen = []
    for name in names:
        package = PEERS[name][1]
        try:
            if package:
                version(package)
            chosen.append(name)
        except PackageNotFoundError:
            print(f"{name} is not installed and is left out", file=sys.stderr)
    return chosen


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, metavar="DIR", help="every .docx and .dotx below this folder")
    parser.add_argument(
        "--works", type=int, default=60, help="how many invented works are read besides the demo essays"
    )
    parser.add_argument("--peers", default=",".join(PEERS), help="any of " + ", ".join(PEERS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    names = options.peers.split(",")
    if unknown := set(names) - set(PEERS):
        parser.error(f"unknown peer {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        if not options.files:
            run_in_fork(lambda: write_works(Path(folder), options.works))
        found = options.files.rglob("*") if options.files else [*ESSAYS.glob("*.docx"), *Path(folder).glob("*.docx")]
        paths = sorted(path for path in found if path.suffix.lower() in (".docx", ".dotx"))
        if not paths:
            parser.error("no .docx files there")
        results = [measure(peer, paths) for peer in choose_peers(names)]
    unit = next((result.cpu_mean_ms for result in results if result.peer == "ours-text"), 0.0)
    results = [Result(**{**asdict(result), "ratio": round(result.cpu_mean_ms / (unit or 1), 1)}) for result in results]
    if options.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return
    print(f"{len(paths)} files")
    heads = (
        "opened",
        "refused",
        "failed",
        "timeout",
        "died",
        "recall",
        "kept",
        "median",
        "mean ms",
        "p99",
        "ratio",
        "peak MB",
    )
    print(f"{'':22}" + "".join(f"{head:>9}" for head in heads))
    for result in results:
        ends = (result.opened, result.refused, result.failed, result.timed_out, result.died)
        costs = (result.cpu_median_ms, result.cpu_mean_ms, result.cpu_p99_ms, result.ratio, result.peak_mb)
        row = "".join(f"{end:9}" for end in ends) + f"{result.recall:9.4f}{result.kept:9.4f}"
        print(f"{result.peer + ' ' + result.version:22}{row}" + "".join(f"{cost:9.1f}" for cost in costs))


if __name__ == "__main__":
    main()
