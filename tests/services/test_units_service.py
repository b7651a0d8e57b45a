"""Importing the register: what a file says, what it would do, that exactly this is done, and nothing twice."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Conflict, Invalid, NotAllowed
from review_app.models import AuditEntry, Contest, Job, StoredFile, Unit, UnitClass, User
from review_app.resources import Resources
from review_app.services.intake import KeptFile
from review_app.services.passwords import is_right_password
from review_app.services.register import REVIEWER_COLUMNS, UNIT_COLUMNS, read_register, write_template
from review_app.services.register_plan import plan_register
from review_app.services.units import apply_register
from review_app.storage.sheets import Column, Sheet, write_workbook
from review_app.work import open_work
from tests.builders import NOW, build_contest, build_essay, build_unit, build_user, make_resources

BUREAU = Actor(Role.BUREAU, "李主任", user_id=99)
LIUHE = ("XZ01", "柳河镇人民政府", "柳河镇", "乡镇", "1", "王某", "0550-6000001", "", "", "")
SIFA = ("ZS01", "县司法局", "", "县直单位", "31", "李某", "", "2", "sfj", "陈某")
ZHAO = ("ps01", "赵某", "县委党校", "")
QIAN = ("ps02", "钱某", "柳河镇人民政府", "XZ01")


@pytest.fixture
def house(tmp_path: Path) -> Resources:
    return make_resources(tmp_path)


@pytest.fixture
def contest(house: Resources) -> Contest:
    return build_contest(house)


def workbook(units=(), reviewers=None):
    sheets = [Sheet("单位", [Column(title) for title in UNIT_COLUMNS], units)]
    if reviewers is not None:
        sheets.append(Sheet("评审专家", [Column(title) for title in REVIEWER_COLUMNS], reviewers))
    return write_workbook(sheets)


def plan(house, contest, data):
    with house.database.read() as session:
        return plan_register(session, contest_id=contest.id, register=read_register(data))


def apply(house, contest, data, *, digest=None, by=BUREAU):
    digest = plan(house, contest, data).digest if digest is None else digest
    stored = house.files.put(data)
    with open_work(house.database, actor=by, now=NOW) as work:
        return apply_register(
            work, contest_id=contest.id, register=read_register(data), digest=digest,
            file=KeptFile(stored.key, stored.size_bytes, "application/x-test"),
        )  # fmt: skip


def all_of(house, table):
    with house.database.read() as session:
        return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()


def counts(found):
    return found.added, found.changed, found.unchanged, len(found.faults)


def faults_of(house, contest, data):
    return [(fault.sheet, fault.row, fault.column, str(fault.reason)) for fault in plan(house, contest, data).faults]


def test_the_template_itself_imports_nothing_and_names_every_column(house, contest):
    data = write_template()
    assert counts(plan(house, contest, data)) == (0, 0, 0, 0)
    book = load_workbook(BytesIO(data))
    assert book.sheetnames == ["单位", "评审专家", "填写说明"]
    assert [cell.value for cell in book["单位"][1]] == list(UNIT_COLUMNS)
    assert [cell.value for cell in book["评审专家"][1]] == list(REVIEWER_COLUMNS)


def test_units_and_reviewers_are_added_with_accounts_that_open_nothing_yet(house, contest):
    found = apply(house, contest, workbook([LIUHE, SIFA], [ZHAO, QIAN]))
    assert counts(found) == (4, 0, 0, 0)
    liuhe, sifa = all_of(house, Unit)
    classes = {row.id: row.key for row in all_of(house, UnitClass)}
    assert (liuhe.code, liuhe.name, liuhe.short_name, classes[liuhe.class_id], liuhe.position, liuhe.quota) == (
        "XZ01", "柳河镇人民政府", "柳河镇", "township", 1, None,
    )  # fmt: skip
    assert (classes[sifa.class_id], sifa.position, sifa.contact, sifa.quota) == ("county", 31, "李某", 2)
    users = [(row.login, row.name, row.role, row.unit_id, row.organisation) for row in all_of(house, User)]
    assert users == [
        ("xz01", "王某", "unit", liuhe.id, ""),
        ("sfj", "陈某", "unit", sifa.id, ""),
        ("ps01", "赵某", "reviewer", None, "县委党校"),
        ("ps02", "钱某", "reviewer", liuhe.id, "柳河镇人民政府"),
    ]
    assert {row.password_hash for row in all_of(house, User)} == {""}
    assert not is_right_password("", all_of(house, User)[0].password_hash)


def test_the_same_file_again_changes_nothing(house, contest):
    data = workbook([LIUHE, SIFA], [ZHAO, QIAN])
    apply(house, contest, data)
    assert counts(plan(house, contest, data)) == (0, 0, 4, 0)
    before = len(all_of(house, AuditEntry))
    with pytest.raises(Invalid):
        apply(house, contest, data)
    assert len(all_of(house, AuditEntry)) == before
    assert (len(all_of(house, Unit)), len(all_of(house, User))) == (2, 4)


def test_a_change_names_the_old_and_the_new_and_touches_nothing_else(house, contest):
    apply(house, contest, workbook([LIUHE, SIFA], [ZHAO]))
    changed = ("XZ01", "柳河镇人民政府", "柳河", "乡镇", "", "孙某", "0550-6000009", "3", "", "")
    data = workbook([changed], [("ps01", "赵某", "县文联", "ZS01")])
    found = plan(house, contest, data)
    assert counts(found) == (0, 2, 0, 0)
    assert [(change.column, change.old, change.new) for change in found.units[0].changes] == [
        ("简称", "柳河镇", "柳河"),
        ("联络员", "王某", "孙某"),
        ("联系电话", "0550-6000001", "0550-6000009"),
        ("应报篇数", "", "3"),
    ]
    assert [(change.column, change.old, change.new) for change in found.reviewers[0].changes] == [
        ("单位/组织", "县委党校", "县文联"),
        ("所属单位编码", "", "ZS01"),
    ]
    apply(house, contest, data)
    liuhe, sifa = all_of(house, Unit)
    assert (liuhe.short_name, liuhe.contact, liuhe.quota, liuhe.position) == ("柳河", "孙某", 3, 1)
    assert (sifa.name, sifa.contact) == ("县司法局", "李某")
    assert [row.unit_id for row in all_of(house, User) if row.login == "ps01"] == [sifa.id]


def test_the_log_tells_that_a_telephone_changed_and_not_the_number(house, contest):
    apply(house, contest, workbook([LIUHE]))
    apply(house, contest, workbook([(*LIUHE[:6], "0550-6999999", *LIUHE[7:])]))
    entries = all_of(house, AuditEntry)
    assert [entry.act for entry in entries] == ["unit.import", "unit.add", "account.open", "unit.import", "unit.change"]
    assert entries[-1].facts["changes"] == [["联系电话"]]
    assert "6999999" not in str([entry.facts for entry in entries])
    assert "6000001" not in str([entry.facts for entry in entries])


def test_new_units_without_a_position_follow_the_last_one_in_the_order_of_the_file(house, contest):
    build_unit(house, contest, code="XZ90")
    bare = [(code, name, "", "乡镇", "", "", "", "", "", "") for code, name in (("XZ02", "东岭镇"), ("XZ03", "石桥镇"))]
    data = workbook(bare)
    apply(house, contest, data)
    assert [(row.code, row.position) for row in all_of(house, Unit)] == [("XZ90", 0), ("XZ02", 1), ("XZ03", 2)]
    assert counts(plan(house, contest, data)) == (0, 0, 2, 0)


def test_an_account_without_a_person_is_named_after_the_liaison_or_the_unit(house, contest):
    apply(house, contest, workbook([("XZ02", "东岭镇人民政府", "东岭镇", "乡镇", "", "", "", "", "", "")]))
    assert [row.name for row in all_of(house, User)] == ["东岭镇"]


def test_a_unit_that_was_there_without_an_account_gets_one(house, contest):
    unit = build_unit(house, contest, code="XZ01", name="柳河镇人民政府")
    found = apply(house, contest, workbook([LIUHE]))
    assert ("登录账号", "", "xz01") in [(c.column, c.old, c.new) for c in found.units[0].changes]
    assert [(row.login, row.unit_id) for row in all_of(house, User)] == [("xz01", unit.id)]


def test_a_renamed_unit_is_found_by_its_new_name(house, contest):
    unit = build_unit(house, contest, code="XZ01", name="柳河乡人民政府")
    essay = build_essay(house, contest, unit)
    apply(house, contest, workbook([LIUHE]))
    assert [job.object_id for job in all_of(house, Job)] == [essay.id]


def test_a_changed_login_keeps_the_password(house, contest):
    unit = build_unit(house, contest, code="XZ01", name="柳河镇人民政府")
    user = build_user(house, Role.UNIT, login="old", unit=unit, name="王某")
    apply(house, contest, workbook([(*LIUHE[:8], "liuhe", "")]))
    changed = all_of(house, User)[0]
    assert (changed.id, changed.login, changed.password_hash) == (user.id, "liuhe", user.password_hash)


def test_full_width_and_spaced_codes_and_logins_are_read_as_meant(house, contest):
    apply(
        house, contest, workbook([("ｘｚ０１", "柳河镇人民政府", "", "乡镇", "１", "王　某", "", "", "ＸＺ０１", "")])
    )
    unit, user = all_of(house, Unit)[0], all_of(house, User)[0]
    assert (unit.code, unit.position, unit.contact, user.login) == ("XZ01", 1, "王某", "xz01")


def test_each_fault_is_told_by_sheet_row_and_column_with_what_to_do(house, contest):
    build_user(house, Role.BUREAU, login="boss")
    build_unit(house, contest, code="XZ70", name="老名字镇")
    rows = [
        ("x", "", "", "乡镇", "abc", "", "", "", "a b", ""),
        ("XZ02", "东岭镇", "", "街道", "", "", "", "", "", ""),
        LIUHE,
        ("XZ01", "又一个柳河镇", "", "乡镇", "", "", "", "", "", ""),
        ("XZ03", "老名字镇", "", "乡镇", "", "", "", "", "", ""),
        ("XZ04", "白马镇", "", "乡镇", "", "", "", "", "boss", ""),
        ("XZ05", "长" * 81, "", "乡镇", "", "", "", "", "", ""),
        ("XZ06", "青山镇", "", "乡镇", "", "", "", "", "xz01", ""),
    ]
    found = faults_of(
        house, contest, workbook(rows, [("ps01", "", "", ""), ("boss", "吴某", "", ""), ("ps03", "周某", "", "ZZ9")])
    )
    assert [item[:3] for item in found] == [
        ("单位", 2, "单位编码"),
        ("单位", 2, "单位名称"),
        ("单位", 2, "排序号"),
        ("单位", 2, "登录账号"),
        ("单位", 3, "类别"),
        ("单位", 5, "单位编码"),
        ("单位", 6, "单位名称"),
        ("单位", 7, "登录账号"),
        ("单位", 8, "单位名称"),
        ("单位", 9, "登录账号"),
        ("评审专家", 2, "姓名"),
        ("评审专家", 3, "登录账号"),
        ("评审专家", 4, "所属单位编码"),
    ]
    assert found[4][3] == "没有“街道”这个类别，可填：乡镇、开发区、县直单位。"
    assert found[5][3] == "“XZ01”与第 4 行重复，请删去一行或改正。"
    assert "XZ70" in found[6][3]


def test_sound_rows_are_imported_beside_faulty_ones(house, contest):
    found = apply(house, contest, workbook([LIUHE, ("XZ02", "东岭镇", "", "街道", "", "", "", "", "", "")]))
    assert counts(found) == (1, 0, 0, 1)
    assert [row.code for row in all_of(house, Unit)] == ["XZ01"]
    assert all_of(house, AuditEntry)[0].facts["skipped"] == 1


def test_a_plan_that_no_longer_holds_is_refused(house, contest):
    data = workbook([LIUHE])
    shown = plan(house, contest, data).digest
    build_unit(house, contest, code="XZ01", name="别人刚建的柳河镇")
    with pytest.raises(Conflict):
        apply(house, contest, data, digest=shown)
    assert [row.name for row in all_of(house, Unit)] == ["别人刚建的柳河镇"]
    assert all_of(house, StoredFile) == []


def test_what_was_imported_is_kept_as_evidence(house, contest):
    data = workbook([LIUHE])
    apply(house, contest, data)
    entry = all_of(house, AuditEntry)[0]
    assert [row.key for row in all_of(house, StoredFile)] == [entry.facts["sha256"]]
    assert house.files.read(entry.facts["sha256"]) == data


def test_a_reviewer_may_belong_to_a_unit_of_the_same_file(house, contest):
    apply(house, contest, workbook([LIUHE], [QIAN]))
    assert [row.unit_id for row in all_of(house, User) if row.login == "ps02"] == [all_of(house, Unit)[0].id]


def test_a_reviewer_of_a_unit_that_is_not_imported_is_told(house, contest):
    faulty = ("XZ01", "柳河镇人民政府", "", "街道", "", "", "", "", "", "")
    assert [item[:3] for item in faults_of(house, contest, workbook([faulty], [QIAN]))] == [
        ("单位", 2, "类别"),
        ("评审专家", 2, "所属单位编码"),
    ]


@pytest.mark.parametrize("titles", [UNIT_COLUMNS[1:], (*UNIT_COLUMNS[:3], "类型", *UNIT_COLUMNS[4:])])
def test_a_changed_head_is_refused_with_the_missing_columns(house, contest, titles):
    data = write_workbook([Sheet("单位", [Column(title) for title in titles], [])])
    with pytest.raises(Invalid) as caught:
        read_register(data)
    missing = [title for title in UNIT_COLUMNS if title not in titles]
    assert caught.value.facts["columns"] == "、".join(missing)


def test_another_workbook_is_refused(house, contest):
    with pytest.raises(Invalid):
        read_register(write_workbook([Sheet("Sheet1", [Column("姓名")], [("周某",)])]))


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER, Role.ANONYMOUS])
def test_only_the_bureau_imports(house, contest, role):
    with pytest.raises(NotAllowed):
        apply(house, contest, workbook([LIUHE]), by=Actor(role, "某人", user_id=5))
    assert all_of(house, Unit) == []
