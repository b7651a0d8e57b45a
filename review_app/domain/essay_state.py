"""The states of an essay and the one table of steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from review_app.domain.errors import N_, Conflict


class EssayState(StrEnum):
    """Where an essay stands between its unit and the bureau."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"

    @property
    def label(self) -> str:
        """The Chinese name of the state, a msgid."""
        return _LABELS[self]


class EssayAct(StrEnum):
    """What a unit or the bureau may do to an essay."""

    EDIT = "edit"
    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ACCEPT = "accept"
    RETURN_FOR_REVISION = "return_for_revision"
    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"


_LABELS: Final[Mapping[EssayState, str]] = MappingProxyType(
    {
        EssayState.DRAFT: N_("草稿"),
        EssayState.SUBMITTED: N_("已提交"),
        EssayState.RETURNED: N_("退回修改"),
        EssayState.ACCEPTED: N_("合格"),
        EssayState.WITHDRAWN: N_("已撤回"),
        EssayState.DISQUALIFIED: N_("取消资格"),
    }
)

# act → {from state: to state}. Who may act stands in the permission table, until when in contest_phase.
TRANSITIONS: Final[Mapping[EssayAct, Mapping[EssayState, EssayState]]] = MappingProxyType(
    {
        # The unit, or the bureau on its behalf, while works are taken in; a returned work until its correction is due.
        EssayAct.EDIT: {
            EssayState.DRAFT: EssayState.DRAFT,
            EssayState.SUBMITTED: EssayState.SUBMITTED,
            EssayState.RETURNED: EssayState.RETURNED,
        },
        EssayAct.SUBMIT: {EssayState.DRAFT: EssayState.SUBMITTED},
        EssayAct.RESUBMIT: {EssayState.RETURNED: EssayState.SUBMITTED},
        # A draft that is given up is withdrawn too: nothing is ever deleted.
        EssayAct.WITHDRAW: {
            EssayState.DRAFT: EssayState.WITHDRAWN,
            EssayState.SUBMITTED: EssayState.WITHDRAWN,
            EssayState.RETURNED: EssayState.WITHDRAWN,
        },
        EssayAct.REOPEN: {EssayState.WITHDRAWN: EssayState.DRAFT},
        # The bureau, from the first submission until the awards stand.
        EssayAct.ACCEPT: {EssayState.SUBMITTED: EssayState.ACCEPTED},
        EssayAct.RETURN_FOR_REVISION: {
            EssayState.SUBMITTED: EssayState.RETURNED,
            EssayState.ACCEPTED: EssayState.RETURNED,
        },
        # The bureau for an invalid work (off topic, sent twice), the chief reviewer when a veto is confirmed.
        EssayAct.DISQUALIFY: {
            EssayState.SUBMITTED: EssayState.DISQUALIFIED,
            EssayState.RETURNED: EssayState.DISQUALIFIED,
            EssayState.ACCEPTED: EssayState.DISQUALIFIED,
        },
        EssayAct.REINSTATE: {EssayState.DISQUALIFIED: EssayState.ACCEPTED},
    }
)

_WHAT_NOW: Final[Mapping[EssayState, str]] = MappingProxyType(
    {
        EssayState.DRAFT: N_("作品还是草稿，报送单位提交以后才能办理这一步。"),
        EssayState.SUBMITTED: N_("作品已经提交，正在等候形式审查，不能办理这一步；请刷新页面查看最新状态。"),
        EssayState.RETURNED: N_("作品已退回修改，请等报送单位修改并重新提交。"),
        EssayState.ACCEPTED: N_("作品已通过形式审查；如需改动，请先由信访局退回修改。"),
        EssayState.WITHDRAWN: N_("作品已撤回；如需继续参评，请先恢复为草稿再提交。"),
        EssayState.DISQUALIFIED: N_("作品已被取消参评资格；如有异议，请由信访局核实后恢复。"),
    }
)


def next_state(state: EssayState, act: EssayAct) -> EssayState:
    """The state after the act; raises Conflict, saying what can be done instead, where the state does not allow it."""
    target = TRANSITIONS[act].get(state)
    if target is None:
        raise Conflict(_WHAT_NOW[state])
    return target


def allowed_acts(state: EssayState) -> tuple[EssayAct, ...]:
    """The acts the state allows, in the order of the table."""
    return tuple(act for act, steps in TRANSITIONS.items() if state in steps)
