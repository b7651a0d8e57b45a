"""评审结果公示: the list of awards for everybody to object to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.awards import attach_table
from compile.documents.issue import Issue, draw_up
from compile.documents.model import Document
from compile.documents.wording import day_text, or_blank
from compile.manifest import Appendix


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """评审结果公示. `awards` is the list, printed as the attachment; objections go to the address and telephone given."""

    issue: Issue
    contest: str
    basis: str
    awards: Appendix
    starts_on: date
    ends_on: date
    working_days: int = 5
    address: str = ""
    mailbox: str = ""


def make_public_notice(data: PublicNotice) -> Document:
    """The public notice: no red head, no number."""
    issue = data.issue
    starts, ends = day_text(data.starts_on, issue.year), day_text(data.ends_on, issue.year)
    where = [
        f"{label}：{value}"
        for label, value in (
            ("联系人", or_blank(issue.contact)),
            ("联系电话", or_blank(issue.phone)),
            ("地址", or_blank(data.address)),
            ("电子邮箱", data.mailbox),
        )
        if value
    ]
    body = (
        f"根据{data.basis}，经征集报送、形式审查、匿名评审和会议审定，拟对{data.contest}部分作品予以表扬（名单附后）。现予公示，接受监督。",
        f"公示时间：{starts}至{ends}，共{data.working_days}个工作日。",
        "公示期间，如对公示结果有异议，请以书面形式反映。以单位名义反映的须加盖公章，以个人名义反映的须署真实姓名和联系方式。"
        "匿名或者没有明确事实的，不予受理。",
        f"{'；'.join(where)}。",
    )
    return draw_up(
        issue,
        "plain",
        f"{data.contest}\n评审结果公示",
        body,
        attachments=(attach_table(data.awards, "获奖名单"),),
    )
