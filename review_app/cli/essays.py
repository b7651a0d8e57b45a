"""Essays from a folder and a sheet: the mailbox era becomes submissions."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from compile.errors import Refused
from review_app.cli import main, open_house, system_work
from review_app.domain.calendar import CHINA
from review_app.domain.errors import DomainError
from review_app.domain.import_sheet import ImportRow, parse_import_sheet
from review_app.queries.contests import get_contest
from review_app.queries.tags import list_genres
from review_app.queries.units import list_units
from review_app.resources import Resources
from review_app.services.essays import import_essay
from review_app.services.intake import Intake, retitle, take_in
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
    table = read_workbook(sheet)[0]
    rows, faulty = parse_import_sheet([(row.number, row.cells) for row in table.rows])
    lines = [ImportLine(row.number, "", "fault", str(row.reason)) for row in faulty]
    with house.database.read() as session:
        contest = get_contest(session)
        units = {
            spelling: unit.id
            for unit in list_units(session, contest_id=contest.id)
            for spelling in (unit.code, unit.name, unit.short_name)
        }
        genres = {row.name_zh: row.slug for row in list_genres(session)}
    for row in rows:
        lines.append(_import_row(house, folder, row, units, genres, is_dry_run=is_dry_run))
    return tuple(sorted(lines, key=lambda line: line.row))


def _import_row(
    house: Resources, folder: Path, row: ImportRow, units: dict[str, int], genres: dict[str, str], *, is_dry_run: bool
) -> ImportLine:
    def fault(detail: str) -> ImportLine:
        return ImportLine(row.number, row.file, "fault", detail)

    unit_id = units.get(row.unit)
    if unit_id is None:
        return fault(f"没有“{row.unit}”这个报送单位；请核对名称或编码")
    path = (folder / row.file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return fault("文件夹里没有这个文件")
    try:
        sent_at = _parse_day(row.sent_on)
        intake = take_in(house.files, house.converter, data=path.read_bytes(), name=path.name)
        intake = _with_title(house, intake, row.title)
        if is_dry_run:
            return ImportLine(row.number, row.file, "new", f"《{intake.manuscript.title}》 {intake.words} 字")
        with system_work(house) as work:
            done = import_essay(
                work,
                unit_id=unit_id,
                intake=intake,
                authors=row.authors,
                post=row.post,
                phone=row.phone,
                genre=genres.get(row.genre, ""),
                sent_at=sent_at or work.now,
                random_source=random.SystemRandom(),
            )
    except Refused as error:
        return fault(f"{error.message}。{error.remedy}")
    except (DomainError, ValueError) as error:
        return fault(str(error))
    return ImportLine(row.number, row.file, "new" if done.is_new else "known", f"{done.number}《{done.title}》")


def _with_title(house: Resources, intake: Intake, title: str) -> Intake:
    if not title:
        return intake
    subtitle = intake.manuscript.subtitle
    kept = retitle(house.files, manuscript_key=intake.manuscript_key, title=title, subtitle=subtitle)
    return intake if kept is None else intake.retitled(title, kept)


def _parse_day(text: str) -> datetime | None:
    if not text:
        return None
    day = text.replace("/", "-").replace(".", "-")[:10]
    try:
        found = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise ValueError(f"报送日期“{text}”看不懂，请写成 2020-10-31") from None
    return found.astimezone(UTC)
