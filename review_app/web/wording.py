"""Codes of the lower layers in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from compile.checks import Finding
from compile.reading.types import DROPPED_KINDS
from review_app.domain.errors import N_
from review_app.domain.return_reasons import RETURN_REASONS
from review_app.web.page import in_language

# Where the readers and the checks say something stood.
_PLACES: Final = frozenset(
    {
        N_("文首"), N_("题目"), N_("题目下方"), N_("正文"), N_("文末"), N_("页眉"), N_("页脚"),
        N_("表格"), N_("脚注"), N_("批注"),
    }
)  # fmt: skip
_NUMBERED_PLACES: Final = frozenset(
    {N_("第 %(number)s 段"), N_("正文第 %(number)s 段"), N_("图 %(number)s"), N_("另有 %(number)s 处")}
)
_OTHER_DROPPED: Final = N_("其他内容未读入")


@dataclass(frozen=True, slots=True)
class FindingText:
    """A finding in words. `level` is "must", "should" or "note"; `block` is the block of the preview it stands at, None
    where it stands at none; `reason` is the code for which the bureau would return the work."""

    level: str
    place: str
    block: int | None
    message: str
    remedy: str
    reason: str


def say_findings(findings: Iterable[Finding]) -> tuple[FindingText, ...]:
    """Findings in the reader's language."""
    return tuple(
        FindingText(
            level=finding.kind.level,
            place=name_place(finding.place),
            block=finding.block,
            message=_(finding.kind.message) % finding.facts,
            remedy=_(finding.kind.remedy) % finding.facts,
            reason=finding.kind.reason,
        )
        for finding in findings
    )


def name_reason(code: str) -> str:
    """A reason for a return, with its code."""
    reason = RETURN_REASONS.get(code)
    return f"{code} {in_language(reason.name_zh, reason.name_en)}" if reason else code


def name_dropped(kind: str) -> str:
    """What the reader left out or changed, in words."""
    return _(DROPPED_KINDS.get(kind, _OTHER_DROPPED))


def name_place(place: str) -> str:
    """Where in the file it stood, in words; a file name inside the package stays as it is."""
    if place in _PLACES:
        return _(place)
    number = "".join(filter(str.isdecimal, place))
    numbered = place.replace(number, "%(number)s", 1)
    return _(numbered, number=number) if numbered in _NUMBERED_PLACES else place
