"""What a book costs: our build beside the least any program can do and beside the usual ways of making Word files.

Every way runs in a process of its own, from interpreter start to finished file; CPU is user plus system time.

    python bench/anthology.py --works 100
    python bench/anthology.py --works 1000 --peers ours,limit --json
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
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
        build(manifest, lambda key: (folder / "blobs" / key).open("rb"), sink)


def write_limit(folder: Path, target: Path) -> None:
    """The least that must be done: pack the finished parts of the same book, text deflated, pictures stored."""
    parts = folder / "parts"
    with ZipFile(target, "w") as package:
        for path in sorted(parts.rglob("*")):
            if path.is_file():
                method = ZIP_STORED if path.suffix in (".jpeg", ".png") else ZIP_DEFLATED
                package.writestr(str(path.relative_to(parts)), path.read_bytes(), method)


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


PEERS: dict[str, Callable[[Path, Path], None]] = {
    "ours": build_ours,
    "limit": write_limit,
    "python-docx": write_python_docx,
    "docxcompose": compose_documents,
}


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
    if "limit" in peers:
        build_ours(folder, folder / "whole.docx")
        with ZipFile(folder / "whole.docx") as package:
            package.extractall(folder / "parts")
    if "docxcompose" in peers:
        import docx

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
    child = subprocess.Popen([sys.executable, __file__, "--child", peer, "--folder", str(folder)])
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


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=100)
    parser.add_argument("--peers", default=",".join(PEERS), help="any of " + ", ".join(PEERS))
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs counts (slow peers run once)")
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call = [sys.executable, __file__, "--child", "prepare", "--folder", name]
        subprocess.run([*call, "--works", str(options.works), "--peers", options.peers], check=True)
        costs = []
        for peer in peers:
            repeat = options.repeat if peer in ("ours", "limit") else 1
            costs.append(
                min((measure(peer, options.works, folder) for _ in range(repeat)), key=lambda cost: cost.cpu_seconds)
            )
    limit = next((cost.cpu_seconds for cost in costs if cost.peer == "limit"), 0.0)
    costs = [Cost(**{**asdict(cost), "ratio": round(cost.cpu_seconds / limit, 2) if limit else 0.0}) for cost in costs]
    if options.json:
        print(json.dumps([asdict(cost) for cost in costs], indent=2))
        return
    print(f"{'':14}{'CPU s':>9}{'ratio':>8}{'peak MB':>10}{'file MB':>10}   ({options.works} works)")
    for cost in costs:
        print(f"{cost.peer:14}{cost.cpu_seconds:9.2f}{cost.ratio:8.2f}{cost.peak_rss_mb:10.1f}{cost.output_mb:10.2f}")


if __name__ == "__main__":
    main()
