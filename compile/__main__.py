"""The compiler on the command line: `python -m compile read …` and `python -m compile build …`."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from compile.building import build
from compile.errors import BuildError
from compile.manifest import BuildReport, Manifest
from compile.manifest_json import load_manifest
from compile.office_suite import OfficeError, find_office
from compile.plan import OpenBlob
from compile.reading.command import run_read
from compile.rendering import correct_pages

_KEY = re.compile("[0-9a-f]{64}")
_USAGE = "python -m compile {read,build} …"


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code comes back: 0 done, 1 refused, 2 wrong usage."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if command == "read":
        return run_read(rest)
    if command == "build":
        return run_build(rest)
    print(f"usage: {_USAGE}", file=sys.stderr)
    return 0 if command in ("-h", "--help") else 2


def run_build(arguments: Sequence[str]) -> int:
    """Build a book from a manifest file and a folder of blobs; problems go to the error stream, one a line."""
    parser = argparse.ArgumentParser(prog="python -m compile build", description="由清单生成汇编 Word 文件")
    parser.add_argument("manifest", type=Path, help="清单 JSON，格式见 docs/manifest.md")
    parser.add_argument(
        "--blobs", type=Path, required=True, metavar="DIR", help="文稿和图片所在文件夹，按 SHA-256 命名"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.docx", help="写到这里")
    parser.add_argument("--report", type=Path, metavar="R.json", help="把生成报告写成 JSON")
    parser.add_argument("--render", action="store_true", help="用 LibreOffice 排版，按结果核对目录页码")
    parser.add_argument("--pdf", type=Path, metavar="OUT.pdf", help="同上，并把排好的 PDF 写到这里")
    options = parser.parse_args(arguments)
    try:
        report = _build_files(options)
        if options.report:
            _write_report(options.report, report)
    except (BuildError, OfficeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in report.problems:
        print(f"{problem.work or '全书'}  {problem.code}  {problem.message}", file=sys.stderr)
    print(
        f"{report.works} 篇，{report.pictures} 张图片，{_say_pages(report)}，{report.size_bytes} 字节，SHA-256 {report.sha256}"
    )
    return 0


def _build_files(options: argparse.Namespace) -> BuildReport:
    """Write the book, and the PDF where it is asked for; the files are in place only when all went well."""
    manifest = load_manifest(options.manifest.read_bytes())
    open_blob = _blob_opener(options.blobs)
    with _whole_file(options.output) as sink:
        report = build(manifest, open_blob, sink)
        if options.render or options.pdf:
            try:
                report = _check_pages(manifest, open_blob, sink, report, options.pdf)
            except OfficeError as error:
                if options.pdf:
                    raise
                print(f"没有排成，页码按版面推算：{error}", file=sys.stderr)
    return report


def _check_pages(
    manifest: Manifest, open_blob: OpenBlob, document: BinaryIO, report: BuildReport, pdf_path: Path | None
) -> BuildReport:
    """Put the book with the page numbers of a rendering in the place of the one that was built."""
    office = find_office()
    if office is None:
        raise OfficeError("LibreOffice is not installed")
    with tempfile.TemporaryFile() as checked, tempfile.TemporaryFile() as pdf:
        report = correct_pages(manifest, open_blob, office, document, checked, pdf, pages=report.pages)
        document.seek(0)
        document.truncate()
        checked.seek(0)
        shutil.copyfileobj(checked, document)
        if pdf_path:
            pdf.seek(0)
            with _whole_file(pdf_path) as target:
                shutil.copyfileobj(pdf, target)
    return report


def _say_pages(report: BuildReport) -> str:
    if report.page_source == "model":
        return f"约 {report.pages} 页（按版面推算）"
    return f"{report.pages} 页（已按排版核对，改正目录 {report.corrected} 处）"


def _blob_opener(folder: Path) -> OpenBlob:
    def open_blob(key: str) -> BinaryIO:
        if not _KEY.fullmatch(key):  # whatever a damaged manifest says, nothing outside the folder is opened
            raise FileNotFoundError(key)
        try:
            return (folder / key[:2] / key).open("rb")
        except FileNotFoundError:
            return (folder / key).open("rb")

    return open_blob


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` to be filled; it is put in place only when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:  # whatever stopped the writing, the half file goes
        temporary.unlink(missing_ok=True)
        raise


def _write_report(path: Path, report: BuildReport) -> None:
    path.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
