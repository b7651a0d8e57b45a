"""The roll of taking part in the browser: numbers that lead to the table, filters, charts, reminder, workbook."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from lxml import html
from openpyxl import load_workbook

from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.models import Unit
from review_app.work import open_work
from tests.builders import build_contest, build_essay, build_unit, build_user
from tests.web.statements import count_statements


class Desk:
    """The bureau signed in two days after the closing, late works still taken; five units in five states."""

    def __init__(self, house, sign_in, csrf, **facts) -> None:
        self.house = house
        self.now = datetime.now(UTC)
        self.contest = build_contest(house, now=self.now, **{"closes_in_days": -2, "late_days": 5, **facts})
        self.units = {
            name: build_unit(house, self.contest, code=code, name=name, key=key)
            for code, name, key in (
                ("XB01", "县教育局", "county"),
                ("XZ01", "柳河镇", "township"),
                ("XZ02", "石桥镇", "township"),
                ("XZ03", "白马镇", "township"),
                ("KF01", "开发区", "zone"),
            )
        }
        self.send("柳河镇", days_ago=5)
        self.send("柳河镇", days_ago=4, state=EssayState.RETURNED)
        self.send("石桥镇", days_ago=1, is_late=True)
        self.send("县教育局", days_ago=6)
        self.set("县教育局", quota=2)
        self.set("开发区", quota=0, exempt_reason="机构改革")
        self.client = sign_in(build_user(house, Role.BUREAU, login="bureau"))

    def send(self, name: str, *, days_ago: float, **facts) -> None:
        facts = {"state": EssayState.SUBMITTED, **facts}
        build_essay(
            self.house, self.contest, self.units[name], submitted_at=self.now - timedelta(days=days_ago), **facts
        )

    def set(self, name: str, **values) -> None:
        with open_work(self.house.database, actor=SYSTEM, now=self.now) as work:
            row = work.session.get_one(Unit, self.units[name].id)
            for key, value in values.items():
                setattr(row, key, value)

    def tree(self, path: str = "") -> html.HtmlElement:
        answer = self.client.get(f"/bureau/participation{path}")
        assert answer.status_code == 200, answer.text
        return html.document_fromstring(answer.text)

    def names(self, path: str = "") -> list[str]:
        return self.tree(path).xpath("//table[@data-list]/tbody/tr/th/a/text()")

    def rows(self, path: str = "") -> dict[str, list[str]]:
        lines = self.tree(path).xpath("//table[@data-list]/tbody/tr")
        return {line.xpath("./th/a/text()")[0]: [words(cell) for cell in line.xpath("./td")] for line in lines}


@pytest.fixture
def desk(house, sign_in, csrf) -> Desk:
    return Desk(house, sign_in, csrf)


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def test_units_stand_in_official_order_with_their_counts_and_states(desk):
    rows = desk.rows()
    assert list(rows) == ["柳河镇", "石桥镇", "白马镇", "开发区", "县教育局"]
    assert rows["柳河镇"][:9] == ["乡镇", "1", "2", "2", "0", "2", "1", "0", "按时"]
    assert rows["石桥镇"][:9] == ["乡镇", "1", "1", "0", "1", "1", "0", "0", "逾期"]
    assert rows["白马镇"][:9] == ["乡镇", "1", "0", "0", "0", "0", "0", "1", "未报送"]
    assert rows["县教育局"][:9] == ["县直单位", "2", "1", "1", "0", "1", "0", "1", "未报满"]
    assert rows["开发区"][8] == "免报"


def test_tiles_count_units_and_lead_to_the_filtered_table(desk):
    page = desk.tree()
    tiles = {
        words(tile.xpath("./*[@class='tile-label']")[0]): tile for tile in page.xpath("//a[contains(@class,'tile')]")
    }
    numbers = {name: words(tile.xpath("./*[@class='tile-number']")[0]) for name, tile in tiles.items()}
    assert numbers == {"应报单位": "4", "已报送": "3", "未报送": "1", "收稿": "4", "逾期作品": "1", "退回待改": "1"}
    assert words(tiles["已报送"]).endswith("75.0%")
    expected = {"应报单位": 4, "已报送": 3, "未报送": 1, "逾期作品": 1, "退回待改": 1}
    for name, count in expected.items():
        path = tiles[name].get("href").removeprefix("/bureau/participation").partition("#")[0]
        assert len(desk.names(path)) == count


def test_each_chip_shows_as_many_units_as_it_says(desk):
    for chip in desk.tree().xpath("//section[@id='units']//a[@class='chip']"):
        path = chip.get("href").removeprefix("/bureau/participation").partition("#")[0]
        assert len(desk.names(path)) == int(words(chip).split()[-1])
    assert desk.names("?show=nonsense") == desk.names()


def test_the_charts_tell_their_figures_in_words(desk):
    descriptions = [words(one) for one in desk.tree().xpath("//svg/desc")]
    assert descriptions[0].startswith("共收到 4 篇，征集截止 ")
    assert descriptions[1:] == [
        "乡镇 2/3；县直单位 1/1",
        "按时 1；逾期 1；未报送 1；未报满 1；免报 1",
    ]


def test_the_reminder_names_the_silent_units_only(desk):
    text = desk.tree("?show=none").xpath("//textarea/text()")[0]
    assert "下列 1 个单位尚未报送作品：白马镇。" in text
    assert "补报到" in text
    assert not desk.tree().xpath("//textarea")


def test_before_the_closing_units_are_awaited_not_missing(house, sign_in, csrf):
    desk = Desk(house, sign_in, csrf, closes_in_days=3)
    assert desk.rows()["白马镇"][8] == "待报"
    assert "请抓紧组织报送" in desk.tree("?show=none").xpath("//textarea/text()")[0]


def test_the_workbook_holds_the_table_as_filtered(desk):
    def lines(path: str) -> list[tuple]:
        answer = desk.client.get(f"/bureau/participation.xlsx{path}")
        return list(load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))

    head, *rows = lines("")
    first = dict(zip(head, rows[0], strict=True))
    assert (first["报送单位"], first["应报"], first["实报"], first["退回"], first["状态"]) == (
        "柳河镇",
        1,
        2,
        1,
        "按时",
    )
    assert [name for name in ("一等奖", "二等奖", "三等奖", "优秀奖", "入选", "备注") if name not in head] == []
    assert [row[1] for row in rows] == desk.names()
    assert [row[1] for row in lines("?show=none")[1:]] == ["白马镇"]


def test_an_empty_contest_says_what_to_do(house, sign_in):
    build_contest(house, now=datetime.now(UTC))
    client = sign_in(build_user(house, Role.BUREAU, login="bureau"))
    page = client.get("/bureau/participation").text
    assert "尚未导入单位名单" in page
    assert "还没有收到作品" in page


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER])
def test_units_and_reviewers_find_none_of_it(desk, sign_in, role):
    unit = desk.units["柳河镇"] if role is Role.UNIT else None
    client = sign_in(build_user(desk.house, role, login="stranger", unit=unit))
    for path in ("", ".xlsx"):
        assert client.get(f"/bureau/participation{path}").status_code == 404


def test_the_page_takes_the_same_number_of_statements_at_3_and_at_30(desk):
    def count() -> int:
        with count_statements(desk.house) as sent:
            desk.names()
        return len(sent)

    count()
    few = count()
    for number in range(27):
        unit = build_unit(desk.house, desk.contest, code=f"U{number:02d}", name=f"{number}乡")
        build_essay(desk.house, desk.contest, unit)
    assert count() == few
