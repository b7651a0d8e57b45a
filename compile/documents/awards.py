"""What is awarded, as several kinds of documents tell it: how many of each level, and the list as an attachment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from compile.documents.model import Attachment
from compile.manifest import Appendix


@dataclass(frozen=True, slots=True)
class Prizes:
    """How many works of one level are or will be awarded."""

    level: str
    count: int


def tell_prizes(prizes: Iterable[Prizes], measure: str) -> str:
    """All levels with their numbers, such as 一等奖3篇、二等奖6篇."""
    return "、".join(f"{item.level}{item.count}{measure}" for item in prizes)


def attach_table(table: Appendix, title: str) -> Attachment:
    """The table as an attachment under its own title, or else the given one."""
    return Attachment(table.title or title, (replace(table, title=""),))
