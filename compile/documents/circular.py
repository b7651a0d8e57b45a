"""通报: how a contest went, who won, who did not take part, and what is asked of the units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compile.documents.awards import Prizes, attach_table, tell_prizes
from compile.documents.issue import Issue, draw_up
from compile.documents.model import Document
from compile.documents.wording import number_second
from compile.manifest import Appendix


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of a contest. Units: asked, on time, overdue, missing. Works: sent and valid."""

    units_due: int
    units_on_time: int
    units_overdue: int
    units_missing: int
    works_sent: int
    works_valid: int


@dataclass(frozen=True, slots=True)
class Circular:
    """通报. `missing` names units only once that is approved; each of the three tables given becomes an attachment."""

    issue: Issue
    contest: str
    basis: str
    counts: Counts
    prizes: tuple[Prizes, ...]
    organisers: tuple[str, ...]
    findings: tuple[str, ...]
    next_steps: tuple[str, ...]
    missing: tuple[str, ...] = ()
    awards: Appendix | None = None
    participation: Appendix | None = None
    points: Appendix | None = None


def make_circular(data: Circular) -> Document:
    """The circular with its attachments."""
    issue = data.issue
    tables = (
        ("获奖名单", data.awards),
        ("参与情况统计表", data.participation),
        ("考核计分表", data.points),
    )
    attachments = tuple(attach_table(table, f"{data.contest}{name}") for name, table in tables if table)
    return draw_up(
        issue,
        "document",
        f"{issue.organ}\n关于{data.contest}活动情况的通报",
        tuple(_iter_body(data)),
        mark=f"{issue.organ}文件",
        recipients=issue.recipients,
        attachments=attachments,
    )


def _iter_body(data: Circular) -> Iterator[str]:
    counts = data.counts
    yield f"根据{data.basis}安排，{data.contest}活动已经结束。现将有关情况通报如下："
    yield "一、基本情况"
    yield (
        f"全县应报送单位{counts.units_due}个，按时报送{counts.units_on_time}个，逾期报送{counts.units_overdue}个，"
        f"未报送{counts.units_missing}个。共收到作品{counts.works_sent}篇，经形式审查，有效作品{counts.works_valid}篇。"
    )
    yield "二、评选结果"
    yield f"经匿名评审、会议审定和公示，评出{tell_prizes(data.prizes, '篇')}。"
    if data.organisers:
        yield f"{'、'.join(data.organisers)}获优秀组织单位。"
    yield "三、存在问题"
    yield from number_second(data.findings)
    if data.missing:
        yield f"未按要求报送作品的单位：{'、'.join(data.missing)}。"
    yield "四、下步要求"
    yield from number_second(data.next_steps)
