"""The compiler on the command line: `python -m compile read …`, `build …`, `template …` and `document …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from compile.build_command import run_build
from compile.documents.command import run_document
from compile.reading.command import run_read
from compile.whole_file import whole_file
from compile.writing.fonts import FONT_SETS
from compile.writing.house_template import write_house_template

_COMMANDS = {"read": run_read, "build": run_build, "document": run_document}
_USAGE = "python -m compile {read,build,template,document} …"


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code comes back: 0 done, 1 refused, 2 wrong usage."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if command == "template":
        return run_template(rest)
    if command in _COMMANDS:
        return _COMMANDS[command](rest)
    print(f"usage: {_USAGE}", file=sys.stderr)
    return 0 if command in ("-h", "--help") else 2


def run_template(arguments: Sequence[str]) -> int:
    """Write the house's frame as a Word file to start a template of one's own from."""
    parser = argparse.ArgumentParser(
        prog="python -m compile template", description="写出标准版式的模板，在 Word、WPS 里改好后可作汇编的模板"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.docx", help="写到这里")
    parser.add_argument("--fonts", choices=list(FONT_SETS), default="win10", help="字体方案，缺省 win10")
    options = parser.parse_args(arguments)
    try:
        with whole_file(options.output) as sink:
            write_house_template(sink, options.fonts)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
