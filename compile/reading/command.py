"""`python -m compile read FILE [--json | --text]`: what the reader makes of a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from compile.checks import Limits, check_manuscript
from compile.errors import Refused
from compile.manuscript import Heading, ListItem, Paragraph, Picture, Table, count_manuscript_words, plain_text
from compile.reading import find_converter, read
from compile.reading.reading_json import reading_to_json
from compile.reading.types import DROPPED_KINDS, Reading

_EXIT_DONE, _EXIT_REFUSED = 0, 2


def run_read(arguments: Sequence[str]) -> int:
    """Print the whole reading of one file as JSON, on one line with --json, or as an outline for people with --text;
    returns the exit code.

    A refused file prints one JSON object with error, message and remedy on standard output and returns 2.
    """
    parser = argparse.ArgumentParser(
        prog="python -m compile read", description="读出一篇文稿：题目、作者、正文与舍弃的内容"
    )
    parser.add_argument("file", type=Path, help="docx、doc、wps、odt、rtf 或 txt 文稿")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON 写成一行，供程序使用")
    form.add_argument("--text", action="store_true", help="给人看的提要")
    options = parser.parse_args(arguments)
    try:
        with options.file.open("rb") as stream:
            reading = read(stream, converter=find_converter())
    except OSError as error:
        parser.error(f"{options.file}: {error.strerror}")
    except Refused as refusal:
        _write(
            json.dumps(
                {"error": refusal.code, "message": refusal.message, "remedy": refusal.remedy}, ensure_ascii=False
            )
        )
        return _EXIT_REFUSED
    if options.text:
        _write("\n".join(_iter_outline(reading)))
    else:
        indent = None if options.json else 1
        _write(json.dumps(reading_to_json(reading), ensure_ascii=False, sort_keys=True, indent=indent))
    return _EXIT_DONE


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def _iter_outline(reading: Reading) -> Iterator[str]:
    manuscript, byline = reading.manuscript, reading.byline
    yield f"题目    {manuscript.title or '（未找到）'}"
    if manuscript.subtitle:
        yield f"副标题  {manuscript.subtitle}"
    yield f"作者    {'、'.join(byline.authors) or '（未找到）'}"
    for label, value in (("单位    ", byline.unit), ("职务    ", byline.post), ("电话    ", byline.phone)):
        if value:
            yield label + value
    yield f"类型    {reading.kind}    字数 {count_manuscript_words(manuscript)}    图片 {len(reading.pictures)}"
    yield ""
    for block in manuscript.blocks:
        match block:
            case Paragraph():
                yield plain_text(block.runs)
            case Heading():
                yield f"{'#' * block.level} {plain_text(block.runs)}{'  〔建议为标题〕' if block.is_proposed else ''}"
            case ListItem():
                yield f"{'  ' * block.level}{block.marker} {plain_text(block.runs)}"
            case Picture():
                credit = f"（{block.photographer} 摄）" if block.photographer else ""
                yield f"〔图 {block.width_px}×{block.height_px}〕{block.caption}{credit}"
            case Table():
                for row in block.rows:
                    yield "| " + " | ".join(
                        " ".join(plain_text(paragraph.runs) for paragraph in cell.paragraphs) for cell in row.cells
                    )
    for number, note in enumerate(manuscript.notes, start=1):
        yield f"〔注 {number}〕{plain_text(note)}"
    if reading.dropped:
        yield ""
        yield "舍弃或改动的内容："
    for item in reading.dropped:
        yield f"- {item.place}：{DROPPED_KINDS[item.kind]}  {item.excerpt}".rstrip()
    findings = check_manuscript(manuscript, authors=byline.authors, dropped=reading.dropped, limits=Limits())
    if findings:
        yield ""
        yield "请核对："
    for finding in findings:
        yield f"- {finding.place}：{finding.kind.message % finding.facts}。{finding.kind.remedy % finding.facts}"
