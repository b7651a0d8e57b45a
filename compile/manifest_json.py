"""The manifest as JSON: canonical bytes out, strict reading in."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final, cast

from compile.errors import BuildError
from compile.json_values import read_value
from compile.manifest import Manifest

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
    record = asdict(manifest, dict_factory=_leave_out_unsaid)
    document = {"format": FORMAT, **record, "dated_on": manifest.dated_on.isoformat()}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate in a title cannot be UTF-8; it is written as a JSON escape and comes back the same.
    return text.encode("utf-8", errors="backslashreplace") + b"\n"


def load_manifest(data: bytes) -> Manifest:
    """The manifest in the bytes. Raises BuildError naming the place of the first value that is missing, unknown or of
    the wrong type."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BuildError(f"manifest: not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BuildError("manifest: must be an object")
    version = document.pop("format", None)
    if type(version) is not int or version != FORMAT:
        raise BuildError(f"manifest.format: must be {FORMAT}")
    return cast(Manifest, read_value(Manifest, document, "manifest"))


def _leave_out_unsaid(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value or name not in _ADDED}
