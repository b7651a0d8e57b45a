"""Units, reviewers and first passwords in the browser: import through a dry run, slips shown once."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.models import AuditEntry, LoginSession, Unit, User
from review_app.services.passwords import is_right_password
from review_app.services.register import REVIEWER_COLUMNS, UNIT_COLUMNS
from review_app.storage.sheets import Column, Sheet, write_workbook
from tests.browsing import read_csrf
from tests.builders import PASSWORD, build_contest, build_unit, build_user

LIUHE = ("XZ01", "柳河镇人民政府", "柳河镇", "乡镇", "1", "王某", "0550-6000001", "", "", "")
PASSWORD_PATTERN = re.compile(r"\b[A-HJ-NP-Z2-9]{4}(?:-[A-HJ-NP-Z2-9]{4}){3}\b")


@pytest.fixture
def contest(house):
    return build_contest(house)


@pytest.fixture
def bureau(house, contest, sign_in):
    return sign_in(build_user(house, Role.BUREAU, login="bureau"))


def workbook(*units, reviewers=()):
    return write_workbook(
        [
            Sheet("单位", [Column(title) for title in UNIT_COLUMNS], units),
            Sheet("评审专家", [Column(title) for title in REVIEWER_COLUMNS], reviewers),
        ]
    )


def post(client, address, **data):
    return client.post(address, data={"csrf_token": read_csrf(client), **data})


def upload(client, data, name="单位.xlsx"):
    return post(client, "/bureau/units/import", file=(BytesIO(data), name))


def all_of(house, table):
    with house.database.read() as session:
        return session.scalars(select(table)).all()


def field(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def test_a_register_is_uploaded_once_shown_and_then_applied(house, bureau):
    answer = upload(bureau, workbook(LIUHE, reviewers=[("ps01", "赵某", "县委党校", "XZ01")]))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    plan = bureau.get(address).text
    assert "柳河镇人民政府" in plan
    assert "回避单位 XZ01" in plan
    assert all_of(house, Unit) == []
    done = post(bureau, address, digest=field(plan, "digest"), request_key=field(plan, "request_key"))
    assert (done.status_code, done.headers["Location"]) == (303, "/bureau/units")
    page = bureau.get("/bureau/units").text
    assert "已导入：新增 2，修改 0。" in page
    assert "未开通" in page
    assert [row.login for row in all_of(house, User)] == ["bureau", "xz01", "ps01"]


def test_a_double_click_on_import_acts_once(house, bureau):
    address = upload(bureau, workbook(LIUHE)).headers["Location"]
    plan = bureau.get(address).text
    data = {"digest": field(plan, "digest"), "request_key": field(plan, "request_key")}
    assert [post(bureau, address, **data).status_code for _time in range(2)] == [303, 303]
    assert [entry.act for entry in all_of(house, AuditEntry)].count("unit.import") == 1


def test_what_changed_after_the_dry_run_stops_the_import(house, contest, bureau):
    address = upload(bureau, workbook(LIUHE)).headers["Location"]
    digest = field(bureau.get(address).text, "digest")
    build_unit(house, contest, code="XZ01", name="别人刚建的")
    answer = bureau.post(
        address,
        data={"csrf_token": read_csrf(bureau), "digest": digest},
        headers={"Referer": f"http://localhost{address}"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"http://localhost{address}")
    page = bureau.get(address).text
    assert "请重新核对一遍再导入" in page
    assert '<del class="muted">别人刚建的</del>' in page


def test_faults_are_listed_by_row_and_column(bureau):
    address = upload(bureau, workbook(("x", "", "", "街道", "a", "", "", "", "", ""), LIUHE)).headers["Location"]
    page = bureau.get(address).text
    assert "单位编码应为 2 到 12 位大写字母和数字" in page
    assert "导入 1 行" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "另存为 .xlsx"),
        (b"a,b,c", "下载模板"),
        (write_workbook([Sheet("别的", [Column("甲")], [])]), "没有“单位”"),
    ],
)
def test_a_file_that_is_no_register_is_refused_with_what_to_do(bureau, data, words):
    answer = upload(bureau, data)
    assert answer.status_code == 422
    assert words in answer.text


def test_no_file_at_all_is_told(bureau):
    answer = post(bureau, "/bureau/units/import")
    assert answer.status_code == 422
    assert "请先选择填好的表格" in answer.text


def test_the_export_can_be_imported_again_and_changes_nothing(house, contest, bureau):
    unit = build_unit(house, contest, code="XZ01", name="=2+5|柳河")
    build_user(house, Role.UNIT, login="u1", unit=unit, name="王某")
    build_user(house, Role.REVIEWER, login="ps1", unit=unit, name="赵某")
    data = bureau.get("/bureau/units/export.xlsx").data
    cell = load_workbook(BytesIO(data))["单位"]["B2"]
    assert (cell.value, cell.data_type) == ("=2+5|柳河", "s")
    page = bureau.get(upload(bureau, data).headers["Location"]).text
    assert "没有可以导入的内容" in page


def test_units_stand_by_class_in_official_order(house, contest, bureau):
    build_unit(house, contest, code="ZS01", name="县司法局", key="county")
    build_unit(house, contest, code="XZ02", name="东岭镇人民政府")
    build_unit(house, contest, code="XZ01", name="柳河镇人民政府")
    page = bureau.get("/bureau/units").text
    names = re.findall(r"乡镇|县直单位|县司法局|东岭镇人民政府|柳河镇人民政府", page.split("<tbody>", 1)[1])
    assert list(dict.fromkeys(names)) == ["乡镇", "东岭镇人民政府", "柳河镇人民政府", "县直单位", "县司法局"]


def issue(client, *users, key="k" * 20):
    return post(client, "/bureau/units/slips", pick=[user.id for user in users], request_key=key)


def test_slips_are_shown_once_and_kept_as_hashes_only(house, contest, bureau, clock):
    unit = build_unit(house, contest, code="XZ01", name="柳河镇人民政府")
    user = build_user(house, Role.UNIT, login="u1", unit=unit, name="王某")
    reviewer = build_user(house, Role.REVIEWER, login="ps1", name="赵某")
    other = build_user(house, Role.UNIT, login="u2", unit=unit, name="未选")
    answer = issue(bureau, user, reviewer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    passwords = PASSWORD_PATTERN.findall(answer.text)
    assert len(set(passwords)) == 2
    for words in ("柳河镇人民政府", "u1", "赵某", "http://localhost/", "有效到"):
        assert words in answer.text
    stored = {row.id: row for row in all_of(house, User)}
    assert is_right_password(passwords[0], stored[user.id].password_hash)
    assert is_right_password(passwords[1], stored[reviewer.id].password_hash)
    assert stored[user.id].must_change_password
    assert stored[other.id].password_hash == other.password_hash
    seen_later = (
        bureau.get("/bureau/units/slips").text + bureau.get("/bureau/units").text + bureau.get("/bureau/audit").text
    )
    facts = str([entry.facts for entry in all_of(house, AuditEntry)])
    assert [word for word in passwords if word in seen_later + facts] == []


def test_the_new_password_opens_the_account_and_must_be_changed(house, contest, bureau, app):
    user = build_user(house, Role.UNIT, login="u1", unit=build_unit(house, contest), name="王某")
    password = PASSWORD_PATTERN.findall(issue(bureau, user).text)[0]
    client = app.test_client()
    entered = client.post("/login", data={"login": "u1", "password": password, "csrf_token": read_csrf(client)})
    assert entered.status_code == 303
    assert client.get("/unit/").headers["Location"] == "/password"


def test_issuing_again_voids_the_old_password_and_ends_open_sessions(house, contest, bureau, sign_in):
    user = build_user(house, Role.UNIT, login="u1", unit=build_unit(house, contest), name="王某")
    client = sign_in(user)
    first = PASSWORD_PATTERN.findall(issue(bureau, user, key="a" * 20).text)[0]
    second = PASSWORD_PATTERN.findall(issue(bureau, user, key="b" * 20).text)[0]
    stored = next(row for row in all_of(house, User) if row.id == user.id)
    rights = [is_right_password(word, stored.password_hash) for word in (PASSWORD, first, second)]
    assert rights == [False, False, True]
    assert [row.user_id for row in all_of(house, LoginSession) if row.user_id == user.id] == []
    assert client.get("/unit/").status_code == 303


def test_the_same_form_sent_twice_does_not_void_the_slips_just_printed(house, contest, bureau):
    user = build_user(house, Role.UNIT, login="u1", unit=build_unit(house, contest), name="王某")
    password = PASSWORD_PATTERN.findall(issue(bureau, user).text)[0]
    again = issue(bureau, user)
    assert again.status_code == 303
    assert PASSWORD_PATTERN.findall(bureau.get(again.headers["Location"], follow_redirects=True).text) == []
    stored = next(row for row in all_of(house, User) if row.id == user.id)
    assert is_right_password(password, stored.password_hash)


def test_nothing_picked_and_accounts_of_the_bureau_are_left_alone(house, bureau):
    boss = next(row for row in all_of(house, User) if row.role == "bureau")
    for answer in (post(bureau, "/bureau/units/slips"), issue(bureau, boss)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/bureau/units/slips")
    assert next(row for row in all_of(house, User) if row.id == boss.id).password_hash == boss.password_hash


def test_accounts_are_told_apart_by_how_far_their_owner_has_come(house, contest, bureau, clock):
    for number, (hash_, must) in enumerate((("", True), ("x", True), ("x", False))):
        user = build_user(house, Role.REVIEWER, login=f"ps{number}", name=f"专家{number}", must_change=must)
        with house.database.write() as session:
            row = session.get(User, user.id)
            row.password_hash = hash_
            session.commit()
    page = bureau.get("/bureau/units?view=reviewers").text
    states = re.findall(r"未开通|未登录|已登录", page.split("<tbody>")[1])
    assert states == ["未开通", "未登录", "已登录"]
    assert "专家0" in bureau.get("/bureau/units/slips?state=closed").text
    assert "专家2" not in bureau.get("/bureau/units/slips?state=closed").text
