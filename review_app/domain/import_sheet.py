"""The sheet of a mailbox-era folder: which file is whose work, row by row, with what is wrong named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from review_app.domain.calendar import CHINA
from review_app.domain.errors import N_, Invalid
from review_app.domain.reason import Reason

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "file": ("文件名", "文件", "file"),
    "unit": ("报送单位", "单位", "单位编码", "unit"),
    "title": ("题目", "作品题目", "标题", "title"),
    "authors": ("作者", "作者姓名", "author", "authors"),
    "post": ("职务", "作者职务", "post"),
    "phone": ("联系电话", "电话", "phone"),
    "genre": ("体裁", "genre"),
    "sent_on": ("报送日期", "报送时间", "收到日期", "sent"),
}
REQUIRED: Final = ("file", "unit")

_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]*(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One work to take in; texts as typed, "" where the sheet says nothing. `number` is the row as Excel shows it;
    `sent_at` in UTC, the first moment of the day in China where the sheet gives no hour, None where it gives no day."""

    number: int
    file: str
    unit: str
    title: str = ""
    authors: tuple[str, ...] = ()
    post: str = ""
    phone: str = ""
    genre: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row that cannot be taken, and why."""

    number: int
    reason: Reason


def parse_import_sheet(
    rows: Sequence[tuple[int, Sequence[str]]],
) -> tuple[tuple[ImportRow, ...], tuple[FaultyRow, ...]]:
    """The works of a sheet and its faulty rows. `rows` are (row number, cells), the first of them the head; columns
    may stand in any order. Raises Invalid when the head lacks the file or the unit."""
    if not rows:
        raise Invalid(N_("表格是空的。第一行请写表头：文件名、报送单位、题目、作者。"))
    places = _find_columns(rows[0][1])
    missing = [COLUMNS[key][0] for key in REQUIRED if key not in places]
    if missing:
        raise Invalid(N_("表头缺少：%(columns)s。"), columns="、".join(missing))
    taken: dict[str, int] = {}
    found, faulty = [], []
    for number, cells in rows[1:]:
        values = {key: cells[place].strip() if place < len(cells) else "" for key, place in places.items()}
        fault = _find_fault(values, taken)
        if fault is not None:
            faulty.append(FaultyRow(number, fault))
            continue
        taken[values["file"]] = number
        names = (name.strip() for name in re.split(r"[、,，;；/／]+", values.pop("authors", "")))
        sent_at = _parse_moment(values.pop("sent_on", ""))
        found.append(ImportRow(number=number, authors=tuple(filter(None, names)), sent_at=sent_at, **values))
    return tuple(found), tuple(faulty)


def _find_columns(head: Sequence[str]) -> dict[str, int]:
    names = {name: key for key, spellings in COLUMNS.items() for name in spellings}
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        key = names.get(re.sub(r"\s|[（(].*?[)）]|\*", "", cell).lower())
        if key is not None:
            places.setdefault(key, place)
    return places


def _find_fault(values: Mapping[str, str], taken: Mapping[str, int]) -> Reason | None:
    if not values["file"]:
        return Reason(N_("没有写文件名"))
    if not values["unit"]:
        return Reason(N_("没有写报送单位"))
    if values["file"] in taken:
        return Reason(N_("文件名与第 %(number)s 行重复"), {"number": taken[values["file"]]})
    sent_on = values.get("sent_on", "")
    if sent_on and _parse_moment(sent_on) is None:
        return Reason(N_("报送日期“%(text)s”看不懂，请写成 2020-10-31"), {"text": sent_on})
    return None


def _parse_moment(text: str) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        return None
