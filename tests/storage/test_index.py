"""What a search finds: every substring, exact totals and counts, nothing outside the scope."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from review_app.domain.errors import Invalid
from review_app.domain.folding import fold_text
from review_app.domain.query_parser import parse_query
from review_app.domain.search_terms import And, Query, Similar, Word
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import (
    EVERYTHING,
    BureauEntry,
    Change,
    IndexStatus,
    ReviewerEntry,
    SearchBackend,
    SearchPage,
    SearchScope,
)

UNITS = ["城关镇", "浦口镇", "临河乡", "开发区"]
TAGS = ["老旧小区", "物业管理", "枫桥经验", "四下基层"]
GENRES = ["通讯", "事迹", "案例"]
AWARDS = ["一等奖", "二等奖", ""]


def make_text(rng: random.Random, length: int) -> str:
    """Text over few characters, so that neighbours repeat and a pair of pairs does not yet make a word."""
    return "".join(rng.choices("信访局人民调解小河长制度AB12，。\n", k=length))


def make_entry(essay_id: int, rng: random.Random) -> BureauEntry:
    unit_id = rng.randrange(len(UNITS))
    return BureauEntry(
        essay_id=essay_id,
        number=f"2025-{essay_id:04d}",
        title=make_text(rng, 8),
        body=make_text(rng, rng.randint(0, 120)),
        words=rng.randint(800, 2000),
        unit=UNITS[unit_id],
        unit_id=unit_id,
        author=rng.choice(["李青禾", "周砚秋", "吴小满"]),
        genre=rng.choice(GENRES),
        tags=tuple(rng.sample(TAGS, rng.randint(0, 3))),
        award=rng.choice(AWARDS),
        year=rng.choice([2023, 2024, 2025, None]),
        score_tenths=rng.choice([None, *range(600, 1000, 5)]),
        state=rng.choice(["已受理", "退回修改"]),
    )


def make_reviewer_entry(entry: BureauEntry) -> ReviewerEntry:
    return ReviewerEntry(
        entry.essay_id, f"K{entry.essay_id * 7919 % 997:03d}", entry.title, entry.body, entry.words, entry.genre
    )


ENTRIES = tuple(make_entry(essay_id, random.Random(essay_id)) for essay_id in range(1, 161))


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """Entries in several segments, with replaced and deleted ones among them."""
    index = SearchIndex(tmp_path_factory.mktemp("bureau"), audience="bureau", epoch="e1")
    rng = random.Random(5)
    older = [replace(entry, body=entry.body + "调解调解") for entry in ENTRIES[::3]]
    gone = [make_entry(1000 + number, rng) for number in range(20)]
    index.rebuild([*older, *gone], last_change_id=0)
    changes = [Change(number, entry.essay_id, entry) for number, entry in enumerate(ENTRIES, start=1)]
    index.apply(changes[:90])
    index.apply(changes[90:])
    index.apply([Change(500, entry.essay_id, None) for entry in gone])
    return index


@pytest.fixture(scope="module")
def reviewer(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex(tmp_path_factory.mktemp("reviewer"), audience="reviewer", epoch="e1")
    index.rebuild(map(make_reviewer_entry, ENTRIES), last_change_id=160)
    return index


def ids(index: SearchIndex, text: str, scope: SearchScope = EVERYTHING, **options) -> list[int]:
    return list(index.list_ids(parse_query(text, audience="bureau"), scope=scope, **options))


def search(index: SearchIndex, text: str, scope: SearchScope = EVERYTHING, **options) -> SearchPage:
    return index.search(parse_query(text, audience="bureau"), scope=scope, **options)


def where(condition) -> list[int]:
    return [entry.essay_id for entry in ENTRIES if condition(entry)]


def holding(word: str) -> set[int]:
    wanted = fold_text(word)
    return set(where(lambda entry: wanted in fold_text(entry.title) or wanted in fold_text(entry.body)))


def test_every_substring_of_one_to_six_characters_is_found_exactly(bureau: SearchIndex) -> None:
    backend: SearchBackend = bureau
    rng = random.Random(11)
    for _ in range(400):
        body = rng.choice([entry.body for entry in ENTRIES if len(entry.body) > 6])
        start = rng.randrange(len(body) - 6)
        word = body[start : start + rng.randint(1, 6)]
        query = Query("bureau", Word(word, is_phrase=True))
        assert set(backend.list_ids(query, scope=EVERYTHING)) == holding(word), word
        assert backend.search(query, scope=EVERYTHING, page_size=100).total == len(holding(word))


def test_scoped_search_gives_what_the_whole_search_gives_within_the_scope(bureau: SearchIndex) -> None:
    rng = random.Random(12)
    scope = SearchScope(essay_ids=frozenset(rng.sample(range(1, 161), 40)) | {9999})
    for text in ("信", "信访", "调解小", "信访 -民", "人民 或 调解", "题目:信", "字数<1200 民", '"1"'):
        assert set(ids(bureau, text, scope)) == set(ids(bureau, text)) & set(scope.essay_ids or ())


def test_words_combine_as_they_are_written(bureau: SearchIndex) -> None:
    xin, min_, jie = holding("信访"), holding("人民"), holding("调解")
    assert min(len(xin), len(min_), len(jie)) > 0
    assert set(ids(bureau, "信访 人民")) == xin & min_
    assert set(ids(bureau, "信访 或 人民")) == xin | min_
    assert set(ids(bureau, "信访 -人民")) == xin - min_
    assert set(ids(bureau, "-信访")) == set(where(lambda _: True)) - xin
    assert set(ids(bureau, "调解 (信访 或 -人民)")) == jie & (xin | (set(range(1, 161)) - min_))
    assert set(ids(bureau, "信访*")) == xin
    assert ids(bureau, "") == list(range(1, 161))
    assert ids(bureau, "没有这几个字") == []


def test_width_and_case_do_not_matter(bureau: SearchIndex) -> None:
    assert ids(bureau, '"ab"') == ids(bureau, "“ＡＢ”") == sorted(holding("AB"))
    assert holding("AB")


def test_no_word_reaches_from_the_title_into_the_body(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    index.rebuild([replace(ENTRIES[0], title="河长", body="制度")], last_change_id=0)
    assert ids(index, "河长 制度") == [1]
    assert ids(index, "长制") == ids(index, '"河长 制度"') == ids(index, '"长 制"') == []


FIELD_CASES = [
    ("题目:信访", lambda e: "信访" in e.title),
    ("单位:城关", lambda e: e.unit == "城关镇"),
    ("单位:镇", lambda e: e.unit.endswith("镇")),
    ("单位:镇*", lambda e: False),
    ("单位:浦*", lambda e: e.unit == "浦口镇"),
    ("单位=浦口", lambda e: False),
    ("单位=浦口镇", lambda e: e.unit == "浦口镇"),
    ("单位:浦口,临河", lambda e: e.unit in ("浦口镇", "临河乡")),
    ("作者:青禾", lambda e: e.author == "李青禾"),
    ("标签:物业,枫桥", lambda e: {"物业管理", "枫桥经验"} & set(e.tags)),
    ("标签:物业 标签:枫桥", lambda e: {"物业管理", "枫桥经验"} <= set(e.tags)),
    ("-标签:物业", lambda e: "物业管理" not in e.tags),
    ("奖项:一等奖", lambda e: e.award == "一等奖"),
    ("体裁:案例", lambda e: e.genre == "案例"),
    ("状态:退回", lambda e: e.state == "退回修改"),
    ("编号:2025-0031", lambda e: e.essay_id == 31),
    ("年份:2024", lambda e: e.year == 2024),
    ("年份:2023..2024", lambda e: e.year in (2023, 2024)),
    ("年份:2024..", lambda e: e.year in (2024, 2025)),
    ("分数>85", lambda e: e.score_tenths is not None and e.score_tenths > 850),
    ("分数>=85.5", lambda e: e.score_tenths is not None and e.score_tenths >= 855),
    ("-分数>85", lambda e: e.score_tenths is None or e.score_tenths <= 850),
    ("字数<1500 单位:城关", lambda e: e.words < 1500 and e.unit == "城关镇"),
]


@pytest.mark.parametrize(("text", "condition"), FIELD_CASES, ids=[text for text, _ in FIELD_CASES])
def test_field_matches_what_a_plain_comparison_matches(bureau: SearchIndex, text: str, condition) -> None:
    assert ids(bureau, text) == where(condition)


def test_facets_and_total_equal_a_plain_count(bureau: SearchIndex) -> None:
    page = search(bureau, "信访 或 单位:城关", facets=["unit", "year", "tag", "award"], page_size=5)
    found = [entry for entry in ENTRIES if entry.essay_id in holding("信访") or entry.unit == "城关镇"]
    assert page.total == len(found) > 5
    assert len(page.hits) == 5
    assert page.facets == {
        "unit": Counter(entry.unit for entry in found),
        "year": Counter(entry.year for entry in found if entry.year),
        "tag": Counter(tag for entry in found for tag in entry.tags),
        "award": Counter(entry.award for entry in found if entry.award),
    }
    assert list(page.facets["unit"].values()) == sorted(page.facets["unit"].values(), reverse=True)


def test_filters_are_exact_any_within_a_facet_all_across(bureau: SearchIndex) -> None:
    filters = {"unit": ["浦口镇", "临河乡"], "year": [2024], "tag": ["物业管理"]}
    assert ids(bureau, "", filters=filters) == where(
        lambda e: e.unit in ("浦口镇", "临河乡") and e.year == 2024 and "物业管理" in e.tags
    )
    assert ids(bureau, "", filters={"unit": ["浦口"]}) == []
    page = search(bureau, "", filters=filters, facets=["unit"])
    assert page.total == sum(page.facets["unit"].values()) == len(ids(bureau, "", filters=filters))


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("words", lambda e: (e.words, e.number)),
        ("-words", lambda e: (-e.words, e.number)),
        ("-score", lambda e: (e.score_tenths is None, -(e.score_tenths or 0), e.number)),
        ("score", lambda e: (e.score_tenths is None, e.score_tenths, e.number)),
        ("year", lambda e: (e.year is None, e.year, e.number)),
        ("-unit", lambda e: (-sorted(UNITS).index(e.unit), e.number)),
        ("number", lambda e: e.number),
    ],
)
def test_sorting_puts_missing_values_last_and_ties_by_number(bureau: SearchIndex, sort: str, key) -> None:
    expected = [entry.essay_id for entry in sorted(ENTRIES, key=key)]
    pages = [search(bureau, "", sort=sort, page=page, page_size=50) for page in (1, 2, 3, 4)]
    assert [hit.essay_id for page in pages for hit in page.hits] == expected
    assert [page.total for page in pages] == [160] * 4


def test_title_counts_more_than_body_and_frequent_more_than_rare(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    base = replace(ENTRIES[0], words=1000)
    index.rebuild(
        [
            replace(base, essay_id=1, number="1", title="无关", body="说到河长一次" + "。" * 50),
            replace(base, essay_id=2, number="2", title="无关", body="河长河长河长" + "。" * 50),
            replace(base, essay_id=3, number="3", title="门前的河长", body="另说一事" + "。" * 50),
            replace(base, essay_id=4, number="4", title="无关", body="没有" + "。" * 50),
        ],
        last_change_id=0,
    )
    assert [hit.essay_id for hit in search(index, "河长").hits] == [3, 2, 1]
    assert [hit.essay_id for hit in search(index, "字数>1").hits] == [1, 2, 3, 4]


def test_synonyms_are_found_and_count_half(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    base = replace(ENTRIES[0], title="无关")
    texts = ["干部下访", "干部接访", "干部走访", "没有"]
    index.rebuild(
        [replace(base, essay_id=n, number=str(n), body=text + "。" * 50) for n, text in enumerate(texts, start=1)],
        last_change_id=0,
    )
    query = Query("bureau", Word("接访", synonyms=("下访", "走访")))
    hits = index.search(query, scope=EVERYTHING).hits
    assert [hit.essay_id for hit in hits] == [2, 1, 3]
    assert hits[1].score == pytest.approx(hits[0].score / 2)
    light = index.search(Query("bureau", Word("接访", weight=0.3)), scope=EVERYTHING).hits
    assert light[0].score == pytest.approx(hits[0].score * 0.3)


def make_story(essay_id: int, topic: str, unit_id: int = 1) -> BureauEntry:
    """An essay of common letters around the words of its topic."""
    rng = random.Random(essay_id)
    body = "".join(rng.choice(["信访", "干部", "群众", "工作", topic[:2], topic[2:]]) for _ in range(80))
    return replace(ENTRIES[0], essay_id=essay_id, number=f"S-{essay_id:02d}", title="题", body=body, unit_id=unit_id)


STORIES = tuple(
    make_story(n, topic, unit_id=n % 2)
    for n, topic in enumerate(["水渠灌溉"] * 6 + ["物业电梯"] * 6 + ["学区搬迁"] * 6, start=1)
)


def find_similar(index: SearchIndex, number: str, scope: SearchScope = EVERYTHING, audience="bureau") -> list[int]:
    return sorted(index.list_ids(Query(audience, Similar(number)), scope=scope))


def test_similar_works_are_those_with_the_same_telling_words(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, audience="bureau", epoch="e1")
    index.rebuild(STORIES[:10], last_change_id=0)
    index.apply([Change(1, story.essay_id, story) for story in STORIES[10:]])
    assert find_similar(index, "S-02") == [1, 3, 4, 5, 6]
    assert find_similar(index, "s-09") == [7, 8, 10, 11, 12]
    assert find_similar(index, "S-99") == []
    page = index.search(Query("bureau", And((Similar("S-02"), Word("水渠")))), scope=EVERYTHING)
    assert (page.total, {hit.essay_id for hit in page.hits}) == (5, {1, 3, 4, 5, 6})


def test_similar_works_are_looked_for_and_weighed_within_the_scope_only(tmp_path: Path) -> None:
    scope = SearchScope(unit_id=1)
    found = []
    for name, stories in (("alone", [s for s in STORIES if s.unit_id == 1]), ("among", STORIES)):
        index = SearchIndex(tmp_path / name, audience="bureau", epoch="e1")
        index.rebuild(stories, last_change_id=0)
        assert find_similar(index, "S-02", scope, "unit") == []  # a work of another unit
        found.append(index.search(Query("unit", Similar("S-03")), scope=scope))
    assert found[0] == found[1]
    assert sorted(hit.essay_id for hit in found[0].hits) == [1, 5]


def test_unit_sees_counts_and_ranks_only_its_own(bureau: SearchIndex) -> None:
    scope = SearchScope(unit_id=2)
    own = where(lambda e: e.unit_id == 2)
    for text in ("", "信访", "信访 或 人民", "作者:李青禾", "-信访"):
        query = parse_query(text, audience="unit")
        page = bureau.search(query, scope=scope, facets=["year", "genre"], page_size=100)
        expected = sorted(set(ids(bureau, text)) & set(own))
        assert sorted(hit.essay_id for hit in page.hits) == list(bureau.list_ids(query, scope=scope)) == expected
        assert page.total == len(expected)
        assert page.facets["genre"] == Counter(e.genre for e in ENTRIES if e.essay_id in expected)


def test_order_and_scores_of_a_scoped_search_do_not_depend_on_essays_outside_it(tmp_path: Path) -> None:
    own = [entry for entry in ENTRIES if entry.unit_id == 2]
    others = [entry for entry in ENTRIES if entry.unit_id != 2]
    pages = []
    for name, entries in (("alone", own), ("among", [*others, *own])):
        index = SearchIndex(tmp_path / name, audience="bureau", epoch="e1")
        index.rebuild(entries, last_change_id=0)
        query = parse_query("信访 或 调解 或 人", audience="unit")
        pages.append(index.search(query, scope=SearchScope(unit_id=2), facets=["year"]))
    assert pages[0] == pages[1]
    assert pages[0].total > 5


def test_reviewer_sees_counts_and_ranks_only_assigned_essays(reviewer: SearchIndex) -> None:
    assigned = frozenset(range(10, 60, 3))
    scope = SearchScope(essay_ids=assigned)
    for text in ("", "信访", "人民 或 调解", "-信", "字数<1500", "体裁:案例"):
        query = parse_query(text, audience="reviewer")
        page = reviewer.search(query, scope=scope, facets=["genre", "tag"], sort="number", page_size=100)
        expected = sorted(set(ids_of_reviewer_truth(text)) & assigned)
        assert sorted(hit.essay_id for hit in page.hits) == expected
        assert page.total == len(expected) == len(reviewer.list_ids(query, scope=scope))
        assert page.facets["genre"] == Counter(e.genre for e in ENTRIES if e.essay_id in expected)
    nobody = reviewer.search(parse_query("", audience="reviewer"), scope=SearchScope(essay_ids=frozenset()))
    assert (nobody.hits, nobody.total) == ((), 0)


def ids_of_reviewer_truth(text: str) -> list[int]:
    everyone = set(range(1, 161))
    return sorted(
        {
            "": everyone,
            "信访": holding("信访"),
            "人民 或 调解": holding("人民") | holding("调解"),
            "-信": everyone - holding("信"),
            "字数<1500": set(where(lambda e: e.words < 1500)),
            "体裁:案例": set(where(lambda e: e.genre == "案例")),
        }[text]
    )


def test_searches_without_the_scope_of_their_audience_are_refused(bureau: SearchIndex, reviewer: SearchIndex) -> None:
    wrong = [
        (reviewer, "reviewer", EVERYTHING),
        (reviewer, "reviewer", SearchScope(unit_id=1)),
        (reviewer, "bureau", EVERYTHING),
        (reviewer, "unit", SearchScope(unit_id=1)),
        (bureau, "reviewer", SearchScope(essay_ids=frozenset({1}))),
        (bureau, "unit", EVERYTHING),
        (bureau, "unit", SearchScope(essay_ids=frozenset({1}))),
    ]
    for index, audience, scope in wrong:
        with pytest.raises(ValueError):
            index.search(parse_query("信", audience=audience), scope=scope)
        with pytest.raises(ValueError):
            index.list_ids(parse_query("信", audience=audience), scope=scope)


def test_facets_filters_and_orders_of_others_are_refused(bureau: SearchIndex, reviewer: SearchIndex) -> None:
    assigned = SearchScope(essay_ids=frozenset({1, 2}))
    blind = parse_query("", audience="reviewer")
    for options in ({"facets": ["unit"]}, {"filters": {"award": ["一等奖"]}}, {"sort": "-score"}, {"sort": "unit"}):
        with pytest.raises(Invalid, match="不能按"):
            reviewer.search(blind, scope=assigned, **options)
    with pytest.raises(Invalid, match="不能按"):
        bureau.search(parse_query("", audience="unit"), scope=SearchScope(unit_id=1), facets=["award"])
    for name in ("body", "title", "unit_id"):
        with pytest.raises(Invalid, match="不能按"):
            search(bureau, "", facets=[name])


def test_pages_beyond_a_thousand_results_are_refused(bureau: SearchIndex) -> None:
    assert search(bureau, "", page=50, page_size=20).hits == ()
    for page, page_size in ((51, 20), (0, 20), (-1, 20), (1, 0), (1, 1001)):
        with pytest.raises(Invalid, match="最多翻看前 1000 条结果"):
            search(bureau, "", page=page, page_size=page_size)


def test_no_byte_of_the_reviewer_index_tells_unit_or_author(tmp_path: Path) -> None:
    entry = replace(ENTRIES[0], unit="绝密单位甲乙丙", author="王不见", award="金星奖", state="拟获奖")
    index = SearchIndex(tmp_path, audience="reviewer", epoch="e1")
    index.rebuild([make_reviewer_entry(entry)], last_change_id=0)
    index.apply([Change(1, 1, make_reviewer_entry(entry))])
    everything = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert fold_text(entry.title).encode() in everything
    for secret in (entry.unit, entry.author, entry.award, entry.state, "绝密", "不见"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            assert secret.encode(encoding) not in everything
        assert secret.encode("unicode-escape") not in everything
    with pytest.raises(TypeError, match="does not belong"):
        index.apply([Change(2, 1, entry)])
    assert index.check() == IndexStatus("ready", 1, 1)
