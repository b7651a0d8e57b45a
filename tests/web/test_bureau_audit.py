"""The desk and the audit log: sentences for every act, filters, the chain, what waits."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from review_app.domain.actor import Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.services.audit import record
from review_app.web.bureau.events import ACTS
from review_app.work import open_work
from tests.builders import build_contest, build_essay, build_unit, build_user

ROOT = Path(__file__).resolve().parents[2]
ACT = re.compile(
    r"(?:sign_in|sign_out|password|account|contest|unit|essay|pair|known_text|review|award|ranking|anthology)(?:\.[a-z_]+)?$"
)


@pytest.fixture
def contest(house, clock):
    return build_contest(house, now=clock.now)


@pytest.fixture
def bureau(house, contest, sign_in):
    return sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))


def note(house, act, *, now, kind="essay", object_id=1, **facts):
    with open_work(house.database, actor=Actor(Role.BUREAU, "李主任"), now=now, address="10.1.2.3") as work:
        record(work, act, object_kind=kind, object_id=object_id, **facts)


def find_acts():
    """The acts services write, by module: the whole text, or the beginning of one put together."""
    found = set()
    for path in sorted((ROOT / "review_app" / "services").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("record", "_keep"):
                continue
            for part in (leaf for argument in node.args for leaf in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and ACT.match(part.value):
                    found.add(part.value)
    return found


def test_every_act_of_a_service_has_a_sentence():
    acts = find_acts()
    assert len(acts) > 35
    assert {"sign_in", "unit.add", "unit.change", "anthology.work_", "essay.return"} <= acts
    assert {
        act for act in acts if not any(known == act or (act.endswith("_") and known.startswith(act)) for known in ACTS)
    } == set()


def test_the_log_speaks_in_sentences(house, bureau, clock):
    note(
        house,
        "essay.return",
        now=clock.now,
        number="2020-XZ01-001",
        title="灯下",
        reasons=["R03"],
        due_at="2020-11-06T15:59:59+00:00",
    )
    note(house, "contest.change_quotas", now=clock.now, kind="contest", changes=[["乡镇", 1, 2]])
    note(
        house,
        "unit.change",
        now=clock.now,
        kind="unit",
        code="XZ01",
        name="柳河镇",
        changes=[["联系电话"], ["联络员", "", "王某"]],
    )
    note(house, "review.submit", now=clock.now, kind="review", number="3077", total_tenths=865)
    note(house, "some.future_act", now=clock.now, kind="x")
    page = bureau.get("/bureau/audit").text
    for sentence in (
        "退回《灯下》（2020-XZ01-001）：R03 缺作者或单位信息，2020-11-06 23:59 前修改",
        "调整应报篇数：乡镇 1 → 2",
        "修改单位 XZ01 柳河镇：联系电话；联络员 — → 王某",
        "提交盲评编号 3077 的评分，总分 86.5",
        "some.future_act",
        "10.1.2.3",
    ):
        assert sentence in page


def test_a_sentence_whose_facts_are_missing_still_reads(house, bureau, clock):
    note(house, "essay.submit", now=clock.now)
    assert "提交作品 —，回执 —" in bureau.get("/bureau/audit").text


def test_what_a_person_typed_is_text_in_the_log(house, bureau, clock):
    note(house, "essay.save", now=clock.now, title="<script>alert(1)</script>%(x)s")
    page = bureau.get("/bureau/audit").text
    assert "<script>alert(1)" not in page
    assert "保存《&lt;script&gt;alert(1)&lt;/script&gt;%(x)s》" in page


def sentences(client, address):
    return re.findall(r"<tr data-row>.*?</tr>", client.get(address).text, re.DOTALL)


def test_entries_are_filtered_by_act_and_object(house, bureau, clock):
    for number in (1, 2):
        note(house, "essay.accept", now=clock.now, object_id=number, number=f"N{number}", title="甲")
    note(house, "unit.add", now=clock.now, kind="unit", code="XZ01", name="柳河镇")
    assert len(sentences(bureau, "/bureau/audit?act=essay.accept")) == 2
    assert len(sentences(bureau, "/bureau/audit?kind=unit")) == 1
    assert len(sentences(bureau, "/bureau/audit?kind=essay&id=2")) == 1
    assert "没有符合条件的记录" in bureau.get("/bureau/audit?act=nonsense").text


def test_the_log_comes_in_pages_of_fifty_latest_first(house, bureau, clock):
    for number in range(60):
        note(house, "essay.accept", now=clock.now, number=f"N{number:02d}", title="甲")
    first, second = sentences(bureau, "/bureau/audit"), sentences(bureau, "/bureau/audit?page=2")
    assert (len(first), len(second)) == (50, 11)
    assert "（N59）" in first[0]
    assert "登录系统" in second[-1]


def test_the_chain_is_checked_on_demand_and_a_changed_row_is_found(house, bureau, clock):
    for number in range(3):
        note(house, "essay.accept", now=clock.now, number=f"N{number}", title="甲")
    assert "链校验" not in bureau.get("/bureau/audit").text
    assert "链校验通过：4 条连续" in bureau.get("/bureau/audit?check=1").text
    with house.database.write() as session:
        session.execute(text("DROP TRIGGER audit_entry_no_update"))
        session.execute(text("UPDATE audit_entry SET actor_name = '别人' WHERE id = 3"))
        session.commit()
    page = bureau.get("/bureau/audit?check=1").text
    assert "从第 3 条起与校验值不符" in page


def test_the_desk_says_what_to_do_now(house, contest, bureau, sign_in):
    page = bureau.get("/bureau/").text
    assert "导入单位名单" in page
    unit = build_unit(house, contest, name="柳河镇")
    build_unit(house, contest, code="XZ02", name="东岭镇")
    build_essay(house, contest, unit, title="待审")
    build_essay(house, contest, unit, title="合格", state=EssayState.ACCEPTED)
    build_essay(house, contest, unit, title="撤回", state=EssayState.WITHDRAWN)
    page = bureau.get("/bureau/").text
    assert "导入单位名单" not in page
    assert "1 篇待审查" in page
    assert "导入评审专家" in page
    tiles = re.findall(r'tile-label">([^<]+)</span>\s*<span class="tile-number">([^<]+)<', page)
    assert tiles == [
        ("应报单位", "2"), ("已报送", "1"), ("未报送", "1"), ("收稿", "2"), ("待形式审查", "1"), ("评审进度", "0/0"),
    ]  # fmt: skip
    build_user(house, Role.REVIEWER, login="ps1")
    assert "分配评审专家" in bureau.get("/bureau/").text


def test_the_desk_tells_the_last_acts_without_signing_in_and_out(house, bureau, clock):
    note(house, "essay.accept", now=clock.now, number="N1", title="灯下")
    page = bureau.get("/bureau/").text
    assert "李主任 通过《灯下》（N1）的形式审查" in page
    assert "登录系统" not in page


def test_the_navigation_names_every_page_that_exists(bureau):
    page = bureau.get("/bureau/").text
    entries = re.findall(r'<li><a href="([^"]+)"[^>]*>([^<\n]+)', page.split('class="sidenav"')[1].split("</nav>")[0])
    assert [label.strip() for _address, label in entries] == [
        "工作台", "单位与账号", "稿件", "查重", "评审分配", "排名与奖项", "汇编", "典型案例库", "报送情况", "活动设置", "审计日志", "检索",
    ]  # fmt: skip
