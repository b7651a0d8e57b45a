"""Codes of the lower layers in the reader's words."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from compile.reading.types import DROPPED_KINDS
from review_app.domain.errors import N_
from review_app.domain.return_reasons import RETURN_REASONS
from review_app.web.page import in_language

# Where the readers say something stood; "第 3 段" stands beside these.
_PLACES: Final = frozenset(
    {
        N_("文首"), N_("题目"), N_("题目下方"), N_("正文"), N_("文末"), N_("页眉"), N_("页脚"),
        N_("表格"), N_("脚注"), N_("批注"),
    }
)  # fmt: skip
_MORE: Final = N_("另有 %(number)s 处")
_OTHER_DROPPED: Final = N_("其他内容未读入")


def name_reason(code: str) -> str:
    """A reason for a return, with its code."""
    reason = RETURN_REASONS.get(code)
    return f"{code} {in_language(reason.name_zh, reason.name_en)}" if reason else code


def name_dropped(kind: str) -> str:
    """What the reader left out or changed, in words."""
    return _(DROPPED_KINDS.get(kind, _OTHER_DROPPED))


def name_place(place: str) -> str:
    """Where in the file it stood, in words; a file name inside the package stays as it is."""
    number = "".join(filter(str.isdecimal, place))
    if place in _PLACES:
        return _(place)
    if place == _MORE % {"number": number}:
        return _(_MORE, number=number)
    return _("第 %(number)s 段", number=number) if place == f"第 {number} 段" else place
