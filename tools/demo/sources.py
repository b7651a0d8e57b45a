"""Reads the hand-written sources of the demo contest and composes contest.json from them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[2] / "review_app" / "demo"
OFFICE_KINDS = ("doc", "odt", "rtf", "wps")
CRITERIA = {"theme": 25, "real": 25, "value": 20, "lang": 20, "form": 10}
LEANINGS = {
    "散文": {"lang": 2, "real": -1, "form": -1},
    "诗歌": {"lang": 2, "value": -1, "form": -1},
    "言论": {"theme": 1, "real": -2, "value": 1},
    "案例": {"value": 2, "lang": -2},
    "事迹材料": {"real": 1, "lang": -1},
    "通讯": {"real": 1, "form": -1},
}
READER_LEANINGS = {
    "R1": {"theme": 1, "lang": -1},
    "R2": {"lang": 1, "value": -1},
    "R3": {"value": 1, "real": -1},
    "R4": {"form": 1, "theme": -1},
    "R5": {"real": 1, "form": -1},
}
SHEET = re.compile(r"(?P<total>\d{1,3}|回避)(?P<draft>\??)(?: (?P<comment>.+))?$")
PICTURE = re.compile(r"!\[(?P<caption>.+)（(?P<photographer>.+) 摄）\]\((?P<name>p\d\d)\.jpg\)$")


@dataclass(frozen=True, slots=True)
class Source:
    """One essay as written: `head` holds the header lines by name, `lines` the body, `name` is such as "e01"."""

    name: str
    head: dict[str, str]
    lines: tuple[str, ...]

    def picture_marks(self) -> list[dict[str, str]]:
        """Caption, photographer and picture name of every picture, in order."""
        return [match.groupdict() for line in self.lines if (match := PICTURE.match(line))]


def load_frame() -> dict[str, Any]:
    """The contest, units and people."""
    frame: dict[str, Any] = json.loads((DEMO / "source" / "frame.json").read_text(encoding="utf-8"))
    return frame


def load_sources() -> list[Source]:
    """All essays in the order of their names."""
    sources = []
    for path in sorted((DEMO / "source").glob("e*.md")):
        head, body = path.read_text(encoding="utf-8").split("\n\n", 1)
        pairs = [line.partition(":") for line in head.splitlines()]
        fields = {name: value.strip() for name, _, value in pairs}
        sources.append(Source(path.stem, fields, tuple(line.rstrip() for line in body.splitlines())))
    return sources


def phone_of(source: Source) -> str:
    """The invented telephone number of the essay's first author."""
    return f"138-0000-{100 + int(source.name[1:]):04d}"


def split_points(total: int, genre: str, reviewer: str) -> dict[str, int]:
    """Whole points per criterion that add up to `total` and lean with the genre and the reader's taste."""
    wished = {}
    for key, most in CRITERIA.items():
        lean = LEANINGS.get(genre, {}).get(key, 0) + READER_LEANINGS[reviewer].get(key, 0)
        wished[key] = min(float(most), total * most / 100 + lean * 0.8)
    points = {key: int(wish) for key, wish in wished.items()}
    while sum(points.values()) != total:
        step = 1 if sum(points.values()) < total else -1
        open_keys = [key for key in CRITERIA if 0 <= points[key] + step <= CRITERIA[key]]
        key = max(open_keys, key=lambda key: (wished[key] - points[key]) * step)
        points[key] += step
    return points


def compose_contest(frame: dict[str, Any], sources: list[Source]) -> dict[str, Any]:
    """The whole of contest.json: the frame, the essays with their sheets, and the totals a check can count again."""
    essays = [_compose_essay(source) for source in sources]
    sheets = [sheet for essay in essays for sheet in essay["sheets"]]
    sending = {essay["unit"] for essay in essays if essay["state"] in ("submitted", "returned")}
    totals = {
        "essays": len(essays),
        "submitted": sum(essay["state"] == "submitted" for essay in essays),
        "late": sum(essay["is_late"] for essay in essays),
        "photos": sum(len(essay["photos"]) for essay in essays),
        "sheets_final": sum(sheet["state"] == "final" for sheet in sheets),
        "sheets_draft": sum(sheet["state"] == "draft" for sheet in sheets),
        "sheets_recused": sum(sheet["state"] == "recused" for sheet in sheets),
        "missing_units": [unit["code"] for unit in frame["units"] if unit["code"] not in sending],
    }
    units = [{**unit, "order": order} for order, unit in enumerate(frame["units"], start=1)]
    return {**frame, "units": units, "essays": essays, "totals": totals}


def _compose_essay(source: Source) -> dict[str, Any]:
    head = source.head
    kind, layout = head["file"].split()
    subjects = [subject.split(" | ") for subject in head["subject"].split("；") if subject]
    day = int(head["day"])
    return {
        "name": source.name,
        "file": f"essays/{source.name}.{kind}",
        "plain_file": f"essays/{source.name}.docx" if kind in OFFICE_KINDS else "",
        "file_name": head["file_name"],
        "layout": layout,
        "unit": head["unit"],
        "state": head["state"],
        "day": day,
        "is_late": head["state"] == "submitted" and day > -10,
        "return": {"code": head["return"].split(" ", 1)[0], "reason": head["return"].split(" ", 1)[1]}
        if "return" in head
        else None,
        "title": head["title"],
        "subtitle": head["subtitle"].removeprefix("——"),
        "authors": head["authors"].split("、"),
        "post": head["post"].split("；")[0],
        "phone": phone_of(source),
        "subjects": [{"name": name, "post": post} for name, post in subjects],
        "genre": head["genre"],
        "tags": [tag.strip() for tag in head["tags"].split(",")],
        "photos": [
            {"file": f"photos/{mark['name']}.jpg", "caption": mark["caption"], "photographer": mark["photographer"]}
            for mark in source.picture_marks()
        ],
        "sheets": [
            _compose_sheet(reviewer, head[reviewer], head["genre"]) for reviewer in READER_LEANINGS if reviewer in head
        ],
    }


def _compose_sheet(reviewer: str, text: str, genre: str) -> dict[str, Any]:
    match = SHEET.match(text)
    if match is None:
        raise ValueError(f"{reviewer}: {text}")
    comment = match["comment"] or ""
    if match["total"] == "回避":
        return {"reviewer": reviewer, "state": "recused", "points": {}, "comment": comment}
    state = "draft" if match["draft"] else "final"
    return {
        "reviewer": reviewer,
        "state": state,
        "points": split_points(int(match["total"]), genre, reviewer),
        "comment": comment,
    }
