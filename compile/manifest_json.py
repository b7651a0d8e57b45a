"""The manifest as JSON: canonical bytes out, strict reading in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints

from compile.errors import BuildError
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
    return cast(Manifest, _read(Manifest, document, "manifest"))


def _leave_out_unsaid(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value or name not in _ADDED}


def _read(kind: Any, value: object, place: str) -> object:
    """The value as the annotated type: a dataclass or null in its place, a tuple of one type, a date, a choice, or a
    plain JSON type."""
    if isinstance(kind, UnionType):
        return None if value is None else _read(get_args(kind)[0], value, place)
    if is_dataclass(kind):
        return _read_record(kind, value, place)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise BuildError(f"{place}: must be a list")
        return tuple(_read(get_args(kind)[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise BuildError(f"{place}: must be one of {', '.join(get_args(kind))}")
        return value
    if kind is date:
        return _read_date(value, place)
    if type(value) is not kind:
        raise BuildError(f"{place}: must be {kind.__name__}")
    return value


def _read_record(kind: Any, value: object, place: str) -> object:
    if not isinstance(value, Mapping):
        raise BuildError(f"{place}: must be an object")
    hints = _hints_of(kind)
    unknown = sorted(set(value) - set(hints))
    if unknown:
        raise BuildError(f"{place}: unknown name {unknown[0]}")
    values = {name: _read(hint, value[name], f"{place}.{name}") for name, hint in hints.items() if name in value}
    try:
        return kind(**values)
    except TypeError:
        missing = next(item.name for item in fields(kind) if item.name not in values)
        raise BuildError(f"{place}.{missing}: is missing") from None


@cache
def _hints_of(kind: type) -> dict[str, Any]:
    """The annotated types of a record by field, worked out once."""
    return get_type_hints(kind)


def _read_date(value: object, place: str) -> date:
    try:
        return date.fromisoformat(cast(str, value))
    except (TypeError, ValueError):
        raise BuildError(f"{place}: must be a date such as 2020-12-31") from None
