"""`python -m compile.reading.child`: reads strangers' files, one per process, and answers over a pipe.

The other end is `compile.reading.isolated`. Both send frames (a length, then so many bytes), never at the same time:

    asked     b"1" or b"" (is there a converter), then the file
    answered  JSON {"reading": …}, a frame for each picture and an empty one; or {"refused": code}; or {"failed": why};
              {"convert": format} asks for the file as .docx and gets b"" or a code of refusal, then the .docx
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import traceback
from typing import IO, Any, Final, NoReturn

from compile.errors import Refused
from compile.reading import read
from compile.reading.office import OfficeFormat
from compile.reading.reading_json import reading_to_json

CAN_FORK: Final = hasattr(os, "fork")
MEMORY_BYTES: Final = 448 * 2**20
WALL_SECONDS: Final = 10.0
EXIT_SIGNALLED: Final = 128

_OPEN_FILES = 32
_EXIT_DONE, _EXIT_GONE = 0, 1
_ANY_LENGTH = 2**32
_LENGTH = struct.Struct(">I")


def write_frame(sink: IO[bytes], data: bytes) -> None:
    """Send one frame; it has left this process when the call comes back."""
    sink.write(_LENGTH.pack(len(data)))
    sink.write(data)
    sink.flush()


def read_frame(source: IO[bytes], max_bytes: int = _ANY_LENGTH) -> bytes:
    """The next frame; raises EOFError when the other end is gone, ValueError when the frame is too long."""
    (length,) = _LENGTH.unpack(_read_exactly(source, _LENGTH.size))
    if length > max_bytes:
        raise ValueError(f"a frame of {length} bytes")
    return _read_exactly(source, length)


def serve() -> int:
    """Answer file after file, each in a fork that has everything imported already; return the code to end with.

    The process that forks never sees a file. It ends with the first fork that does not end well. Where there is no
    fork, one file is answered.
    """
    if not CAN_FORK:
        return _answer_next()
    while True:
        fork = os.fork()
        if not fork:
            _answer_next_and_exit()
        code = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
        if code != _EXIT_DONE:
            return code if code > 0 else EXIT_SIGNALLED - code


def _answer_next_and_exit() -> NoReturn:
    code = _EXIT_GONE
    try:
        code = _answer_next()
    finally:
        os._exit(code)


def _answer_next() -> int:
    _limit_resources()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        has_converter = bool(read_frame(source))
        for frame in _read_file(read_frame(source), _Asking() if has_converter else None):
            write_frame(sink, frame)
    except (EOFError, BrokenPipeError):
        return _EXIT_GONE
    return _EXIT_DONE


def _read_file(data: bytes, converter: _Asking | None) -> list[bytes]:
    try:
        reading = read(io.BytesIO(data), converter=converter)
        return [_to_json(reading=reading_to_json(reading)), *(picture.data for picture in reading.pictures), b""]
    except Refused as refusal:
        return [_to_json(refused=refusal.code)]
    except MemoryError:
        return [_to_json(refused="too-large")]
    except Exception:  # noqa: BLE001  (a fault of ours: it goes into the log at the other end)
        return [_to_json(failed=traceback.format_exc())]


class _Asking:
    """The converter as seen from here: the other end, which still holds the file, is asked to run it."""

    def convert(self, _data: bytes, office_format: OfficeFormat) -> bytes:
        write_frame(sys.stdout.buffer, _to_json(convert=office_format))
        code, converted = read_frame(sys.stdin.buffer), read_frame(sys.stdin.buffer)
        if code:
            raise Refused(code.decode())
        return converted


def _to_json(**message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _read_exactly(source: IO[bytes], length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _limit_resources() -> None:
    """Limits for this process. RLIMIT_DATA counts what is really asked for, and 448 MB of it leave room for a picture
    of 40 million pixels; RLIMIT_AS would count shared libraries and reserved addresses too. Windows has no such limits.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    seconds = round(WALL_SECONDS)
    for limit, value in (
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    sys.exit(serve())
