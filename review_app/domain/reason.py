"""A reason a person can read: a Chinese text with named places, filled in only when shown so that it can be translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a plan says no, or what it advises. `message` is a msgid whose %(name)s places are filled from `facts`."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message
