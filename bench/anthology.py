"""What a book costs: our build beside the least any program can do and beside the usual ways of making Word files.

Every way runs in a process of its own, from interpreter start to finished file; CPU is user plus system time. "limit"
deflates with zlib as Python's zipfile does and writes the finished parts of the same book; "limit-checked" reads and
checks the hashes of all manuscripts and pictures first, where our build checks manuscripts by hash and pictures by their
CRC-32; "limit-isal" packs the parts with the deflater our build uses. None of them reads a manuscript or breaks a line.

    python bench/anthology.py --works 1000
    python bench/anthology.py --works 1000 --peers ours,limit --json
    python bench/anthology.py --scaling 100,1000,10000

docxcompose is in the developers' lock; docxtpl 0.20 (pip) and pandoc (a system package) are left out, and named, where
they are missing. Every peer does less than ours: none gives a contents field with page numbers.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@dataclass(frozen=True)
class Cost:
    """What one way took. `ratio` is its CPU over that of the limit."""

    peer: str
    works: int
    cpu_seconds: float
    peak_rss_mb: float
    output_mb: float
    ratio: float


def build_ours(folder: Path, target: Path) -> None:
    """The product: manifest and blobs in, one book out."""
    from compile.building import build
    from compile.manifest_json import load_manifest

    manifest = load_manifest((folder / "manifest.json").read_bytes())
    with target.open("w+b") as sink:
        build(manifest, _open_blobs(folder), sink)


def _open_blobs(folder: Path) -> Callable[[str], BinaryIO]:
    place = f"{folder}/blobs/"
    return lambda key: open(place + key, "rb", buffering=0)  # a blob is read whole


def write_limit(folder: Path, target: Path) -> None:
    """The least that must be done: pack the finished parts of the same book, text deflated, pictures stored."""
    parts = folder / "parts"
    with ZipFile(target, "w") as package:
        for path in sorted(parts.rglob("*")):
            if path.is_file():
                method = ZIP_STORED if path.suffix in (".jpeg", ".png") else ZIP_DEFLATED
                package.writestr(str(path.relative_to(parts)), path.read_bytes(), method)


def write_limit_checked(folder: Path, target: Path) -> None:
    """The limit for a program that trusts no input: every manuscript and picture is read and its hash checked first."""
    for path in (folder / "blobs").iterdir():
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            raise SystemExit(f"{path.name} is damaged")
    write_limit(folder, target)


def write_limit_isal(folder: Path, target: Path) -> None:
    """The same parts, packed by the deflater of our build."""
    from compile.writing.zip_file import ZipFileWriter

    parts = folder / "parts"
    with target.open("wb") as sink, ZipFileWriter(sink) as package:
        for path in sorted(parts.rglob("*")):
            if path.suffix in (".jpeg", ".png"):
                package.add_stored(str(path.relative_to(parts)), path.read_bytes())
            elif path.is_file():
                package.add_text(str(path.relative_to(parts)), (path.read_text(encoding="utf-8"),))


def write_python_docx(folder: Path, target: Path) -> None:
    """python-docx by its documented calls, paragraph by paragraph. Footnotes and the contents field have no call."""
    import docx

    from compile.manifest_json import load_manifest

    document = docx.Document()
    manifest = load_manifest((folder / "manifest.json").read_bytes())
    for section in manifest.sections:
        document.add_heading(section.title, 1)
        for entry in section.works:
            document.add_page_break()
            add_work(document, folder / "blobs", entry.manuscript_key, entry.byline)
    for appendix in manifest.appendices:
        document.add_heading(appendix.title, 1)
        _add_table(document, [appendix.columns, *appendix.rows])
    document.save(str(target))


def compose_documents(folder: Path, target: Path) -> None:
    """docxcompose: one finished Word file per work, appended one after the other."""
    import docx
    from docxcompose.composer import Composer

    paths = sorted((folder / "works").iterdir())
    composer = Composer(docx.Document(str(paths[0])))
    for path in paths[1:]:
        composer.append(docx.Document(str(path)))
    composer.save(str(target))


def fill_template(folder: Path, target: Path) -> None:
    """docxtpl: a template that takes every finished Word file as a subdocument."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(str(folder / "template.docx"))
    works = [template.new_subdoc(str(path)) for path in sorted((folder / "works").iterdir())]
    template.render({"works": works})
    template.save(str(target))


def convert_documents(folder: Path, target: Path) -> None:
    """pandoc: all finished Word files on one command line."""
    works = [str(path) for path in sorted((folder / "works").iterdir())]
    subprocess.run(["pandoc", "--from", "docx", "--to", "docx", "--output", str(target), *works], check=True)


PEERS: dict[str, Callable[[Path, Path], None]] = {
    "ours": build_ours,
    "limit": write_limit,
    "limit-checked": write_limit_checked,
    "limit-isal": write_limit_isal,
    "python-docx": write_python_docx,
    "docxcompose": compose_documents,
    "docxtpl": fill_template,
    "pandoc": convert_documents,
}
_QUICK = ("ours", "limit", "limit-checked", "limit-isal")


def add_work(document: Any, blobs: Path, key: str, byline: str) -> None:
    """One work at the end of a python-docx document."""
    from docx.shared import Mm

    from compile.manuscript import Heading, ListItem, Picture, Table, plain_text
    from compile.manuscript_json import load_manuscript

    manuscript = load_manuscript((blobs / key).read_bytes())
    document.add_heading(manuscript.title, 2)
    document.add_paragraph(byline, style="Subtitle")
    for block in manuscript.blocks:
        if isinstance(block, Picture):
            document.add_picture(io.BytesIO((blobs / block.key).read_bytes()), width=Mm(140))
            document.add_paragraph(block.caption, style="Caption")
        elif isinstance(block, Table):
            rows = [[plain_text(cell.paragraphs[0].runs) for cell in row.cells] for row in block.rows]
            _add_table(document, rows)
        elif isinstance(block, Heading):
            document.add_heading(plain_text(block.runs), 3)
        else:
            style = "List Number" if isinstance(block, ListItem) else "Normal"
            paragraph = document.add_paragraph(style=style)
            for run in block.runs:
                paragraph.add_run(run.text).bold = run.bold or None


def _add_table(document: Any, rows: Any) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def prepare(folder: Path, works: int, peers: list[str]) -> None:
    """Lay out the invented contest and what each way reads, outside every measurement."""
    from bench.corpus import invent_book
    from compile.manifest_json import dump_manifest

    book = invent_book(works)
    (folder / "blobs").mkdir()
    for key, data in book.blobs.items():
        (folder / "blobs" / key).write_bytes(data)
    (folder / "manifest.json").write_bytes(dump_manifest(book.manifest))
    if {"limit", "limit-checked", "limit-isal"} & set(peers):
        build_ours(folder, folder / "whole.docx")
        with ZipFile(folder / "whole.docx") as package:
            package.extractall(folder / "parts")
    if {"docxcompose", "docxtpl", "pandoc"} & set(peers):
        import docx

        template = docx.Document()
        for line in ("{%p for work in works %}", "{{p work }}", "{%p endfor %}"):
            template.add_paragraph(line)
        template.save(str(folder / "template.docx"))

        (folder / "works").mkdir()
        entries = [entry for section in book.manifest.sections for entry in section.works]
        for number, entry in enumerate(entries):
            document = docx.Document()
            add_work(document, folder / "blobs", entry.manuscript_key, entry.byline)
            document.save(str(folder / "works" / f"{number:05d}.docx"))


def measure(peer: str, works: int, folder: Path) -> Cost:
    """Run one way in a child process and ask the system what it used. This process stays small, since the system
    counts its memory at the moment of the start as the child's."""
    target = folder / f"{peer}.docx"
    # As an installed program runs: with its bytecode kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen([sys.executable, __file__, "--child", peer, "--folder", str(folder)], env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{peer} ended with {child.returncode}")
    return Cost(
        peer,
        works,
        round(usage.ru_utime + usage.ru_stime, 3),
        round(usage.ru_maxrss / 1024, 1),
        round(target.stat().st_size / 1e6, 2),
        0.0,
    )


def find_missing(peers: list[str]) -> dict[str, str]:
    """The peers that cannot run here, and what they lack."""
    missing = {}
    for peer, module in (("docxcompose", "docxcompose"), ("docxtpl", "docxtpl")):
        if peer in peers and importlib.util.find_spec(module) is None:
            missing[peer] = f"pip install {module}"
    if "pandoc" in peers and not shutil.which("pandoc"):
        missing["pandoc"] = "the system package pandoc"
    return missing


def run(works: int, peers: list[str], repeat: int) -> list[Cost]:
    """The cost of every peer for a book of so many works; the best of the repeats counts, taken in turn so that a busy
    moment hits all alike. Slow peers run once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call = [sys.executable, __file__, "--child", "prepare", "--folder", name]
        subprocess.run([*call, "--works", str(works), "--peers", ",".join(peers)], check=True)
        best: dict[str, Cost] = {}
        for turn in range(repeat):
            for peer in peers:
                if turn == 0 or peer in _QUICK:
                    cost = measure(peer, works, folder)
                    best[peer] = min(best.get(peer, cost), cost, key=lambda one: one.cpu_seconds)
    limit = best["limit"].cpu_seconds if "limit" in best else 0.0
    return [replace(cost, ratio=round(cost.cpu_seconds / limit, 2) if limit else 0.0) for cost in best.values()]


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=100)
    parser.add_argument("--scaling", help="sizes such as 100,1000,10000: ours alone, with the exponent of its growth")
    parser.add_argument("--peers", default=",".join(PEERS), help="any of " + ", ".join(PEERS))
    parser.add_argument("--repeat", type=int, default=5, help="the best of so many runs counts (slow peers run once)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=[*PEERS, "prepare"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    peers = options.peers.split(",")
    if unknown := set(peers) - set(PEERS):
        parser.error(f"unknown peer {', '.join(sorted(unknown))}")
    if options.child == "prepare":
        prepare(options.folder, options.works, peers)
        return
    if options.child:
        PEERS[options.child](options.folder, options.folder / f"{options.child}.docx")
        return
    if options.scaling:
        sizes = [int(size) for size in options.scaling.split(",")]
        costs = [run(size, ["ours"], options.repeat)[0] for size in sizes]
    else:
        missing = find_missing(peers)
        for peer, need in missing.items():
            print(f"{peer}: not run, needs {need}", file=sys.stderr)
        costs = run(options.works, [peer for peer in peers if peer not in missing], options.repeat)
    if options.json:
        print(json.dumps([asdict(cost) for cost in costs], indent=2))
        return
    print(f"{'':14}{'works':>7}{'CPU s':>9}{'ratio':>8}{'peak MB':>10}{'file MB':>10}")
    for cost in costs:
        print(
            f"{cost.peer:14}{cost.works:7}{cost.cpu_seconds:9.2f}{cost.ratio:8.2f}{cost.peak_rss_mb:10.1f}{cost.output_mb:10.2f}"
        )
    for small, large in pairwise(costs) if options.scaling else ():
        exponent = math.log(large.cpu_seconds / small.cpu_seconds) / math.log(large.works / small.works)
        print(f"{small.works} -> {large.works}: CPU grows with the {exponent:.2f}th power of the works")


if __name__ == "__main__":
    main()
