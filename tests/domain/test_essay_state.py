"""The table of steps, read as a person would: which act is possible when, and what a refusal says."""

import pytest

from review_app.domain.errors import Conflict
from review_app.domain.essay_state import TRANSITIONS, EssayAct, EssayState, allowed_acts, next_state

ALLOWED = {
    EssayState.DRAFT: {"edit", "submit", "withdraw"},
    EssayState.SUBMITTED: {"edit", "withdraw", "accept", "return_for_revision", "disqualify"},
    EssayState.RETURNED: {"edit", "resubmit", "withdraw", "disqualify"},
    EssayState.ACCEPTED: {"return_for_revision", "disqualify"},
    EssayState.WITHDRAWN: {"reopen"},
    EssayState.DISQUALIFIED: {"reinstate"},
}


@pytest.mark.parametrize("state", EssayState)
def test_each_state_allows_exactly_its_acts_and_refuses_all_others(state: EssayState) -> None:
    assert set(allowed_acts(state)) == ALLOWED[state]
    for act in EssayAct:
        if act in ALLOWED[state]:
            assert next_state(state, act) in EssayState
        else:
            with pytest.raises(Conflict, match=r"作品.+。$"):
                next_state(state, act)


def test_a_work_goes_through_return_and_correction_to_acceptance() -> None:
    state = EssayState.DRAFT
    seen = [state]
    for act in (
        EssayAct.EDIT,
        EssayAct.SUBMIT,
        EssayAct.RETURN_FOR_REVISION,
        EssayAct.EDIT,
        EssayAct.RESUBMIT,
        EssayAct.ACCEPT,
    ):
        state = next_state(state, act)
        seen.append(state)
    assert seen == ["draft", "draft", "submitted", "returned", "returned", "submitted", "accepted"]


def test_a_withdrawn_work_must_become_a_draft_before_it_is_sent_again() -> None:
    assert next_state(EssayState.WITHDRAWN, EssayAct.REOPEN) is EssayState.DRAFT
    with pytest.raises(Conflict, match="先恢复为草稿"):
        next_state(EssayState.WITHDRAWN, EssayAct.SUBMIT)


def test_an_accepted_work_cannot_be_changed_by_its_unit() -> None:
    for act in (EssayAct.EDIT, EssayAct.WITHDRAW):
        with pytest.raises(Conflict, match="先由信访局退回修改"):
            next_state(EssayState.ACCEPTED, act)


def test_the_table_names_every_act_and_every_state_can_be_left() -> None:
    assert set(TRANSITIONS) == set(EssayAct)
    for state in EssayState:
        assert any(next_state(state, act) is not state for act in allowed_acts(state))
    assert len({state.label for state in EssayState}) == len(EssayState)
