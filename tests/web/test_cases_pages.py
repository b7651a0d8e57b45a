"""Typical cases over HTTP: the drafted sheet, its download and what holds it back, the library, works like it, the book."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import docx
import pytest
from lxml import html

from review_app.domain.actor import SYSTEM
from review_app.domain.essay_state import EssayState
from review_app.domain.passages import MarkKind
from review_app.factory import create_app
from review_app.index_job import rebuild_index
from review_app.models import AnthologyItem, CaseSheet, User
from review_app.queries.anthologies import get_book, list_book_problems
from review_app.queries.contests import get_contest
from review_app.queries.manifests import make_manifest
from review_app.queries.similar import list_similar
from review_app.services import anthologies
from review_app.services.marks import mark_essay, settle_mark
from review_app.work import open_work
from tests.browsing import read_csrf, sign_in_as
from tests.builders import NOW, actor_of, add, build_essay, build_unit, make_resources
from tests.case_world import LINES, PRIVATE, SURE, CaseWorld, build_case_world, copy_world
from tests.web.statements import count_statements


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CaseWorld:
    return build_case_world(make_resources(tmp_path_factory.mktemp("cases")))


@pytest.fixture
def cases(built: CaseWorld, tmp_path: Path) -> Iterator[CaseWorld]:
    copied = copy_world(built, tmp_path / "data")
    yield copied
    copied.house.close()


class Desk:
    """The bureau signed in."""

    def __init__(self, cases: CaseWorld, user: User) -> None:
        self.client = sign_in_as(create_app(cases.house.settings, cases.house, clock=lambda: NOW), user)
        self.token = read_csrf(self.client)
        self.url = f"/bureau/essays/{cases.essay.id}/case"

    def get(self, path: str) -> html.HtmlElement:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status_code
        return html.document_fromstring(answer.text)

    def save(self, version: int, **data: str) -> tuple[int, html.HtmlElement]:
        sent = {"csrf_token": self.token, "version": str(version), **data}
        answer = self.client.post(self.url, data=sent, follow_redirects=True)
        return answer.status_code, html.document_fromstring(answer.text)

    def texts(self, page: html.HtmlElement) -> dict[str, str]:
        return {box.get("name"): box.text.lstrip("\n") for box in page.xpath("//form[@id='case']//textarea")}


@pytest.fixture
def desk(cases: CaseWorld) -> Desk:
    return Desk(cases, cases.bureau)


def test_a_sheet_is_drafted_edited_saved_and_downloaded_as_one_page_of_word(cases: CaseWorld, desk: Desk) -> None:
    cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(SURE))
    cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(LINES[3]))
    page = desk.get(desk.url)
    drafted = desk.texts(page)
    assert drafted == {"cause": LINES[1], "measures": f"{SURE}\n{LINES[3]}", "results": "", "lessons": LINES[4]}
    assert desk.client.get(f"{desk.url}.docx").status_code == 303, "nothing is saved yet"
    button = page.xpath("//button[@name='put'][contains(., '放入成效')]/@value")[1]
    status, page = desk.save(0, **{**drafted, "measures": SURE}, put=button)
    assert status == 200
    assert desk.texts(page) == {"cause": LINES[1], "measures": SURE, "results": LINES[3], "lessons": LINES[4]}
    assert "正好一页" in page.text_content()
    answer = desk.client.get(f"{desk.url}.docx")
    word = docx.Document(io.BytesIO(answer.data))
    assert [paragraph.text for paragraph in word.paragraphs if paragraph.text] == [
        "凤凰岭手记", "柳河镇人民政府　周明", f"案例编号：{cases.essay.number}", f"一、案由。{LINES[1]}", f"二、做法。{SURE}",
        f"三、成效。{LINES[3]}", f"四、启示。{LINES[4]}",
    ]  # fmt: skip
    assert [act for act, _facts in cases.log("case.")] == ["case.save", "case.download"]


def test_a_sheet_saved_elsewhere_meanwhile_is_not_overwritten_unseen(desk: Desk) -> None:
    assert desk.save(0, cause="甲写的")[0] == 200
    status, page = desk.save(0, cause="乙写的")
    assert status == 409
    assert desk.texts(page)["cause"] == "乙写的"
    assert desk.save(int(page.xpath("//form[@id='case']//input[@name='version']/@value")[0]), cause="乙写的")[0] == 200
    assert desk.texts(desk.get(desk.url))["cause"] == "乙写的"
    assert desk.save(2, cause="长" * 1001)[0] == 422


def test_a_sheet_longer_than_a_page_says_so(desk: Desk) -> None:
    _status, page = desk.save(0, measures="查档案，请老支书带路。" * 80)
    assert "现在有 2 页，请删减到一页" in page.text_content()


def test_open_private_passages_hold_the_download_back_until_settled_or_confirmed(cases: CaseWorld, desk: Desk) -> None:
    mark_id = cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(PRIVATE, MarkKind.PRIVACY))
    _status, page = desk.save(0, cause=LINES[1])
    assert "仍在案例单里" in page.text_content()
    assert desk.client.get(f"{desk.url}.docx").headers["Location"] == desk.url
    assert desk.client.get(f"{desk.url}.docx?confirmed=1").status_code == 200
    cases.act(settle_mark, essay_id=cases.essay.id, mark_id=mark_id)
    assert desk.client.get(f"{desk.url}.docx").status_code == 200
    assert [facts["confirmed"] for act, facts in cases.log("case.") if act == "case.download"] == [True, False]


def test_a_private_number_holds_the_download_back_until_confirmed(desk: Desk) -> None:
    _status, page = desk.save(0, cause="电话 138 0013 8000，住东河村。")
    assert "像有 1 处手机号或身份证号" in page.text_content()
    assert desk.client.get(f"{desk.url}.docx").status_code == 303
    assert desk.client.get(f"{desk.url}.docx?confirmed=1").status_code == 200


def test_the_library_lists_works_with_a_sheet_or_a_good_passage_and_costs_the_same_at_any_length(
    cases: CaseWorld, desk: Desk
) -> None:
    assert desk.get("/bureau/cases").xpath("//tbody/tr") == []
    others = [
        build_essay(cases.house, cases.contest, cases.unit, title=f"另一篇{number}", state=EssayState.ACCEPTED)
        for number in range(3)
    ]
    cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(SURE))
    cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(PRIVATE, MarkKind.PRIVACY))
    with count_statements(cases.house) as few:
        rows = desk.get("/bureau/cases").xpath("//tbody/tr")
    assert [[cell.text_content().strip() for cell in row] for row in rows] == [
        [f"凤凰岭手记{cases.essay.number}", "柳河镇人民政府", "2020", "—", "1", "起草凤凰岭手记"]
    ]
    add(cases.house, *(CaseSheet(essay_id=one.id, cause="因", updated_at=NOW, updated_by="王科长") for one in others))
    with count_statements(cases.house) as many:
        rows = desk.get("/bureau/cases").xpath("//tbody/tr")
    assert [row.xpath("string(.//a)") for row in rows] == ["另一篇0", "另一篇1", "另一篇2", "凤凰岭手记"]
    assert len(many) == len(few)


def test_a_book_prints_saved_sheets_where_it_is_told_to_and_names_open_private_passages(cases: CaseWorld) -> None:
    mark_id = cases.act(mark_essay, essay_id=cases.essay.id, mark=cases.cut(PRIVATE, MarkKind.PRIVACY))
    add(
        cases.house,
        CaseSheet(essay_id=cases.essay.id, cause="因\n由", lessons="启", updated_at=NOW, updated_by="王科长"),
    )
    cases.act(anthologies.add_works, essay_ids=[cases.essay.id], section="作品")

    def look() -> tuple[list[str], object]:
        with cases.house.database.read() as session:
            contest = get_contest(session)
            book = get_book(session, contest=contest, on=NOW.date())
            (section,) = make_manifest(session, contest=contest, book=book).sections
        return [problem.code for problem in list_book_problems(book, {})], section.works[0].case

    problems, case = look()
    assert ("privacy-open" in problems, case) == (True, None)
    with open_work(cases.house.database, actor=SYSTEM, now=NOW) as work:
        item = work.session.query(AnthologyItem).one()
        anthology, _contest = anthologies.open_anthology(work, None)
        anthology.has_case_cards = True
        assert item.essay_id == cases.essay.id
    cases.act(settle_mark, essay_id=cases.essay.id, mark_id=mark_id)
    problems, case = look()
    assert "privacy-open" not in problems
    assert case is not None
    assert (case.cause, case.measures, case.results, case.lessons) == ("因\n由", "", "", "启")


def test_similar_works_are_shown_with_where_they_come_from_and_a_unit_finds_its_own(
    cases: CaseWorld, desk: Desk
) -> None:
    foreign = build_unit(cases.house, cases.contest, code="XZ09", name="石桥镇人民政府")
    for unit, title in ((foreign, "岭上的老支书"), (cases.unit, "再上凤凰岭")):
        text = "\n".join(LINES)
        build_essay(cases.house, cases.contest, unit, title=title, text=text, state=EssayState.ACCEPTED)
    build_essay(
        cases.house,
        cases.contest,
        foreign,
        title="无关的一篇",
        text="菜市场里卖豆腐的摊子。",
        state=EssayState.ACCEPTED,
    )
    rebuild_index(cases.house, "bureau")
    page = desk.get(f"/bureau/essays/{cases.essay.id}")
    assert set(page.xpath("//ol[@class='similar']//a/text()")) == {"岭上的老支书", "再上凤凰岭"}
    assert page.xpath("//a[text()='全部相似作品']/@href") == [f"/search/?q={quote('相似')}:{cases.essay.number}"]
    with cases.house.database.read() as session:
        own = list_similar(
            session, indexes=cases.house.indexes, actor=actor_of(cases.unit_user), number=cases.essay.number or ""
        )
    assert [work.title for work in own] == ["再上凤凰岭"]


def test_a_work_without_its_like_says_so(cases: CaseWorld, desk: Desk) -> None:
    page = desk.get(f"/bureau/essays/{cases.essay.id}")
    assert "没有找到相似的作品。" in page.text_content(), "there is no index at all yet"
    assert page.xpath("//ol[@class='similar']") == []


def test_reviewers_and_units_have_no_way_to_the_sheets(cases: CaseWorld, desk: Desk) -> None:
    for user in (cases.panel[0], cases.unit_user):
        other: Callable[[str], object] = Desk(cases, user).client.get
        for path in ("/bureau/cases", desk.url, f"{desk.url}.docx"):
            assert other(path).status_code == 404  # type: ignore[attr-defined]
