"""Keeping an installation healthy: doctor, backup, restore, index, audit."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError

from review_app.backup import restore_backup, write_backup
from review_app.cli import main, open_house
from review_app.config import read_settings
from review_app.doctor import Finding, examine
from review_app.index_job import rebuild_index
from review_app.queries.audit import verify_audit

_MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


@main.command("doctor")
@click.option("--json", "is_json", is_flag=True, help="机器可读 / machine-readable")
@click.option("--thorough", is_flag=True, help="逐个核对存储文件 / verify every stored file")
def doctor(is_json: bool, thorough: bool) -> None:
    """检查安装是否健康 / examine this installation."""
    findings: tuple[Finding, ...]
    try:
        findings = examine(open_house(), now=datetime.now(UTC), is_thorough=thorough)
    except DatabaseError as error:  # too damaged to be asked what is wrong with it
        findings = (Finding("error", "数据库", f"打不开，可能已损坏（{error.orig}）；请运行 restore 从备份恢复"),)
    if is_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{_MARKS[finding.level]} {finding.subject}：{finding.detail}")
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(1)


@main.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """把数据库和全部文件备份成一个文件 / back up everything into FILE."""
    report = write_backup(open_house(), file, now=datetime.now(UTC))
    click.echo(f"✓ {file}：{report.files} 个文件，{report.size_bytes:,} 字节，数据库 SHA-256 {report.database_sha256}")


@main.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """从备份恢复；原数据库改名保留 / restore FILE; the present database is kept under a dated name."""
    report = restore_backup(read_settings(), file, now=datetime.now(UTC))
    house = open_house()
    for audience in house.indexes:
        rebuild_index(house, audience)
    click.echo(f"✓ 已恢复 {report.files} 个文件，数据库 SHA-256 {report.database_sha256}，检索索引已重建")


@main.group("index")
def index() -> None:
    """检索索引 / the search indexes."""


@index.command("check")
@click.option("--json", "is_json", is_flag=True, help="机器可读 / machine-readable")
def check_index(is_json: bool) -> None:
    """检查索引是否完好 / read every byte of the indexes."""
    house = open_house()
    states = {audience: index.check() for audience, index in house.indexes.items()}
    if is_json:
        click.echo(json.dumps({name: asdict(status) for name, status in states.items()}, ensure_ascii=False))
    else:
        for name, status in states.items():
            click.echo(
                f"{_MARKS['ok' if status.is_ready else 'error']} {name}：{status.state}，{status.documents} 篇 {status.problem}"
            )
    if not all(status.is_ready for status in states.values()):
        raise SystemExit(1)


@index.command("rebuild")
def rebuild() -> None:
    """从数据库重建索引 / rebuild the indexes from the database."""
    house = open_house()
    for audience in house.indexes:
        status = rebuild_index(house, audience)
        click.echo(f"✓ {audience}：{status.documents} 篇")


@main.group("audit")
def audit() -> None:
    """审计日志 / the audit log."""


@audit.command("verify")
def verify() -> None:
    """核对审计日志的哈希链 / recompute the hash chain."""
    with open_house().database.read() as session:
        report = verify_audit(session)
    if report.is_sound:
        click.echo(f"✓ {report.entries} 条连续，末条哈希 {report.head_hash}")
        return
    if report.first_bad_id is not None:
        click.echo(f"✗ 第 {report.first_bad_id} 条起不可信（前 {report.entries} 条连续）")
    else:
        click.echo(f"✗ 末尾少了 {report.missing_at_end} 条")
    raise SystemExit(1)
