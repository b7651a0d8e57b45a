"""Codes of the lower layers in the reader's words."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from compile.reading.types import DROPPED_KINDS
from review_app.domain.errors import N_
from review_app.domain.return_reasons import RETURN_REASONS
from review_app.web.page import in_language

_OTHER_DROPPED: Final = N_("其他内容未读入")


def name_reason(code: str) -> str:
    """A reason for a return, with its code."""
    reason = RETURN_REASONS.get(code)
    return f"{code} {in_language(reason.name_zh, reason.name_en)}" if reason else code


def name_dropped(kind: str) -> str:
    """What the reader left out or changed, in words."""
    return _(DROPPED_KINDS.get(kind, _OTHER_DROPPED))
