"""The examples of docs/documents.md, and documents made from them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, Final

from compile.documents.command import read_data
from compile.documents.skeletons import KINDS

_PAGE: Final = (Path(__file__).parents[1] / "docs" / "documents.md").read_text(encoding="utf-8")

EXAMPLES: Final[dict[str, str]] = dict(re.findall(r"### ([a-z-]+) .*?```json\n(.*?)```", _PAGE, re.DOTALL))


def read_example(kind: str) -> Any:
    """The record of a kind as the example in the docs fills it."""
    return read_data(kind, EXAMPLES[kind].encode())


def write_record(kind: str, record: object) -> bytes:
    """The .docx a kind makes of a record."""
    sink = io.BytesIO()
    KINDS[kind].write(record, sink)
    return sink.getvalue()
