"""The manifest as JSON: canonical bytes out, strict reading in."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

import msgspec
from msgspec.structs import asdict

from compile.errors import BuildError
from compile.manifest import Manifest
from compile.manuscript_json import name_fault

FORMAT: Final = 1

# Names that came after the first books: left out where they say nothing, so that an old manifest keeps its bytes.
_ADDED: Final = frozenset(
    {
        "afterword",
        "back_cover",
        "board",
        "case",
        "has_odd_starts",
        "has_running_heads",
        "imprint",
        "notice",
        "paragraphs",
        "template_key",
    }
)


def dump_manifest(manifest: Manifest) -> bytes:
    """The manifest as canonical UTF-8 JSON: sorted names, no spare space, so equal manifests are equal bytes."""
    document = {"format": FORMAT, **_list_said(manifest)}
    text = json.dumps(document, default=_to_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate in a title cannot be UTF-8; it is written as a JSON escape and comes back the same.
    return text.encode("utf-8", errors="backslashreplace") + b"\n"


def load_manifest(data: bytes) -> Manifest:
    """The manifest in the bytes. Raises BuildError naming the place of the first value that is missing, unknown or of
    the wrong type."""
    try:
        return msgspec.convert(json.loads(data), Manifest)
    except msgspec.ValidationError as error:
        raise BuildError(name_fault(error, "manifest")) from error
    except (ValueError, RecursionError) as error:
        raise BuildError(f"manifest: not JSON: {error}") from error


def _to_plain(value: Any) -> object:
    return value.isoformat() if isinstance(value, date) else _list_said(value)


def _list_said(record: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if value or name not in _ADDED}
