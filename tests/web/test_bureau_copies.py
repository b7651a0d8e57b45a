"""查重 on the bureau's desk: the list, two works side by side, the decision and its undo, texts left out; and that neither
a unit nor a reviewer learns of any of it, while a unit is asked about its own second sending."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from lxml import html
from sqlalchemy import select

from compile.manuscript_json import load_manuscript
from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, Essay, EssayVersion, Job, KnownText, SimilarPair
from tests.browsing import read_csrf
from tests.builders import add, build_contest, build_essay, build_review, build_unit, build_user
from tests.web.statements import count_statements

COMMON = "清晨的接访大厅里坐满了人，她把热茶递到老人手中，听他从头慢慢说起。"
ONE = f"第一段是自己写的，与谁都不一样。{COMMON}\n后面又是自己的话。"
OTHER = f"另一篇开头。\n{COMMON}\n另一篇的结尾。"


class Desk:
    """Two works of two units that were found alike, and everybody signed in."""

    def __init__(self, house, clock, sign_in) -> None:
        self.house, self.sign_in = house, sign_in
        self.contest = build_contest(house, now=clock.now)
        self.units = [
            build_unit(house, self.contest, code=code, name=name)
            for code, name in (("XZ01", "柳河镇"), ("XZ02", "石桥镇"))
        ]
        self.first = build_essay(house, self.contest, self.units[0], title="先来的", text=OTHER)
        self.second = build_essay(house, self.contest, self.units[1], title="后到的", text=ONE)
        self.add_pair(self.first, self.second)
        self.bureau = sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))

    def add_pair(self, first: Essay, second: Essay, *, share: int = 460) -> None:
        start, other_start = OTHER.index(COMMON), ONE.index(COMMON)
        stretch = [start, start + len(COMMON), other_start, other_start + len(COMMON)]
        add(
            self.house,
            SimilarPair(
                essay_id=first.id, other_id=second.id, version_id=first.latest_version_id,
                other_version_id=second.latest_version_id, share=share, other_share=share - 10,
                greatest_share=share, letters=30, passages=[[stretch]], found_at=second.created_at,
            ),
        )  # fmt: skip

    def post(self, path: str, client=None, **data):
        client = client or self.bureau
        return client.post(path, data={"csrf_token": read_csrf(client), **data})

    def pair(self) -> SimilarPair:
        return self.all_of(SimilarPair)[0]

    def all_of(self, table):
        with self.house.database.read() as session:
            return session.scalars(select(table).order_by(table.id)).all()


@pytest.fixture
def desk(house, clock, sign_in) -> Desk:
    return Desk(house, clock, sign_in)


def page_of(answer) -> html.HtmlElement:
    assert answer.status_code == 200
    return html.document_fromstring(answer.text)


def test_the_list_shows_both_works_and_filters_by_decision_and_share(desk):
    page = page_of(desk.bureau.get("/bureau/copies"))
    cells = [" ".join(cell.text_content().split()) for cell in page.xpath("//tbody/tr/*")]
    assert cells[:6] == [
        "46%", "后到的2020-XZ02-002 · 石桥镇 · 2020 年", "先来的2020-XZ01-001 · 柳河镇 · 2020 年", "30", "1",
        "待核实：疑似抄袭",
    ]  # fmt: skip
    chips = [link.text_content() for link in page.xpath("//a[@class='chip']")]
    assert chips == [
        "待核实 1", "正当重复 0", "确认抄袭或重复报送 0", "全部 1", "不论多少 1", "疑似抄袭 1", "部分相同 0",
    ]  # fmt: skip
    for query, count in (("?level=copied", 1), ("?level=similar", 0), ("?decision=honest", 0), ("?decision=x", 1)):
        rows = page_of(desk.bureau.get(f"/bureau/copies{query}")).xpath("//tbody/tr")
        assert (query, len(rows)) == (query, count)


def test_side_by_side_the_passages_are_marked_and_linked_with_each_other(desk):
    page = page_of(desk.bureau.get(f"/bureau/copies/{desk.pair().id}"))
    heads = [" ".join(head.text_content().split()) for head in page.xpath("//h2[contains(@id, '-title')]")]
    assert heads[:2] == ["后来的：后到的", "先有的：先来的"]
    for side, other in (("one", "other"), ("other", "one")):
        (section,) = page.xpath(f"//section[@id='{side}']")
        (mark,) = section.xpath(".//mark")
        assert mark.text_content() == COMMON
        assert (mark.get("id"), mark.get("data-passage")) == (f"{side}-1", "1")
        (link,) = section.xpath(".//a[@class='mark-number']")
        assert link.get("href") == f"#{other}-1"
        assert page.get_element_by_id(f"{other}-1") is not None
    assert "本篇的 45% 在对面" in page.get_element_by_id("one").text_content()


def test_a_decision_is_kept_with_its_note_and_can_be_undone(desk):
    pair = desk.pair()
    path = f"/bureau/copies/{pair.id}"
    refused = desk.post(f"{path}/decision", version=pair.version, decision="copied", note="")
    assert (refused.status_code, desk.pair().decision) == (422, "undecided")
    assert "请填写这一项。" in refused.text
    assert re.search(r'value="copied"[^>]*checked', refused.text)
    assert desk.post(f"{path}/decision", version=pair.version, decision="copied", note="整段照抄").location == path
    page = desk.bureau.get(path)
    assert "确认抄袭或重复报送" in page.text
    assert "整段照抄" in page.text
    desk.post(f"{path}/decision", version=pair.version, decision="honest")
    assert desk.pair().decision == "copied"
    (undo,) = re.findall(rf'action="({path}/reopen\?version=\d+)"', page.text)
    assert desk.post(undo.replace("&amp;", "&")).location == path
    assert (desk.pair().decision, desk.pair().note) == ("undecided", "")
    log = desk.bureau.get("/bureau/audit").text
    assert "确认《先来的》（2020-XZ01-001）与《后到的》（2020-XZ02-002）属抄袭或重复报送：整段照抄" in log
    assert [row.act for row in desk.all_of(AuditEntry) if row.act.startswith("pair")] == ["pair.copied", "pair.reopen"]


def test_the_essays_pages_say_with_what_they_have_much_in_common(desk):
    page = desk.bureau.get(f"/bureau/essays/{desk.second.id}").text
    assert "与《先来的》（2020-XZ01-001，柳河镇）相同 46%。" in page
    assert f'href="/bureau/copies/{desk.pair().id}"' in page
    assert desk.bureau.get("/bureau/essays").text.count("与别的作品相同 46%") == 2
    assert "1 对待核实" in desk.bureau.get("/bureau/").text
    pair = desk.pair()
    desk.post(f"/bureau/copies/{pair.id}/decision", version=pair.version, decision="honest", note="同一次活动")
    assert "与别的作品相同" not in desk.bureau.get("/bureau/essays").text
    assert "对待核实" not in desk.bureau.get("/bureau/").text
    assert "同一次活动" in desk.bureau.get(f"/bureau/essays/{desk.second.id}").text


def test_an_empty_list_says_what_happens_in_the_background(desk):
    pair = desk.pair()
    desk.post(f"/bureau/copies/{pair.id}/decision", version=pair.version, decision="honest", note="")
    assert "相同 12% 以上的会列在这里" in desk.bureau.get("/bureau/copies").text
    assert "没有符合这些条件的。" in desk.bureau.get("/bureau/copies?decision=copied").text


def test_the_list_asks_as_often_for_nine_pairs_as_for_one(desk):
    counts = []
    for _ in range(2):
        with count_statements(desk.house) as sent:
            desk.bureau.get("/bureau/copies")
        with count_statements(desk.house) as sent_there:
            desk.bureau.get(f"/bureau/essays/{desk.second.id}")
        counts.append((len(sent), len(sent_there)))
        for number in range(8):
            other = build_essay(desk.house, desk.contest, desk.units[0], title=f"又一篇{number}", text="短。")
            desk.add_pair(desk.second, other, share=200)
    assert counts[0] == counts[1]


def test_texts_left_out_come_by_paste_or_file_and_go_with_an_undo(desk):
    path = "/bureau/copies/known"
    assert "还没有。" in desk.bureau.get(path).text
    refused = desk.post(path, name="", text="太短")
    assert (refused.status_code, desk.all_of(KnownText)) == (422, [])
    assert desk.post(path, name="征文通知", text=COMMON).location == path
    document = BytesIO(f"信访工作条例\n\n{COMMON}\n".encode())
    token = read_csrf(desk.bureau)
    sent = {"csrf_token": token, "name": "", "text": "", "file": (document, "条例.txt")}
    assert desk.bureau.post(path, data=sent, content_type="multipart/form-data").location == path
    assert [row.title for row in desk.all_of(KnownText)] == ["征文通知", "信访工作条例"]
    waiting = [(job.kind, job.object_id) for job in desk.all_of(Job)]
    assert waiting == [("compare-essay", desk.first.id), ("compare-essay", desk.second.id)]
    broken = {"csrf_token": token, "name": "坏", "file": (BytesIO(b"%PDF-1.4"), "坏.pdf")}
    assert desk.bureau.post(path, data=broken, content_type="multipart/form-data").status_code == 422
    assert desk.post(f"{path}/1/remove").location == path
    page = desk.bureau.get(path).text
    assert "征文通知" not in re.sub(r"<title>.*?</title>", "", page)
    assert f'action="{path}/1/back"' in page
    desk.post(f"{path}/1/back")
    assert "征文通知" in desk.bureau.get(path).text


def test_neither_units_nor_reviewers_learn_that_works_are_alike(desk):
    reviewer = build_user(desk.house, Role.REVIEWER)
    with desk.house.database.write() as session:
        session.get_one(Essay, desk.second.id).state = EssayState.ACCEPTED.value
        session.commit()
    review = build_review(desk.house, desk.second, reviewer)
    people = {
        "unit": desk.sign_in(build_user(desk.house, Role.UNIT, unit=desk.units[1])),
        "reviewer": desk.sign_in(reviewer),
    }
    pages = {"unit": ["/unit/", f"/unit/essays/{desk.second.id}"], "reviewer": ["/review/", f"/review/{review.code}"]}
    for role, client in people.items():
        for path in ("/bureau/copies", f"/bureau/copies/{desk.pair().id}", "/bureau/copies/known"):
            assert client.get(path).status_code == 404
        for path in pages[role]:
            answer = client.get(path)
            assert answer.status_code == 200
            for word in ("相同", "抄袭或重复", "先来的", "46%", "柳河镇", "查重"):
                assert (path, word in answer.text) == (path, False)


def test_a_unit_is_asked_whether_a_draft_is_the_new_version_of_its_own_work_and_of_no_other(desk):
    unit = desk.sign_in(build_user(desk.house, Role.UNIT, unit=desk.units[1], login="u2"))
    draft = build_essay(desk.house, desk.contest, desk.units[1], title="再来", text=ONE + "改", state=EssayState.DRAFT)
    foreign = build_essay(desk.house, desk.contest, desk.units[1], title="像别人", text=OTHER, state=EssayState.DRAFT)
    page = unit.get(f"/unit/essays/{draft.id}").text
    assert "这份稿子与您单位的《后到的》几乎相同" in page
    assert "几乎相同" not in unit.get(f"/unit/essays/{foreign.id}").text
    assert desk.post(f"/unit/essays/{draft.id}/merge", unit, into=desk.first.id).status_code == 404
    assert desk.post(f"/unit/essays/{draft.id}/merge", unit, into=draft.id).status_code == 404
    answer = desk.post(f"/unit/essays/{draft.id}/merge", unit, into=desk.second.id)
    assert answer.location == f"/unit/essays/{desk.second.id}"
    with desk.house.database.read() as session:
        essay, left = session.get_one(Essay, desk.second.id), session.get_one(Essay, draft.id)
        versions = session.scalars(select(EssayVersion).where(EssayVersion.essay_id == essay.id)).all()
    assert (essay.state, essay.title, left.state) == ("submitted", "后到的", "withdrawn")
    assert [version.ordinal for version in versions] == [1, 2]
    assert essay.latest_version_id == versions[1].id
    kept = load_manuscript(desk.house.files.read(versions[1].manuscript_key))
    assert kept.title == "再来"
    assert [(job.kind, job.object_id) for job in desk.all_of(Job)] == [
        ("index-essay", essay.id), ("compare-essay", essay.id),
    ]  # fmt: skip
    assert "把“征文终稿.docx”作为《后到的》的新版本" in desk.bureau.get("/bureau/audit").text
    desk.post(f"/unit/essays/{draft.id}/merge", unit, into=desk.second.id)
    assert len(desk.all_of(EssayVersion)) == 5


def test_a_work_that_takes_no_new_version_is_only_named(desk):
    with desk.house.database.write() as session:
        session.get_one(Essay, desk.second.id).state = EssayState.ACCEPTED.value
        session.commit()
    unit = desk.sign_in(build_user(desk.house, Role.UNIT, unit=desk.units[1], login="u2"))
    draft = build_essay(desk.house, desk.contest, desk.units[1], title="再来", text=ONE, state=EssayState.DRAFT)
    page = unit.get(f"/unit/essays/{draft.id}").text
    assert "几乎相同" in page
    assert "/merge" not in page
    desk.post(f"/unit/essays/{draft.id}/merge", unit, into=desk.second.id)
    assert "已通过形式审查；如需改动" in unit.get(f"/unit/essays/{draft.id}").text
    assert len(desk.all_of(EssayVersion)) == 3
