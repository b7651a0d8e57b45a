"""The query language: what each form means, where errors point, and that nothing else ever comes out."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_app.domain.calendar import CHINA
from review_app.domain.folding import fold_text, fold_width
from review_app.domain.query_parser import QueryError, parse_query
from review_app.domain.search_terms import (
    And,
    Match,
    Node,
    Not,
    Or,
    Query,
    Range,
    Similar,
    Word,
    drop_condition,
    list_conditions,
    list_words,
    render_node,
    render_query,
)
from review_app.domain.search_words import (
    SEARCH_WORDS,
    SORTS,
    complete_search_word,
    find_search_word,
    list_search_words,
    list_sorts,
)


def parse(text: str) -> Node | None:
    return parse_query(text, audience="bureau").root


def phrase(text: str) -> Word:
    return Word(text, is_phrase=True)


def second(year: int, month: int, day: int) -> int:
    """The first second of a day in China."""
    return int(datetime(year, month, day, tzinfo=CHINA).timestamp())


MEANINGS = [
    ("", None),
    (" 　，", None),
    ("信访", Word("信访")),
    ("信访*", Word("信访", is_prefix=True)),
    ("河长 环保", And((Word("河长"), Word("环保")))),
    ("河长，环保；调解", And((Word("河长"), Word("环保"), Word("调解")))),
    ("河长 且 环保", And((Word("河长"), Word("环保")))),
    ("河长 AND 环保", And((Word("河长"), Word("环保")))),
    ("信访 或 调解", Or((Word("信访"), Word("调解")))),
    ("信访|调解", Or((Word("信访"), Word("调解")))),
    ("信访或调解", Word("信访或调解")),
    ("甲 乙 或 丙", Or((And((Word("甲"), Word("乙"))), Word("丙")))),
    ("甲 （乙 ＯＲ 丙）", And((Word("甲"), Or((Word("乙"), Word("丙")))))),
    ("-拆迁", Not(Word("拆迁"))),
    ("－“强制 拆迁”", Not(phrase("强制 拆迁"))),
    ("甲 非 乙", And((Word("甲"), Not(Word("乙"))))),
    ("-(甲 乙)", Not(And((Word("甲"), Word("乙"))))),
    ("COVID-19", Word("COVID-19")),
    ("12:30", Word("12:30")),
    ("“枫桥经验”", phrase("枫桥经验")),
    ("《门前那条小河》", phrase("门前那条小河")),
    ('「甲"乙」', phrase('甲"乙')),
    ("学习《条例》", And((Word("学习"), phrase("条例")))),
    ("题目:小河", Match("title", (Word("小河"),))),
    ('TITLE:"小 河"', Match("title", (phrase("小 河"),))),
    ("单位：城关*", Match("unit", (Word("城关", is_prefix=True),))),
    ("单位=城关镇", Match("unit", (Word("城关镇"),), is_exact=True)),
    ("标签:老旧小区，物业、“停 车”", Match("tag", (Word("老旧小区"), Word("物业"), phrase("停 车")))),
    ("分数>85", Range("score", 851, None, ">85")),
    ("分数＞＝85.5", Range("score", 855, None, ">=85.5")),
    ("分数≥85.55", Range("score", 856, None, ">=85.55")),
    ("分：＜85.55", Range("score", None, 855, "<85.55")),
    ("得分<85", Range("score", None, 849, "<85")),
    ("分数≤85", Range("score", None, 850, "<=85")),
    ("字数=1500", Range("words", 1500, 1500, "1500")),
    ("字数<1500.5", Range("words", None, 1500, "<1500.5")),
    ("年份:2023..2025", Range("year", 2023, 2025, "2023..2025")),
    ("年份：2023-2025", Range("year", 2023, 2025, "2023..2025")),
    ("年度:2023至2025", Range("year", 2023, 2025, "2023..2025")),
    ("year:2023..", Range("year", 2023, None, "2023..")),
    ("年份:..2025", Range("year", None, 2025, "..2025")),
    ("分数>85，字数<1500", And((Range("score", 851, None, ">85"), Range("words", None, 1499, "<1500")))),
    ("编号:2025-0031", Match("number", (Word("2025-0031"),))),
    ("相似：2025-0031", Similar("2025-0031")),
    ("similar:“037 号”", Similar("037 号")),
    ("积案 -相似:2025-0031", And((Word("积案"), Not(Similar("2025-0031"))))),
    ("提交:2020-12-15", Range("time", second(2020, 12, 15), second(2020, 12, 16) - 1, "2020-12-15")),
    ("提交：2020/2", Range("time", second(2020, 2, 1), second(2020, 3, 1) - 1, "2020/2")),
    ("提交=2020年12月", Range("time", second(2020, 12, 1), second(2021, 1, 1) - 1, "2020年12月")),
    ("提交时间>=2020.12.01", Range("time", second(2020, 12, 1), None, ">=2020.12.01")),
    ("提交>2020", Range("time", second(2021, 1, 1), None, ">2020")),
    ("提交＜2020-06", Range("time", None, second(2020, 6, 1) - 1, "<2020-06")),
    ("time<=2020-06", Range("time", None, second(2020, 7, 1) - 1, "<=2020-06")),
    (
        "提交:2020-06..2020-12-15",
        Range("time", second(2020, 6, 1), second(2020, 12, 16) - 1, "2020-06..2020-12-15"),
    ),
    ("提交:2020年6月至2020年8月", Range("time", second(2020, 6, 1), second(2020, 9, 1) - 1, "2020年6月..2020年8月")),
    ("提交:..2020", Range("time", None, second(2021, 1, 1) - 1, "..2020")),
    ("标记:存疑，隐私", Match("mark", (Word("存疑"), Word("隐私")))),
    ("單位:城關 標籤:物業", And((Match("unit", (Word("城關"),)), Match("tag", (Word("物業"),))))),
]


@pytest.mark.parametrize(("text", "tree"), MEANINGS)
def test_each_form_has_its_tree(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(("text", "tree"), MEANINGS)
def test_rendered_query_parses_to_the_same_tree(text: str, tree: Node | None) -> None:
    assert parse(render_query(Query("bureau", tree))) == tree


FAULTS = [
    ("((", 1, 1),
    ("(甲", 0, 1),
    ("甲)", 1, 1),
    ("()", 1, 1),
    ('"', 0, 1),
    ('甲 "乙', 2, 1),
    ('""', 0, 2),
    ("“　”", 0, 3),
    ("-", 0, 1),
    ("甲 -", 2, 1),
    ("甲 - 乙", 2, 1),
    ("--甲", 0, 1),
    ("非 -甲", 0, 1),
    ("*", 0, 1),
    ("信*访", 1, 1),
    ("或", 0, 1),
    ("甲 或", 2, 1),
    ("或 甲", 0, 1),
    ("且 甲", 0, 1),
    ("unit:", 0, 5),
    ("单位:,", 0, 3),
    ("a:b:c", 0, 1),
    ("单位>5", 2, 1),
    ("分数:高", 0, 3),
    ("分数>85高", 0, 3),
    ("年份:2025..2023", 3, 10),
    ("年份:..", 0, 3),
    ("甲 >85", 2, 1),
    ("相似:", 0, 3),
    ("相似:2025*", 0, 8),
    ("相似>5", 2, 1),
    ("提交:昨天", 0, 3),
    ("提交:2020-13", 3, 7),
    ("提交:2020..2021-02-29", 9, 10),
    ("提交:2021..2020", 3, 10),
    ("提交:2020-06-", 0, 3),
    ("单位顺序:1", 0, 4),
    ("<script>", 0, 1),
    ("(" * 9 + "甲" + ")" * 9, 8, 1),
    ("甲" * 301, 300, 1),
    ("甲 " * 25, 48, 1),
]


@pytest.mark.parametrize(("text", "position", "length"), FAULTS)
def test_fault_is_pointed_at(text: str, position: int, length: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.length, caught.value.field) == (position, length, "q")


ALPHABET = st.one_of(
    st.sampled_from(
        '信访调解或且非题目单位分数年份标签提交相似月()（）"“”「」『』《》-－:：=<>≥.．*，、,|;！ 　019aORNTD\n'
    ),
    st.characters(),
)


@settings(max_examples=10_000, deadline=None)
@given(text=st.text(ALPHABET, max_size=60), audience=st.sampled_from(["bureau", "unit", "reviewer"]))
def test_any_text_gives_a_tree_or_a_query_error_and_trees_survive_rendering(text, audience) -> None:
    try:
        query = parse_query(text, audience=audience)
    except QueryError as error:
        fault = error
    else:
        fault = None
        assert parse_query(render_query(query), audience=audience) == query
        for position in range(len(list_conditions(query))):
            dropped = drop_condition(query, position)
            assert parse_query(render_query(dropped), audience=audience) == dropped
    if fault:
        assert 0 <= fault.position < len(text)
        assert fault.length >= 1
        assert str(fault)


@pytest.mark.parametrize(
    "field",
    ["单位", "unit", "作者", "author", "奖项", "award", "分数", "score", "状态", "年份", "提交", "标记", "單位"],
)
def test_reviewer_may_not_search_by_identity_or_result(field: str) -> None:
    with pytest.raises(QueryError, match="评审期间不能按") as caught:
        parse_query(f"甲 {field}:丙", audience="reviewer")
    assert (caught.value.position, caught.value.length) == (2, len(field))


def test_unit_may_not_search_by_result_before_it_is_published() -> None:
    for field in ("分数", "奖项", "状态", "标签", "标记"):
        with pytest.raises(QueryError, match="这里不能按"):
            parse_query(f"{field}:1", audience="unit")


def test_unknown_word_error_names_only_words_of_the_audience() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("记者:张三", audience="reviewer")
    assert (
        str(caught.value)
        == "没有“记者”这个检索项，可用的有：题目、标签、字数、体裁、编号、相似；要按字面查找，请加引号。"
    )


def test_conditions_are_listed_rendered_and_dropped() -> None:
    query = parse_query("河长 (环保 或 治水) -抄袭", audience="bureau")
    assert [render_node(node) for node in list_conditions(query)] == ["河长", "环保 或 治水", "-抄袭"]
    assert render_query(drop_condition(query, 0)) == "(环保 或 治水) -抄袭"
    assert render_query(drop_condition(drop_condition(query, 0), 1)) == "环保 或 治水"
    assert drop_condition(parse_query("河长", audience="bureau"), 0) == Query("bureau", None)


def test_highlight_words_leave_out_exclusions_and_other_fields() -> None:
    query = parse_query('河长 "环保 督察" -抄袭 题目:小河 单位:城关 (河长 或 治水)', audience="bureau")
    assert list_words(query) == ("河长", "环保 督察", "治水")
    assert list_words(query, field="title") == ("河长", "环保 督察", "小河", "治水")


def test_every_search_word_parses_by_its_example_and_all_its_names() -> None:
    for word in SEARCH_WORDS:
        if word.is_typed:
            node = parse(word.example)
            assert isinstance(node, Match | Range | Similar)
            assert isinstance(node, Similar) or node.field == word.name
        assert word.help
        for name in (word.name, word.name.upper(), *word.chinese_names):
            assert find_search_word(name) is word
    spellings = [name for word in SEARCH_WORDS for name in (word.name, *word.chinese_names)]
    assert len(spellings) == len(set(spellings))


def test_completion_offers_only_words_of_the_audience() -> None:
    assert [word.name for word in complete_search_word("分", audience="bureau")] == ["score"]
    assert complete_search_word("分", audience="reviewer") == ()
    assert [word.name for word in complete_search_word("T", audience="reviewer")] == ["title", "tag"]
    assert complete_search_word("", audience="bureau") == ()
    assert [word.name for word in list_search_words("reviewer")] == [
        "title",
        "tag",
        "words",
        "genre",
        "number",
        "similar",
    ]


def test_orders_are_those_of_the_audience_and_each_has_its_word() -> None:
    assert list_sorts("bureau") == tuple(SORTS) == ("relevance", "-score", "-time", "order", "-words", "number")
    assert list_sorts("unit") == ("relevance", "-time", "-words", "number")
    assert list_sorts("reviewer") == ("relevance", "-words", "number")


def test_folding_keeps_every_length_and_works_character_by_character() -> None:
    for code in range(0x110000):
        assert len(fold_text(chr(code))) == len(fold_width(chr(code))) == 1
    for text in ("ΑΣ ΣΑ", "İstanbul", "Ａb１２　“枫桥”\n⽂"):
        assert fold_text(text) == "".join(map(fold_text, text))


def test_folding_joins_the_forms_people_type() -> None:
    assert fold_text("ＡＢＣ１２３，（“”　⽂①") == 'abc123,("" 文1'
    assert fold_text("\ud800").encode() == "\ufffd".encode()
    assert fold_width("Ａb") == "Ab"
    assert all(unicodedata.normalize("NFKC", mark) == fold_width(mark) for mark in "！＃ｚ（）：＞")
