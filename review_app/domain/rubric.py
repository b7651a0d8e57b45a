"""The scoring rubric: criteria, bands and veto flags. Points are whole tenths, in steps of half a point."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review_app.domain.errors import N_, Invalid

TOTAL_POINTS: Final = 100
STEP_TENTHS: Final = 5


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the rubric: 0 to `max_points` whole points, shown in order of `position`."""

    key: str
    name_zh: str
    name_en: str
    hint: str
    max_points: int
    position: int


@dataclass(frozen=True, slots=True)
class Band:
    """A range of whole points, both ends included. Half points belong to the band below the next lower end."""

    key: str
    name_zh: str
    name_en: str
    low_points: int
    high_points: int


@dataclass(frozen=True, slots=True)
class VetoFlag:
    """A fault that bars a work whatever its score (一票否决): any reviewer raises it, the chief confirms it."""

    key: str
    name_zh: str
    name_en: str


DEFAULT_RUBRIC: Final = (
    Criterion("theme", "主题立意与政治导向", "Theme and orientation", "紧扣最美信访干部，导向正确", 25, 1),
    Criterion("real", "事迹真实性与典型性", "Truth and typicality", "有人有事有细节，可核实", 25, 2),
    Criterion(
        "value", "做法成效与推广价值", "Method, effect and value to others", "化解办法可借鉴，可作典型案例", 20, 3
    ),
    Criterion("lang", "语言表达与感染力", "Language and appeal", "准确生动，不空泛", 20, 4),
    Criterion("form", "结构与格式规范", "Structure and form", "层次清楚，政策表述准确", 10, 5),
)

VETO_FLAGS: Final = (
    VetoFlag("politics", "政治导向错误", "Wrong political orientation"),
    VetoFlag("secret", "涉密", "State or work secret"),
    VetoFlag("privacy", "泄露信访人隐私", "Petitioner's privacy exposed"),
    VetoFlag("plagiarism", "抄袭", "Plagiarism"),
    VetoFlag("untrue", "严重失实", "Seriously untrue"),
    VetoFlag("published", "已发表", "Already published"),
)

# Each band begins at this percentage of the maximum, rounded up to a whole point.
_BANDS: Final = (
    ("excellent", "优", "Excellent", 90),
    ("good", "良", "Good", 75),
    ("fair", "中", "Fair", 60),
    ("poor", "差", "Poor", 0),
)

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_POINTS = re.compile(r"([0-9]{1,3})(?:\.([0-9])0*)?")


def bands(max_points: int) -> tuple[Band, ...]:
    """The bands of a criterion, best first: together they hold every whole point from 0 to the maximum exactly once.
    A band that would hold none (a maximum under 5) is left out."""
    found = []
    high = max_points
    for key, name_zh, name_en, percent in _BANDS:
        low = -(-max_points * percent // 100)
        if low <= high:
            found.append(Band(key, name_zh, name_en, low, high))
            high = low - 1
    return tuple(found)


def band_of(points_tenths: int, max_points: int) -> Band:
    """The band a score falls into."""
    return next(band for band in bands(max_points) if points_tenths >= band.low_points * 10)


def check_rubric(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria in order of position; raises Invalid unless they have names, distinct keys, at least one point each
    and 100 points together."""
    if not all(_KEY.fullmatch(criterion.key) and criterion.name_zh for criterion in criteria):
        raise Invalid(N_("每个评分项都要有名称和英文代号（小写字母开头，可含数字、横线）。"), "key")
    if len({criterion.key for criterion in criteria}) != len(criteria):
        raise Invalid(N_("评分项的代号不能重复。"), "key")
    if any(criterion.max_points < 1 for criterion in criteria):
        raise Invalid(N_("每个评分项的分值至少为 1 分。"), "max_points")
    total = sum(criterion.max_points for criterion in criteria)
    if total != TOTAL_POINTS:
        raise Invalid(N_("各评分项的分值合计应为 100 分，现为 %(total)d 分。"), "max_points", total=total)
    return tuple(sorted(criteria, key=lambda criterion: (criterion.position, criterion.key)))


def validate_points(criterion: Criterion, points_tenths: int) -> int:
    """The points as given; raises Invalid (field = the criterion's key) outside 0 to the maximum or off the half point."""
    if not 0 <= points_tenths <= criterion.max_points * 10:
        raise Invalid(N_("分数应在 0 到 %(max_points)d 之间。"), criterion.key, max_points=criterion.max_points)
    if points_tenths % STEP_TENTHS:
        raise Invalid(N_("分数应为整数或半分（如 18 或 18.5）。"), criterion.key)
    return points_tenths


def parse_points(text: str, *, field: str) -> int:
    """The tenths of a typed score such as "18", "18.5" or "１８．５"; raises Invalid for anything else."""
    match = _POINTS.fullmatch(unicodedata.normalize("NFKC", text).replace("。", ".").strip())
    if match is None:
        raise Invalid(N_("请填写数字，如 18 或 18.5。"), field)
    return int(match[1]) * 10 + int(match[2] or 0)


def format_points(points_tenths: int) -> str:
    """The points as people write them: "18", "18.5"."""
    whole, tenths = divmod(points_tenths, 10)
    return f"{whole}.{tenths}" if tenths else str(whole)
