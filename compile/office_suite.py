"""Running LibreOffice on one file: locked in, timed, and ended with all its children."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_PROGRAM_NAMES: Final = ("soffice", "libreoffice")
_OPEN_FILES: Final = 256
_CHECK_SECONDS: Final = 10.0
_TELL_SECONDS: Final = 1.0
_LAST_BREATH_SECONDS: Final = 5.0


class OfficeError(Exception):
    """LibreOffice gave no usable file: it crashed, refused, or took too long (`is_too_slow`)."""

    def __init__(self, message: str, *, is_too_slow: bool = False) -> None:
        self.is_too_slow = is_too_slow
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class OfficeTask:
    """What LibreOffice is to make of a file, and how much it may use. `target` is what --convert-to takes;
    `import_filter` is forced, "" leaves the choice to LibreOffice. `memory_bytes` bounds the addresses
    it reserves, `data_bytes` what it really asks for, 0 for no bound."""

    suffix: str
    import_filter: str
    target: str
    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int
    output_bytes: int
    data_bytes: int = 0


@dataclass(frozen=True, slots=True)
class OfficeSuite:
    """LibreOffice as found on this machine. With bubblewrap (`sandbox`) its process sees no network, a read-only
    system, and only its own input and output; without it, it is held by resource limits alone (`limiter`). Either way
    every run has a fresh profile, and the whole process group is killed at the wall limit."""

    program: Path
    sandbox: Path | None = None
    limiter: str | None = None

    @contextlib.contextmanager
    def convert(
        self, source: BinaryIO, task: OfficeTask, *, while_waiting: Callable[[], None] | None = None
    ) -> Iterator[Path]:
        """The converted file, which is gone afterwards; raises OfficeError. `while_waiting` is called every second; an
        exception from it ends the run."""
        with tempfile.TemporaryDirectory(prefix="convert-", ignore_cleanup_errors=True) as folder:
            inside = Path(folder, "in", f"input.{task.suffix}")
            out = Path(folder, "out")
            inside.parent.mkdir()
            out.mkdir()
            with inside.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            self._run(self._command(inside, out, task), folder, task.wall_seconds, while_waiting)
            yield _find_result(out / f"input.{task.target.partition(':')[0]}", task.output_bytes)

    def _command(self, source: Path, out: Path, task: OfficeTask) -> list[str]:
        limits: list[str] = []
        if self.limiter:
            limits = [
                self.limiter,
                f"--as={task.memory_bytes}",
                *([f"--data={task.data_bytes}"] if task.data_bytes else []),
                f"--cpu={task.cpu_seconds}",
                f"--fsize={task.output_bytes}",
                f"--nofile={_OPEN_FILES}",
                "--core=0",
            ]
        if self.sandbox:
            inside, outside = Path("/in", source.name), Path("/out")
            box = _box_command(self.sandbox, source.parent, out)
        else:
            inside, outside, box = source, out, []
        profile = "/home/profile" if self.sandbox else str(source.parent.parent / "profile")
        return [
            *limits,
            *box,
            str(self.program),
            "--headless",
            "--invisible",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nologo",
            f"-env:UserInstallation=file://{profile}",
            *([f"--infilter={task.import_filter}"] if task.import_filter else []),
            "--convert-to",
            task.target,
            "--outdir",
            str(outside),
            str(inside),
        ]

    def _run(
        self, command: list[str], folder: str, wall_seconds: float, while_waiting: Callable[[], None] | None
    ) -> None:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "LANG": "C.UTF-8"}
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            _wait_for(process, wall_seconds, while_waiting)
        finally:
            end_group(process)


def find_office(*, program: str = "") -> OfficeSuite | None:
    """LibreOffice of this machine, sandboxed where bubblewrap really works; None without it. `program` is the path of
    soffice where it is in no folder of the search path."""
    names = (program,) if program else _PROGRAM_NAMES
    program = next((found for name in names if (found := shutil.which(name))), "")
    if not program:
        return None
    return OfficeSuite(Path(program).resolve(), sandbox=_find_sandbox(), limiter=shutil.which("prlimit"))


def _find_result(path: Path, most_bytes: int) -> Path:
    """The file LibreOffice should have left behind; its exit code says nothing."""
    try:
        size_bytes = path.stat().st_size
    except FileNotFoundError as error:
        raise OfficeError("no file came out") from error
    if not 0 < size_bytes <= most_bytes:
        raise OfficeError(f"a file of {size_bytes} bytes came out")
    return path


def _find_sandbox() -> Path | None:
    """bubblewrap, when a trial run in it succeeds: many kernels and containers forbid what it needs."""
    found = shutil.which("bwrap")
    if found is None:
        return None
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        command = [*_box_command(Path(found), Path(folder), Path(folder)), "/usr/bin/true"]
        try:
            trial = subprocess.run(command, capture_output=True, timeout=_CHECK_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
    return Path(found) if trial.returncode == 0 else None


def _box_command(sandbox: Path, source_folder: Path, out: Path) -> list[str]:
    """bubblewrap with nothing of this machine but programs, fonts, and the two folders."""
    command = [str(sandbox), "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    for folder in ("/usr", "/opt", "/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache"):
        command += ["--ro-bind-try", folder, folder]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        link = Path("/", name)
        if link.is_symlink():
            command += ["--symlink", str(link.readlink()), str(link)]
        elif link.exists():
            command += ["--ro-bind", str(link), str(link)]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/home"]  # noqa: S108  (inside the box)
    command += ["--ro-bind", str(source_folder), "/in", "--bind", str(out), "/out"]
    command += ["--setenv", "HOME", "/home", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"]
    return [*command, "--chdir", "/home"]


def _wait_for(process: subprocess.Popen[bytes], wall_seconds: float, while_waiting: Callable[[], None] | None) -> None:
    ends_at = time.monotonic() + wall_seconds
    while True:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise OfficeError(f"no result within {wall_seconds:.0f} s", is_too_slow=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=min(left, _TELL_SECONDS) if while_waiting else left)
            return
        if while_waiting:
            while_waiting()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it started; comes back when the last of them has let go of the output pipe."""
    kill_group(process)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_LAST_BREATH_SECONDS)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it started, and do not wait for the end."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
