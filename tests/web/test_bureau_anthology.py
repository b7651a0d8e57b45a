"""The ordering board, the settings and the builds in the browser, with and without script."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

import pytest
from lxml import html

from compile.plan import PROBLEMS
from review_app.anthology_job import NOT_SET, run_build
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.models import AnthologyBuild, AnthologyItem, Essay, EssayVersion, Job
from review_app.services import builds
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import build_essay, build_user
from tests.scored_world import ScoredWorld, build_scored_world
from tests.web.statements import count_statements

FETCH = {"X-Requested-With": "fetch"}


class Desk:
    """The bureau signed in on a contest with awards in force."""

    def __init__(self, world: ScoredWorld, sign_in, csrf) -> None:
        self.world = world
        world.award()
        self.client = sign_in(world.bureau)
        self.token = csrf(self.client)

    def get(self, path: str, **facts):
        return self.client.get(f"/bureau/anthology{path}", **facts)

    def tree(self, path: str = "") -> html.HtmlElement:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return html.document_fromstring(answer.text)

    def post(self, path: str, headers=None, **fields):
        data = {"csrf_token": self.token, **fields}
        return self.client.post(f"/bureau/anthology{path}", data=data, headers=headers)

    def version(self) -> str:
        return self.tree().xpath("//form[@id='board']/input[@name='version']/@value")[0]

    def order(self) -> list[list[int]]:
        """The essays of each section on the board, by their number in the world, from 1."""
        numbers = {str(essay.id): number for number, essay in enumerate(self.world.essays, start=1)}
        lists = self.tree().xpath("//section[@data-order-board]//ol")
        return [[numbers[one] for one in each.xpath("./li/@data-order-item")] for each in lists]

    def id(self, number: int) -> int:
        return self.world.essays[number - 1].id

    def arrange(self) -> None:
        form = self.tree("/arrange").xpath("//form[.//input[@name='digest']]")[0]
        assert self.post("/arrange", **dict(form.form_values())).status_code == 303

    def build(self) -> str:
        form = self.tree("/check").xpath("//form[.//input[@name='request_key']]")[0]
        answer = self.post("/builds", **dict(form.form_values()))
        assert answer.status_code == 303
        return answer.location.removeprefix("/bureau/anthology")

    def drain(self) -> None:
        handlers = {"build-anthology": run_build, "index-essay": lambda house, jobs: None}
        Worker(self.world.house, handlers).drain()


@pytest.fixture
def desk(house, sign_in, csrf) -> Desk:
    return Desk(build_scored_world(house, (90, 85, 80, 75, 72, 65), now=datetime.now(UTC)), sign_in, csrf)


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def test_candidates_begin_with_the_awarded_ones_in_order(desk):
    page = desk.tree()
    assert page.xpath("//input[@name='pick']/@value") == [str(desk.id(number)) for number in (1, 2, 3, 4, 5)]
    everything = desk.tree("?show=all").xpath("//input[@name='pick']/@value")
    assert everything == [str(desk.id(number)) for number in range(1, 7)]
    assert desk.tree("?show=all&q=之6").xpath("//input[@name='pick']/@value") == [str(desk.id(6))]


def test_picked_works_enter_a_section_and_leave_the_candidates(desk):
    answer = desk.post("/add", pick=[desk.id(2), desk.id(6)], section="第一辑 下访")
    assert answer.status_code == 303
    assert desk.order() == [[2, 6]]
    assert str(desk.id(2)) not in desk.tree().xpath("//input[@name='pick']/@value")
    assert desk.post("/add", section="第一辑 下访").status_code == 422


def test_the_arrangement_is_shown_with_reasons_then_applied_and_taken_back(desk):
    preview = words(desk.tree("/arrange").xpath("//main")[0])
    assert "一等奖作品" in preview
    assert "没有获奖" in preview
    desk.arrange()
    assert desk.order() == [[1], [2, 3], [4, 5]]
    form = desk.tree()
    assert desk.post(f"/undo?version={form.xpath('//input[@name=$n]/@value', n='version')[0]}").status_code == 303
    assert desk.order() == []


def test_each_rule_is_previewed_and_applied_as_shown(desk):
    for address, sections in (
        ("/arrange?by=class", ["乡镇", "县直单位"]),
        ("/arrange?by=class&works=all", ["乡镇", "县直单位"]),
        ("/arrange?by=genre", ["其他作品"]),
        ("/arrange?by=topic&works=all", ["其他作品"]),
        ("/arrange?works=all", ["一等奖作品", "二等奖作品", "三等奖作品", "其他作品"]),
    ):
        page = desk.tree(address)
        assert [words(head) for head in page.xpath("//main//h2[not(@class)]")] == sections
        assert len(page.xpath("//div[@class='chips']/a[@aria-current='true']")) == 2
        form = page.xpath("//form[.//input[@name='digest']]")[0]
        assert desk.post("/arrange", **dict(form.form_values())).status_code == 303
        assert desk.tree().xpath("//section[@data-order-board]//h3/text()")[: len(sections)] == sections
    assert desk.order() == [[1], [2, 3], [4, 5], [6]]
    assert desk.get("/arrange?by=weather").status_code == 404


def test_without_awards_all_accepted_works_can_be_arranged(desk):
    with open_work(desk.world.house.database, actor=desk.world.actor, now=desk.world.now) as work:
        for number in range(1, 7):
            work.session.get_one(Essay, desk.id(number)).award_level_id = None
    page = desk.tree("/arrange?by=class")
    assert "还没有确定奖项" in words(page)
    assert page.xpath("//form[.//input[@name='digest']]") == []
    everything = desk.tree("/arrange?by=class&works=all")
    assert "按此编排 6 篇" in words(everything)


def test_the_sentence_after_a_move_carries_the_way_back(desk):
    desk.arrange()
    desk.post("/move", version=desk.version(), move=f"{desk.id(3)} up")
    page = desk.tree()
    undo = page.xpath("//form[@data-undo]/@action")
    assert len(undo) == 1
    assert desk.order() == [[1], [3, 2], [4, 5]]
    assert desk.client.post(undo[0], data={"csrf_token": desk.token}).status_code == 303
    assert desk.order() == [[1], [2, 3], [4, 5]]


def test_buttons_alone_move_over_borders_out_and_to_a_place(desk):
    desk.arrange()
    desk.post("/move", version=desk.version(), move=f"{desk.id(2)} up")
    assert desk.order() == [[1, 2], [3], [4, 5]]
    desk.post("/move", version=desk.version(), move=f"{desk.id(4)} out")
    desk.post("/place", work=desk.id(5), section="一等奖作品", position="1")
    assert desk.order() == [[5, 1, 2], [3], []]


def test_the_script_sends_the_whole_order_and_gets_the_version(desk):
    desk.arrange()
    version = desk.version()
    place = [f"2 {desk.id(1)}", f"0 {desk.id(3)}", f"0 {desk.id(2)}", f"2 {desk.id(4)}", f"1 {desk.id(5)}"]
    answer = desk.post("/order", FETCH, version=version, place=place)
    assert answer.json == {"version": int(version) + 1}
    assert desk.order() == [[3, 2], [5], [1, 4]]
    stale = desk.post("/order", FETCH, version=version, place=place)
    assert stale.status_code == 409
    assert stale.json["error"].startswith("王科长在 ")
    assert desk.post("/order", FETCH, version=desk.version(), place=place[:-1]).status_code == 409
    assert desk.post("/order", FETCH, version=desk.version(), place=["x y"]).status_code == 404


def test_sections_are_added_renamed_and_removed(desk):
    desk.arrange()
    assert desk.post("/sections", title="附编").status_code == 303
    taken = desk.post("/sections", title="附编")
    assert taken.status_code == 422
    assert "已有同名的一辑" in taken.text
    renamed = desk.post("/sections/rename", section="附编", index="3", title="一等奖作品")
    assert renamed.status_code == 422
    assert desk.post("/sections/rename", section="附编", index="3", title="典型案例").status_code == 303
    desk.post("/sections/move", section="典型案例", step="up")
    titles = desk.tree().xpath("//section[@data-order-board]//h3/text()")
    assert titles[:4] == ["一等奖作品", "二等奖作品", "典型案例", "三等奖作品"]
    desk.post("/sections/move", section="典型案例", step="out")
    assert len(desk.order()) == 3
    assert desk.post("/sections/move", section="一等奖作品", step="sideways").status_code == 404


def test_settings_are_kept_and_the_note_is_shown_filled(desk):
    desk.arrange()
    form = desk.tree("/settings").xpath("//form[@data-guard]")[0]
    typed = {**dict(form.form_values()), "title": "凤凰岭上的灯", "editor_note": "共{units}个单位，{selected}篇。"}
    typed.pop("has_award_list")
    assert desk.post("/settings", **typed).status_code == 303
    page = desk.tree("/settings")
    assert words(page.xpath("//blockquote")[0]) == "共3个单位，5篇。"
    assert page.xpath("//input[@name='has_award_list']/@checked") == []
    assert "凤凰岭上的灯" in desk.tree().text_content()


def test_parts_are_switched_and_typed_on_the_settings(desk):
    desk.arrange()
    form = desk.tree("/settings").xpath("//form[@data-guard]")[0]
    typed = {
        **dict(form.form_values()),
        "has_notice": "1",
        "notice": "各单位：\n收到{essays}篇。",
        "has_running_heads": "1",
        "board": "主任：赵国强",
    }
    typed.pop("has_back_cover")
    assert desk.post("/settings", **typed).status_code == 303
    page = desk.tree("/settings")
    ticked = set(page.xpath("//form[@data-guard]//input[@type='checkbox'][@checked]/@name"))
    assert {"has_notice", "has_running_heads", "has_board"} <= ticked
    assert ticked.isdisjoint({"has_back_cover", "has_imprint", "has_afterword", "has_odd_starts", "has_entry_list"})
    place = desk.build()
    desk.drain()
    with zipfile.ZipFile(BytesIO(desk.get(f"{place}/document").data)) as package:
        text = re.sub("<[^>]+>", "", package.read("word/document.xml").decode())
        assert "word/header0.xml" in package.namelist()
    assert "收到6篇。" in text
    assert text.index("赵国强") < text.index("目　录") < text.index("各单位：")
    assert "内部资料 免费交流" not in text


def test_settings_at_fault_keep_what_was_typed(desk):
    form = desk.tree("/settings").xpath("//form[@data-guard]")[0]
    typed = {**dict(form.form_values()), "title": "", "subtitle": "还没想好"}
    refused = desk.post("/settings", **typed)
    assert refused.status_code == 422
    assert "还没想好" in refused.text
    for fault in ({"editor_note": "{typo}"}, {"dated_on": "去年"}, {"board": "赵国强"}):
        assert desk.post("/settings", **{**typed, "title": "书", **fault}).status_code == 422
    desk.post("/sections", title="附编")
    conflict = desk.post("/settings", **{**typed, "title": "书"})
    assert conflict.status_code == 303
    assert "改过汇编" in desk.get("/settings").text


def test_problems_are_grouped_and_lead_to_their_works(desk):
    desk.arrange()
    desk.post("/add", pick=[desk.id(6)], section="附编")
    with open_work(desk.world.house.database, actor=desk.world.actor, now=desk.world.now) as work:
        work.session.get_one(Essay, desk.id(2)).state = EssayState.RETURNED.value
    section = desk.tree("/check").xpath("//section[@aria-labelledby='problems-title']")[0]
    assert [words(head) for head in section.xpath(".//h3")] == ["不应编入的作品 1", "没有获奖的作品 1"]
    assert section.xpath(".//li/a/@href") == [f"/bureau/essays/{desk.id(2)}", f"/bureau/essays/{desk.id(6)}"]


def test_a_build_goes_from_the_button_to_the_word_file(desk):
    desk.arrange()
    place = desk.build()
    waiting = desk.get(place)
    assert "正在排队" in waiting.text
    live = html.document_fromstring(waiting.text).xpath("//*[@data-live-url]/@data-live-url")
    assert live == [f"/bureau/anthology{place}?part=progress"]
    desk.drain()
    part = desk.get(f"{place}?part=progress", headers=FETCH)
    block = html.document_fromstring(part.text).xpath("//*[@data-live]")[0]
    assert block.get("data-done") is not None
    assert "<html" not in part.text
    assert "5 篇作品，0 张图片" in words(block)
    document = desk.get(f"{place}/document")
    assert "《最美信访干部征文作品汇编》第1稿.docx" in unquote(document.headers["Content-Disposition"])
    assert document.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(BytesIO(document.data)) as package:
        text = re.sub("<[^>]+>", "", package.read("word/document.xml").decode())
    assert text.index("凤凰岭手记之1") < text.index("凤凰岭手记之2")
    assert "柳河镇人民政府  作者1" in text
    assert "凤凰岭手记之6" not in text


FORMS = {
    "html": ("网页包.zip", "application/zip"),
    "wechat": ("公众号包.zip", "application/zip"),
    "text": ("纯文本.txt", "text/plain; charset=utf-8"),
    "epub": ("EPUB 电子书.epub", "application/epub+zip"),
}


def test_a_finished_build_gives_its_book_in_every_other_form(desk):
    desk.arrange()
    place = desk.build()
    assert desk.get(f"{place}/forms/epub").status_code == 404
    assert "其他格式" not in desk.get(place).text
    desk.drain()
    desk.post("/move", version=desk.version(), move=f"{desk.id(1)} out")  # the build keeps what it was made of
    links = desk.tree(place).xpath("//a[contains(@href, '/forms/')]/@href")
    assert links == [f"/bureau/anthology{place}/forms/{form}" for form in FORMS]
    for form, (name, media_type) in FORMS.items():
        answer = desk.get(f"{place}/forms/{form}", buffered=True)
        disposition = unquote(answer.headers["Content-Disposition"])
        assert disposition.startswith("attachment")
        assert f"《最美信访干部征文作品汇编》第1稿_{name}" in disposition
        assert answer.content_type == media_type
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        if form == "text":
            text = answer.data.decode("utf-8-sig")
        else:
            with zipfile.ZipFile(BytesIO(answer.data)) as package:
                text = "".join(package.read(one).decode() for one in package.namelist() if one.endswith("html"))
        assert "柳河镇人民政府" in text
        assert "凤凰岭手记之1" in text
        assert "凤凰岭手记之6" not in text
    for form in ("docx", "pdf", "..", "HTML"):
        assert desk.get(f"{place}/forms/{form}").status_code == 404


def test_a_book_whose_works_are_gone_is_refused_in_other_forms(desk):
    desk.post("/add", pick=[desk.id(1)], section="作品")
    with desk.world.house.database.read() as session:
        version = session.get_one(EssayVersion, session.get_one(Essay, desk.id(1)).latest_version_id)
    place = desk.build()
    desk.drain()
    (desk.world.house.files.root / version.manuscript_key[:2] / version.manuscript_key).unlink()
    answer = desk.get(f"{place}/forms/html")
    assert answer.status_code == 409
    assert "请重新生成" in answer.text


def words_of(part: html.HtmlElement, term: str) -> str:
    """What stands beside a term in the details of a build."""
    return words(part.xpath(f"//dl[@class='details']/div[dt='{term}']/dd")[0])


def render_as(desk, place, **report):
    """Keep what a rendering of the build at `place` gave, as its job does."""
    files = desk.world.house.files
    pdf = files.put(b"%PDF-1.6 on pages") if "pages" in report else None
    document = files.put(b"PK the same with checked pages") if report.get("page_source") == "rendered" else None
    with open_work(desk.world.house.database, actor=SYSTEM, now=desk.world.now) as work:
        build_id = int(place.rpartition("/")[2])
        builds.keep_rendering(work, build_id=build_id, document=document, pdf=pdf, report=report)


def test_a_finished_build_is_offered_while_its_pages_are_still_checked(desk):
    desk.arrange()
    place = desk.build()
    desk.drain()
    with open_work(desk.world.house.database, actor=desk.world.actor, now=desk.world.now) as work:
        job = work.session.query(Job).filter_by(kind="build-anthology").one()
        job.state, job.stage = "running", "check"
    page = desk.tree(place)
    assert page.xpath("//a[contains(@class, 'button-primary')]/@href") == [f"/bureau/anthology{place}/document"]
    assert page.xpath("//*[@data-live-url]/@data-live-url") == [f"/bureau/anthology{place}?part=progress"]
    steps = page.xpath("//section[@aria-labelledby='result-title']//ol[@class='job-steps']/li")
    assert [(step.get("class"), words(step)) for step in steps] == [
        ("is-done", "排版"),
        ("is-now", "核对目录页码"),
        ("is-next", "制作 PDF"),
    ]
    assert words_of(page, "页码") == "按版面推算；打开后可按 F9 更新。"
    assert desk.get(f"{place}/checked").status_code == desk.get(f"{place}/pdf").status_code == 404


def test_a_checked_build_offers_the_checked_book_first_and_keeps_the_other(desk):
    desk.arrange()
    place = desk.build()
    desk.drain()
    estimated = desk.get(f"{place}/document").data
    problem = {"work": "", "code": "latin-face", "message": PROBLEMS["latin-face"], "facts": {}}
    facts = {"pages": 123, "size_bytes": 30, "pdf_bytes": 17, "problems": [problem]}
    render_as(desk, place, page_source="rendered", corrected=2, **facts)
    page = desk.tree(place)
    links = page.xpath("//section[@aria-labelledby='result-title']//a[not(contains(@href, '/forms/'))]/@href")
    assert links == [f"/bureau/anthology{place}/{name}" for name in ("pdf", "checked", "document")]
    assert [words_of(page, term) for term in ("页数", "页码")] == ["123 页", "已按排版结果核对，改正 2 处"]
    assert [words(head) for head in page.xpath("//section[@aria-labelledby='problems-title']//h3")] == ["西文字体 1"]
    assert page.xpath("//section[@aria-labelledby='builds-title']//td/a/@href") == [f"/bureau/anthology{place}/checked"]
    assert desk.get(f"{place}/document").data == estimated
    checked, pdf = desk.get(f"{place}/checked"), desk.get(f"{place}/pdf")
    assert (checked.data, pdf.data) == (b"PK the same with checked pages", b"%PDF-1.6 on pages")
    assert "第1稿（页码已核对）.docx" in unquote(checked.headers["Content-Disposition"])
    assert "第1稿.pdf" in unquote(pdf.headers["Content-Disposition"])


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"error": NOT_SET}, "按版面推算；打开后可按 F9 更新。排版核对没有成功：LibreOffice 没有排出结果。"),
        (
            {"page_source": "model", "pages": 9, "corrected": 0, "problems": [], "size_bytes": 30, "pdf_bytes": 17},
            "按版面推算；打开后可按 F9 更新。排版结果与书的各篇对不上，没有据以改正。",
        ),
    ],
)
def test_a_rendering_that_gave_no_pages_leaves_the_book_and_says_so(desk, report, said):
    desk.arrange()
    place = desk.build()
    desk.drain()
    render_as(desk, place, **report)
    page = desk.tree(place)
    assert page.xpath("//a[contains(@class, 'button-primary')]/@href") == [f"/bureau/anthology{place}/document"]
    assert words_of(page, "页码") == said
    assert bool(page.xpath(f"//a[@href='/bureau/anthology{place}/pdf']")) is ("pages" in report)
    assert words_of(page, "页数").startswith("约 ")


def test_the_same_book_built_again_is_told_to_be_the_same(desk):
    desk.arrange()
    first = desk.build()
    second = desk.build()
    desk.drain()
    assert "与第 1 稿逐字节相同" in desk.get(second).text
    assert "逐字节相同" not in desk.get(first).text


def test_a_double_click_orders_one_build(desk):
    desk.arrange()
    form = desk.tree("/check").xpath("//form[.//input[@name='request_key']]")[0]
    answers = [desk.post("/builds", **dict(form.form_values())).location for _ in range(2)]
    assert answers[0] == answers[1]
    with desk.world.house.database.read() as session:
        assert session.query(AnthologyBuild).count() == 1


def test_a_build_of_a_page_that_is_out_of_date_is_refused(desk):
    desk.arrange()
    form = desk.tree("/check").xpath("//form[.//input[@name='request_key']]")[0]
    desk.post("/move", version=desk.version(), move=f"{desk.id(2)} down")
    desk.post("/builds", **dict(form.form_values()))
    with desk.world.house.database.read() as session:
        assert session.query(AnthologyBuild).count() == 0


def test_a_failed_build_says_why_and_offers_no_file(desk):
    desk.post("/add", pick=[desk.id(1)], section="作品")
    with desk.world.house.database.read() as session:
        version = session.get_one(EssayVersion, session.get_one(Essay, desk.id(1)).latest_version_id)
    key = version.manuscript_key
    place = desk.build()
    (desk.world.house.files.root / key[:2] / key).unlink()
    desk.drain()
    page = desk.get(place)
    assert "没有一篇作品能编入" in page.text
    assert "找不到文稿" in page.text
    assert desk.get(f"{place}/document").status_code == 404


def test_a_job_that_gave_up_shows_its_reason(desk):
    desk.arrange()
    place = desk.build()
    with open_work(desk.world.house.database, actor=desk.world.actor, now=desk.world.now) as work:
        job = work.session.query(Job).filter_by(kind="build-anthology").one()
        job.state, job.error, job.stage = "failed", "OSError: No space left on device", "write"
    page = desk.get(place).text
    assert "No space left on device" in page
    assert "data-live-url" not in page


def test_an_empty_book_leads_to_the_board(desk):
    assert "书里还没有作品" in desk.get("/check").text
    assert "书里还没有作品" in desk.get("").text
    assert desk.get("/builds/77").status_code == 404


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER])
def test_units_and_reviewers_find_none_of_it(house, sign_in, csrf, role):
    world = build_scored_world(house, (90,), now=datetime.now(UTC))
    unit = world.units[0] if role is Role.UNIT else None
    client = sign_in(build_user(house, role, login="stranger", unit=unit))
    token = csrf(client)
    for path in (
        *("", "/arrange", "/settings", "/template", "/template/house", "/check", "/builds/1", "/builds/1/document"),
        "/builds/1/forms/html",
    ):
        assert client.get(f"/bureau/anthology{path}").status_code == 404
    for path in POSTS:
        assert client.post(f"/bureau/anthology{path}", data={"csrf_token": token}).status_code == 404


POSTS = (
    "/add", "/move", "/place", "/order", "/sections", "/sections/rename", "/sections/move", "/undo", "/arrange",
    "/settings", "/builds", "/template", "/template/clear", "/template/back",
)  # fmt: skip


def test_every_act_needs_the_token(desk):
    for path in POSTS:
        assert desk.client.post(f"/bureau/anthology{path}", data={}).status_code == 403


@pytest.mark.parametrize("path", ["", "/check", "/arrange?by=topic&works=all"])
def test_a_page_takes_the_same_number_of_statements_at_3_and_at_30(desk, path):
    desk.arrange()

    def count() -> int:
        with count_statements(desk.world.house) as sent:
            assert desk.get(path).status_code == 200
        return len(sent)

    count()
    few = count()
    essays = [
        build_essay(
            desk.world.house, desk.world.contest, desk.world.units[0], title=f"又{number}", state=EssayState.ACCEPTED
        ).id
        for number in range(27)
    ]
    desk.post("/add", pick=essays, section="附编")
    desk.get("")
    with desk.world.house.database.read() as session:
        assert session.query(AnthologyItem).count() == 32
    assert count() == few
