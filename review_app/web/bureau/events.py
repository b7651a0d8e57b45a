"""The audit log in sentences: one line of this table per act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _

from review_app.domain.errors import N_
from review_app.domain.passages import MarkKind
from review_app.domain.rubric import format_points
from review_app.queries.audit import AuditRow
from review_app.web.times import format_moment
from review_app.web.wording import name_reason


@dataclass(frozen=True, slots=True)
class ActWords:
    """How an act is called in the filter, and its sentence, whose %(name)s places are the facts of the entry."""

    label: str
    sentence: str


ACTS: Final[Mapping[str, ActWords]] = {
    "sign_in": ActWords(N_("登录"), N_("登录系统")),
    "sign_in.refused": ActWords(N_("登录失败"), N_("登录没有成功")),
    "sign_out": ActWords(N_("退出登录"), N_("退出登录")),
    "password.change": ActWords(N_("修改密码"), N_("修改了自己的密码")),
    "account.open": ActWords(N_("开通账号"), N_("开通账号 %(login)s")),
    "account.change": ActWords(N_("修改账号"), N_("修改账号 %(login)s（%(name)s）")),
    "account.issue": ActWords(N_("印发首次密码"), N_("为账号 %(login)s 印发首次密码")),
    "contest.set_up": ActWords(N_("建立活动"), N_("建立活动“%(name)s”")),
    "contest.change_times": ActWords(N_("调整时间"), N_("调整时间安排：%(changes)s。原因：%(reason)s")),
    "contest.change_panel": ActWords(
        N_("调整评审数"), N_("每篇评审数改为 %(reviews_per_essay)s，最少评审数改为 %(minimum_reviews)s")
    ),
    "contest.change_quotas": ActWords(N_("调整应报篇数"), N_("调整应报篇数：%(changes)s")),
    "contest.change_awards": ActWords(N_("调整奖项设置"), N_("调整奖项名额和最低分：%(changes)s")),
    "contest.change_rubric": ActWords(N_("修改评分细则"), N_("修改评分细则")),
    "search.change_synonyms": ActWords(N_("修改同义词"), N_("修改检索的同义词：添加 %(added)s，去掉 %(removed)s")),
    "unit.import": ActWords(
        N_("导入单位和账号"), N_("导入单位和账号：新增 %(added)s，修改 %(changed)s，有错未导入 %(skipped)s 处")
    ),
    "unit.add": ActWords(N_("新增单位"), N_("新增单位 %(code)s %(name)s")),
    "unit.change": ActWords(N_("修改单位"), N_("修改单位 %(code)s %(name)s：%(changes)s")),
    "essay.upload": ActWords(N_("上传文稿"), N_("上传文稿“%(file)s”")),
    "essay.replace_file": ActWords(N_("更换文件"), N_("更换文件为“%(file)s”")),
    "essay.merge": ActWords(N_("并为新版本"), N_("把“%(file)s”作为《%(title)s》的新版本")),
    "essay.save": ActWords(N_("保存草稿"), N_("保存《%(title)s》")),
    "essay.submit": ActWords(N_("提交作品"), N_("提交作品 %(number)s，回执 %(receipt)s")),
    "essay.withdraw": ActWords(N_("撤回作品"), N_("撤回作品 %(number)s")),
    "essay.reopen": ActWords(N_("恢复为草稿"), N_("把撤回的作品恢复为草稿")),
    "essay.accept": ActWords(N_("形式审查通过"), N_("通过《%(title)s》（%(number)s）的形式审查")),
    "essay.return": ActWords(N_("退回修改"), N_("退回《%(title)s》（%(number)s）：%(reasons)s，%(due_at)s 前修改")),
    "essay.view_original": ActWords(N_("下载原件"), N_("下载《%(title)s》（%(number)s）第 %(version)s 版原件")),
    "essay.tag": ActWords(N_("打标签"), N_("给 %(works)s 篇打上标签“%(name)s”")),
    "essay.untag": ActWords(N_("去标签"), N_("去掉 %(works)s 篇的标签“%(name)s”")),
    "tag.set": ActWords(N_("设定标签"), N_("给《%(title)s》（%(number)s）设定标签 %(tags)s")),
    "tag.strike": ActWords(N_("划去标签"), N_("划去《%(title)s》（%(number)s）的标签 %(tags)s")),
    "tag.clear": ActWords(N_("撤回标签决定"), N_("撤回对《%(title)s》（%(number)s）标签 %(tags)s 的决定")),
    "tag.add": ActWords(N_("新建标签"), N_("新建标签“%(name)s”（%(slug)s）")),
    "tag.rename": ActWords(N_("标签改名"), N_("标签“%(old)s”改名为“%(name)s”")),
    "tag.retire": ActWords(N_("停用标签"), N_("停用标签“%(name)s”")),
    "tag.revive": ActWords(N_("恢复标签"), N_("恢复标签“%(name)s”")),
    "tag.up": ActWords(N_("调整标签顺序"), N_("前移标签“%(name)s”")),
    "tag.down": ActWords(N_("调整标签顺序"), N_("后移标签“%(name)s”")),
    "tag.merge": ActWords(N_("合并标签"), N_("把 %(count)s 篇作品的标签“%(name)s”并入“%(into)s”：%(works)s")),
    "mark.add": ActWords(N_("划线批注"), N_("在 %(number)s 第 %(paragraph)s 块划线 %(words)s 字：%(kind)s")),
    "mark.remove": ActWords(N_("去掉划线"), N_("去掉 %(number)s 第 %(paragraph)s 块的划线：%(kind)s")),
    "mark.restore": ActWords(N_("恢复划线"), N_("恢复 %(number)s 第 %(paragraph)s 块的划线：%(kind)s")),
    "mark.settle": ActWords(N_("处理划线"), N_("%(number)s 第 %(paragraph)s 块的划线已处理：%(kind)s")),
    "mark.unsettle": ActWords(N_("重新处理划线"), N_("%(number)s 第 %(paragraph)s 块的划线改为待处理：%(kind)s")),
    "case.save": ActWords(N_("保存案例单"), N_("保存《%(title)s》（%(number)s）的典型案例单")),
    "case.download": ActWords(N_("下载案例单"), N_("下载《%(title)s》（%(number)s）的典型案例单，%(confirmed)s")),
    "review.assign": ActWords(
        N_("分配评审"), N_("给 %(reviewers)s 位评审专家分配了 %(added)s 篇次，随机种子 %(seed)s")
    ),
    "review.unassign": ActWords(N_("取消分配"), N_("取消 %(reviewer)s 对《%(title)s》（%(number)s）的评审")),
    "review.begin": ActWords(N_("开始评审"), N_("开始评审盲评编号 %(number)s")),
    "review.submit": ActWords(N_("提交评分"), N_("提交盲评编号 %(number)s 的评分，总分 %(total_tenths)s")),
    "review.reopen": ActWords(N_("撤回评分"), N_("撤回盲评编号 %(number)s 的评分，原总分 %(total_tenths)s")),
    "review.recuse": ActWords(N_("申报回避"), N_("对盲评编号 %(number)s 申报回避：%(reason)s")),
    "pair.honest": ActWords(
        N_("认定正当重复"),
        N_("认定《%(title)s》（%(number)s）与《%(other_title)s》（%(other_number)s）属正当重复：%(note)s"),
    ),
    "pair.copied": ActWords(
        N_("确认抄袭或重复报送"),
        N_("确认《%(title)s》（%(number)s）与《%(other_title)s》（%(other_number)s）属抄袭或重复报送：%(note)s"),
    ),
    "pair.reopen": ActWords(
        N_("撤销查重结论"), N_("撤销对《%(title)s》（%(number)s）与《%(other_title)s》（%(other_number)s）的查重结论")
    ),
    "known_text.add": ActWords(N_("加入公用文本"), N_("把“%(title)s”列为不计入查重的文本")),
    "known_text.remove": ActWords(N_("移出公用文本"), N_("“%(title)s”重新计入查重")),
    "essay.import": ActWords(N_("代报作品"), N_("从文件夹代报作品 %(number)s，回执 %(receipt)s")),
    "search.save": ActWords(N_("保存检索"), N_("保存检索“%(name)s”")),
    "search.rename": ActWords(N_("检索改名"), N_("检索“%(name)s”改名为“%(to)s”")),
    "search.delete": ActWords(N_("删除检索"), N_("删除检索“%(name)s”")),
    "search.share": ActWords(N_("共享检索"), N_("共享检索“%(name)s”")),
    "search.unshare": ActWords(N_("停止共享检索"), N_("停止共享检索“%(name)s”")),
    "search.export": ActWords(N_("导出检索结果"), N_("导出检索“%(query)s”的 %(works)s 篇（%(form)s）")),
    "ranking.reveal": ActWords(N_("显示单位和作者"), N_("在排名中显示了单位和作者")),
    "award.apply": ActWords(N_("确定奖项"), N_("确定奖项，评分不全 %(unfinished)s 篇，说明：%(reason)s")),
    "award.revoke": ActWords(N_("撤销奖项"), N_("撤销 %(count)s 篇作品的奖项：%(reason)s")),
    "award.decide_tie": ActWords(N_("定夺并列"), N_("定夺并列作品的先后 %(order)s：%(reason)s")),
    "anthology.settings": ActWords(N_("修改汇编设置"), N_("修改汇编设置")),
    "anthology.set_template": ActWords(N_("更换汇编模板"), N_("汇编改用模板“%(file)s”，指纹 %(template)s")),
    "anthology.clear_template": ActWords(N_("恢复标准版式"), N_("汇编不再用模板“%(file)s”，恢复标准版式")),
    "anthology.arrange_award": ActWords(N_("按奖项编排"), N_("按奖项编排汇编，共 %(works)s 篇")),
    "anthology.arrange_topic": ActWords(N_("按主题编排"), N_("按主题编排汇编，共 %(works)s 篇")),
    "anthology.arrange_class": ActWords(N_("按单位类别编排"), N_("按单位类别编排汇编，共 %(works)s 篇")),
    "anthology.arrange_genre": ActWords(N_("按体裁编排"), N_("按体裁编排汇编，共 %(works)s 篇")),
    "anthology.add": ActWords(N_("加入汇编"), N_("把 %(works)s 加入汇编“%(section)s”")),
    "anthology.order": ActWords(N_("调整汇编顺序"), N_("调整汇编顺序")),
    "anthology.place": ActWords(N_("调整汇编顺序"), N_("把 %(number)s 移到汇编“%(section)s”第 %(to)s 位")),
    "anthology.work_up": ActWords(N_("调整汇编顺序"), N_("在汇编中上移 %(number)s")),
    "anthology.work_down": ActWords(N_("调整汇编顺序"), N_("在汇编中下移 %(number)s")),
    "anthology.work_out": ActWords(N_("移出汇编"), N_("把 %(number)s 移出汇编")),
    "anthology.add_section": ActWords(N_("添加汇编的一辑"), N_("汇编添加一辑“%(section)s”")),
    "anthology.rename_section": ActWords(N_("汇编的一辑改名"), N_("汇编“%(section)s”改名为“%(title)s”")),
    "anthology.section_up": ActWords(N_("调整汇编各辑顺序"), N_("前移汇编“%(section)s”")),
    "anthology.section_down": ActWords(N_("调整汇编各辑顺序"), N_("后移汇编“%(section)s”")),
    "anthology.section_out": ActWords(N_("删除汇编的一辑"), N_("删除汇编空的一辑“%(section)s”")),
    "anthology.undo": ActWords(N_("撤销汇编改动"), N_("撤销对汇编的上一步改动")),
    "anthology.build": ActWords(N_("生成汇编"), N_("生成汇编第 %(ordinal)s 稿")),
    "anthology.built": ActWords(N_("汇编已生成"), N_("汇编第 %(ordinal)s 稿已生成，指纹 %(document)s")),
    "anthology.set": ActWords(
        N_("汇编已排版"),
        N_("汇编第 %(ordinal)s 稿已排成 PDF，目录页码改正 %(corrected)s 处，核对后的指纹 %(document)s"),
    ),
    "anthology.not_set": ActWords(N_("汇编排版失败"), N_("汇编第 %(ordinal)s 稿没有排成 PDF，目录页码按版面推算")),
}

OBJECT_KINDS: Final[Mapping[str, str]] = {
    "contest": N_("活动"),
    "unit": N_("单位"),
    "user": N_("账号"),
    "essay": N_("作品"),
    "pair": N_("查重"),
    "known_text": N_("公用文本"),
    "review": N_("评审"),
    "anthology": N_("汇编"),
    "mark": N_("划线"),
    "tag": N_("标签"),
    "search": N_("检索"),
}

_MOMENTS: Final = {
    "closes_at": N_("截止时间"),
    "late_until": N_("补报截止"),
    "review_closes_at": N_("评审截止"),
    "ends_at": N_("活动结束"),
}


def say_entry(row: AuditRow) -> str:
    """What was done, as a sentence without its subject in the reader's language; the bare act where the table has none."""
    words = ACTS.get(row.act)
    return row.act if words is None else _(words.sentence) % _Facts(row)


def name_moment(field: str) -> str:
    """A moment of the timetable in words."""
    return _(_MOMENTS[field]) if field in _MOMENTS else field


class _Facts(dict[str, str]):
    """The facts of an entry as words; a fact that is missing reads as a dash."""

    def __init__(self, row: AuditRow) -> None:
        super().__init__(
            (key, _shown(row.act, key, value)) for key, value in row.facts.items() if value is not None and value != ""
        )

    def __missing__(self, key: str) -> str:
        return "—"


def _shown(act: str, key: str, value: Any) -> str:
    if key == "changes" and act in _CHANGES:
        return _("；").join(_CHANGES[act](change) for change in value)
    if key == "reasons":
        return _("、").join(name_reason(code) for code in value)
    if key in ("works", "order") and isinstance(value, list):
        return _("、").join(value)
    if key == "kind" and act.startswith("mark."):
        return _(MarkKind(value).label)
    if key == "confirmed":
        return _("已确认可以公开") if value else _("没有待处理的隐私")
    if key.endswith("_tenths") and isinstance(value, int):
        return format_points(value)
    if key.endswith("_at"):
        return format_moment(datetime.fromisoformat(value))
    if key in ("added", "removed") and isinstance(value, list):
        return _("；").join(value) or "—"
    if isinstance(value, list):
        return _("、").join(str(item) for item in value)
    return str(value)


def _say_moved(change: list[Any]) -> str:
    field, *moments = change
    old, new = (format_moment(datetime.fromisoformat(text)) if text else _("不设") for text in moments)
    return f"{name_moment(field)} {old} → {new}"


def _say_award(change: list[Any]) -> str:
    name, old, new, old_floor, new_floor = change
    floors = _("（%(text)s）", text=f"{format_points(old_floor)} → {format_points(new_floor)}")
    return f"{name} {old} → {new}{floors}"


def _say_cell(change: list[Any]) -> str:
    if len(change) == 1:
        return str(change[0])
    column, old, new = change
    return f"{column} {'—' if old == '' else old} → {'—' if new == '' else new}"


_CHANGES: Final[Mapping[str, Callable[[list[Any]], str]]] = {
    "contest.change_times": _say_moved,
    "contest.change_quotas": _say_cell,
    "contest.change_awards": _say_award,
    "unit.change": _say_cell,
}
