"""Converts old office formats to .docx with LibreOffice, one file per process, locked in and timed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final, Literal, Protocol

from compile.errors import Refused

OfficeFormat = Literal["doc", "doc-95", "doc-6", "wps", "rtf"]

DEFAULT_WALL_SECONDS: Final = 30.0
MAX_OUTPUT_BYTES: Final = 96 * 2**20

# The import filter is forced, so that nothing is ever opened as HTML. Works files carry their own proof (OLE streams
# that only libwps reads), and its filter cannot be named on the command line.
_IMPORT_FILTERS: dict[OfficeFormat, str] = {
    "doc": "MS Word 97",
    "doc-95": "MS Word 95",
    "doc-6": "MS WinWord 6.0",
    "rtf": "Rich Text Format",
    "wps": "",
}
_PROGRAM_NAMES = ("soffice", "libreoffice")
_MEMORY_BYTES = 2_500 * 2**20
_CPU_SECONDS = 25
_OPEN_FILES = 256
_CHECK_SECONDS = 10.0
_LAST_BREATH_SECONDS = 5.0
_AT_ONCE = 2


class Converter(Protocol):
    """Turns an office file into the bytes of a .docx."""

    def convert(self, data: bytes, office_format: OfficeFormat) -> bytes:
        """The .docx; raises Refused with conversion-failed or too-slow."""
        ...


class LibreOfficeConverter:
    """Runs LibreOffice on one file at a time in a fresh profile, at most two at once.

    With bubblewrap the process sees no network, a read-only system, and only its own input and output; without it, it
    is held by resource limits alone. Either way the whole process group is killed at the wall limit.
    """

    def __init__(
        self, program: Path, *, sandbox: Path | None = None, wall_seconds: float = DEFAULT_WALL_SECONDS
    ) -> None:
        self.is_sandboxed = sandbox is not None
        self._program = program
        self._sandbox = sandbox
        self._wall_seconds = wall_seconds
        self._limiter = shutil.which("prlimit")
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def convert(self, data: bytes, office_format: OfficeFormat) -> bytes:
        """The .docx made from the file; waits for a free place first (the wall limit counts from then on)."""
        with self._places, tempfile.TemporaryDirectory(prefix="convert-", ignore_cleanup_errors=True) as folder:
            source = Path(folder, "in", f"input.{office_format.partition('-')[0]}")
            out = Path(folder, "out")
            source.parent.mkdir()
            out.mkdir()
            source.write_bytes(data)
            self._run(self._command(source, out, office_format), folder)
            result = out / "input.docx"
            try:
                size_bytes = result.stat().st_size
            except FileNotFoundError as error:
                raise Refused("conversion-failed") from error
            if not 0 < size_bytes <= MAX_OUTPUT_BYTES:
                raise Refused("conversion-failed")
            return result.read_bytes()

    def _command(self, source: Path, out: Path, office_format: OfficeFormat) -> list[str]:
        limits: list[str] = []
        if self._limiter:
            limits = [
                self._limiter,
                f"--as={_MEMORY_BYTES}",
                f"--cpu={_CPU_SECONDS}",
                f"--fsize={MAX_OUTPUT_BYTES}",
                f"--nofile={_OPEN_FILES}",
                "--core=0",
            ]
        if self._sandbox:
            inside, outside = Path("/in", source.name), Path("/out")
            box = _box_command(self._sandbox, source.parent, out)
        else:
            inside, outside, box = source, out, []
        profile = "/home/profile" if self._sandbox else str(source.parent.parent / "profile")
        import_filter = _IMPORT_FILTERS[office_format]
        return [
            *limits,
            *box,
            str(self._program),
            "--headless",
            "--invisible",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nologo",
            f"-env:UserInstallation=file://{profile}",
            *([f"--infilter={import_filter}"] if import_filter else []),
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(outside),
            str(inside),
        ]

    def _run(self, command: list[str], folder: str) -> None:
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
            process.communicate(timeout=self._wall_seconds)
        except subprocess.TimeoutExpired as error:
            raise Refused("too-slow") from error
        finally:
            _kill_group(process)


def find_converter(*, program: str = "", wall_seconds: float = DEFAULT_WALL_SECONDS) -> LibreOfficeConverter | None:
    """The converter of this machine, sandboxed where bubblewrap really works; None without LibreOffice. `program` is
    the path of soffice where it is in no folder of the search path."""
    names = (program,) if program else _PROGRAM_NAMES
    program = next((found for name in names if (found := shutil.which(name))), "")
    if not program:
        return None
    return LibreOfficeConverter(Path(program).resolve(), sandbox=_find_sandbox(), wall_seconds=wall_seconds)


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


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started; comes back when the last of them has let go of the output pipe."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_LAST_BREATH_SECONDS)
