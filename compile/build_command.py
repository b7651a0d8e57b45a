"""`python -m compile build …`: a manifest and its blobs become a book in any of its forms."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from compile.errors import BuildError
from compile.exporting import export
from compile.forms import FORMS
from compile.manifest import BuildReport, Manifest
from compile.manifest_json import load_manifest
from compile.office_suite import OfficeError, find_office
from compile.plan import OpenBlob
from compile.rendering import correct_pages
from compile.whole_file import whole_file

_KEY = re.compile("[0-9a-f]{64}")


def run_build(arguments: Sequence[str]) -> int:
    """Build a book from a manifest file and a folder of blobs; problems go to the error stream, one a line. Returns the
    exit code."""
    parser = argparse.ArgumentParser(prog="python -m compile build", description="由清单生成汇编，缺省为 Word 文件")
    parser.add_argument("manifest", type=Path, help="清单 JSON，格式见 docs/manifest.md")
    parser.add_argument(
        "--blobs", type=Path, required=True, metavar="DIR", help="文稿和图片所在文件夹，按 SHA-256 命名"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="写到这里")
    forms = "；".join(f"{key} {form.name}（.{form.ending}）" for key, form in FORMS.items())
    parser.add_argument("--as", dest="form", choices=FORMS, default="docx", help=f"格式，缺省 docx：{forms}")
    parser.add_argument("--report", type=Path, metavar="R.json", help="把生成报告写成 JSON")
    parser.add_argument("--render", action="store_true", help="用 LibreOffice 排版，按结果核对 Word 文件的目录页码")
    parser.add_argument("--pdf", type=Path, metavar="OUT.pdf", help="同上，并把排好的 PDF 写到这里")
    options = parser.parse_args(arguments)
    if options.form != "docx" and (options.render or options.pdf):
        parser.error("--render 和 --pdf 只用于 Word 文件")
    try:
        report, digest = _build_files(options)
        if options.report:
            text = json.dumps({**msgspec.to_builtins(report), "sha256": digest}, ensure_ascii=False, indent=2)
            options.report.write_text(text + "\n", encoding="utf-8")
    except (BuildError, OfficeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in report.problems:
        print(f"{problem.work or '全书'}  {problem.code}  {problem.message}", file=sys.stderr)
    print(
        f"{report.works} 篇，{report.pictures} 张图片，{_say_pages(report)}{report.size_bytes} 字节，SHA-256 {digest}"
    )
    return 0


def _build_files(options: argparse.Namespace) -> tuple[BuildReport, str]:
    """Write the book, and the PDF where it is asked for; the files are in place only when all went well. The SHA-256
    (hex) of the book comes back with its report."""
    manifest = load_manifest(options.manifest.read_bytes())
    open_blob = _blob_opener(options.blobs)
    with whole_file(options.output) as sink:
        report = export(manifest, open_blob, sink, options.form)
        if options.render or options.pdf:
            try:
                report = _check_pages(manifest, open_blob, sink, report, options.pdf)
            except OfficeError as error:
                if options.pdf:
                    raise
                print(f"没有排成，页码按版面推算：{error}", file=sys.stderr)
        sink.seek(0)
        digest = hashlib.file_digest(sink, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable stream will do
    return report, digest


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
            with whole_file(pdf_path) as target:
                shutil.copyfileobj(pdf, target)
    return report


def _say_pages(report: BuildReport) -> str:
    if not report.pages:
        return ""
    if report.page_source == "model":
        return f"约 {report.pages} 页（按版面推算），"
    return f"{report.pages} 页（已按排版核对，改正目录 {report.corrected} 处），"


def _blob_opener(folder: Path) -> OpenBlob:
    def open_blob(key: str) -> BinaryIO:
        if not _KEY.fullmatch(key):  # whatever a damaged manifest says, nothing outside the folder is opened
            raise FileNotFoundError(key)
        try:
            return (folder / key[:2] / key).open("rb", buffering=0)  # a blob is read whole
        except FileNotFoundError:
            return (folder / key).open("rb", buffering=0)

    return open_blob
