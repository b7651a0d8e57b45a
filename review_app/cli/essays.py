"""Essays from a folder and a sheet: the mailbox era becomes submissions."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click

from compile.errors import Refused
from review_app.cli import main, open_house, system_work
from review_app.domain.errors import DomainError, Invalid
from review_app.domain.import_sheet import COLUMNS, ImportRow, parse_import_sheet
from review_app.domain.text_rules import check_title, clean_line
from review_app.queries.contests import get_contest
from review_app.queries.tags import TagRow, list_genres
from review_app.queries.units import UnitRow, list_units
from review_app.resources import Resources
from review_app.services.essays import ImportedEssay, import_essay
from review_app.services.intake import Intake, confirm_manuscript, take_in
from review_app.storage.files import FileStore
from review_app.storage.sheets import read_workbook

Outcome = Literal["new", "known", "fault"]
_MARKS: dict[Outcome, str] = {"new": "✓", "known": "=", "fault": "✗"}


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What happened to one row of the sheet."""

    row: int
    file: str
    outcome: Outcome
    detail: str


@main.group("essays")
def essays() -> None:
    """作品 / essays."""


@essays.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=True,
              help="清单表格 .xlsx / the list of files")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="只检查，不导入 / check only")
@click.option("--json", "is_json", is_flag=True, help="机器可读 / machine-readable")
def import_folder(folder: Path, sheet: Path, dry_run: bool, is_json: bool) -> None:
    """把文件夹里的稿件按清单导入，可以重复运行 / import a folder of files; safe to repeat."""
    house = open_house()
    lines = import_essays(house, folder, sheet.read_bytes(), is_dry_run=dry_run)
    if is_json:
        click.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            click.echo(f"{_MARKS[line.outcome]} 第 {line.row} 行 {line.file}：{line.detail}")
        counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in _MARKS}
        verb = "可导入" if dry_run else "已导入"
        click.echo(f"{verb} {counts['new']} 篇，原已导入 {counts['known']} 篇，有问题 {counts['fault']} 行")
    if any(line.outcome == "fault" for line in lines):
        raise SystemExit(1)


def import_essays(house: Resources, folder: Path, sheet: bytes, *, is_dry_run: bool) -> tuple[ImportLine, ...]:
    """Import every row of the sheet's first table from `folder`; one bad row never stops the others."""
    tables = read_workbook(sheet)
    rows, faulty = parse_import_sheet([(row.number, row.cells) for row in tables[0].rows] if tables else [])
    lines = [ImportLine(row.number, "", "fault", str(row.reason)) for row in faulty]
    with house.database.read() as session:
        contest = get_contest(session)
        names = _Names.of(list_units(session, contest_id=contest.id), list_genres(session))
    with TemporaryDirectory() as scratch:
        # A dry run does everything, in files of its own and in transactions that are undone.
        files = FileStore(Path(scratch)) if is_dry_run else house.files
        desk = _Desk(replace(house, files=files), folder, names, is_dry_run=is_dry_run)
        lines += [desk.import_row(row) for row in rows]
    return tuple(sorted(lines, key=lambda line: line.row))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the sheet may call units and genres; a spelling two units share names neither."""

    unit_ids: Mapping[str, int]
    genres: Mapping[str, str]

    @classmethod
    def of(cls, units: Sequence[UnitRow], genres: Sequence[TagRow]) -> _Names:
        spelled = Counter(spelling for unit in units for spelling in {unit.code, unit.name, unit.short_name})
        return cls(
            {
                spelling: unit.id
                for unit in units
                for spelling in (unit.code, unit.name, unit.short_name)
                if spelled[spelling] == 1
            },
            {name: genre.slug for genre in genres for name in (genre.name_zh, genre.slug)},
        )


class _Undo(Exception):
    """Ends the transaction of a dry run."""


class _Fault(Exception):
    """Why a row cannot be imported."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Takes in one row after the other."""

    house: Resources
    folder: Path
    names: _Names
    is_dry_run: bool

    def import_row(self, row: ImportRow) -> ImportLine:
        """Import one row; what is wrong with it comes back as a fault."""
        try:
            done, words = self._import(row)
        except _Fault as fault:
            return ImportLine(row.number, row.file, "fault", str(fault))
        except Refused as refusal:
            return ImportLine(row.number, row.file, "fault", f"{refusal.message}。{refusal.remedy}")
        except DomainError as error:
            column = COLUMNS.get(error.field, ("",))[0] if isinstance(error, Invalid) else ""
            return ImportLine(row.number, row.file, "fault", f"{column}：{error}" if column else str(error))
        except OSError as error:
            return ImportLine(row.number, row.file, "fault", f"文件读不出来：{error.strerror}")
        if not done.is_new:
            return ImportLine(row.number, row.file, "known", f"{done.number}《{done.title}》")
        detail = f"《{done.title}》 {words} 字" if self.is_dry_run else f"{done.number}《{done.title}》"
        return ImportLine(row.number, row.file, "new", detail)

    def _import(self, row: ImportRow) -> tuple[ImportedEssay, int]:
        unit_id = self.names.unit_ids.get(row.unit)
        if unit_id is None:
            raise _Fault(f"没有“{row.unit}”这个报送单位，或不止一个；请填写全称或编码")
        if row.genre and row.genre not in self.names.genres:
            raise _Fault(f"没有“{row.genre}”这个体裁")
        if row.sent_at is not None and row.sent_at > datetime.now(UTC):
            raise _Fault("报送日期还没有到，请核对")
        intake = self._take_in(row)
        if not intake.manuscript.title:
            raise _Fault("文件里找不到题目，请在清单里填写")
        if not (row.authors or intake.byline["authors"]):
            raise _Fault("文件里找不到作者，请在清单里填写")
        with suppress(_Undo), system_work(self.house) as work:
            done = import_essay(
                work,
                unit_id=unit_id,
                intake=intake,
                authors=row.authors,
                post=row.post,
                phone=row.phone,
                genre=self.names.genres.get(row.genre, ""),
                sent_at=row.sent_at or work.now,
                random_source=random.SystemRandom(),
            )
            if self.is_dry_run:
                raise _Undo
        return done, intake.words

    def _take_in(self, row: ImportRow) -> Intake:
        path = self._find_file(row.file)
        limit_bytes = self.house.settings.max_upload_bytes
        if path.stat().st_size > limit_bytes:
            raise _Fault(f"文件超过 {limit_bytes >> 20} MB")
        intake = take_in(self.house.files, self.house.reader, data=path.read_bytes(), name=path.name)
        title = check_title(row.title, is_required=False)
        if not title:
            return intake
        subtitle = intake.manuscript.subtitle
        kept = confirm_manuscript(self.house.files, read_key=intake.manuscript_key, title=title, subtitle=subtitle)
        return intake.retitled(title, kept)

    def _find_file(self, name: str) -> Path:
        """The file in the folder. A cell holds its text cleaned, so a name with odd blanks is found by its clean form."""
        root = self.folder.resolve()
        name = name.replace("\\", "/")
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise _Fault("文件夹里没有这个文件")
        if not path.is_file():
            alike = [file for file in root.rglob("*") if clean_line(file.relative_to(root).as_posix()) == name]
            if len(alike) != 1 or not alike[0].resolve().is_relative_to(root) or not alike[0].is_file():
                raise _Fault("文件夹里没有这个文件")
            path = alike[0]
        return path
