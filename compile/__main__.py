"""The compiler on the command line: `python -m compile read …`, `build …`, `template …` and `document …`."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, TypeVar

from compile.building import build
from compile.documents.command import run_document
from compile.errors import BuildError
from compile.manifest import BuildReport
from compile.manifest_json import load_manifest
from compile.reading.command import run_read
from compile.writing.fonts import FONT_SETS
from compile.writing.house_template import write_house_template

Result = TypeVar("Result")

_KEY = re.compile("[0-9a-f]{64}")
_USAGE = "python -m compile {read,build,template,document} …"


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code comes back: 0 done, 1 refused, 2 wrong usage."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if command == "read":
        return run_read(rest)
    if command == "build":
        return run_build(rest)
    if command == "template":
        return run_template(rest)
    if command == "document":
        return run_document(rest, _write_whole)
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
    options = parser.parse_args(arguments)
    try:
        manifest = load_manifest(options.manifest.read_bytes())
        report = _write_whole(options.output, lambda sink: build(manifest, _blob_opener(options.blobs), sink))
        if options.report:
            _write_report(options.report, report)
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in report.problems:
        print(f"{problem.work or '全书'}  {problem.code}  {problem.message}", file=sys.stderr)
    print(
        f"{report.works} 篇，{report.pictures} 张图片，约 {report.pages} 页，{report.size_bytes} 字节，SHA-256 {report.sha256}"
    )
    return 0


def run_template(arguments: Sequence[str]) -> int:
    """Write the house's frame as a Word file to start a template of one's own from."""
    parser = argparse.ArgumentParser(
        prog="python -m compile template", description="写出标准版式的模板，在 Word、WPS 里改好后可作汇编的模板"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.docx", help="写到这里")
    parser.add_argument("--fonts", choices=list(FONT_SETS), default="win10", help="字体方案，缺省 win10")
    options = parser.parse_args(arguments)
    try:
        with options.output.open("wb") as sink:
            write_house_template(sink, options.fonts)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _blob_opener(folder: Path) -> Callable[[str], BinaryIO]:
    def open_blob(key: str) -> BinaryIO:
        if not _KEY.fullmatch(key):  # whatever a damaged manifest says, nothing outside the folder is opened
            raise FileNotFoundError(key)
        try:
            return (folder / key[:2] / key).open("rb")
        except FileNotFoundError:
            return (folder / key).open("rb")

    return open_blob


def _write_whole(path: Path, write: Callable[[BinaryIO], Result]) -> Result:
    """Let `write` fill a file beside `path` and put it in place only when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:  # whatever stopped the writing, the half file goes
        temporary.unlink(missing_ok=True)
        raise
    return result


def _write_report(path: Path, report: BuildReport) -> None:
    path.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
