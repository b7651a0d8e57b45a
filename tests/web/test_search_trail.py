"""From a result into the essay: the words found are marked there, and the way goes on to the next result."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from lxml import html

from compile.manuscript import Manuscript, Paragraph, Run
from review_app.web.search.highlights import mark_hits
from tests.architecture.front_end_gallery import make_gallery_app
from tests.builders import make_resources
from tests.search_world import FAR_WORD, PHOTOGRAPHER, TABLE_WORD, SearchWorld
from tests.web.statements import count_statements


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchWorld]:
    house = make_resources(tmp_path_factory.mktemp("trail"))
    yield SearchWorld(house)
    house.close()


def open_first(world: SearchWorld, who: str, query: str) -> str:
    """The address of the first result."""
    tree = html.document_fromstring(world.ask(who, query))
    return tree.xpath("//*[@class='hit-title']/a/@href")[0]


def look(world: SearchWorld, who: str, address: str) -> html.HtmlElement:
    answer = world.client(who).get(address)
    assert answer.status_code == 200
    return html.document_fromstring(answer.text)


def read_hits(page: html.HtmlElement) -> list[tuple[str, str]]:
    return [(mark.get("id", ""), mark.text_content()) for mark in page.xpath("//mark[contains(@class, 'mark-hit')]")]


def read_trail(page: html.HtmlElement) -> dict[str, str]:
    """What the bar says and its links by relation."""
    bar = page.xpath("//nav[@class='trail']")[0]
    return {
        "said": bar.xpath("string(span[1])"),
        **{link.get("rel"): link.get("href") for link in bar.xpath(".//a[@rel]")},
    }


@pytest.mark.parametrize("who", ["bureau", "unit", "reviewer"])
def test_a_result_opens_its_essay_with_the_words_marked_in_text_caption_and_table(world: SearchWorld, who: str) -> None:
    address = open_first(world, who, f"枫桥 调解 或 {TABLE_WORD}")
    assert address.endswith("#hit-1")
    hits = read_hits(look(world, who, address))
    assert hits == [("hit-1", "枫桥经验"), ("hit-2", "调"), ("", "解"), ("hit-3", "调解"), ("hit-4", TABLE_WORD)]


def test_a_word_of_the_title_is_marked_there_and_is_no_place_of_the_text(world: SearchWorld) -> None:
    page = look(world, "bureau", open_first(world, "bureau", "题目:三本账"))
    assert read_hits(page) == [("", "三本账")]
    assert "正文里没有要找的词" in page.text_content()


@pytest.mark.parametrize(("who", "titles"), [("bureau", 3), ("unit", 2), ("reviewer", 2)])
def test_next_and_previous_walk_all_results_in_their_order_and_back(world: SearchWorld, who: str, titles: int) -> None:
    listed = html.document_fromstring(world.ask(who, "调解", sort="-words")).xpath("//*[@class='hit-title']/a/@href")
    walked, address = [], listed[0]
    while address:
        walked.append(address)
        address = read_trail(look(world, who, address)).get("next", "")
    assert walked == listed
    assert len(walked) == titles
    last = read_trail(look(world, who, walked[-1]))
    assert (last["said"], last["prev"]) == (f"第 {titles} 篇，共 {titles} 篇", walked[-2])
    assert "prev" not in read_trail(look(world, who, walked[0]))


def test_a_place_that_is_no_longer_this_essays_has_no_neighbours_but_leads_back(world: SearchWorld) -> None:
    for place in ("99", "0", "-3", "x", "1001"):
        page = look(world, "bureau", f"/bureau/essays/{world.first.id}?q=调解&at={place}")
        assert page.xpath("//nav[@class='trail']//a[@rel]") == []
        assert page.xpath("//nav[@class='trail']/a/@href")[0].startswith("/search/?q=")


def test_an_essay_without_or_with_a_broken_search_has_no_trail(world: SearchWorld) -> None:
    for rest in ("", "?q=", "?q=(&at=1", "?q=分数>x"):
        page = look(world, "bureau", f"/bureau/essays/{world.first.id}{rest}")
        assert (page.xpath("//nav[@class='trail']"), read_hits(page)) == ([], [])


def test_a_reviewers_trail_counts_and_marks_nothing_he_may_not_see(world: SearchWorld) -> None:
    code = world.reviews[0].code
    for query in (f"调解 或 {FAR_WORD} 或 任桂兰", f"调解 或 {PHOTOGRAPHER}"):
        pages = [look(world, "reviewer", f"/review/{code}?q={query}&at={place}") for place in (1, 2)]
        said = [read_trail(page)["said"] for page in pages]
        assert sum(text in ("第 1 篇，共 2 篇", "第 2 篇，共 2 篇") for text in said) == 1
        assert not any(PHOTOGRAPHER in text for page in pages for _, text in read_hits(page))
    for query in ("作者:许静", "单位:柳河", "分数>1"):
        page = look(world, "reviewer", f"/review/{code}?q={query}&at=1")
        assert page.xpath("//nav[@class='trail']") == []


def test_the_trail_costs_the_same_number_of_statements_at_any_number_of_results(world: SearchWorld) -> None:
    counts = []
    for query in ("枫桥", "调解 或 登记簿"):
        address = open_first(world, "bureau", query)
        with count_statements(world.house) as sent:
            look(world, "bureau", address)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def passage(start: int, end: int, kind: str = "doubt") -> SimpleNamespace:
    return SimpleNamespace(block=0, start=start, end=end, number=7, kind=kind, url="#m")


def test_a_sheet_with_both_keeps_its_words_its_number_and_one_id_for_a_hit() -> None:
    manuscript = Manuscript("题", blocks=(Paragraph((Run("一二三四"), Run("五六七", bold=True))),))
    hits = mark_hits(manuscript, words=("三四五",), title_words=())
    app = make_gallery_app()
    with app.test_request_context("/"):
        macros = app.jinja_env.get_template("_macros/manuscript.html").make_module()
        marks = [passage(1, 6, "privacy"), *hits]
        sheet = html.fragment_fromstring(str(macros.sheet(manuscript, lambda key: key, marks=marks)))
    block = sheet.get_element_by_id("b-0")
    assert [mark.get("class") for mark in block.xpath(".//mark")] == [
        "mark mark-privacy", "mark mark-privacy mark-hit", "mark mark-privacy mark-hit", "mark mark-privacy",
    ]  # fmt: skip
    assert block.xpath(".//mark/@id") == ["hit-1"]
    assert len(block.xpath(".//a[@class='mark-number']")) == 1
    for number in block.xpath(".//*[@data-no-offset]"):
        number.drop_tree()
    assert block.text_content() == "一二三四五六七"
