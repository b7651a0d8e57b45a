"""Who acts: a person with one role, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the policy table."""

    ANONYMOUS = "anonymous"
    UNIT = "unit"
    REVIEWER = "reviewer"
    BUREAU = "bureau"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting person. `unit_id` is the submitting unit of a unit account, or the home unit of a reviewer."""

    role: Role
    name: str
    user_id: int | None = None
    unit_id: int | None = None


ANONYMOUS = Actor(role=Role.ANONYMOUS, name="")
SYSTEM = Actor(role=Role.SYSTEM, name="系统")
