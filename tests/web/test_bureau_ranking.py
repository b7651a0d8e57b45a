"""The ranking and the awards in the browser: blind until put on record, ties, awards with their conditions, workbook."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import update

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, Essay, Review
from review_app.work import open_work
from tests.builders import actor_of, build_essay, build_review, build_user
from tests.scored_world import ScoredWorld, build_scored_world, sheet_of
from tests.web.statements import count_statements


class Desk:
    """The bureau signed in on a scored contest."""

    def __init__(self, world: ScoredWorld, sign_in, csrf) -> None:
        self.world = world
        self.client = sign_in(world.bureau)
        self.token = csrf(self.client)

    def get(self, path: str):
        return self.client.get(path)

    def tree(self, path: str) -> html.HtmlElement:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return html.document_fromstring(answer.text)

    def post(self, path: str, **fields):
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def apply(self, **fields):
        page = self.tree("/bureau/ranking/awards")
        form = page.xpath("//form[.//input[@name='digest']]")[0]
        return self.post("/bureau/ranking/awards", **{**dict(form.form_values()), **fields})

    def awards(self) -> dict[str, str]:
        with self.world.house.database.read() as session:
            rows = session.query(Essay.title, Essay.award_rank).filter(Essay.award_level_id.is_not(None))
            return {title[-1]: rank for title, rank in rows}

    def set_review(self, essay: int, reviewer: int, **values) -> None:
        with open_work(self.world.house.database, actor=actor_of(self.world.bureau), now=self.world.now) as work:
            work.session.execute(
                update(Review)
                .where(
                    Review.essay_id == self.world.essays[essay].id,
                    Review.reviewer_id == self.world.panel[reviewer].id,
                )
                .values(**values)
            )


@pytest.fixture
def make_desk(house, sign_in, csrf):
    def make(totals=(90, 85, 80, 75, 72, 65), **facts) -> Desk:
        return Desk(build_scored_world(house, totals, now=datetime.now(UTC), **facts), sign_in, csrf)

    return make


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def test_rows_stand_in_order_with_scores_lines_and_planned_awards(make_desk):
    page = make_desk().tree("/bureau/ranking")
    rows = [words(row) for row in page.xpath("//table[@data-list]/tbody/tr")]
    assert [row.split()[0] for row in rows if row[0].isdigit()] == ["1", "2", "3", "4", "5", "6"]
    assert "90.00" in rows[0]
    assert "拟一等奖" in rows[0]
    assert rows[1] == "一等奖线：1 篇，最低 90.00 分"
    assert rows[4] == "二等奖线：2 篇，最低 80.00 分"
    assert rows[7] == "三等奖线：2 篇，最低 72.00 分，空缺 1 名"
    assert rows[8] == "优秀奖空缺（名额 4）"


def test_a_dropped_sheet_is_struck_and_a_wide_spread_marked(make_desk):
    page = make_desk([(70, 80, 82, 84, 95)], reviewers=5).tree("/bureau/ranking")
    assert [cell.text for cell in page.xpath("//tbody//td/del")] == ["70.0", "95.0"]
    assert "25.0 ⚠" in words(page.xpath("//strong[@class='warn-text']")[0])


def test_units_and_authors_stay_hidden_until_looking_is_on_record(make_desk):
    desk = make_desk()
    names = ("柳河镇人民政府", "作者1", "2020-XZ01")
    for path in ("/bureau/ranking", "/bureau/ranking?names=1", "/bureau/ranking/awards?names=1"):
        text = desk.get(path).text
        assert [name for name in names if name in text] == []
    matrix = f"/bureau/ranking/{desk.world.essays[0].id}?names=1"
    assert [name for name in names if name in desk.get(matrix).text] == []
    answer = desk.post("/bureau/ranking/names")
    assert answer.location == "/bureau/ranking?names=1"
    desk.post("/bureau/ranking/names")
    for path in ("/bureau/ranking?names=1", matrix):
        assert [name for name in names[:2] if name in desk.get(path).text] == list(names[:2])
    assert [name for name in names if name in desk.get("/bureau/ranking").text] == []
    with desk.world.house.database.read() as session:
        assert session.query(AuditEntry).filter_by(act="ranking.reveal").count() == 1


def test_the_workbook_holds_places_and_raw_points_and_names_only_on_record(make_desk):
    desk = make_desk([(70, 80, 82, 84, 95), (60, 60, 60, 60, 60)], reviewers=5)

    def sheets():
        answer = desk.get("/bureau/ranking.xlsx?names=1")
        assert answer.mimetype.endswith("spreadsheetml.sheet")
        book = load_workbook(BytesIO(answer.data))
        return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]

    places, points = sheets()
    assert "柳河镇人民政府" not in str(places)
    first = dict(zip(places[0], places[1], strict=True))
    assert (first["名次"], float(first["得分"]), float(first["R5 评审5"]), first["去掉的最高分"]) == (
        "1",
        82.0,
        95.0,
        "R5",
    )
    assert len(points) == 1 + 2 * 5
    assert float(points[1][-1]) == 70.0
    desk.post("/bureau/ranking/names")
    assert "柳河镇人民政府" in str(sheets()[0])


def test_a_title_that_looks_like_a_formula_is_text_in_the_workbook(make_desk):
    desk = make_desk((90,))
    essay = build_essay(
        desk.world.house, desk.world.contest, desk.world.units[0], title="=1+1", state=EssayState.ACCEPTED
    )
    for reviewer in desk.world.panel:
        build_review(desk.world.house, essay, reviewer, state="submitted", sheet=sheet_of(95))
    cell = load_workbook(BytesIO(desk.get("/bureau/ranking.xlsx").data)).worksheets[0].cell(2, 3)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_matrix_shows_criteria_by_reviewers_and_comments(make_desk):
    desk = make_desk((90, 80))
    desk.set_review(0, 1, comment="人物立得住", flags=["privacy"])
    page = desk.tree(f"/bureau/ranking/{desk.world.essays[0].id}")
    first = [words(cell) for cell in page.xpath("//tbody/tr[1]/*")]
    assert first == ["主题立意与政治导向", "25", "22", "22", "22", "22.00"]
    assert [words(cell) for cell in page.xpath("//tfoot/tr/*")] == ["总分", "100", "90", "90", "90", "90.00"]
    assert "人物立得住" in page.text_content()
    assert "一票否决：泄露信访人隐私" in page.text_content()
    assert page.xpath("//a[@rel='next']/@href") == [f"/bureau/ranking/{desk.world.essays[1].id}"]
    assert desk.get("/bureau/ranking/9999").status_code == 404


def test_essays_without_enough_sheets_stand_below_with_the_reason(make_desk):
    desk = make_desk((90, 80))
    desk.set_review(1, 0, state="draft")
    page = desk.tree("/bureau/ranking")
    assert "有效评分 2 份，不足 3 份" in words(page.xpath("//section[@aria-labelledby='incomplete-title']")[0])


def test_a_tie_through_a_line_is_decided_then_awards_applied_and_revoked(make_desk):
    desk = make_desk((90, 90, 80))
    page = desk.tree("/bureau/ranking/awards")
    assert not page.xpath("//input[@name='digest']")
    key = page.xpath("//input[@name='tie']/@value")[0]
    first, second = (int(part) for part in key.split("-"))
    wrong = desk.post("/bureau/ranking/awards/ties", **{"tie": key, f"place-{first}": "1", f"place-{second}": "1"})
    assert wrong.status_code == 422
    assert "从 1 开始，不重复" in wrong.text
    bare = desk.post("/bureau/ranking/awards/ties", **{"tie": key, f"place-{first}": "2", f"place-{second}": "1"})
    assert bare.status_code == 422
    right = {"tie": key, f"place-{first}": "2", f"place-{second}": "1", f"reason-{key}": "终评会议投票 4 比 1"}
    assert desk.post("/bureau/ranking/awards/ties", **right).status_code == 303
    assert desk.apply().status_code == 303
    assert desk.awards() == {"2": 1, "1": 2, "3": 3}
    assert "一等奖" in words(desk.tree("/bureau/ranking").xpath("//table[@data-list]/tbody/tr[1]")[0])
    assert desk.post("/bureau/ranking/awards/revoke", revoke_reason="").status_code == 422
    assert desk.post("/bureau/ranking/awards/revoke", revoke_reason="名额有误").status_code == 303
    assert desk.awards() == {}


def test_outstanding_sheets_ask_for_a_tick_and_a_reason(make_desk):
    desk = make_desk((90, 80), reviewers=4)
    desk.set_review(0, 0, state="assigned")
    refused = desk.apply()
    assert refused.status_code == 422
    assert desk.awards() == {}
    assert desk.apply(accepts_unfinished="1", reason="一位评审专家出差").status_code == 303
    assert desk.awards() == {"1": 1, "2": 2}


def test_awards_applied_from_an_old_page_are_refused(make_desk):
    desk = make_desk((90, 80))
    form = desk.tree("/bureau/ranking/awards").xpath("//form[.//input[@name='digest']]")[0]
    desk.set_review(0, 0, state="recused")
    answer = desk.post("/bureau/ranking/awards", **dict(form.form_values()))
    assert answer.status_code == 303
    assert desk.awards() == {}
    assert "刚刚有变动" in desk.get("/bureau/ranking/awards").text


def test_scores_changed_after_the_awards_are_told(make_desk):
    desk = make_desk((90, 80), reviewers=4)
    desk.apply()
    assert "评分或设置有变动" not in desk.get("/bureau/ranking").text
    desk.set_review(0, 0, state="recused")
    assert "评分或设置有变动" in desk.get("/bureau/ranking").text


def test_the_switch_for_one_award_per_author_shows_its_plan(make_desk):
    desk = make_desk((90, 85, 80, 75))
    with open_work(desk.world.house.database, actor=desk.world.actor, now=desk.world.now) as work:
        for essay in desk.world.essays[:1] + desk.world.essays[3:]:
            work.session.get_one(Essay, essay.id).authors = ["王芳"]
    assert "作者已有名次更高的作品获奖或待定" not in desk.get("/bureau/ranking/awards").text
    assert "作者已有名次更高的作品获奖或待定" in desk.get("/bureau/ranking/awards?one_per_author=1").text


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER])
def test_units_and_reviewers_find_none_of_it(house, sign_in, csrf, role):
    world = build_scored_world(house, (90, 90), now=datetime.now(UTC))
    unit = world.units[0] if role is Role.UNIT else None
    client = sign_in(build_user(house, role, login="stranger", unit=unit))
    token = csrf(client)
    for path in ("", ".xlsx", "/awards", f"/{world.essays[0].id}"):
        assert client.get(f"/bureau/ranking{path}").status_code == 404
    for path in ("/names", "/awards", "/awards/revoke", "/awards/ties"):
        assert client.post(f"/bureau/ranking{path}", data={"csrf_token": token}).status_code == 404


def test_every_act_needs_the_token(make_desk):
    desk = make_desk((90,))
    for path in ("/names", "/awards", "/awards/revoke", "/awards/ties"):
        assert desk.client.post(f"/bureau/ranking{path}", data={}).status_code == 403


@pytest.mark.parametrize("path", ["/bureau/ranking", "/bureau/ranking/awards"])
def test_a_page_takes_the_same_number_of_statements_at_3_and_at_30(make_desk, path):
    desk = make_desk((90, 85, 80))

    def count() -> int:
        with count_statements(desk.world.house) as sent:
            assert desk.get(path).status_code == 200
        return len(sent)

    count()
    few = count()
    for number in range(27):
        essay = build_essay(
            desk.world.house,
            desk.world.contest,
            desk.world.units[0],
            title=f"又一篇{number}",
            state=EssayState.ACCEPTED,
        )
        for reviewer in desk.world.panel:
            build_review(desk.world.house, essay, reviewer, state="submitted", sheet=sheet_of(61 + number))
    assert count() == few


def test_english_pages_hold_english_names(make_desk):
    desk = make_desk((90,))
    desk.post("/language", language="en")
    assert "First prize" in desk.get("/bureau/ranking").text
