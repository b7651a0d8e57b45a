"""催报函: the letter that reminds a unit of the works it still owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.issue import Issue, draw_up
from compile.documents.model import Document
from compile.documents.wording import day_text


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


def make_reminder(data: Reminder) -> Document:
    """The letter on one page."""
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
    return draw_up(
        issue,
        "letter",
        f"关于催报{data.contest}作品的函",
        body,
        mark=issue.organ,
        recipients=data.unit,
    )
