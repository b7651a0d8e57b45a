"""Searches kept under names: each person's own, some of the bureau's shared with the bureau."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import html

from review_app.domain.actor import Role
from review_app.models import SavedSearch
from review_app.services.searches import SEARCHES_PER_PERSON
from tests.browsing import read_csrf
from tests.builders import add, build_user, make_resources
from tests.search_world import SearchWorld
from tests.web.statements import count_statements


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchWorld]:
    """For tests in which nothing is kept."""
    house = make_resources(tmp_path_factory.mktemp("saved"))
    yield SearchWorld(house)
    house.close()


@pytest.fixture
def world(bare: SearchWorld) -> Iterator[SearchWorld]:
    with bare.changing():
        yield bare


def post(world: SearchWorld, who: str, path: str, **fields: str):
    client = world.client(who)
    return client.post(f"/search/saved{path}", data={"csrf_token": read_csrf(client), **fields})


def list_saved(world: SearchWorld, who: str) -> dict[str, str]:
    """Name → query, as the page lists them."""
    page = html.document_fromstring(world.client(who).get("/search/saved").text)
    return {row.findtext("th/a"): row.findtext("td/code") for row in page.xpath("//tr[@data-row]")}


def id_of(world: SearchWorld, name: str) -> int:
    with world.house.database.read() as session:
        return session.query(SavedSearch.id).filter_by(name=name).scalar()


def undo(world: SearchWorld, who: str) -> None:
    page = html.document_fromstring(world.client(who).get("/search/saved").text)
    form = page.xpath("//form[@data-undo]")[0]
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    assert world.client(who).post(form.get("action"), data={"csrf_token": token}).status_code == 303


def test_a_search_is_kept_listed_renamed_deleted_and_each_is_taken_back(world: SearchWorld) -> None:
    answer = post(world, "bureau", "", name=" 长稿 ", q="调解 字数>1000", sort="-words")
    assert answer.headers["Location"].endswith("&sort=-words")
    assert list_saved(world, "bureau") == {"长稿": "调解 字数>1000"}
    chips = html.document_fromstring(world.client("bureau").get("/search/").text).xpath("//a[@class='chip']")
    assert [(chip.text, chip.get("href")) for chip in chips] == [("长稿", answer.headers["Location"])]
    saved_id = id_of(world, "长稿")
    post(world, "bureau", f"/{saved_id}/rename", name="长调解")
    assert list_saved(world, "bureau") == {"长调解": "调解 字数>1000"}
    post(world, "bureau", "", name="另一个", q="灯")
    world.client("bureau").get("/search/saved")
    refused = post(world, "bureau", f"/{saved_id}/rename", name="另一个")
    assert (refused.status_code, "您已有一个叫“另一个”的检索" in refused.text) == (422, True)
    post(world, "bureau", f"/{saved_id}/delete")
    undo(world, "bureau")
    assert list_saved(world, "bureau") == {"另一个": "灯", "长调解": "调解 字数>1000"}


def test_the_same_name_takes_the_new_query_and_gives_the_old_one_back(world: SearchWorld) -> None:
    post(world, "unit", "", name="调解", q="调解")
    world.client("unit").get("/search/saved")
    post(world, "unit", "", name="调解", q="调解 -拆迁")
    assert id_of(world, "调解") is not None
    undo_page = world.client("unit").get("/search/saved").text
    assert "已改为现在的内容" in undo_page
    form = html.document_fromstring(undo_page).xpath("//form[@data-undo]")[0]
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    world.client("unit").post(form.get("action"), data={"csrf_token": token})
    assert list_saved(world, "unit") == {"调解": "调解"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "", "q": "灯"}, "请填写这一项"),
        ({"name": "灯", "q": ""}, "请先写要找的内容"),
        ({"name": "灯", "q": "(灯"}, "没有配上右括号"),
        ({"name": "灯" * 41, "q": "灯"}, "最多 40 个字"),
        ({"name": "灯", "q": "灯" * 301}, "最多 300 个字"),
    ],
)
def test_what_cannot_be_searched_or_named_is_not_kept(bare: SearchWorld, fields: dict[str, str], reason: str) -> None:
    post(bare, "bureau", "", **fields)
    assert reason in bare.client("bureau").get("/search/saved").text
    assert list_saved(bare, "bureau") == {}


def test_a_reviewer_cannot_keep_a_query_by_what_is_hidden_from_him(bare: SearchWorld) -> None:
    post(bare, "reviewer", "", name="甲", q="作者:许静")
    assert list_saved(bare, "reviewer") == {}


def test_a_shared_search_is_the_bureaus_to_use_its_owners_to_change_and_nobody_elses_to_see(world: SearchWorld) -> None:
    for who in ("bureau", "unit", "reviewer"):
        post(world, who, "", name=f"{who}的", q="调解")
    saved_id = id_of(world, "bureau的")
    assert list_saved(world, "other bureau") == {}
    post(world, "bureau", f"/{saved_id}/share", shared="1")
    assert list_saved(world, "other bureau") == {"bureau的": "调解"}
    assert "李主任共享" in world.client("other bureau").get("/search/saved").text
    for who in ("unit", "reviewer"):
        assert list_saved(world, who) == {f"{who}的": "调解"}
        assert "bureau的" not in world.ask(who, "调解")
    for path in ("rename", "delete"):
        for who in ("other bureau", "unit", "reviewer"):
            assert post(world, who, f"/{saved_id}/{path}", name="别的").status_code == 404
    assert post(world, "unit", f"/{id_of(world, 'unit的')}/share", shared="1").status_code == 404
    post(world, "bureau", f"/{saved_id}/delete")
    assert "请先停止共享再删除" in world.client("bureau").get("/search/saved").text
    post(world, "bureau", f"/{saved_id}/share", shared="0")
    assert list_saved(world, "other bureau") == {}
    assert world.list_acts() == ["search.save"] * 3 + ["search.share", "search.unshare"]


def test_a_search_that_no_longer_parses_says_so_and_can_be_edited(world: SearchWorld) -> None:
    user = world.users["bureau"]
    add(
        world.house,
        SavedSearch(user_id=user.id, name="旧", query="栏目:甲", sort="relevance", created_at=world.contest.opens_at),
    )
    page = html.document_fromstring(world.client("bureau").get("/search/saved").text)
    assert "没有“栏目”这个检索项" in page.xpath("string(//tr[@data-row])")
    edit = page.xpath("//tr[@data-row]//a[text()='去修改']/@href")[0]
    assert 'value="栏目:甲"' in world.client("bureau").get(edit).text


def test_a_person_keeps_fifty_and_the_page_asks_once_for_all(world: SearchWorld) -> None:
    user = build_user(world.house, Role.BUREAU, login="many")
    world.users["many"] = user
    counts = []
    for start, stop in ((0, 3), (3, SEARCHES_PER_PERSON)):
        rows = [
            SavedSearch(user_id=user.id, name=f"第{n}", query="灯", sort="relevance", created_at=world.contest.opens_at)
            for n in range(start, stop)
        ]
        add(world.house, *rows)
        world.client("many")
        with count_statements(world.house) as sent:
            assert len(list_saved(world, "many")) == stop
        counts.append(len(sent))
    assert counts[0] == counts[1]
    post(world, "many", "", name="再来一个", q="灯")
    assert "最多保存 50 个检索" in world.client("many").get("/search/saved").text
    assert len(list_saved(world, "many")) == SEARCHES_PER_PERSON
