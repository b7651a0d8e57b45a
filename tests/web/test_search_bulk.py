"""Acts on picked results or on all of them: previewed with reasons, done as previewed, on record, taken back."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote

import pytest
from lxml import html
from openpyxl import load_workbook

from review_app.domain.actor import SYSTEM
from review_app.domain.errors import Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import AnthologyItem, AwardLevel, Essay, FormalCheck, Job
from review_app.queries.tags import list_essay_tags
from review_app.services import bulk
from review_app.work import open_work
from tests.browsing import checksum_database
from tests.builders import actor_of, make_resources
from tests.search_world import FAR, SearchWorld
from tests.web.statements import count_statements


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchWorld]:
    """For tests that only look; the index is made once and never follows."""
    house = make_resources(tmp_path_factory.mktemp("bulk"))
    yield SearchWorld(house)
    house.close()


@pytest.fixture
def world(seen: SearchWorld) -> Iterator[SearchWorld]:
    with seen.changing():
        yield seen


def preview(world: SearchWorld, act: str, *, who: str = "bureau", **more: object) -> html.HtmlElement:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in more.items())
    answer = world.client(who).get(f"/search/{act}?{query}")
    assert answer.status_code == 200, answer.status_code
    return html.document_fromstring(answer.text)


def read_plan(page: html.HtmlElement) -> tuple[list[str], dict[str, str]]:
    """The titles taken, and those left with the reason."""
    taken = page.xpath("//section[@aria-labelledby='taken-title']//th[@scope='row']/a/text()")
    left = page.xpath("//section[@aria-labelledby='left-title']//tbody/tr")
    return taken, {row.xpath("string(th)"): row.xpath("string(td[2])") for row in left}


def do(world: SearchWorld, page: html.HtmlElement, **typed: str):
    """Send the form of a preview."""
    form = page.xpath("//main//form[@method='post'][.//input[@name='digest']]")[0]
    fields = [(field.get("name"), field.get("value")) for field in form.xpath(".//input[@type='hidden']")]
    data: dict[str, object] = {}
    for name, value in [*fields, *typed.items()]:
        data.setdefault(name, []).append(value)
    return world.client("bureau").post(form.get("action"), data=data)


def undo(world: SearchWorld):
    """Press 撤销 on the page that follows."""
    page = html.document_fromstring(world.client("bureau").get("/search/").text)
    form = page.xpath("//form[@data-undo]")[0]
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    return world.client("bureau").post(form.get("action"), data={"csrf_token": token})


def state_of(world: SearchWorld, essay: Essay) -> str:
    with world.house.database.read() as session:
        return session.get_one(Essay, essay.id).state


def list_book(world: SearchWorld) -> list[int]:
    with world.house.database.read() as session:
        return sorted(row.essay_id for row in session.query(AnthologyItem))


def change(world: SearchWorld, essay: Essay, **values: object) -> None:
    with open_work(world.house.database, actor=SYSTEM, now=world.contest.opens_at) as work:
        row = work.session.get_one(Essay, essay.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_all_results_enter_the_book_but_those_that_may_not_and_leave_it_by_undo(world: SearchWorld) -> None:
    change(world, world.fourth, state=EssayState.RETURNED.value)
    page = preview(world, "book", q="调解", all=1)
    taken, left = read_plan(page)
    assert (sorted(taken), left) == (["一碗面的工夫", "老周的三本账"], {"雨夜": "没有通过形式审查"})
    answer = do(world, page, section="第一辑")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/search/?q=%E8%B0%83%E8%A7%A3")
    assert list_book(world) == sorted([world.first.id, world.second.id])
    assert undo(world).status_code == 303
    assert list_book(world) == []
    assert world.list_acts() == ["anthology.add", "anthology.undo"]
    do(world, preview(world, "book", pick=world.first.id, q="调解"), section="第一辑")
    assert read_plan(preview(world, "book", pick=world.first.id)) == ([], {"老周的三本账": "已在汇编里"})


def test_a_plan_that_no_longer_fits_is_refused_shown_anew_and_changes_nothing(world: SearchWorld) -> None:
    page = preview(world, "book", pick=world.first.id, q="调解")
    change(world, world.first, state=EssayState.RETURNED.value)
    before = checksum_database(world.house.database)
    answer = do(world, page, section="作品")
    assert (answer.status_code, "有了变化" in answer.text) == (409, True)
    assert read_plan(html.document_fromstring(answer.text)) == ([], {"老周的三本账": "没有通过形式审查"})
    assert checksum_database(world.house.database) == before


def test_a_tag_is_put_on_once_indexed_and_taken_off_again_by_undo(world: SearchWorld) -> None:
    world.tag(world.fourth, "hearing", "other bureau")
    page = preview(world, "tags", q="调解", all=1, do="add", tag="hearing")
    taken, left = read_plan(page)
    assert (sorted(taken), left) == (["一碗面的工夫", "老周的三本账"], {"雨夜": "信访局已经标了这个标签"})
    assert do(world, page).status_code == 303
    assert ("hearing", "bureau") in world.tags_of(world.first)
    with world.house.database.read() as session:
        jobs = sorted(job.object_id for job in session.query(Job).filter_by(kind="index-essay"))
    assert jobs == sorted([world.first.id, world.second.id])
    undo(world)
    assert world.tags_of(world.first) == [("fengqiao", "other bureau"), ("fengqiao", "unit")]
    assert world.tags_of(world.fourth) == [("hearing", "other bureau")]
    assert world.list_acts() == ["essay.tag", "essay.untag"]


def test_a_tag_that_stands_is_struck_and_undo_lets_it_stand_again(world: SearchWorld) -> None:
    page = preview(world, "tags", q="调解", all=1, do="remove", tag="fengqiao")
    assert read_plan(page) == (["老周的三本账"], {"一碗面的工夫": "没有这个标签", "雨夜": "没有这个标签"})
    do(world, page)
    assert list_standing(world, world.first) == []
    undo(world)
    assert list_standing(world, world.first) == ["fengqiao"]
    assert world.list_acts() == ["essay.untag", "essay.tag"]


def list_standing(world: SearchWorld, essay: Essay) -> list[str]:
    with world.house.database.read() as session:
        return [tag.slug for tag in list_essay_tags(session, [essay.id]).get(essay.id, ()) if tag.stands]


def test_undo_of_a_tag_is_for_who_put_it_on_and_does_nothing_twice(world: SearchWorld) -> None:
    bureau, other = (actor_of(world.users[who]) for who in ("bureau", "other bureau"))
    now = world.contest.closes_at
    with open_work(world.house.database, actor=bureau, now=now) as work:
        ids = [world.first.id]
        plan = bulk.plan_tagging(work.session, essay_ids=ids, slug="hearing", tagging="add")
        count, entry = bulk.tag_essays(work, essay_ids=ids, digest=plan.digest, slug="hearing", tagging="add")
    assert count == 1
    with open_work(world.house.database, actor=other, now=now) as work, pytest.raises(NotFound):
        bulk.undo_tagging(work, entry_id=entry)
    with open_work(world.house.database, actor=bureau, now=now) as work:
        assert [bulk.undo_tagging(work, entry_id=entry) for _ in range(2)] == [1, 0]


def test_a_return_tells_which_may_not_and_needs_a_reason(world: SearchWorld) -> None:
    with world.house.database.read() as session:
        level = session.query(AwardLevel.id).first()[0]
    change(world, world.first, award_level_id=level)
    change(world, world.fourth, state=EssayState.WITHDRAWN.value)
    page = preview(world, "return", q="调解", all=1)
    assert read_plan(page) == (
        ["一碗面的工夫"],
        {"老周的三本账": "已经评定奖项，要先撤销评定", "雨夜": "现在的状态是“已撤回”，不能退回"},
    )
    refused = do(world, page)
    assert (refused.status_code, "请至少选择一条退回原因" in refused.text) == (422, True)
    assert state_of(world, world.second) == "accepted"
    assert do(world, page, codes="R05", note="请说明出处").status_code == 303
    assert [state_of(world, essay) for essay in (world.first, world.second, world.fourth)] == [
        "accepted", "returned", "withdrawn",
    ]  # fmt: skip
    with world.house.database.read() as session:
        assert [(row.essay_id, row.reasons) for row in session.query(FormalCheck)] == [(world.second.id, ["R05"])]
    assert world.list_acts() == ["essay.return"]


def test_nothing_picked_nothing_found_or_too_much_leads_back_with_a_word(
    seen: SearchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = seen.client("bureau")
    for address in ("book", "tags", "return", "export.xlsx", "export.zip"):
        for rest in ("q=调解", "q=火箭&all=1", "q=(&all=1", "q=调解&pick=x", "q=调解&pick=987654"):
            answer = client.get(f"/search/{address}?{rest}")
            assert (rest, answer.status_code in (200, 303)) == (rest, True)
            assert answer.status_code == 303 or "选中的作品都不能办理" in answer.text
    monkeypatch.setattr("review_app.web.search.bulk.WORKS_PER_ACT", 2)
    assert client.get("/search/book?q=调解&all=1").status_code == 303
    assert "找到 3 篇，一次最多办理 2 篇" in client.get("/search/?q=调解").text


def test_drafts_and_unknown_works_are_silently_absent(world: SearchWorld) -> None:
    change(world, world.first, state=EssayState.DRAFT.value)
    picks = f"/search/return?q=x&pick={world.first.id}&pick={world.second.id}&pick=987654"
    page = html.document_fromstring(world.client("bureau").get(picks).text)
    assert read_plan(page) == (["一碗面的工夫"], {})


def test_an_act_without_works_or_with_a_wrong_digest_is_refused(seen: SearchWorld) -> None:
    bureau = actor_of(seen.users["bureau"])
    with seen.house.database.read() as session:
        digest = bulk.plan_returns(session, essay_ids=[]).digest
    now = seen.contest.closes_at
    with open_work(seen.house.database, actor=bureau, now=now) as work, pytest.raises(Invalid):
        bulk.return_essays(work, essay_ids=[], digest=digest, codes=["R01"], note="")
    with open_work(seen.house.database, actor=bureau, now=now) as work, pytest.raises(Invalid):
        bulk.return_essays(work, essay_ids=range(1, 1002), digest=digest, codes=["R01"], note="")
    with open_work(seen.house.database, actor=bureau, now=now) as work, pytest.raises(Conflict):
        bulk.return_essays(work, essay_ids=[seen.first.id], digest=digest, codes=["R01"], note="")


def test_the_list_is_exported_without_formulas_and_its_export_is_on_record(world: SearchWorld) -> None:
    change(world, world.second, title='=HYPERLINK("http://x")', authors=["+任桂兰", "@乙"])
    answer = world.client("bureau").get("/search/export.xlsx?q=拆迁&all=1")
    assert answer.status_code == 200
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows())
    assert [cell.value for cell in rows[0]][:6] == ["序号", "作品编号", "作品题目", "报送单位", "作者", "体裁"]
    assert [cell.value for cell in rows[1]] == [
        1, world.second.number, '=HYPERLINK("http://x")', FAR, "+任桂兰、@乙", None, 17, 80, None, "合格", "人民调解",
    ]  # fmt: skip
    assert {cell.data_type for cell in rows[1] if isinstance(cell.value, str)} == {"s"}
    assert world.list_acts() == ["search.export"]


def test_the_texts_are_exported_one_file_each(seen: SearchWorld) -> None:
    answer = seen.client("bureau").get(f"/search/export.zip?q=x&pick={seen.second.id}&pick={seen.third.id}")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.namelist() == [f"{seen.second.number}_一碗面的工夫.txt", f"{seen.third.number}_灯下.txt"]
        text = archive.read(archive.namelist()[1]).decode("utf-8-sig")
    assert text == f"灯下\r\n{FAR}  任桂兰\r\n\r\n夜里的登记簿。\r\n"


@pytest.mark.parametrize("who", ["unit", "reviewer"])
def test_nobody_else_may_act_export_or_is_offered_to(seen: SearchWorld, who: str) -> None:
    page = html.document_fromstring(seen.ask(who, "调解"))
    assert page.xpath("//*[@id='found'] | //input[@name='pick']") == []
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    client = seen.client(who)
    for address in ("book", "tags", "return", "export.xlsx", "export.zip"):
        assert client.get(f"/search/{address}?q=调解&all=1").status_code == 404
    for address in ("book", "tags", "return", "tags/undo"):
        assert client.post(f"/search/{address}", data={"csrf_token": token}).status_code == 404


def test_a_preview_and_an_export_ask_the_same_for_1_and_4_works(seen: SearchWorld) -> None:
    asked: dict[str, list[int]] = {}
    for query in ("拆迁", "调解 或 登记"):
        for address in ("book", "tags?do=add&tag=hearing", "return", "export.xlsx"):
            mark = "&" if "?" in address else "?"
            seen.client("bureau")
            with count_statements(seen.house) as sent:
                assert seen.client("bureau").get(f"/search/{address}{mark}q={query}&all=1").status_code == 200
            asked.setdefault(address, []).append(len(sent))
    assert {address: counts for address, counts in asked.items() if counts[0] != counts[1]} == {}
