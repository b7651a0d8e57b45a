"""催报函 and 终评会议纪要: the letter in 信函格式 and the minutes in 纪要格式."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.issue import (
    Issue,
    chinese_figure,
    contact_text,
    day_text,
    make_imprint,
    number_text,
    or_blank,
    sign,
)
from compile.documents.model import Block, Document, Labelled


@dataclass(frozen=True, slots=True)
class Reminder:
    """催报函 to one unit: what was asked, what has arrived, until when; overdue where `days_left` is below 0."""

    issue: Issue
    unit: str
    contest: str
    basis: str
    works_due: int
    works_sent: int
    closes_on: date
    days_left: int
    system: str = ""


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


def make_reminder(data: Reminder) -> Document:
    """The letter that reminds a unit of works it still owes."""
    issue = data.issue
    missing = max(data.works_due - data.works_sent, 0)
    sent = f"已报送{data.works_sent}篇" if data.works_sent else "尚未报送"
    left = f"距截止还有{data.days_left}天" if data.days_left >= 0 else f"已逾期{-data.days_left}天"
    channel = f"通过{data.system}" if data.system else ""
    body = (
        f"根据{data.basis}，你单位应于{day_text(data.closes_on, issue.year)}前报送{data.contest}作品{data.works_due}篇。"
        f"截至目前{sent}，还差{missing}篇，{left}。",
        f"请抓紧组织撰写，严格审核把关，{channel}尽快报送；确有困难的，请书面说明。"
        "报送情况列入活动通报和年度目标考核。特此函告。",
    )
    return Document(
        "letter",
        issue.organ,
        issue.title or f"关于催报{data.contest}作品的函",
        body,
        mark=issue.organ,
        number=number_text(issue),
        copy_number=issue.copy_number,
        secrecy=issue.secrecy,
        urgency=issue.urgency,
        recipients=data.unit,
        signature=sign(issue),
        note=contact_text(issue),
        imprint=make_imprint(issue) if issue.copies_to else None,
        dated_on=issue.dated_on,
        font_profile=issue.font_profile,
    )


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
    return Document(
        "minutes",
        issue.organ,
        issue.title or f"{data.contest}终评会议纪要",
        body,
        mark=f"{issue.organ}会议纪要",
        number=number_text(issue),
        copy_number=issue.copy_number,
        secrecy=issue.secrecy,
        urgency=issue.urgency,
        signature=sign(issue),
        imprint=make_imprint(issue),
        dated_on=issue.dated_on,
        font_profile=issue.font_profile,
    )
