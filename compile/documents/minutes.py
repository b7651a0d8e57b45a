"""终评会议纪要: who met, what was agreed, who was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.issue import Issue, draw_up
from compile.documents.model import Block, Document, Labelled
from compile.documents.wording import chinese_figure, day_text, or_blank


@dataclass(frozen=True, slots=True)
class Minutes:
    """终评会议纪要. `resolved` are the points agreed on, one text each."""

    issue: Issue
    contest: str
    met_on: date
    place: str
    chair: str
    resolved: tuple[str, ...]
    present: str
    absent: str = ""
    attending: str = ""
    recorder: str = ""
    opening: str = ""


def make_minutes(data: Minutes) -> Document:
    """The minutes of the final review."""
    issue = data.issue
    opening = data.opening or (
        f"{day_text(data.met_on, issue.year)}，{or_blank(data.chair)}在{or_blank(data.place)}主持召开{data.contest}"
        "终评会议，听取评审情况汇报，审议评审结果。纪要如下："
    )
    people = (
        ("出席", or_blank(data.present)),
        ("请假", data.absent),
        ("列席", data.attending),
        ("记录", data.recorder),
    )
    body: tuple[Block, ...] = (
        opening,
        *(f"{chinese_figure(number)}、{text}" for number, text in enumerate(data.resolved, start=1)),
        *(Labelled(label, names) for label, names in people if names),
    )
    return draw_up(
        issue,
        "minutes",
        f"{data.contest}终评会议纪要",
        body,
        mark=f"{issue.organ}会议纪要",
    )
