"""征文通知: what the bureau asks for, until when, and how it will be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.awards import Prizes, tell_prizes
from compile.documents.issue import Issue, draw_up
from compile.documents.model import Attachment, Document
from compile.documents.wording import day_text, number_items, number_second


@dataclass(frozen=True, slots=True)
class ContestNotice:
    """征文通知. `focus` are the points to write about, `demands` what a work must be, `attachments` titles of forms."""

    issue: Issue
    contest: str
    purpose: str
    theme: str
    focus: tuple[str, ...]
    demands: tuple[str, ...]
    quota: int
    opens_on: date
    closes_on: date
    prizes: tuple[Prizes, ...]
    system: str = ""
    attachments: tuple[str, ...] = ("作品汇总表", "原创承诺书", "评分细则")


def make_contest_notice(data: ContestNotice) -> Document:
    """The notice that opens a contest."""
    issue = data.issue
    opens, closes = day_text(data.opens_on, issue.year), day_text(data.closes_on, issue.year)
    channel = f"通过{data.system}" if data.system else ""
    body = (
        f"{data.purpose.rstrip('。')}，经研究，决定在全县组织开展{data.contest}活动。现将有关事项通知如下：",
        "一、征文主题",
        data.theme,
        "二、征文对象",
        "各乡镇（开发区）、县直有关单位工作人员，村（社区）信访代办员、信息员。不接受个人直接投稿，由所在单位统一报送。",
        "三、征文内容",
        *number_second(data.focus),
        "四、作品要求",
        *number_items(data.demands),
        "五、报送方式与截止时间",
        f"征文自{opens}起，至{closes}截止。各单位{channel}报送电子文稿，每单位不少于{data.quota}篇，"
        "并填写作品汇总表。逾期未报的，列入催报名单。",
        "六、作品评选",
        f"由{issue.organ}组织评审专家匿名评审，评出{tell_prizes(data.prizes, '名')}，并评选优秀组织单位。评审结果公示后予以通报。",
        "七、成果运用",
        "优秀作品汇编成册，择优向新闻媒体推荐。报送和获奖情况作为年度信访工作目标考核的依据。",
        "八、有关要求",
        "各单位要高度重视，明确专人负责，严格审核把关，不得泄露国家秘密、工作秘密和信访人个人信息，确保作品真实、原创。",
    )
    return draw_up(
        issue,
        "document",
        f"{issue.organ}\n关于开展{data.contest}活动的通知",
        body,
        mark=f"{issue.organ}文件",
        recipients=issue.recipients,
        attachments=tuple(Attachment(title) for title in data.attachments),
    )
