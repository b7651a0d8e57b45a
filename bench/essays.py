"""Made-up essays for the benchmarks, as many as wanted: words drawn by a Zipf law, or read from a file of JSON lines."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from review_app.storage.search_types import BureauEntry

COMMON_WORDS = [
    "信访",
    "群众",
    "工作",
    "调解",
    "矛盾",
    "化解",
    "干部",
    "基层",
    "乡镇",
    "社区",
    "村民",
    "政策",
    "办理",
    "来访",
    "接访",
    "走访",
    "下访",
    "听证",
    "积案",
    "诉求",
    "反映",
    "协调",
    "部门",
    "责任",
    "包案",
    "领导",
    "服务",
    "窗口",
    "热线",
    "网上",
    "投诉",
    "答复",
    "满意",
    "回访",
    "帮扶",
    "救助",
    "物业",
    "小区",
    "停车",
    "噪音",
    "征地",
    "拆迁",
    "补偿",
    "工资",
    "社保",
    "医保",
    "教育",
    "环保",
    "河长",
    "道路",
    "水渠",
    "灌溉",
    "宅基地",
    "邻里",
    "纠纷",
    "仲裁",
    "诉讼",
    "法律",
    "条例",
    "规定",
    "程序",
    "期限",
    "材料",
    "登记",
    "转送",
    "督办",
    "复查",
    "复核",
    "枫桥经验",
    "四下基层",
    "人民调解",
    "带案下访",
    "领导包案",
    "接诉即办",
    "诉访分离",
    "依法分类",
    "多元化解",
    "老旧小区",
]
GLUE = "的了在和是把对到从为与向就也都又还很再被让给"
SYLLABLES = "安平和顺新民富强青山绿水东西南北前后左右春夏秋冬高低长短石桥柳河塘坡岭湾村镇门楼田园林场站台"
UNITS = tuple(f"{name}镇" for name in ["城关", "浦口", "临河", "石桥", "柳塘", "青山", "东坡", "新林", "长岭", "平湾"])
AWARDS = ("一等奖", "二等奖", "三等奖", "优秀奖", "", "", "")
ESSAY_CHARACTERS = 1_800


def make_vocabulary(rng: random.Random) -> list[str]:
    """Words in falling order of use: the common ones first, then some thousand made-up names and compounds."""
    made = sorted({"".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))) for _ in range(4_000)})
    joined = [rng.choice(COMMON_WORDS) + rng.choice(made) for _ in range(4_000)]
    rest = sorted({*made, *joined})
    rng.shuffle(rest)
    return [*COMMON_WORDS, *rest]


def make_entries(count: int, seed: int) -> tuple[list[BureauEntry], list[str]]:
    """Essays of about 1,800 characters, each on a few hundred words drawn by a Zipf law, and the vocabulary."""
    rng = random.Random(seed)
    vocabulary = make_vocabulary(rng)
    totals = list(accumulate(1 / (rank + 30) for rank in range(len(vocabulary))))
    entries = []
    for essay_id in range(1, count + 1):
        own = sorted(set(rng.choices(vocabulary, cum_weights=totals, k=220)))
        rng.shuffle(own)
        own_totals = list(accumulate(1 / (rank + 10) for rank in range(len(own))))
        pieces: list[str] = []
        length = 0
        target = rng.randint(ESSAY_CHARACTERS - 400, ESSAY_CHARACTERS + 400)
        while length < target:
            words = rng.choices(own, cum_weights=own_totals, k=rng.randint(4, 9))
            sentence = "".join(word + (rng.choice(GLUE) if rng.random() < 0.5 else "") for word in words)
            pieces.append(sentence + rng.choice("，，。。；"))
            length += len(pieces[-1])
        entries.append(
            BureauEntry(
                essay_id=essay_id,
                number=f"2025-{essay_id:06d}",
                title="".join(rng.choices(own, cum_weights=own_totals, k=3)),
                body="".join(pieces),
                words=length,
                unit=(unit := rng.choice(UNITS)),
                unit_id=UNITS.index(unit),
                award=rng.choice(AWARDS),
                year=rng.randint(2021, 2025),
            )
        )
    return entries, vocabulary


def read_entries(path: Path, limit: int | None = None) -> Iterator[BureauEntry]:
    """Essays of a file with one JSON object a line: "title" and "text", and if they are there "unit", "year", "award".

    ValueError names the first line that is none.
    """
    with path.open(encoding="utf-8") as lines:
        for essay_id, line in enumerate(islice(lines, limit), start=1):
            try:
                yield _make_entry(essay_id, json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path.name}, line {essay_id}: {error!r}") from error


def _make_entry(essay_id: int, row: Mapping[str, Any]) -> BureauEntry:
    text = str(row["text"])
    return BureauEntry(
        essay_id=essay_id,
        number=f"2025-{essay_id:06d}",
        title=str(row.get("title") or ""),
        body=text,
        words=len(text),
        unit=str(row.get("unit") or UNITS[essay_id % len(UNITS)]),
        unit_id=essay_id % len(UNITS),
        award=str(row.get("award") or ""),
        year=int(row.get("year") or 2021 + essay_id % 5),
    )
