"""Reads strangers' files in child processes that can be killed, so that no file takes the server with it."""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast, get_args

from compile.errors import REFUSALS, Refused
from compile.office_suite import end_group, kill_group
from compile.reading import MAX_FILE_BYTES
from compile.reading.child import CAN_FORK, EXIT_SIGNALLED, MEMORY_BYTES, WALL_SECONDS, read_frame, write_frame
from compile.reading.office import Converter, OfficeFormat
from compile.reading.reading_json import reading_from_json
from compile.reading.types import Reading

log = logging.getLogger("compile.reading")

_AT_ONCE = 2
_LAST_BREATH_SECONDS = 2.0
_ROOT = Path(__file__).resolve().parents[2]
# What an interpreter needs to start. No secret of the server's goes along.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
# How a reader ends that the system itself stopped: out of memory, out of processor time.
_CODES_BY_SIGNAL: Final = {"SIGKILL": "too-large", "SIGXCPU": "too-slow"}


class IsolatedReader:
    """Reads files like `compile.reading.read`, each in a process of its own, at most two at once.

    A process has 448 MB and 10 seconds, conversion included, and is then killed with all it started. The converter runs
    on this side of the pipe: LibreOffice is locked in by itself, and needs files, processes and time on the processor
    that a reader shall not have.
    """

    def __init__(self, converter: Converter | None = None, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._converter = converter
        self._wall_seconds = wall_seconds
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        atexit.register(self.close)

    def read(self, data: bytes) -> Reading:
        """Everything of use in one office file. Raises Refused, nothing else, whatever became of the process."""
        if len(data) > MAX_FILE_BYTES:
            raise Refused("too-large")
        with self._places:
            child = self._take_child()
            try:
                return child.read(data, self._converter, time.monotonic() + self._wall_seconds)
            finally:
                if child.is_fit and CAN_FORK:
                    self._idle.append(child)
                else:
                    child.kill()

    def close(self) -> None:
        """End the processes that wait for work."""
        while (child := self._take_idle()) is not None:
            child.kill()

    def _take_child(self) -> _Child:
        while (child := self._take_idle()) is not None:
            if child.is_alive:
                return child
            child.kill()
        return _Child()

    def _take_idle(self) -> _Child | None:
        with self._lock:
            return self._idle.pop() if self._idle else None


class _Child:
    """One running `compile.reading.child`. `is_fit` says that it has answered in due form and may be asked again."""

    def __init__(self) -> None:
        self.is_fit = False
        self._has_run_out = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "compile.reading.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End it with all it started."""
        end_group(self._process)

    def read(self, data: bytes, converter: Converter | None, deadline: float) -> Reading:
        """The reading of one file; raises Refused. `deadline` is a moment of the monotonic clock."""
        self.is_fit = False
        with self._held_to(deadline):
            answer = self._ask(b"1" if converter else b"", data)
        if converter is not None and "convert" in answer:
            reply = _convert(converter, data, answer["convert"])
            with self._held_to(deadline):
                answer = self._ask(*reply)
        with self._held_to(deadline):
            return self._take(answer)

    def _ask(self, *frames: bytes) -> dict[str, Any]:
        assert self._process.stdin is not None
        for frame in frames:
            write_frame(self._process.stdin, frame)
        answer = json.loads(self._receive(MEMORY_BYTES))
        if not isinstance(answer, dict):
            raise ValueError("no answer of ours")
        return answer

    def _receive(self, max_bytes: int) -> bytes:
        assert self._process.stdout is not None
        return read_frame(self._process.stdout, max_bytes)

    def _take(self, answer: dict[str, Any]) -> Reading:
        """The reading in the answer and in the frames that follow it."""
        if "reading" in answer:
            pictures: list[bytes] = []
            left_bytes = MEMORY_BYTES
            while picture := self._receive(left_bytes):
                pictures.append(picture)
                left_bytes -= len(picture)
            reading = reading_from_json(answer["reading"], pictures)
            self.is_fit = True
            return reading
        code = answer.get("refused")
        if code in REFUSALS:
            self.is_fit = True
            raise Refused(code)
        raise ValueError(answer.get("failed", "no answer of ours"))

    @contextlib.contextmanager
    def _held_to(self, deadline: float) -> Iterator[None]:
        """Kill at the deadline; whatever goes wrong on the pipe becomes Refused."""
        clock = threading.Timer(max(deadline - time.monotonic(), 0), self._run_out)
        clock.start()
        try:
            try:
                yield
            finally:
                clock.cancel()
                clock.join()
        except (EOFError, OSError) as error:
            raise Refused(self._find_cause()) from error
        except (ValueError, RecursionError) as error:
            log.error("a reader failed: %s", error)
            raise Refused("damaged") from error
        finally:
            self.is_fit = self.is_fit and not self._has_run_out

    def _run_out(self) -> None:
        self._has_run_out = True
        kill_group(self._process)

    def _find_cause(self) -> str:
        """The code for a process that ended without an answer."""
        if self._has_run_out:
            return "too-slow"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_BREATH_SECONDS)
        status = self._process.poll() or 0
        number = status - EXIT_SIGNALLED if status > EXIT_SIGNALLED else -status
        name = next((item.name for item in signal.Signals if item == number), "")
        log.error("a reader ended with %s", name or status)
        return _CODES_BY_SIGNAL.get(name, "damaged")


def _convert(converter: Converter, data: bytes, office_format: object) -> tuple[bytes, bytes]:
    """What the child that asked is told: a code of refusal or nothing, and the .docx."""
    if office_format not in get_args(OfficeFormat):
        raise Refused("damaged")
    try:
        return b"", converter.convert(data, cast(OfficeFormat, office_format))
    except Refused as refusal:
        return refusal.code.encode(), b""
