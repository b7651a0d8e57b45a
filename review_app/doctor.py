"""A health check of one installation: each finding says what was looked at, how it stands and what to do."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from review_app.domain.errors import DomainError
from review_app.models import Essay, EssayVersion, Job, StoredFile
from review_app.queries.audit import verify_audit
from review_app.resources import Resources
from review_app.schema import is_current
from review_app.storage.database import FIRST_SOUND_SQLITE, UnsafeDatabase

Level = Literal["ok", "warning", "error"]
_LOW_DISK_BYTES: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    level: Level
    subject: str
    detail: str


def examine(resources: Resources, *, now: datetime, is_thorough: bool = False) -> tuple[Finding, ...]:
    """All findings, in a fixed order; `is_thorough` reads every stored file and compares its digest."""
    with resources.database.read() as session:
        return (
            *_examine_machine(resources, now),
            *_examine_database(resources, session),
            *_examine_files(resources, session, is_thorough=is_thorough),
            *_examine_indexes(resources),
            *_examine_jobs(session),
        )


def _examine_machine(resources: Resources, now: datetime) -> Iterator[Finding]:
    yield Finding("ok", "Python", f"{platform.python_version()} · {platform.system()} {platform.machine()}")
    yield Finding("ok", "服务器时间", now.isoformat(timespec="seconds"))
    free = shutil.disk_usage(resources.settings.data_dir).free
    level: Level = "ok" if free >= _LOW_DISK_BYTES else "error"
    yield Finding(level, "磁盘剩余", f"{free // 1024**2} MB")
    secret = resources.settings.data_dir / "secret"
    if sys.platform != "win32" and secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        yield Finding("error", "密钥文件", f"{secret} 别人可读，请改为 0600")
    if resources.office is None:
        yield Finding(
            "warning",
            "LibreOffice",
            "未安装：.doc 和 WPS 的 .wps 只能读出文字，.rtf 会提示另存为 .docx，汇编不核对页码",
        )
    elif resources.office.sandbox is None:
        yield Finding("warning", "LibreOffice", "已安装，但没有可用的 bubblewrap 沙箱，只受资源限制")
    else:
        yield Finding("ok", "LibreOffice", "已安装，在沙箱里转换和排版")


def _examine_database(resources: Resources, session: Session) -> Iterator[Finding]:
    version = resources.database.sqlite_version
    is_sound = version >= FIRST_SOUND_SQLITE
    note = "" if is_sound else "（较旧：写入时另加进程间文件锁）"
    yield Finding("ok" if is_sound else "warning", "SQLite", ".".join(map(str, version)) + note)
    try:
        resources.database.check_pragmas()
        yield Finding("ok", "数据库设置", "WAL，synchronous=FULL，外键检查开")
    except UnsafeDatabase as error:
        yield Finding("error", "数据库设置", str(error))
    if is_current(resources.database):
        yield Finding("ok", "数据库结构", "最新")
    else:
        yield Finding("error", "数据库结构", "不是最新，请重新启动程序")
    broken = session.execute(text("PRAGMA quick_check")).scalar()
    yield Finding("ok" if broken == "ok" else "error", "数据库完整性", str(broken))
    strays = session.execute(text("PRAGMA foreign_key_check")).all()
    yield Finding("error" if strays else "ok", "外键", f"{len(strays)} 处不一致" if strays else "一致")
    lost = session.scalar(
        select(func.count())
        .select_from(Essay)
        .outerjoin(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .where((EssayVersion.id.is_(None)) | (EssayVersion.essay_id != Essay.id))
    )
    yield Finding("error" if lost else "ok", "作品与版本", f"{lost} 篇没有当前版本" if lost else "一致")
    chain = verify_audit(session)
    detail = f"{chain.entries} 条连续"
    if chain.first_bad_id is not None:
        detail = f"第 {chain.first_bad_id} 条起不可信"
    elif chain.missing_at_end:
        detail = f"末尾少了 {chain.missing_at_end} 条"
    yield Finding("ok" if chain.is_sound else "error", "审计日志", detail)


def _examine_files(resources: Resources, session: Session, *, is_thorough: bool) -> Iterator[Finding]:
    missing, damaged, count = [], [], 0
    for key, size_bytes in session.execute(select(StoredFile.key, StoredFile.size_bytes)):
        count += 1
        path = resources.files.root / key[:2] / key
        if not path.is_file():
            missing.append(key)
        elif path.stat().st_size != size_bytes or (is_thorough and not _is_intact(resources, key)):
            damaged.append(key)
    if missing:
        yield Finding("error", "存储文件", f"缺 {len(missing)} 个，如 {missing[0]}；请从备份恢复")
    if damaged:
        yield Finding("error", "存储文件", f"{len(damaged)} 个内容不符，如 {damaged[0]}；请从备份恢复")
    if not missing and not damaged:
        yield Finding("ok", "存储文件", f"{count} 个，" + ("逐个核对无误" if is_thorough else "大小无误"))


def _is_intact(resources: Resources, key: str) -> bool:
    try:
        resources.files.verify(key)
    except DomainError:
        return False
    return True


def _examine_indexes(resources: Resources) -> Iterator[Finding]:
    for audience, index in resources.indexes.items():
        status = index.check()
        name = {"bureau": "检索索引（信访局）", "reviewer": "检索索引（评审）"}[audience]
        detail = (
            f"{status.documents} 篇" if status.is_ready else f"{status.state}: {status.problem}；运行 index rebuild"
        )
        yield Finding("ok" if status.is_ready else "warning", name, detail)


def _examine_jobs(session: Session) -> Iterator[Finding]:
    failed = session.scalar(select(func.count()).where(Job.state == "failed")) or 0
    waiting = session.scalar(select(func.count()).where(Job.state == "waiting")) or 0
    yield Finding("warning" if failed else "ok", "后台任务", f"等待 {waiting}，失败 {failed}")
