"""The fixed reasons for sending a work back."""

import pytest

from review_app.domain.errors import Invalid
from review_app.domain.return_reasons import RETURN_REASONS, check_reasons


def test_the_codes_run_from_r01_to_r14() -> None:
    assert list(RETURN_REASONS) == [f"R{number:02d}" for number in range(1, 15)]
    assert all(code == reason.code for code, reason in RETURN_REASONS.items())
    assert RETURN_REASONS["R12"].name_zh == "修订或批注未清理"


def test_chosen_codes_come_back_once_and_in_order() -> None:
    assert check_reasons(["R12", "R02", "R12"], "") == ("R02", "R12")
    assert check_reasons(["R14"], "标题与正文不一致") == ("R14",)


@pytest.mark.parametrize(
    ("codes", "note", "field"), [([], "说明", "codes"), (["R15"], "", "codes"), (["R02", "R14"], " 　", "note")]
)
def test_no_code_an_unknown_code_and_a_bare_other_are_refused(codes: list[str], note: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_reasons(codes, note)
    assert caught.value.field == field
