"""Excel workbooks: tables read from .xlsx without trusting the file, and written so that no text can become a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from review_app.domain.calendar import CHINA
from review_app.domain.errors import N_, Invalid
from review_app.domain.text_rules import clean_line

WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 60 * 1024 * 1024
MAX_PARTS: Final = 500
MAX_SHEETS: Final = 20
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 60
EMPTY_ROWS_END_A_TABLE: Final = 200

MAX_CELL_CHARACTERS: Final = 32_767
_TEXT_FORMAT: Final = "@"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

CellValue = str | int | float | Decimal | date | None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One filled row: its number as Excel shows it, and its cells as cleaned text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet with its filled rows."""

    name: str
    rows: tuple[ReadRow, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write; `width` in characters of half width. Numbers are shown by `number_format` ("0.00")."""

    title: str
    width: float = 14
    number_format: str = "General"
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to write: a frozen head over the rows; the first `samples` rows are shown in grey."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[CellValue]]
    samples: int = 0


def read_workbook(data: bytes) -> tuple[ReadSheet, ...]:
    """The sheets of an .xlsx file in order, formulas as the values last computed.

    Raises Invalid (field "file"), with the remedy, for any other file, a broken one, or one over the limits of size.
    A table ends where 200 empty rows follow each other.
    """
    _require_workbook(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return tuple(_read_sheet(sheet) for sheet in book.worksheets[:MAX_SHEETS])
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # a broken workbook fails in any way, and all of them mean the same to a person
        raise Invalid(
            N_("这个表格打不开，可能已损坏。请在 Excel 或 WPS 里打开，另存为 .xlsx 后再上传。"), "file"
        ) from error


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """The tables as an .xlsx file. Every text is written as text, whatever it begins with; aware moments in Chinese time."""
    book = Workbook()
    book.remove(book["Sheet"])
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.name), sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _require_workbook(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise Invalid(N_("表格超过 %(limit)d MB，请只保留需要导入的内容。"), "file", limit=MAX_FILE_BYTES >> 20)
    if data.startswith(_OLE_MAGIC):
        raise Invalid(
            N_("这是旧版 .xls 或设了密码的表格，不能导入。请在 Excel 或 WPS 里打开，取消密码，另存为 .xlsx 后再上传。"),
            "file",
        )
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError):
        parts = []
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Invalid(N_("这不是 .xlsx 表格。请下载模板，在模板里填写后上传。"), "file")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Invalid(N_("表格展开后太大，不能导入。请把内容复制到空白的模板里再上传。"), "file")


def _read_sheet(sheet: Any) -> ReadSheet:
    sheet.reset_dimensions()  # many programs write a wrong one; what counts is what is there
    return ReadSheet(sheet.title, tuple(_filled_rows(sheet)))


def _filled_rows(sheet: Any) -> Iterator[ReadRow]:
    filled = empty = 0
    for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        cells = tuple(_as_text(value) for value in values)
        if not any(cells):
            empty += 1
            if empty == EMPTY_ROWS_END_A_TABLE:
                return
            continue
        filled += 1
        empty = 0
        if filled > MAX_ROWS:
            raise Invalid(N_("表格超过 %(limit)d 行，请分成几份导入。"), "file", limit=MAX_ROWS)
        yield ReadRow(number, cells)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return clean_line(str(value))


def _write_sheet(target: Worksheet, sheet: Sheet) -> None:
    target.freeze_panes = "A2"
    head_fill = PatternFill("solid", fgColor="E6F1ED")
    for number, column in enumerate(sheet.columns, 1):
        head = target.cell(1, number)
        _put_text(head, column.title)
        head.font = Font(bold=True)
        head.fill = head_fill
        head.alignment = Alignment(vertical="center", wrap_text=True)
        dimension = target.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.number_format = column.number_format if column.is_number else _TEXT_FORMAT
    grey = Font(color="8A8F98", italic=True)
    for row, values in enumerate(sheet.rows, 2):
        for number, (column, value) in enumerate(zip(sheet.columns, values, strict=True), 1):
            cell = target.cell(row, number)
            _put(cell, value, column)
            if row < sheet.samples + 2:
                cell.font = grey


def _put(cell: Any, value: CellValue, column: Column) -> None:
    if isinstance(value, str):
        _put_text(cell, value)
    elif isinstance(value, datetime):
        cell.value = value.astimezone(CHINA).replace(tzinfo=None)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    elif value is not None:
        cell.value = value
        cell.number_format = column.number_format


def _put_text(cell: Any, text: str) -> None:
    """Text that stays text, also after somebody has edited the cell: typed as a string, formatted as text, quoted."""
    cell.value = _UNWRITABLE.sub("", text)[:MAX_CELL_CHARACTERS]
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    cell.quotePrefix = True
    if "\n" in text:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
