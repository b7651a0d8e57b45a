"""征文通知 and 评审结果公示: what the bureau announces before a contest and after its review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.issue import (
    Issue,
    Prizes,
    contact_text,
    day_text,
    make_imprint,
    number_items,
    number_second,
    number_text,
    or_blank,
    sign,
    untitled,
)
from compile.documents.model import Attachment, Document
from compile.manifest import Appendix


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


def make_contest_notice(data: ContestNotice) -> Document:
    """The notice that opens a contest."""
    issue = data.issue
    prizes = "、".join(f"{prizes.level}{prizes.count}名" for prizes in data.prizes)
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
        f"由县信访局组织评审专家匿名评审，评出{prizes}，并评选优秀组织单位。评审结果公示后予以通报。",
        "七、成果运用",
        "优秀作品汇编成册，择优向新闻媒体推荐。报送和获奖情况作为年度信访工作目标考核的依据。",
        "八、有关要求",
        "各单位要高度重视，明确专人负责，严格审核把关，不得泄露国家秘密、工作秘密和信访人个人信息，确保作品真实、原创。",
    )
    return Document(
        "document",
        issue.organ,
        issue.title or f"{issue.organ}\n关于开展{data.contest}活动的通知",
        body,
        mark=f"{issue.organ}文件",
        number=number_text(issue),
        copy_number=issue.copy_number,
        secrecy=issue.secrecy,
        urgency=issue.urgency,
        recipients=issue.recipients,
        attachments=tuple(Attachment(title) for title in data.attachments),
        signature=sign(issue),
        note=contact_text(issue),
        imprint=make_imprint(issue),
        dated_on=issue.dated_on,
        font_profile=issue.font_profile,
    )


def make_public_notice(data: PublicNotice) -> Document:
    """The list of awards for everybody to object to: no red head, no number."""
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
    return Document(
        "plain",
        issue.organ,
        issue.title or f"{data.contest}\n评审结果公示",
        body,
        attachments=(Attachment(data.awards.title or "获奖名单", (untitled(data.awards),)),),
        signature=sign(issue),
        dated_on=issue.dated_on,
        font_profile=issue.font_profile,
    )
