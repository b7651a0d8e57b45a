"""The search page helps with words: days and orders, wider queries, synonyms, what may have been meant."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from review_app.domain.actor import Role
from review_app.domain.calendar import local_day
from review_app.domain.essay_state import EssayState
from review_app.index_job import ensure_indexes
from tests.builders import NOW, build_contest, build_essay, build_review, build_unit, build_user


class World:
    """Three essays of two units in both indexes; everybody signed in."""

    def __init__(self, house, sign_in) -> None:
        self.house = house
        contest = self.contest = build_contest(house, now=datetime.now(UTC))
        self.near = build_unit(house, contest, code="XZ01", name="柳河镇人民政府")
        self.far = build_unit(house, contest, code="XZ02", name="石桥镇人民政府")
        accepted = EssayState.ACCEPTED
        self.first = build_essay(
            house, contest, self.near, title="老周的三本账", text="枫桥经验进了村，<script>调解</script>成功。",
            authors=("许静",), state=accepted,
        )  # fmt: skip
        self.second = build_essay(
            house,
            contest,
            self.far,
            title="一碗面的工夫",
            text="拆迁的事，靠调解说开了。",
            authors=("任桂兰",),
            state=accepted,
        )
        self.third = build_essay(
            house,
            contest,
            self.far,
            title="灯下",
            text="夜里的登记簿。",
            authors=("任桂兰",),
            state=accepted,
            submitted_at=NOW + timedelta(days=40),
        )
        reviewer = build_user(house, Role.REVIEWER)
        build_review(house, self.first, reviewer)
        ensure_indexes(house)
        self.bureau = sign_in(build_user(house, Role.BUREAU))
        self.unit = sign_in(build_user(house, Role.UNIT, unit=self.near))
        self.reviewer = sign_in(reviewer)

    @staticmethod
    def ask(client, query: str, **more: str) -> str:
        rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
        answer = client.get(f"/search/?q={quote(query)}{rest}")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def world(house, sign_in) -> World:
    return World(house, sign_in)


def test_works_are_found_by_the_day_and_sorted_by_time_and_register(world: World) -> None:
    day = local_day(world.second.submitted_at)
    assert "共 2 篇" in world.ask(world.bureau, f"提交:{day:%Y-%m}..{day:%Y-%m-%d}")
    for sort, first in (("order", "老周的三本账"), ("-time", "灯下")):
        page = world.ask(world.bureau, f"提交>={day:%Y-%m-%d}", sort=sort)
        assert re.findall(r"hit-title.*?<a[^>]*>([^<]+)", page)[0] == first


def test_the_help_lists_what_the_audience_may_type(world: World) -> None:
    pages = {name: getattr(world, name).get("/search/help").text for name in ("bureau", "unit", "reviewer")}
    assert {name: "提交:2020-06" in page for name, page in pages.items()} == {
        "bureau": True, "unit": True, "reviewer": False,
    }  # fmt: skip
    assert ("单位" in pages["reviewer"].split("<main")[1], "作者" in pages["reviewer"].split("<main")[1]) == (
        False,
        False,
    )


def test_what_is_found_nowhere_is_sought_by_its_words_and_the_page_says_so(world: World) -> None:
    page = world.ask(world.bureau, "怎样靠调解说开拆迁")
    assert "没有一篇连着写有这些字。下面是有全部这些词的作品：调解、说开、拆迁。" in page
    assert ("一碗面的工夫" in _plain(page), "共 1 篇" in page) == (True, True)
    page = world.ask(world.bureau, "枫桥经验怎么帮拆迁补偿")
    assert "有其中任何一个词的作品，最相关的在前：枫桥经验、拆迁、补偿" in page
    assert re.findall(r"hit-title.*?<a[^>]*>([^<]+)", page) == ["老周的三本账", "一碗面的工夫"]
    assert f"{urlencode({'q': '枫桥经验 或 拆迁 或 补偿'})}&amp;sort=-words" in page
    assert "hit-title" not in world.ask(world.bureau, "“怎样靠调解说开拆迁”")


def test_what_may_have_been_meant_is_offered_with_the_count_of_ones_own_scope(world: World) -> None:
    for client, count in ((world.bureau, 2), (world.unit, 1), (world.reviewer, 1)):
        assert f">调解 {count}</a>" in world.ask(client, "条解")
    assert ">单位=柳河镇人民政府 1</a>" in world.ask(world.bureau, "lhzrmzf")
    assert "您是不是要找" not in world.ask(world.reviewer, "lhzrmzf")
    assert "您是不是要找" not in world.ask(world.bureau, "调解")


def test_synonyms_are_found_said_and_left_out_on_demand(world: World) -> None:
    page = world.ask(world.bureau, "调处 枫桥经验")
    assert "老周的三本账" not in _plain(page)  # 调处 is a synonym of 化解, not of 调解
    page = world.ask(world.bureau, "枫桥 或 征收")
    assert ("也找：枫桥经验" in page, "共 1 篇" in page) == (True, True)
    assert f'{urlencode({"q": "“枫桥” 或 征收".translate({8220: 34, 8221: 34})})}">只找原词' in page


def test_words_of_a_widened_search_do_not_tell_a_reviewer_which_units_there_are(world: World) -> None:
    assert "：柳河、人民政府、调解" in world.ask(world.reviewer, "柳河镇人民政府的调解")
    assert "：柳河镇人民政府、调解" in world.ask(world.bureau, "柳河镇人民政府的调解")


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)
