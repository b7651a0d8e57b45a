"""The draft of a case sheet from headings and good passages, and a passage put into a section."""

from __future__ import annotations

import pytest

from review_app.domain.case_sheets import CaseLine, CaseTexts, draft_case, list_paragraphs, put_passage


def lines(*texts: str) -> list[CaseLine]:
    """Lines of a work; those in “# …” are headings."""
    return [CaseLine(text.removeprefix("# "), text.startswith("# ")) for text in texts]


def test_headings_that_name_a_section_give_its_text() -> None:
    work = lines(
        "引子。", "# 一、基本情况", "老陈走访十一次。", "# 二、主要做法", "查档案。", "请老支书。", "# 三、取得的成效", "不再走访。",
        "# 四、几点启示", "走到现场去。", "# 附记", "与案例无关。",
    )  # fmt: skip
    assert draft_case(work, ["划出的一句。"]) == CaseTexts(
        cause="老陈走访十一次。", measures="查档案。\n请老支书。", results="不再走访。", lessons="走到现场去。"
    )


def test_without_such_headings_the_ends_of_the_work_and_the_good_passages_are_taken() -> None:
    work = lines("# 第一日", "雨下到第九天。", "装沙袋。", "他说还是走访好。")
    assert draft_case(work, ["装沙袋。", "递姜汤。"]) == CaseTexts(
        cause="雨下到第九天。", measures="装沙袋。\n递姜汤。", lessons="他说还是走访好。"
    )


@pytest.mark.parametrize(
    ("work", "expected"),
    [((), CaseTexts()), (("# 启示",), CaseTexts()), (("只有一段。",), CaseTexts(cause="只有一段。"))],
)
def test_a_work_that_says_little_gives_an_emptier_draft(work: tuple[str, ...], expected: CaseTexts) -> None:
    assert draft_case(lines(*work), []) == expected


def test_a_section_is_cut_to_whole_sentences_that_fit() -> None:
    sentence = "他把热茶递到老人手中，听他从头说起。"
    draft = draft_case(lines(sentence * 20, "末段。"), [])
    assert draft.cause == sentence * (80 // len(sentence))
    long = "长" * 300 + "。"
    assert draft_case(lines(long + sentence, "末段。"), []).cause == long


def test_a_passage_is_put_into_a_section_once() -> None:
    texts = put_passage(CaseTexts(results="签了字。\n"), "results", "不再走访。")
    assert texts == CaseTexts(results="签了字。\n不再走访。")
    assert put_passage(texts, "results", "不再走访。") == texts
    assert put_passage(texts, "lessons", "走访。").lessons == "走访。"
    assert list_paragraphs(" 一 \n\n二\n") == ("一", "二")
