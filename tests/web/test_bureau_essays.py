"""The essays on the bureau's desk: filters, one essay, the formal check, batches, originals, Excel."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, Essay, EssayVersion, FormalCheck
from tests.browsing import read_csrf
from tests.builders import build_contest, build_essay, build_unit, build_user


@pytest.fixture
def contest(house, clock):
    return build_contest(house, now=clock.now)


@pytest.fixture
def units(house, contest):
    return build_unit(house, contest, code="XZ01", name="柳河镇"), build_unit(
        house, contest, code="ZS01", name="县司法局", key="county"
    )


@pytest.fixture
def bureau(house, contest, sign_in):
    return sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))


def post(client, address, **data):
    return client.post(address, data={"csrf_token": read_csrf(client), **data})


def field(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def state_of(house, essay):
    with house.database.read() as session:
        return session.get_one(Essay, essay.id).state


def all_of(house, table):
    with house.database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def titles(client, address):
    return re.findall(r"data-open>([^<]+)</a>", client.get(address).text)


def test_the_list_is_filtered_by_state_class_and_lateness(house, contest, units, bureau):
    build_essay(house, contest, units[0], title="镇里待审")
    build_essay(house, contest, units[0], title="镇里逾期", is_late=True)
    build_essay(house, contest, units[1], title="局里合格", state=EssayState.ACCEPTED)
    build_essay(house, contest, units[1], title="局里草稿", state=EssayState.DRAFT)
    assert set(titles(bureau, "/bureau/essays")) == {"镇里待审", "镇里逾期", "局里合格"}
    assert set(titles(bureau, "/bureau/essays?state=submitted")) == {"镇里待审", "镇里逾期"}
    assert titles(bureau, "/bureau/essays?class=county") == ["局里合格"]
    assert titles(bureau, "/bureau/essays?state=submitted&late=1") == ["镇里逾期"]
    assert set(titles(bureau, "/bureau/essays?state=draft")) == set()
    assert set(titles(bureau, "/bureau/essays?state=nonsense")) == {"镇里待审", "镇里逾期", "局里合格"}
    page = bureau.get("/bureau/essays?state=submitted").text
    chips = re.findall(r'class="chip"[^>]*>([^<]+)</a>', page)
    assert chips[:4] == ["全部 3", "已提交 2", "退回修改 0", "合格 1"]
    assert chips[-4:] == ["乡镇 2", "开发区 0", "县直单位 0", "逾期 1"]


def test_a_draft_is_no_page_of_the_bureau(house, contest, units, bureau):
    draft = build_essay(house, contest, units[0], state=EssayState.DRAFT)
    assert bureau.get(f"/bureau/essays/{draft.id}").status_code == 404
    assert bureau.get(f"/bureau/essays/{draft.id}/versions/1").status_code == 404


def test_one_essay_shows_its_facts_files_and_paper(house, contest, units, bureau):
    essay = build_essay(
        house, contest, units[0], title="灯下的登记簿", text="第一段。\n第二段。", authors=("周明", "陈静")
    )
    page = bureau.get(f"/bureau/essays/{essay.id}").text
    for words in (
        "灯下的登记簿",
        essay.number,
        essay.blind_number,
        "周明、陈静",
        "0550-0000-001",
        "征文终稿.docx",
        "第二段。",
    ):
        assert words in page
    assert page.count('name="codes"') == 14


def test_the_formal_check_shows_what_the_checks_found_and_where(house, contest, units, bureau):
    essay = build_essay(house, contest, units[0], title="题" * 41, text="他说,来了。", authors=())
    with house.database.write() as session:
        session.get(EssayVersion, essay.latest_version_id).dropped = [
            {"kind": "deleted-text", "place": "第 3 段", "excerpt": "旧"},
            {"kind": "inserted-text", "place": "第 4 段", "excerpt": "新"},
            {"kind": "comment", "place": "第 6 段", "excerpt": "数据核实下"},
        ]
        session.commit()
    page = html.fromstring(bureau.get(f"/bureau/essays/{essay.id}").text)
    found = [" ".join(item.text_content().split()) for item in page.xpath('//ul[@class="findings"]/li')]
    assert found == [
        "须补题目下方：文件里没有找到作者。 R03",
        "请改题目：有 41 字，印出来超过两行。",
        "请改第 3 段：文件里留有 2 处修订，已按全部接受读入。 R12",
        "请改第 6 段：文件里留有 1 条批注，没有读入正文。 R12",
        "提示正文：共 6 字，少于建议的 1000 字。 R02",
        "提示正文第 1 段：中文里有 1 处半角标点，如“他说,来了”。 R08",
    ]
    clean = build_essay(house, contest, units[0])
    assert "都没有发现问题" in bureau.get(f"/bureau/essays/{clean.id}").text


def test_accepting_goes_on_to_the_essay_that_waits_longest(house, contest, units, bureau, clock):
    first = build_essay(house, contest, units[0], title="先到")
    second = build_essay(house, contest, units[0], title="后到")
    assert bureau.get("/bureau/essays/next").headers["Location"] == f"/bureau/essays/{first.id}"
    version = field(bureau.get(f"/bureau/essays/{first.id}").text, "version")
    answer = post(bureau, f"/bureau/essays/{first.id}/accept", version=version)
    assert answer.status_code == 303
    assert bureau.get(answer.headers["Location"]).headers["Location"] == f"/bureau/essays/{second.id}"
    assert (state_of(house, first), state_of(house, second)) == (EssayState.ACCEPTED, EssayState.SUBMITTED)
    assert "下一篇待审查" in bureau.get(f"/bureau/essays/{first.id}").text


def test_the_counter_in_the_navigation_is_what_waits(house, contest, units, bureau):
    for number in range(3):
        build_essay(house, contest, units[0], title=f"作品{number}")
    build_essay(house, contest, units[0], title="合格的", state=EssayState.ACCEPTED)
    assert re.search(r'稿件\s*<span class="counter">3<', bureau.get("/bureau/").text)


def test_a_return_tells_the_unit_why_and_until_when(house, contest, units, bureau, sign_in):
    essay = build_essay(house, contest, units[0])
    page = bureau.get(f"/bureau/essays/{essay.id}").text
    due_at = re.search(r"退回后，单位须在 ([\d: -]+) 前", page)[1]
    answer = post(
        bureau, f"/bureau/essays/{essay.id}/return", version=field(page, "version"), codes=["R03", "R12"],
        note="第 3 段批注未删",
    )  # fmt: skip
    assert answer.status_code == 303
    assert state_of(house, essay) == EssayState.RETURNED
    told = sign_in(build_user(house, Role.UNIT, login="u1", unit=units[0])).get(f"/unit/essays/{essay.id}").text
    for words in ("R03 缺作者或单位信息", "R12 修订或批注未清理", "第 3 段批注未删", due_at):
        assert words in told


def test_a_return_without_reason_keeps_what_was_typed(house, contest, units, bureau):
    essay = build_essay(house, contest, units[0])
    version = field(bureau.get(f"/bureau/essays/{essay.id}").text, "version")
    answer = post(bureau, f"/bureau/essays/{essay.id}/return", version=version, codes=["R14"], note="")
    assert answer.status_code == 422
    assert 'id="f-note-error"' in answer.text
    assert re.search(r'value="R14" checked', answer.text)
    assert state_of(house, essay) == EssayState.SUBMITTED


def test_a_decision_on_an_outdated_page_is_refused(house, contest, units, bureau):
    essay = build_essay(house, contest, units[0])
    page = bureau.get(f"/bureau/essays/{essay.id}").text
    with house.database.write() as session:
        session.get(Essay, essay.id).title = "单位刚刚改过"
        session.commit()
    assert post(bureau, f"/bureau/essays/{essay.id}/accept", version=field(page, "version")).status_code == 303
    assert state_of(house, essay) == EssayState.SUBMITTED
    assert "请核对最新内容后再决定" in bureau.get("/bureau/essays").text


def test_a_double_click_on_accept_is_answered_once(house, contest, units, bureau):
    essay = build_essay(house, contest, units[0])
    page = bureau.get(f"/bureau/essays/{essay.id}").text
    data = {"version": field(page, "version"), "request_key": field(page, "request_key")}
    answers = [post(bureau, f"/bureau/essays/{essay.id}/accept", **data) for _time in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/bureau/essays/next?after={essay.id}"] * 2
    assert len(all_of(house, FormalCheck)) == 1


def test_a_batch_says_how_many_passed_and_which_did_not_and_why(house, contest, units, bureau):
    good = [build_essay(house, contest, units[0], title=f"好稿{number}") for number in range(3)]
    bad = build_essay(house, contest, units[0], title="撤回的", state=EssayState.WITHDRAWN)
    answer = post(bureau, "/bureau/essays/accept?state=submitted", pick=[essay.id for essay in (*good, bad)])
    assert answer.headers["Location"] == "/bureau/essays?state=submitted"
    page = bureau.get(answer.headers["Location"]).text
    assert "3 篇通过形式审查。" in page
    assert f"1 篇未处理。{bad.number}：作品已撤回" in page
    assert {state_of(house, essay) for essay in good} == {EssayState.ACCEPTED}


def test_an_original_is_handed_out_untouched_and_the_log_knows(house, contest, units, bureau):
    essay = build_essay(house, contest, units[0], original_name="征文终稿.docx")
    answer = bureau.get(f"/bureau/essays/{essay.id}/versions/1")
    with house.database.read() as session:
        key = session.get_one(EssayVersion, essay.latest_version_id).original_key
    assert answer.data == house.files.read(key)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [
        (row.act, row.facts["sha256"]) for row in all_of(house, AuditEntry) if row.act == "essay.view_original"
    ] == [("essay.view_original", key)]
    assert "下载《灯下的来访登记簿》" in bureau.get(f"/bureau/essays/{essay.id}").text
    assert bureau.get(f"/bureau/essays/{essay.id}/versions/2").status_code == 404


def test_a_picture_is_shown_only_of_its_own_essay(house, contest, units, bureau):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    key = house.files.put(png).key
    essay, other = (build_essay(house, contest, units[0], title=title) for title in ("有图", "没图"))
    with house.database.write() as session:
        session.get(EssayVersion, essay.latest_version_id).picture_keys = [key]
        session.commit()
    assert bureau.get(f"/bureau/essays/{essay.id}/pictures/{key}").data == png
    assert bureau.get(f"/bureau/essays/{other.id}/pictures/{key}").status_code == 404


def test_the_summary_sheet_holds_the_filtered_essays_as_text(house, contest, units, bureau):
    build_essay(house, contest, units[0], title="=HYPERLINK(1)", authors=("周明", "陈静"))
    build_essay(house, contest, units[1], title="局里的", state=EssayState.ACCEPTED)
    sheet = load_workbook(BytesIO(bureau.get("/bureau/essays/export.xlsx?state=submitted").data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[4] for row in rows[1:]] == ["=HYPERLINK(1)"]
    assert sheet["E2"].data_type == "s"
    assert (sheet["G2"].value, sheet["I2"].value, sheet["K2"].data_type) == ("周明、陈静", "0550-0000-001", "n")
