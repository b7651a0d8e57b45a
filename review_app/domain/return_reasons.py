"""Why a work is sent back to its unit: the fixed codes R01 to R14."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from review_app.domain.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """A code with its Chinese and English text."""

    code: str
    name_zh: str
    name_en: str


RETURN_REASONS: Final[Mapping[str, ReturnReason]] = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            ReturnReason("R01", "主题不符", "Off topic"),
            ReturnReason("R02", "字数不符", "Length out of bounds"),
            ReturnReason("R03", "缺作者或单位信息", "Author or unit missing"),
            ReturnReason("R04", "附件打不开", "Attachment cannot be opened"),
            ReturnReason("R05", "疑似抄袭或重复", "Possibly copied or sent twice"),
            ReturnReason("R06", "含个人隐私", "Contains personal data"),
            ReturnReason("R07", "疑似涉密", "Possibly confidential"),
            ReturnReason("R08", "政治表述或错别字", "Political wording or misprints"),
            ReturnReason("R09", "缺单位审核意见", "Unit's approval missing"),
            ReturnReason("R10", "照片不合要求", "Photos not as required"),
            ReturnReason("R11", "事实需核实", "Facts to be verified"),
            ReturnReason("R12", "修订或批注未清理", "Tracked changes or comments left in"),
            ReturnReason("R13", "已公开发表", "Already published"),
            ReturnReason("R14", "其他", "Other"),
        )
    }
)

OTHER: Final = "R14"


def check_reasons(codes: Iterable[str], note: str) -> tuple[str, ...]:
    """The codes, each once and in order; raises Invalid when there is none or an unknown one, and when R14 (其他)
    comes without a note that says what it is."""
    chosen = tuple(sorted(set(codes)))
    if not chosen:
        raise Invalid(N_("请至少选择一条退回原因。"), "codes")
    if not RETURN_REASONS.keys() >= set(chosen):
        raise Invalid(N_("没有这个退回原因，请刷新页面后重选。"), "codes")
    if OTHER in chosen and not note.strip():
        raise Invalid(N_("选择“其他”时，请写明退回原因。"), "note")
    return chosen
