"""Plain JSON values read strictly into typed records, with the place of the first fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from msgspec import Struct

from compile.errors import BuildError


def read_value(kind: Any, value: object, place: str) -> object:
    """The value as the annotated type: a dataclass or Struct, a tuple of one type, a date, a choice, a plain JSON type, or one of
    these or null. Raises BuildError naming the place of the first value that is missing, unknown or of the wrong type."""
    if type(value) is kind:
        return value
    if isinstance(kind, UnionType):
        return None if value is None else read_value(get_args(kind)[0], value, place)
    if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Struct)):
        return _read_record(kind, value, place)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise BuildError(f"{place}: must be a list")
        return tuple(read_value(get_args(kind)[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise BuildError(f"{place}: must be one of {', '.join(get_args(kind))}")
        return value
    if kind is date:
        return _read_date(value, place)
    raise BuildError(f"{place}: must be {kind.__name__}")


def _read_record(kind: Any, value: object, place: str) -> object:
    if not isinstance(value, Mapping):
        raise BuildError(f"{place}: must be an object")
    hints = _hints_of(kind)
    unknown = sorted(set(value) - set(hints))
    if unknown:
        raise BuildError(f"{place}: unknown name {unknown[0]}")
    values = {name: read_value(hint, value[name], f"{place}.{name}") for name, hint in hints.items() if name in value}
    try:
        return kind(**values)
    except TypeError:
        missing = next(name for name in hints if name not in values)
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
