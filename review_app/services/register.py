"""The register of units and reviewers as an Excel file: its columns, its template, and what a filled one says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from review_app.domain.errors import N_, Invalid
from review_app.domain.reason import Reason
from review_app.domain.text_rules import check_line, check_name
from review_app.storage.sheets import Column, ReadSheet, Sheet, read_workbook, write_workbook

UNIT_SHEET: Final = "单位"
REVIEWER_SHEET: Final = "评审专家"
SAMPLE_MARK: Final = "例"

CODE, NAME, SHORT_NAME, CLASS, POSITION = "单位编码", "单位名称", "简称", "类别", "排序号"
CONTACT, PHONE, QUOTA, LOGIN, PERSON = "联络员", "联系电话", "应报篇数", "登录账号", "账号姓名"
REVIEWER, ORGANISATION, HOME_CODE = "姓名", "单位/组织", "所属单位编码"

UNIT_COLUMNS: Final = (CODE, NAME, SHORT_NAME, CLASS, POSITION, CONTACT, PHONE, QUOTA, LOGIN, PERSON)
REVIEWER_COLUMNS: Final = (LOGIN, REVIEWER, ORGANISATION, HOME_CODE)

_WIDTHS: Final[Mapping[str, float]] = {
    CODE: 12, NAME: 28, SHORT_NAME: 14, CLASS: 12, POSITION: 8, CONTACT: 12, PHONE: 16, QUOTA: 10, LOGIN: 16,
    PERSON: 12, REVIEWER: 12, ORGANISATION: 28, HOME_CODE: 14,
}  # fmt: skip
_UNIT_SAMPLES: Final = (
    ("例：XZ01", "柳河镇人民政府", "柳河镇", "乡镇", "1", "王某", "0550-6000001", "", "xz01", "王某"),
    ("例：ZS01", "县司法局", "司法局", "县直单位", "31", "李某", "0550-6000031", "2", "", ""),
)
_REVIEWER_SAMPLES: Final = (
    ("例：ps01", "赵某", "县委党校", ""),
    ("例：ps02", "钱某", "柳河镇人民政府", "XZ01"),
)
_NOTES: Final = (
    ("怎样填", "每个单位一行，每位评审专家一行。以“例”开头的灰色行是样例，导入时跳过，可以删去。"),
    (CODE, "必填。大写字母和数字，2 到 12 位，如 XZ01；同一编码再次导入就是更新这家单位。"),
    (NAME, "必填。全称，汇编和通报里用它；不能与别的单位重名。"),
    (SHORT_NAME, "选填。表格和图里用的短名，如“柳河镇”；不填就用全称。"),
    (CLASS, "必填。乡镇、开发区、县直单位之一，或活动设置里的其他类别名称。"),
    (POSITION, "选填。同类单位里的先后，整数；不填时，新单位排在最后，老单位不变。"),
    (CONTACT, "选填。单位里管报送的人。"),
    (PHONE, "选填。只给信访局用，不公开。"),
    (QUOTA, "选填。不填就按类别；填 0 表示没有应报任务。"),
    (LOGIN, "选填。2 到 32 位，不含空格；单位不填就用单位编码的小写，如 xz01。"),
    (PERSON, "选填。账号使用人；不填就用联络员。"),
    (HOME_CODE, "选填，只在评审专家表里。专家所在单位的编码：系统不会把本单位的作品分给他。"),
    ("没列出的单位", "表里没有的单位和专家保持不变，不会被删除。"),
    ("密码", "表里不写密码。导入后在“登录条”页印发首次密码。"),
)

_CODE_PATTERN = re.compile(r"[A-Z0-9]{2,12}")
_LOGIN_PATTERN = re.compile(r"\S{2,32}")
_NUMBER_PATTERN = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit as the file gives it. `position`, `login` and `person` may be left open; `quota` None = by its class."""

    row: int
    code: str
    name: str
    short_name: str
    class_name: str
    position: int | None
    contact: str
    phone: str
    quota: int | None
    login: str
    person: str


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """One reviewer as the file gives it."""

    row: int
    login: str
    name: str
    organisation: str
    home_code: str


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in which cell; a line with a fault is not imported."""

    sheet: str
    row: int
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Register:
    """The sound lines of a file, and what is wrong with the others."""

    units: tuple[UnitLine, ...]
    reviewers: tuple[ReviewerLine, ...]
    faults: tuple[CellFault, ...]


Line = TypeVar("Line", UnitLine, ReviewerLine)


def read_register(data: bytes) -> Register:
    """The lines of a filled template. Raises Invalid (field "file") for a file that is none, or lacks a column."""
    sheets = {sheet.name.strip(): sheet for sheet in read_workbook(data)}
    if not sheets.keys() & {UNIT_SHEET, REVIEWER_SHEET}:
        raise Invalid(N_("表格里没有“单位”或“评审专家”工作表。请下载模板，在模板里填写后上传。"), "file")
    faults: list[CellFault] = []
    units = _read_lines(sheets.get(UNIT_SHEET), UNIT_COLUMNS, _read_unit, faults)
    reviewers = _read_lines(sheets.get(REVIEWER_SHEET), REVIEWER_COLUMNS, _read_reviewer, faults)
    units = _drop_repeated(units, UNIT_SHEET, CODE, lambda line: line.code, faults)
    units = _drop_repeated(units, UNIT_SHEET, NAME, lambda line: line.name, faults)
    units = _drop_repeated(units, UNIT_SHEET, LOGIN, lambda line: line.login, faults)
    reviewers = _drop_repeated(reviewers, REVIEWER_SHEET, LOGIN, lambda line: line.login, faults)
    return Register(tuple(units), tuple(reviewers), tuple(sorted(faults, key=lambda fault: (fault.sheet, fault.row))))


def write_template() -> bytes:
    """The empty register: heads, grey sample rows, and a sheet of notes."""
    return write_workbook(
        (
            Sheet(UNIT_SHEET, _columns(UNIT_COLUMNS), _UNIT_SAMPLES, samples=len(_UNIT_SAMPLES)),
            Sheet(REVIEWER_SHEET, _columns(REVIEWER_COLUMNS), _REVIEWER_SAMPLES, samples=len(_REVIEWER_SAMPLES)),
            Sheet("填写说明", (Column("列", 14), Column("说明", 90)), _NOTES),
        )
    )


def write_register(units: Iterable[Sequence[str]], reviewers: Iterable[Sequence[str]]) -> bytes:
    """A filled register with cells in order of the columns; read again, it changes nothing."""
    return write_workbook(
        (
            Sheet(UNIT_SHEET, _columns(UNIT_COLUMNS), units),
            Sheet(REVIEWER_SHEET, _columns(REVIEWER_COLUMNS), reviewers),
        )
    )


def _columns(titles: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(title, _WIDTHS[title]) for title in titles)


def _read_lines(
    sheet: ReadSheet | None,
    columns: Sequence[str],
    read: Callable[[int, Mapping[str, str], list[CellFault]], Line | None],
    faults: list[CellFault],
) -> list[Line]:
    if sheet is None:
        return []
    head = sheet.rows[0].cells if sheet.rows else ()
    missing = [title for title in columns if title not in head]
    if missing:
        raise Invalid(
            N_("“%(sheet)s”表的第一行缺少这些列：%(columns)s。请用模板填写，不要改动表头。"),
            "file", sheet=sheet.name, columns="、".join(missing),
        )  # fmt: skip
    places = {title: head.index(title) for title in columns}
    lines = []
    for row in sheet.rows[1:]:
        cells = {title: row.cells[place] for title, place in places.items()}
        if not any(cells.values()) or cells[columns[0]].startswith(SAMPLE_MARK):
            continue
        line = read(row.number, cells, faults)
        if line is not None:
            lines.append(line)
    return lines


class _Cells:
    """The cells of one row, read with their rules; what breaks a rule is kept as a fault."""

    def __init__(self, sheet: str, row: int, cells: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._row = row
        self._cells = cells
        self.faults: list[CellFault] = []

    def line(self, column: str, limit: int, *, is_required: bool = False) -> str:
        return self._checked(column, lambda text: check_line(text, field="", limit=limit, is_required=is_required))

    def person(self, column: str, *, is_required: bool = False) -> str:
        return self._checked(column, lambda text: check_name(text, field="", is_required=is_required))

    def code(self, column: str, *, is_required: bool = False) -> str:
        text = unicodedata.normalize("NFKC", self._cells[column]).upper().replace(" ", "")
        if (text or is_required) and not _CODE_PATTERN.fullmatch(text):
            self._fault(column, Reason(N_("单位编码应为 2 到 12 位大写字母和数字，如 XZ01。")))
        return text

    def login(self, column: str, *, is_required: bool = False) -> str:
        text = unicodedata.normalize("NFKC", self._cells[column]).lower()
        if (text or is_required) and not _LOGIN_PATTERN.fullmatch(text):
            self._fault(column, Reason(N_("登录账号应为 2 到 32 位，不含空格。")))
        return text

    def number(self, column: str) -> int | None:
        text = unicodedata.normalize("NFKC", self._cells[column])
        if text and not _NUMBER_PATTERN.fullmatch(text):
            self._fault(column, Reason(N_("请填 0 到 9999 的整数，或留空。")))
            return None
        return int(text) if text else None

    def _checked(self, column: str, check: Callable[[str], str]) -> str:
        try:
            return check(self._cells[column])
        except Invalid as error:
            self._fault(column, Reason(error.message, error.facts))
            return ""

    def _fault(self, column: str, reason: Reason) -> None:
        self.faults.append(CellFault(self._sheet, self._row, column, reason))


def _read_unit(row: int, found: Mapping[str, str], faults: list[CellFault]) -> UnitLine | None:
    cells = _Cells(UNIT_SHEET, row, found)
    line = UnitLine(
        row=row,
        code=cells.code(CODE, is_required=True),
        name=cells.line(NAME, 80, is_required=True),
        short_name=cells.line(SHORT_NAME, 40),
        class_name=cells.line(CLASS, 40, is_required=True),
        position=cells.number(POSITION),
        contact=cells.person(CONTACT),
        phone=cells.line(PHONE, 40),
        quota=cells.number(QUOTA),
        login=cells.login(LOGIN),
        person=cells.person(PERSON),
    )
    faults += cells.faults
    return None if cells.faults else line


def _read_reviewer(row: int, found: Mapping[str, str], faults: list[CellFault]) -> ReviewerLine | None:
    cells = _Cells(REVIEWER_SHEET, row, found)
    line = ReviewerLine(
        row=row,
        login=cells.login(LOGIN, is_required=True),
        name=cells.person(REVIEWER, is_required=True),
        organisation=cells.line(ORGANISATION, 120),
        home_code=cells.code(HOME_CODE),
    )
    faults += cells.faults
    return None if cells.faults else line


def _drop_repeated(
    lines: Sequence[Line], sheet: str, column: str, value: Callable[[Line], str], faults: list[CellFault]
) -> list[Line]:
    """The lines whose value stands nowhere above them; an open value ("") may repeat."""
    first: dict[str, int] = {}
    kept = []
    for line in lines:
        text = value(line)
        if text and text in first:
            reason = Reason(
                N_("“%(value)s”与第 %(row)d 行重复，请删去一行或改正。"), {"value": text, "row": first[text]}
            )
            faults.append(CellFault(sheet, line.row, column, reason))
            continue
        first[text] = line.row
        kept.append(line)
    return kept
