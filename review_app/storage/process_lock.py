"""One server per data folder: a lock that dies with its process."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from review_app.domain.errors import N_, Conflict


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file for as long as the block runs; raises Conflict at once when another process holds it."""
    with path.open("a+b") as file:
        try:
            if importlib.util.find_spec("fcntl"):
                fcntl = importlib.import_module("fcntl")
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                msvcrt = importlib.import_module("msvcrt")
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise Conflict(N_("网站正在运行，占用着同一个数据目录。请先停止它，再做这一步。")) from error
        yield
