"""Marking passages over HTTP: with and without script, by reviewer and bureau, and what each of them is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from review_app.domain.passages import MarkKind
from review_app.factory import create_app
from review_app.models import User
from review_app.services.marks import mark_essay, mark_review
from tests.browsing import read_csrf, sign_in_as
from tests.builders import NOW, make_resources
from tests.case_world import LINES, PRIVATE, SURE, CaseWorld, build_case_world, copy_world

SECRET_NOTE = "别人写的批注内容"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CaseWorld:
    return build_case_world(make_resources(tmp_path_factory.mktemp("cases")))


@pytest.fixture
def cases(built: CaseWorld, tmp_path: Path) -> Iterator[CaseWorld]:
    copied = copy_world(built, tmp_path / "data")
    yield copied
    copied.house.close()


class Visitor:
    """Somebody signed in, who posts with the token of his session."""

    def __init__(self, app: Flask, user: User) -> None:
        self.client: FlaskClient = sign_in_as(app, user)
        self.token = read_csrf(self.client)

    def get(self, path: str) -> html.HtmlElement:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status_code
        return html.document_fromstring(answer.text)

    def post(self, path: str, **data: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **data})


@pytest.fixture
def visit(cases: CaseWorld) -> Callable[[User], Visitor]:
    app = create_app(cases.house.settings, cases.house, clock=lambda: NOW)
    return lambda user: Visitor(app, user)


def shown_marks(page: html.HtmlElement) -> list[tuple[str, str]]:
    """Kind and words of each mark in the list."""
    return [
        (row.xpath("string(.//*[contains(@class, 'mark-kind')])"), row.xpath("string(.//q)"))
        for row in page.xpath("//ol[@class='marks']/li")
    ]


def marked_words(page: html.HtmlElement) -> list[str]:
    return [mark.text_content() for mark in page.xpath("//article//mark")]


def test_a_reviewer_marks_a_passage_by_paragraph_and_words_and_takes_it_back(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    reviewer, url = visit(cases.panel[0]), f"/review/{cases.reviews[0].code}"
    form = reviewer.get(f"{url}/marks/new")
    options = [option.text for option in form.xpath("//select[@name='block']/option")]
    assert options[:3] == ["请选择", "第 1 段 三上凤凰岭的接访", "第 2 段 村民老陈因宅基地登记有误，三…"]
    answer = reviewer.post(f"{url}/marks?state=waiting", kind="good", block="2", quote=SURE, remark="可作示范")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{url}?state=waiting")
    page = reviewer.get(url)
    assert (shown_marks(page), marked_words(page)) == ([("好案例", SURE)], [SURE])
    assert page.xpath("//a[@id='mark-1']/@href") == ["#mark-note-1"]
    undo = page.xpath("//form[@data-undo]/@action")
    assert undo == [f"{url}/marks/1/remove?state=waiting"]
    assert reviewer.post(undo[0]).headers["Location"] == f"{url}?state=waiting"
    page = reviewer.get(url)
    assert (shown_marks(page), marked_words(page)) == ([], [])
    reviewer.post(page.xpath("//form[@data-undo]/@action")[0])
    assert shown_marks(reviewer.get(url)) == [("好案例", SURE)]


def test_what_cannot_be_marked_is_said_at_its_field_and_what_was_typed_stays(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    for who, url in (
        (cases.panel[0], f"/review/{cases.reviews[0].code}/marks"),
        (cases.bureau, f"/bureau/essays/{cases.essay.id}/marks"),
    ):
        visitor = visit(who)
        for data, field in (
            ({"kind": "good", "block": "1"}, "quote"),
            ({"kind": "good", "block": ""}, "block"),
            ({"kind": "best", "block": "2"}, "kind"),
            ({"kind": "good", "block": "2", "remark": "长" * 201}, "remark"),
        ):
            answer = visitor.post(url, quote=SURE, **data)
            page = html.document_fromstring(answer.text)
            assert (answer.status_code, page.xpath("//*[@data-errors]//a/@href")) == (422, [f"#f-{field}"])
            assert page.xpath("string(//textarea[@name='quote'])").strip() == SURE


def test_a_reviewer_is_shown_no_mark_of_anybody_else_nor_how_many_there_are(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    reviewer, url = visit(cases.panel[0]), f"/review/{cases.reviews[0].code}"

    def look() -> str:
        page = reviewer.client.get(url).text
        return re.sub(r'name="(csrf_token|request_key)" value="[^"]*"', "", page)

    before = look()
    for number in (1, 2):
        mark = cases.cut(SURE, MarkKind.DOUBT, SECRET_NOTE)
        cases.act(mark_review, by=cases.panel[number], code=cases.reviews[number].code, mark=mark)
    cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(PRIVATE, MarkKind.PRIVACY, SECRET_NOTE))
    assert look() == before
    reviewer.post(f"{url}/marks", kind="good", block="3", quote=LINES[3])
    page = reviewer.get(url)
    assert shown_marks(page) == [("好案例", LINES[3])]
    assert page.xpath("//button[@data-mark-act]/@formaction") == [f"{url}/marks/1/remove"]
    assert reviewer.post(f"{url}/marks/2/remove").status_code == 404
    bureau = visit(cases.bureau).get(f"/bureau/essays/{cases.essay.id}")
    assert [words for _kind, words in shown_marks(bureau)] == [PRIVATE, SURE, SURE, LINES[3]]
    assert SECRET_NOTE in bureau.text_content()


def test_a_handed_in_sheet_shows_its_marks_without_a_way_to_change_them(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    reviewer, url = visit(cases.panel[0]), f"/review/{cases.reviews[0].code}"
    reviewer.post(f"{url}/marks", kind="good", block="2", quote=SURE)
    scores = {"theme": 20, "real": 20, "value": 16, "lang": 16, "form": 8}
    reviewer.post(url, act="submit", version="1", **{f"score-{key}": value for key, value in scores.items()})
    page = reviewer.get(url)
    assert shown_marks(page) == [("好案例", SURE)]
    assert page.xpath("//*[@data-mark-act or @data-mark-form or @data-mark-start]") == []


def test_the_bureau_settles_a_private_passage_and_finds_it_in_the_next_version(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    url = f"/bureau/essays/{cases.essay.id}"
    for quote, kind in ((PRIVATE, MarkKind.PRIVACY), (SURE, MarkKind.GOOD), (LINES[4], MarkKind.DOUBT)):
        cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(quote, kind))
    cases.rewrite(LINES[0], LINES[3], LINES[1], LINES[2].replace("一处一处", "逐处"))
    bureau = visit(cases.bureau)
    page = bureau.get(url)
    assert shown_marks(page) == [("隐私", PRIVATE), ("好案例", SURE), ("存疑", LINES[4])]
    assert marked_words(page) == [PRIVATE, SURE.replace("一处一处", "逐处")]
    states = [row.xpath("string(.//*[contains(@class, 'status')])") for row in page.xpath("//ol[@class='marks']/li")]
    assert states == ["", "原文有改动", "原文已改，找不到这一处"]
    settle = page.xpath("//ol[@class='marks']/li[1]//button/@formaction")[0]
    assert bureau.post(settle).status_code == 303
    page = bureau.get(url)
    assert (shown_marks(page)[-1], marked_words(page)) == (("隐私", PRIVATE), [SURE.replace("一处一处", "逐处")])
    bureau.post(page.xpath("//form[@data-undo]/@action")[0])
    assert shown_marks(bureau.get(url))[0] == ("隐私", PRIVATE)


def test_the_bureau_decides_on_tags_and_takes_it_back(cases: CaseWorld, visit: Callable[[User], Visitor]) -> None:
    cases.say(cases.unit_user, "home-visit")
    for reviewer in cases.panel[:2]:
        cases.say(reviewer, "mediation")
    cases.say(cases.panel[2], "home-visit", is_struck=True)
    bureau, url = visit(cases.bureau), f"/bureau/essays/{cases.essay.id}"

    def rows() -> list[str]:
        return [" ".join(row.text_content().split()) for row in bureau.get(url).xpath("//ul[@class='tag-rows']/li")]

    assert rows() == [
        "人民调解 成立 评审 2 人 划去人民调解",
        "上门走访 未成立 单位建议，评审 1 人划去 设定上门走访划去上门走访",
    ]
    act = bureau.get(url).xpath("//ul[@class='tag-rows']/li[1]//button/@formaction")[0]
    bureau.post(act)
    page = bureau.get(url)
    assert "人民调解 未成立 评审 2 人，信访局划去 撤回决定人民调解" in [
        " ".join(row.text_content().split()) for row in page.xpath("//ul[@class='tag-rows']/li")
    ]
    bureau.post(page.xpath("//form[@data-undo]/@action")[0])
    assert rows()[0] == "人民调解 成立 评审 2 人 划去人民调解"
    picker = bureau.get(url).xpath("//form[.//select[@name='tags']]/@action")[0]
    bureau.post(picker, tags=["d-rural", "hearing"])
    assert {row.split()[0] for row in rows()} == {"人民调解", "公开听证", "农村土地", "上门走访"}
    assert bureau.post(picker).status_code == 303


def test_the_unit_and_other_reviewers_never_see_who_said_what_of_a_tag(
    cases: CaseWorld, visit: Callable[[User], Visitor]
) -> None:
    cases.say(cases.unit_user, "home-visit")
    cases.say(cases.panel[1], "mediation")
    cases.say(cases.panel[1], "home-visit", is_struck=True)
    page = visit(cases.panel[0]).get(f"/review/{cases.reviews[0].code}")
    assert page.xpath("//div[@class='proposals']//*[contains(@class, 'tag-proposed')]/text()") == ["上门走访"]
    assert page.xpath("//option[@selected]") + page.xpath("//input[@name='struck'][@checked]") == []
    own = visit(cases.panel[1]).get(f"/review/{cases.reviews[1].code}")
    assert own.xpath("//select[@name='tags']//option[@selected]/@value") == ["mediation"]
    assert own.xpath("//input[@name='struck'][@checked]/@value") == ["home-visit"]


def test_the_taxonomy_is_changed_on_its_page(cases: CaseWorld, visit: Callable[[User], Visitor]) -> None:
    cases.say(cases.panel[0], "home-visit")
    bureau = visit(cases.bureau)
    bureau.post("/bureau/contest/tags/home-visit/rename", name_zh="登门走访", name_en="Calls")
    page = bureau.get("/bureau/contest/tags")
    assert "登门走访" in page.xpath("string(//tr[@id='home-visit'])")
    assert page.xpath("string(//tr[@id='home-visit']/td[@class='number'])") == "1"
    bureau.post(page.xpath("//form[@data-undo]/@action")[0])
    assert "上门走访" in bureau.get("/bureau/contest/tags").xpath("string(//tr[@id='home-visit'])")
    assert bureau.post("/bureau/contest/tags/home-visit/rename", name_zh="领导接访").status_code == 422
    assert bureau.post("/bureau/contest/tags", group="order", name_zh="", name_en="").status_code == 422
    bureau.post("/bureau/contest/tags", group="order", name_zh="文明信访", name_en="")
    assert "文明信访" in bureau.get("/bureau/contest/tags").xpath("string(//tr[@id='own-1'])")
    preview = bureau.get("/bureau/contest/tags/home-visit/merge")
    assert preview.xpath("//main//ul/li/a/text()") == [f"{cases.essay.number} {cases.essay.title}"]
    assert bureau.post("/bureau/contest/tags/home-visit/merge", essays="1").status_code == 422
    bureau.post("/bureau/contest/tags/home-visit/merge", essays="1", into="own-1")
    page = bureau.get("/bureau/contest/tags")
    assert "已停用" in page.xpath("string(//tr[@id='home-visit'])")
    assert page.xpath("string(//tr[@id='own-1']/td[@class='number'])") == "1"
