"""The commands of an installation on a real data folder: what they print, what they change, how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from compile.errors import REFUSALS
from review_app.cli import contests, copies, essays, main, operate, search
from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, Essay, EssayVersion, Job, StoredFile, Unit, User
from review_app.resources import Resources
from review_app.services.passwords import is_right_password
from review_app.storage.sheets import Column, Sheet, write_workbook
from tests.builders import build_essay, build_review, build_unit, build_user, make_resources

ROOT = Path(__file__).parents[2]
COMMANDS = (contests, copies, essays, operate, search)  # their commands are on `main` once they are imported
BODY = "清晨的接访大厅里，她把热茶递到老人手中，听他从头说起。\n" * 20


class House:
    """One installation in a folder, seen through its commands."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.folder = folder / "来稿"
        self.folder.mkdir()
        self.inside: Resources = make_resources(self.data)

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments), env={"REVIEW_DATA": str(self.data)})
        assert (result.exit_code, result.exception if code == 0 else None) == (code, None), result.output
        return result

    def json(self, *arguments: str, code: int = 0):
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def rows(self, model):
        with self.inside.database.read() as session:
            return list(session.query(model).order_by(model.id))

    def count(self, *models) -> list[int]:
        with self.inside.database.read() as session:
            return [session.query(model).count() for model in models]

    def write(self, name: str, title: str, byline: str = "柳河镇信访办　周　明") -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{title}\n{byline}\n{BODY}", encoding="utf-8")

    def sheet(self, *rows: tuple[str, ...], head: str = "文件名 报送单位 题目 作者 体裁 报送日期") -> str:
        columns = [Column(title) for title in head.split()]
        filled = [(*row, *[""] * (len(columns) - len(row))) for row in rows]
        path = self.folder.parent / "清单.xlsx"
        path.write_bytes(write_workbook([Sheet("清单", columns, filled)]))
        return str(path)

    def import_lines(self, *rows: tuple[str, ...], dry: bool = False, code: int = 0) -> list[tuple[int, str, str]]:
        more = ["--dry-run"] if dry else []
        lines = self.json("essays", "import", str(self.folder), "--sheet", self.sheet(*rows), *more, code=code)
        return [(line["row"], line["outcome"], line["detail"]) for line in lines]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.inside.close()


@pytest.fixture
def contest(house: House) -> Contest:
    """The contest of 2020 as the command sets it up, with two units."""
    house.run("contest", "create", "--year", "2020", "--name", "最美信访干部征文", "--organiser", "清源县信访局")
    (contest,) = house.rows(Contest)
    build_unit(house.inside, contest, code="XZ01", name="柳河镇人民政府")
    build_unit(house.inside, contest, code="XZ02", name="石桥镇人民政府")
    return contest


# essays import


def test_import_takes_in_every_row_and_a_repeat_finds_nothing_new(house: House, contest: Contest) -> None:
    house.write("灯.txt", "桥头那盏灯")
    house.write("二批/账.txt", "老周的三本账", "")
    rows = [
        ("灯.txt", "XZ01", "", "", "散文", "2020-10-31"),
        ("二批/账.txt", "石桥镇人民政府", "三本账", "方晓棠、许 静", "通讯", "2020年11月5日"),
    ]
    assert house.import_lines(*rows) == [
        (2, "new", "2020-XZ01-001《桥头那盏灯》"),
        (3, "new", "2020-XZ02-001《三本账》"),
    ]
    first, second = house.rows(Essay)
    assert (first.title, first.authors, first.genre, first.is_late) == ("桥头那盏灯", ["周明"], "g-prose", False)
    assert (second.title, second.authors, second.genre, second.is_late) == (
        "三本账",
        ["方晓棠", "许静"],
        "g-feature",
        True,
    )
    assert {essay.state for essay in (first, second)} == {EssayState.SUBMITTED.value}
    assert first.submitted_at.isoformat() == "2020-10-30T16:00:00+00:00"
    assert [version.original_name for version in house.rows(EssayVersion)] == ["灯.txt", "账.txt"]

    before = house.count(Essay, EssayVersion, StoredFile, Job)
    again = house.import_lines(*rows)
    assert again == [(2, "known", "2020-XZ01-001《桥头那盏灯》"), (3, "known", "2020-XZ02-001《三本账》")]
    assert house.count(Essay, EssayVersion, StoredFile, Job) == before


def test_a_dry_run_says_what_would_happen_and_leaves_no_trace(house: House, contest: Contest) -> None:
    house.write("灯.txt", "桥头那盏灯")
    house.write("账.txt", "老周的三本账")
    house.import_lines(("灯.txt", "XZ01"))
    before = house.count(Essay, EssayVersion, StoredFile, Job)
    files = sorted(house.inside.files.root.rglob("*"))
    long_name = "赵" * 41
    lines = house.import_lines(("灯.txt", "XZ01"), ("账.txt", "XZ02", "", long_name), dry=True, code=1)
    assert lines == [
        (2, "known", "2020-XZ01-001《桥头那盏灯》"),
        (3, "fault", "作者：这一项最多 40 个字，现有 41 个字，请删减。"),
    ]
    assert house.import_lines(("账.txt", "XZ02"), dry=True) == [(2, "new", "《老周的三本账》 540 字")]
    assert house.count(Essay, EssayVersion, StoredFile, Job) == before
    assert sorted(house.inside.files.root.rglob("*")) == files


def test_every_faulty_row_is_named_and_the_good_ones_are_taken(house: House, contest: Contest) -> None:
    (house.folder.parent / "外面.txt").write_text("外面\n周明\n" + BODY, encoding="utf-8")
    (house.folder / "通往外面.txt").symlink_to(house.folder.parent / "外面.txt")
    (house.folder / "扫描件.docx").write_bytes(b"%PDF-1.7 scan")
    house.write("无名.txt", "桥头那盏灯", "")
    (house.folder / "无题.txt").write_text(BODY, encoding="utf-8")
    house.write("灯.txt", "桥头那盏灯")
    for name in ("一", "二", "三", "四"):
        house.write(f"{name}.txt", f"第{name}盏灯")
    lines = house.import_lines(
        ("一.txt", "XZ09"),
        ("没有.txt", "XZ01"),
        ("../外面.txt", "XZ01"),
        (str(house.folder.parent / "外面.txt"), "XZ01"),
        ("通往外面.txt", "XZ01"),
        ("扫描件.docx", "XZ01"),
        ("无名.txt", "XZ01"),
        ("无题.txt", "XZ01", "", "周明"),
        ("二.txt", "XZ01", "", "", "小说"),
        ("三.txt", "XZ01", "", "", "", "去年秋天"),
        ("四.txt", "XZ01", "", "", "", "2999-01-01"),
        ("名" * 300 + ".txt", "XZ01"),
        ("", "XZ01"),
        ("灯.txt", "XZ01"),
        code=1,
    )
    missing = "文件夹里没有这个文件"
    assert [detail for _, outcome, detail in lines if outcome == "fault"] == [
        "没有“XZ09”这个报送单位，或不止一个；请填写全称或编码",
        missing,
        missing,
        missing,
        missing,
        "。".join(REFUSALS["pdf"]),
        "文件里找不到作者，请在清单里填写",
        "文件里找不到题目，请在清单里填写",
        "没有“小说”这个体裁",
        "报送日期“去年秋天”看不懂，请写成 2020-10-31",
        "报送日期还没有到，请核对",
        "文件读不出来：File name too long",
        "没有写文件名",
    ]
    assert lines[-1] == (15, "new", "2020-XZ01-001《桥头那盏灯》")
    assert [row for row, _, _ in lines] == list(range(2, 16))
    assert [essay.title for essay in house.rows(Essay)] == ["桥头那盏灯"]


def test_a_file_whose_name_holds_odd_blanks_is_found_by_the_cell_excel_shows(house: House, contest: Contest) -> None:
    house.write("石桥镇　周明 .txt", "桥头那盏灯")
    assert house.import_lines(("石桥镇 周明 .txt", "XZ01"))[0][1] == "new"


def test_a_name_two_units_share_is_not_guessed(house: House, contest: Contest) -> None:
    with house.inside.database.write() as session:
        session.execute(text("UPDATE unit SET short_name = '镇政府'"))
        session.commit()
    house.write("灯.txt", "桥头那盏灯")
    ((_, outcome, detail),) = house.import_lines(("灯.txt", "镇政府"), code=1)
    assert (outcome, detail) == ("fault", "没有“镇政府”这个报送单位，或不止一个；请填写全称或编码")
    assert house.import_lines(("灯.txt", "柳河镇人民政府"))[0][1] == "new"


def test_a_sheet_that_is_none_ends_in_one_sentence(house: House, contest: Contest) -> None:
    wrong = house.folder / "清单.xlsx"
    wrong.write_bytes(b"not a workbook")
    result = house.run("essays", "import", str(house.folder), "--sheet", str(wrong), code=1)
    assert result.stderr.startswith("Error: 这不是 .xlsx 表格。")
    empty = house.run("essays", "import", str(house.folder), "--sheet", house.sheet(head="名称"), code=1)
    assert empty.stderr == "Error: 表头缺少：文件名、报送单位。\n"


def test_the_lines_for_people_end_in_a_sum(house: House, contest: Contest) -> None:
    house.write("灯.txt", "桥头那盏灯")
    sheet = house.sheet(("灯.txt", "XZ01"), ("没有.txt", "XZ01"))
    result = house.run("essays", "import", str(house.folder), "--sheet", sheet, code=1)
    assert result.stdout.splitlines() == [
        "✓ 第 2 行 灯.txt：2020-XZ01-001《桥头那盏灯》",
        "✗ 第 3 行 没有.txt：文件夹里没有这个文件",
        "已导入 1 篇，原已导入 0 篇，有问题 1 行",
    ]


# search


@pytest.fixture
def library(house: House, contest: Contest) -> list[Essay]:
    """One essay of each unit, indexed; the first is assigned to the reviewer."""
    units = house.rows(Unit)
    found = [
        build_essay(house.inside, contest, units[0], title="桥头那盏灯", state=EssayState.ACCEPTED),
        build_essay(
            house.inside, contest, units[1], title="老周的三本账", authors=("方晓棠",), state=EssayState.ACCEPTED
        ),
    ]
    build_user(house.inside, Role.UNIT, login="u1", unit=units[0])
    reviewer = build_user(house.inside, Role.REVIEWER, login="r1")
    build_review(house.inside, found[0], reviewer)
    house.run("index", "rebuild")
    return found


def titles(house: House, query: str, login: str = "") -> list[str]:
    answer = house.json("search", query, *(["--as", login] if login else []))
    assert answer["is_fallback"] is False
    assert answer["total"] == len(answer["hits"])
    return sorted(hit["title"] for hit in answer["hits"])


def test_search_shows_each_account_only_what_it_may_see(house: House, library: list[Essay]) -> None:
    assert titles(house, "热茶") == ["桥头那盏灯", "老周的三本账"]
    assert titles(house, "热茶", "u1") == ["桥头那盏灯"]
    assert titles(house, "热茶", "r1") == ["桥头那盏灯"]
    assert titles(house, "作者:方晓棠") == ["老周的三本账"]
    assert titles(house, "方晓棠", "u1") == []


def test_a_reviewer_finds_nothing_by_author_or_unit_and_is_shown_neither(house: House, library: list[Essay]) -> None:
    assert titles(house, "作者:周明") == ["桥头那盏灯"]
    assert titles(house, "单位:柳河镇") == ["桥头那盏灯"]
    for query in ("周明", "柳河镇", "XZ01", "征文终稿"):
        assert titles(house, query, "r1") == []
    for query in ("作者:周明", "单位:柳河镇"):
        assert "周明" not in house.run("search", query, "--as", "r1", code=1).stdout
    result = house.run("search", "热茶", "--as", "r1", "--json")
    (hit,) = json.loads(result.stdout)["hits"]
    assert sorted(hit) == ["number", "snippet", "title", "words"]
    for secret in ("周明", "柳河镇", "XZ01", "征文终稿"):
        assert secret not in result.stdout


def test_search_tells_what_is_wrong_in_one_sentence(house: House, library: list[Essay]) -> None:
    unknown = house.run("search", "热茶", "--as", "nobody", code=1)
    assert unknown.stderr == "Error: 没有“nobody”这个账号，或已停用。\n"
    assert house.run("search", "热茶 AND (", code=1).stderr.startswith("Error: ")
    assert house.run("search", "热茶", "--page", "0", code=2).stdout == ""


def test_search_without_an_index_says_that_titles_were_searched(house: House, library: list[Essay]) -> None:
    damage_index(house)
    result = house.run("search", "桥头")
    assert result.stdout.startswith("共 1 篇\n")
    assert "index rebuild" in result.stderr
    assert house.json("search", "桥头")["is_fallback"] is True


# index, doctor, audit


def damage_index(house: House) -> None:
    for path in (house.data / "index" / "bureau").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")


def test_a_damaged_index_is_found_and_rebuilt(house: House, library: list[Essay]) -> None:
    assert {name: state["documents"] for name, state in house.json("index", "check").items()} == {
        "bureau": 2,
        "reviewer": 2,
    }
    damage_index(house)
    result = house.run("index", "check", code=1)
    assert [line[:2] for line in result.stdout.splitlines()] == ["✗ ", "✓ "]
    assert house.run("index", "rebuild").stdout == "✓ bureau：2 篇\n✓ reviewer：2 篇\n"
    assert house.run("index", "check").exit_code == 0
    assert titles(house, "热茶") == ["桥头那盏灯", "老周的三本账"]


def test_all_works_are_compared_anew_and_the_pairs_counted(house: House, contest: Contest) -> None:
    units = house.rows(Unit)
    for place, title in enumerate(("甲", "乙")):
        build_essay(house.inside, contest, units[place], title=title, text=BODY)
    for _ in range(2):
        assert house.run("copies", "rebuild").stdout == "✓ 已比对 2 篇，相似的 1 对\n"


def test_doctor_is_content_with_a_sound_house_and_finds_missing_and_changed_files(
    house: House, library: list[Essay]
) -> None:
    findings = house.json("doctor", "--thorough")
    assert {finding["level"] for finding in findings} <= {"ok", "warning"}
    assert house.run("doctor").exit_code == 0

    with house.inside.database.read() as session:
        kept = sorted(session.scalars(select(StoredFile.key)))
    changed, missing = (house.inside.files.root / key[:2] / key for key in kept[:2])
    changed.chmod(0o600)
    changed.write_bytes(b"x" * changed.stat().st_size)
    assert house.run("doctor").exit_code == 0  # the size is right: only a thorough look reads the content
    details = [
        finding["detail"] for finding in house.json("doctor", "--thorough", code=1) if finding["level"] == "error"
    ]
    assert details == [f"1 个内容不符，如 {kept[0]}；请从备份恢复"]
    missing.unlink()
    errors = [finding for finding in house.json("doctor", code=1) if finding["level"] == "error"]
    assert [(error["subject"], error["detail"]) for error in errors] == [
        ("存储文件", f"缺 1 个，如 {kept[1]}；请从备份恢复")
    ]


def test_doctor_names_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "review.sqlite").write_bytes(b"no database at all" * 100)
    result = CliRunner().invoke(main, ["doctor", "--json"], env={"REVIEW_DATA": str(tmp_path)})
    (finding,) = json.loads(result.stdout)
    assert (result.exit_code, finding["level"], finding["subject"]) == (1, "error", "数据库")
    assert finding["detail"].endswith("请运行 restore 从备份恢复")


def test_audit_verify_finds_a_changed_and_a_removed_entry(house: House, contest: Contest) -> None:
    house.run("accounts", "add", "b1", "王敏")
    sound = house.run("audit", "verify").stdout
    assert sound.startswith("✓ 2 条连续，末条哈希 ")
    tamper(house, "UPDATE audit_entry SET actor_name = '别人' WHERE id = 1")
    assert house.run("audit", "verify", code=1).stdout == "✗ 第 1 条起不可信（前 0 条连续）\n"
    tamper(house, "UPDATE audit_entry SET actor_name = '系统' WHERE id = 1")
    tamper(house, "DELETE FROM audit_entry WHERE id = 2")
    assert house.run("doctor", code=1).exit_code == 1


def tamper(house: House, statement: str) -> None:
    with house.inside.database.write() as session:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement))
        session.commit()


# contest, accounts


def test_a_contest_is_created_once_a_year_and_shows_how_it_stands(house: House, library: list[Essay]) -> None:
    again = house.run("contest", "create", "--year", "2020", "--name", "甲", "--organiser", "乙", code=1)
    assert again.stderr == "Error: 2020 年的活动已经建立。\n"
    status = house.json("contest", "status")
    assert (status["year"], status["name"], status["phase"]) == (2020, "最美信访干部征文", "ended")
    assert (status["units"], status["essays"], status["reviews"]) == (2, {"accepted": 2}, {"assigned": 1})
    assert (status["awarded"], status["selected"]) == (0, 0)
    assert "essays: {'accepted': 2}" in house.run("contest", "status").stdout.splitlines()


def test_status_without_a_contest_ends_in_one_sentence(house: House) -> None:
    assert house.run("contest", "status", code=1).stderr.startswith("Error: ")


def test_accounts_are_opened_and_reset_with_a_password_shown_once(house: House) -> None:
    opened = house.run("accounts", "add", "r7", "秦老师", "--role", "reviewer").stdout
    first = opened.rsplit(" ", 1)[1].strip()
    (user,) = house.rows(User)
    assert (user.login, user.name, user.role, user.must_change_password) == ("r7", "秦老师", "reviewer", True)
    assert is_right_password(first, user.password_hash)

    second = house.run("accounts", "reset", "r7").stdout.rsplit(" ", 1)[1].strip()
    (user,) = house.rows(User)
    assert second != first
    assert [is_right_password(password, user.password_hash) for password in (first, second)] == [False, True]

    assert house.run("accounts", "add", "r7", "别人", code=1).stderr == "Error: 账号“r7”已经有人用了。\n"
    assert house.run("accounts", "reset", "r8", code=1).stderr == "Error: 没有“r8”这个账号。\n"


# The program itself


def test_the_program_lists_its_commands_and_ends_with_the_code_of_the_command(house: House) -> None:
    environment = {**os.environ, "REVIEW_DATA": str(house.data), "PYTHONUTF8": "1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "review_app", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )

    shown = run("--help")
    assert shown.returncode == 0
    names = {line.split()[0] for line in shown.stdout.partition("Commands:")[2].splitlines() if line.strip()}
    assert {"accounts", "audit", "backup", "contest", "doctor", "essays", "index", "restore", "search"} <= names
    failed = run("contest", "status")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Traceback" not in failed.stderr
