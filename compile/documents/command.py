"""`python -m compile document KIND --data FILE.json -o OUT.docx`: a document from its facts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from compile.documents.skeletons import KINDS
from compile.errors import BuildError
from compile.json_values import read_value


def run_document(arguments: Sequence[str], write_whole: Callable[[Path, Callable[[BinaryIO], None]], None]) -> int:
    """Write one document, or list the kinds; returns the exit code: 0 done, 1 refused, 2 wrong usage. `write_whole`
    puts a complete file in place or none."""
    parser = argparse.ArgumentParser(prog="python -m compile document", description="由数据生成公文 Word 文件")
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help="文种，见 --list")
    parser.add_argument("--data", type=Path, metavar="FILE.json", help="数据 JSON，格式见 docs/documents.md")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.docx", help="写到这里")
    parser.add_argument("--list", action="store_true", help="列出全部文种")
    options = parser.parse_args(arguments)
    if options.list:
        for kind, entry in KINDS.items():
            sys.stdout.write(f"{kind:<14}{entry.name}\n")
        return 0
    if not (options.kind and options.data and options.output):
        parser.error("缺少 KIND、--data 或 -o")
    try:
        record = read_data(options.kind, options.data.read_bytes())
        write_whole(options.output, lambda sink: KINDS[options.kind].write(record, sink))
    except (BuildError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{KINDS[options.kind].name}  {options.output}\n")
    return 0


def read_data(kind: str, data: bytes) -> object:
    """The record of a kind in JSON bytes. Raises BuildError naming the place of the first fault, such as
    circular.counts.units_due."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BuildError(f"{kind}: not JSON: {error}") from error
    return read_value(KINDS[kind].record, value, kind)
