"""A unit's pages: upload to receipt through forms, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from lxml import html

from review_app.domain.actor import Role
from review_app.domain.tags import DEFAULT_TAGS
from review_app.models import Essay, Tag
from tests.builders import add, build_contest, build_essay, build_unit, build_user
from tests.web.statements import count_statements

TEXT = "灯下的来访登记簿\n柳河镇信访办　　周　明\n" + "清晨的接访大厅里，她把热茶递到老人手中。\n" * 60
DETAILS = {
    "title": "灯下的来访登记簿",
    "authors": "周明、李娜",
    "phone": "0550-0000-001",
    "genre": "g-feature",
    "is_original": "1",
    "is_cleared": "1",
}


class World:
    """A contest open now, a unit signed in, and another unit."""

    def __init__(self, house, sign_in, csrf) -> None:
        self.house = house
        self.now = datetime.now(UTC)
        self.contest = build_contest(house, now=self.now)
        self.unit = build_unit(house, self.contest, code="XZ01", name="柳河镇人民政府")
        self.other = build_unit(house, self.contest, code="XZ02", name="石桥镇人民政府")
        tags = (
            Tag(slug=tag.slug, group_key=tag.group, name_zh=tag.name_zh, name_en=tag.name_en, position=place)
            for place, tag in enumerate(DEFAULT_TAGS)
        )
        add(house, *tags)
        self.client = sign_in(build_user(house, Role.UNIT, unit=self.unit, login="u1"))
        self.token = csrf(self.client)

    def post(self, path: str, **fields):
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def upload(self, text: str = TEXT, name: str = "征文(终稿).txt", **fields):
        return self.post("/unit/essays/new", file=(BytesIO(text.encode()), name), **fields)

    def essays(self) -> list[Essay]:
        with self.house.database.read() as session:
            return session.query(Essay).order_by(Essay.id).all()


@pytest.fixture
def world(house, sign_in, csrf) -> World:
    return World(house, sign_in, csrf)


def test_upload_confirm_submit_and_receipt(world: World) -> None:
    uploaded = world.upload()
    essay = world.essays()[0]
    assert (uploaded.status_code, uploaded.location) == (303, f"/unit/essays/{essay.id}")
    shown = world.client.get(uploaded.location).text
    assert 'value="灯下的来访登记簿"' in shown
    assert 'value="周明"' in shown
    answer = world.post(uploaded.location, act="submit", version=essay.version, **DETAILS)
    assert (answer.status_code, answer.location) == (303, f"/unit/essays/{essay.id}/receipt")
    receipt = world.client.get(answer.location).text
    assert all(text in receipt for text in ("2020-XZ01-001", "柳河镇人民政府", "周明、李娜", "SHA-256"))
    assert "2020-XZ01-001" in world.client.get("/unit/").text


def test_typed_text_is_taken_like_a_file(world: World) -> None:
    answer = world.post("/unit/essays/new", typed=TEXT)
    assert answer.status_code == 303
    assert world.essays()[0].title == "灯下的来访登记簿"


def test_the_same_form_sent_twice_makes_one_essay(world: World) -> None:
    answers = [world.upload(request_key="one-time") for _ in range(2)]
    assert [answer.location for answer in answers] == [f"/unit/essays/{world.essays()[0].id}"] * 2
    assert len(world.essays()) == 1


def test_a_refused_file_names_what_to_do_and_keeps_nothing(world: World) -> None:
    answer = world.upload("%PDF-1.7 scanned", "扫描件.pdf")
    assert answer.status_code == 422
    assert "PDF 不能作为参评文稿" in answer.text
    assert "请上传可编辑的 Word 或 WPS 文稿" in answer.text
    assert world.essays() == []


def test_nothing_chosen_says_so(world: World) -> None:
    answer = world.post("/unit/essays/new")
    assert (answer.status_code, "请先选择文件" in answer.text) == (422, True)


def test_a_missing_declaration_keeps_what_was_typed(world: World) -> None:
    essay_path = world.upload().location
    fields = {**DETAILS, "title": "改过的题目"}
    del fields["is_cleared"]
    answer = world.post(essay_path, act="submit", version=world.essays()[0].version, **fields)
    assert answer.status_code == 422
    assert 'value="改过的题目"' in answer.text
    assert 'href="#f-is_cleared"' in answer.text
    essay = world.essays()[0]
    assert (essay.state, essay.title) == ("draft", "改过的题目")


MESSY = TEXT + '一、雨夜里的电话\n电话响了,她起身(雨很大).\n二、天亮以前\n"到了",她说.\n'


def test_every_finding_is_shown_with_its_place_and_its_fix(world: World) -> None:
    page = world.client.get(world.upload(MESSY).location).text
    assert _findings(page) == [
        "提示正文第 62 段：中文里有 7 处半角标点，如“响了,她起”。请在文件里改成全角标点，再更换文件；系统不会自动改动。 R08",
        "提示正文第 61 段：系统认出 2 个小标题，请核对。不是小标题的，在“小标题”一栏取消勾选，保存后变回正文。",
    ]
    assert 'href="#b-61"' in page


def test_a_work_without_faults_says_so(world: World) -> None:
    page = world.client.get(world.upload(TEXT + "清晨的接访大厅里，她把热茶递到老人手中。\n" * 10).location).text
    assert (_findings(page), "都没有发现问题" in page) == ([], True)


def test_a_heading_is_undone_and_done_again_from_the_page(world: World) -> None:
    path = world.upload(MESSY).location
    shown = world.client.get(path).text
    first, second = re.findall(r'name="headings" value="(\d+)" checked', shown)
    fields = {**DETAILS, "act": "save", "shown_headings": [first, second]}

    def save(**ticked: str) -> tuple[list[str], list[str]]:
        assert world.post(path, version=world.essays()[0].version, **fields, **ticked).status_code == 303
        page = world.client.get(path).text
        return (
            re.findall(r'name="headings" value="(\d+)" checked', page),
            re.findall(r'class="sheet-heading[^>]*>([^<]*)<', page),
        )

    assert save(headings=second) == ([second], ["二、天亮以前"])
    assert save() == ([], [])
    assert save(headings=first) == ([first], ["一、雨夜里的电话"])


def test_unticked_headings_survive_a_form_with_an_error(world: World) -> None:
    path = world.upload(MESSY).location
    first, second = re.findall(r'name="headings" value="(\d+)"', world.client.get(path).text)
    fields = {**DETAILS, "authors": "甲乙、丙丁、戊己、庚辛", "shown_headings": [first, second], "headings": second}
    answer = world.post(path, act="save", version=world.essays()[0].version, **fields)
    assert answer.status_code == 422
    assert re.findall(r'name="headings" value="(\d+)" checked', answer.text) == [second]


def test_the_confirm_page_asks_as_many_statements_with_findings_as_without(world: World) -> None:
    counts = []
    for text in (TEXT, MESSY):
        path = world.upload(text).location
        with count_statements(world.house) as sent:
            world.client.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def _findings(page: str) -> list[str]:
    items = html.fromstring(page).xpath('//ul[@class="findings"]/li')
    return [" ".join(item.text_content().split()) for item in items]


def test_another_units_essay_answers_like_none_at_all(world: World) -> None:
    theirs = build_essay(world.house, world.contest, world.other, title="别家的秘密题目")
    for path in ("", "/receipt", "/original", "/file", f"/pictures/{'0' * 64}"):
        foreign = world.client.get(f"/unit/essays/{theirs.id}{path}")
        unknown = world.client.get(f"/unit/essays/987654{path}")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert _plain(foreign.text) == _plain(unknown.text)
    assert world.post(f"/unit/essays/{theirs.id}/withdraw").status_code == 404
    assert "别家的秘密题目" not in world.client.get("/unit/").text


def test_the_original_comes_back_to_the_byte_as_an_attachment(world: World) -> None:
    answer = world.client.get(world.upload().location + "/original")
    assert answer.data == TEXT.encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_withdrawn_essay_may_be_reopened(world: World) -> None:
    path = world.upload().location
    assert world.post(path + "/withdraw").status_code == 303
    assert world.essays()[0].state == "withdrawn"
    assert world.post(path + "/reopen").status_code == 303
    assert world.essays()[0].state == "draft"


def test_after_the_deadline_everything_is_read_only_and_says_so(house, sign_in, csrf) -> None:
    now = datetime.now(UTC)
    contest = build_contest(house, now=now, closes_in_days=-1)
    unit = build_unit(house, contest)
    essay = build_essay(house, contest, unit, submitted_at=now - timedelta(days=3))
    client = sign_in(build_user(house, Role.UNIT, unit=unit))
    assert "征集已截止" in client.get("/unit/").text
    page = client.get(f"/unit/essays/{essay.id}").text
    assert ("作品只读" in page, 'name="title"' in page) == (True, False)
    answer = client.post("/unit/essays/new", data={"csrf_token": csrf(client), "typed": TEXT})
    assert (answer.status_code, "征集已经截止" in answer.text) == (422, True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_home_page_asks_as_many_statements_for_3_essays_as_for_300(world: World, language: str) -> None:
    world.post("/language", language=language)
    first = build_essay(world.house, world.contest, world.unit)
    counts = []
    for more in (2, 297):
        add(world.house, *(_copy(first) for _ in range(more)))
        with count_statements(world.house) as sent:
            page = world.client.get("/unit/").text
        counts.append((page.count("/unit/essays/"), len(sent)))
    assert counts[1][0] - counts[0][0] >= 297
    assert counts[0][1] == counts[1][1]


def _copy(essay: Essay) -> Essay:
    """Another submitted essay with the version of this one."""
    return Essay(
        contest_id=essay.contest_id,
        unit_id=essay.unit_id,
        state=essay.state,
        title=essay.title,
        authors=essay.authors,
        latest_version_id=essay.latest_version_id,
        created_at=essay.created_at,
        updated_at=essay.updated_at,
    )


def _plain(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html)
