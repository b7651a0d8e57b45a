"""The search page: Chinese queries, facets, errors that point, and scopes that hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from lxml import html
from markupsafe import escape
from sqlalchemy import update

from review_app.domain.essay_state import EssayState
from review_app.models import Review
from review_app.queries.search import LAST_PAGE, PAGE_SIZE
from review_app.storage.index_manifest import MANIFEST_NAME
from tests.builders import build_essay, make_resources
from tests.search_world import FAR, FAR_WORD, PHOTOGRAPHER, SearchWorld
from tests.web.statements import count_statements

TITLES = ("老周的三本账", "一碗面的工夫", "灯下", "雨夜")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchWorld]:
    """For tests that only look."""
    house = make_resources(tmp_path_factory.mktemp("search"))
    yield SearchWorld(house)
    house.close()


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[SearchWorld]:
    """For a test that changes it."""
    house = make_resources(tmp_path)
    yield SearchWorld(house)
    house.close()


def list_titles(page: str) -> list[str]:
    return [title.text_content() for title in html.document_fromstring(page).xpath("//*[@class='hit-title']")]


def read_facets(page: str) -> dict[str, list[tuple[str, int, bool]]]:
    """Facet → (value, count, whether it is on)."""
    tree = html.document_fromstring(page)
    return {
        facet.findtext("h3"): [
            (link[0].text, int(link[1].text), link.get("aria-current") == "true") for link in facet.xpath(".//a")
        ]
        for facet in tree.xpath("//section[@class='facet']")
    }


def read_chips(page: str) -> dict[str, str]:
    """Chip → the query it leads to."""
    chips = html.document_fromstring(page).xpath("//a[contains(@class, 'chip-drop')]")
    return {chip.text: query_of(chip.get("href")) for chip in chips}


def query_of(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("q", [""])[0]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("调解", {"老周的三本账", "一碗面的工夫", "雨夜"}),
        ("调解 -拆迁", {"老周的三本账", "雨夜"}),
        ('"桥经"', {"老周的三本账"}),
        ("单位:石桥", {"一碗面的工夫", "灯下"}),
        ("作者:许静 或 登记簿", {"老周的三本账", "灯下", "雨夜"}),
        ("题目:三本账", {"老周的三本账"}),
        ("火箭", set()),
    ],
)
def test_the_bureau_finds_by_text_and_field(world: SearchWorld, query: str, titles: set[str]) -> None:
    assert set(list_titles(world.ask("bureau", query))) == titles


def test_hits_are_marked_and_markup_in_an_essay_stays_text(world: SearchWorld) -> None:
    page = world.ask("bureau", "调解")
    assert "<mark>调解</mark>" in page
    assert str(escape("<script>")) in page
    assert "<script>调解" not in page


def test_a_fault_is_pointed_at(world: SearchWorld) -> None:
    page = world.ask("bureau", "调解 分数>abc")
    assert 'aria-invalid="true"' in page
    assert "<mark>分数&gt;</mark>" in page


def test_nothing_found_offers_what_a_looser_query_finds(world: SearchWorld) -> None:
    page = world.ask("bureau", "枫桥 拆迁")
    assert "没有同时含“枫桥”“拆迁”的作品" in page
    offers = html.document_fromstring(page).xpath("//*[@class='empty']//a[@class='chip']")
    assert [(chip.text, query_of(chip.get("href"))) for chip in offers] == [("拆迁 1", "拆迁"), ("枫桥 1", "枫桥")]


def test_a_chosen_value_keeps_the_others_of_its_facet_in_sight_and_a_second_adds(world: SearchWorld) -> None:
    first = world.ask("bureau", "登记 标签=枫桥经验")
    assert list_titles(first) == []
    second = world.ask("bureau", "调解 标签=枫桥经验")
    assert read_facets(second)["标签"] == [("枫桥经验", 1, True), ("人民调解", 1, False)]
    link = next(a for a in html.document_fromstring(second).xpath("//a[span='人民调解']"))
    assert query_of(link.get("href")) == "调解 标签=枫桥经验,人民调解"
    third = world.ask("bureau", query_of(link.get("href")))
    assert sorted(list_titles(third)) == ["一碗面的工夫", "老周的三本账"]
    assert read_facets(third)["标签"] == [("人民调解", 1, True), ("枫桥经验", 1, True)]


def test_every_condition_is_a_chip_that_drops_it_and_keeps_the_order(world: SearchWorld) -> None:
    page = world.ask("bureau", "调解 标签=枫桥经验,人民调解 字数<900", sort="-words")
    assert read_chips(page) == {
        "调解": "标签=枫桥经验,人民调解 字数<900",
        "标签：枫桥经验": "调解 标签=人民调解 字数<900",
        "标签：人民调解": "调解 标签=枫桥经验 字数<900",
        "字数<900": "调解 标签=枫桥经验,人民调解",
    }
    chips = html.document_fromstring(page).xpath("//a[contains(@class, 'chip-drop')]/@href")
    assert all("sort=-words" in chip for chip in chips)
    assert read_chips(world.ask("bureau", "调解")) == {}


def test_a_long_facet_is_folded_and_without_script_complete(own_world: SearchWorld) -> None:
    slugs = (
        "fengqiao",
        "mediation",
        "hearing",
        "relief",
        "multi-channel",
        "home-visit",
        "classified",
        "anti-gang",
        "d-land",
        "d-env",
    )
    for slug in slugs[1:]:
        own_world.tag(own_world.first, slug, "bureau")
    own_world.rebuild()
    page = own_world.ask("bureau", "枫桥")
    assert len(read_facets(page)["标签"]) == 10
    assert "更多 2 项" in page


def test_a_page_past_the_end_is_the_last_one_and_too_deep_a_one_says_so(world: SearchWorld) -> None:
    assert list_titles(world.ask("bureau", "题目:灯下", page="7")) == ["灯下"]
    deep = world.ask("bureau", "题目:灯下", page="51")
    assert (list_titles(deep), "最多翻看前 1000 条结果" in deep) == (["灯下"], True)
    assert LAST_PAGE * PAGE_SIZE == 1000
    assert world.client("bureau").get("/search/?q=灯&page=99999999999999999999&sort=x").status_code == 200


def test_an_order_that_is_not_this_persons_is_the_order_of_relevance(world: SearchWorld) -> None:
    pages = [world.ask("unit", "调解", sort=sort) for sort in ("-score", "unit", "relevance")]
    assert [re.findall(r'href="[^"]+" aria-current="true">(\w+)</a>', page) for page in pages] == [["相关度"]] * 3


def test_a_unit_finds_its_own_only_and_counts_nothing_else(world: SearchWorld) -> None:
    page = world.ask("unit", "调解")
    assert (sorted(list_titles(page)), "共 2 篇" in page) == (["老周的三本账", "雨夜"], True)
    assert "石桥" not in page


@pytest.mark.parametrize(
    "query", ["许静", "任桂兰", "柳河镇人民政府", "单位:柳河", "作者:许静", "征文终稿", PHOTOGRAPHER]
)
def test_a_reviewer_finds_nothing_by_unit_author_file_or_photographer(world: SearchWorld, query: str) -> None:
    assert "/review/" not in world.ask("reviewer", query).split("<main")[1]


def test_a_reviewer_finds_only_what_is_assigned_and_under_its_blind_number(world: SearchWorld) -> None:
    page = world.ask("reviewer", "调解")
    assert sorted(list_titles(page)) == ["老周的三本账", "雨夜"]
    assert str(world.first.blind_number) in page
    assert not any(text in page for text in ("一碗面", "柳河镇", "许静", str(world.first.number), PHOTOGRAPHER))


def _strip(page: str, *words: str) -> str:
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", unescape(page))
    for word in words:
        page = page.replace(word, "词").replace(quote(word), "词")
    return page


@pytest.mark.parametrize("who", ["reviewer", "unit"])
@pytest.mark.parametrize("secret", [FAR_WORD, "一碗面", "任桂兰"])
def test_a_word_only_of_others_is_answered_like_one_nobody_wrote(world: SearchWorld, who: str, secret: str) -> None:
    for shape in ("{}", "{} 调解", "-{}", "{} 或 调解"):
        pages = [_strip(world.ask(who, shape.format(f'"{word}"')), word) for word in (secret, "无人写过")]
        assert pages[0] == pages[1]
        found = [world.ask(who, shape.format(word)) for word in (secret, "无人写过")]  # may go on to single words
        assert list_titles(found[0]) == list_titles(found[1])
        assert read_facets(found[0]) == read_facets(found[1])


def test_what_a_unit_is_shown_does_not_tell_of_awards_scores_or_others_tags(world: SearchWorld) -> None:
    page = world.ask("other unit", "调解")
    assert list_titles(page) == ["一碗面的工夫"]
    assert ("人民调解" in page, "分</span>" in page, "hit-pick" in page) == (False, False, False)
    shown = world.ask("bureau", "拆迁")
    assert ("人民调解" in shown, "<span>80 分</span>" in shown) == (True, True)
    assert "人民调解" not in world.ask("other reviewer", "拆迁"), "his own tag is his, the facet counts the unit's"


def test_without_an_index_titles_are_searched_and_it_is_said(own_world: SearchWorld) -> None:
    for audience in ("bureau", "reviewer"):
        own_world.house.indexes[audience].close()
        (own_world.manifest_of(audience) / MANIFEST_NAME).unlink()
    page = own_world.ask("bureau", "三本账")
    assert ("全文检索正在修复" in page, list_titles(page)) == (True, ["老周的三本账"])
    assert (read_facets(page), "data-pick-every" in page) == ({}, False)
    assert list_titles(own_world.ask("bureau", f"单位:{FAR}")) == []
    assert list_titles(own_world.ask("reviewer", "灯下")) == []
    essay = own_world.client("bureau").get(f"/bureau/essays/{own_world.first.id}?q=枫桥&at=1")
    assert (essay.status_code, 'id="hit-1"' in essay.text) == (200, True)


def test_a_page_of_results_costs_the_same_for_4_and_20_hits(own_world: SearchWorld) -> None:
    counts = []
    own_world.client("bureau")
    for more in (0, 17):
        for number in range(more):
            build_essay(
                own_world.house, own_world.contest, own_world.far,
                title=f"第{number}篇", text=f"第{number}本登记簿", state=EssayState.ACCEPTED,
            )  # fmt: skip
        own_world.rebuild()
        with count_statements(own_world.house) as sent:
            page = own_world.ask("bureau", "调解 或 登记簿")
        counts.append((page.count('class="hit"'), len(sent)))
    assert [hits for hits, _ in counts] == [4, 20]
    assert counts[0][1] == counts[1][1]


def test_comments_of_sheets_handed_in_are_found_by_the_bureau_alone(own_world: SearchWorld) -> None:
    with own_world.house.database.engine.begin() as connection:
        connection.execute(
            update(Review).where(Review.essay_id == own_world.second.id).values(comment="细节动人，焰火一段可删")
        )
        connection.execute(
            update(Review).where(Review.essay_id == own_world.first.id).values(comment="草稿里的细节")  # not handed in
        )
    own_world.rebuild()
    assert list_titles(own_world.ask("bureau", "评语:细节")) == ["一碗面的工夫"]
    assert list_titles(own_world.ask("bureau", "动人")) == []
    for who in ("unit", "other unit", "reviewer", "other reviewer"):
        page = own_world.ask(who, "评语:细节")
        assert ("query-fault" in page, list_titles(page)) == (True, [])
        assert list_titles(own_world.ask(who, "动人")) == []
