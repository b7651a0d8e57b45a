"""Converts old office formats to .docx with LibreOffice, one file per process, at most two at once."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Final, Literal, Protocol

from compile.errors import Refused
from compile.office_suite import OfficeError, OfficeSuite, OfficeTask, find_office

OfficeFormat = Literal["doc", "doc-95", "doc-6", "wps", "rtf"]

DEFAULT_WALL_SECONDS: Final = 8.0  # of the 10 that reading a file may take in all
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
# What LibreOffice really asks for (about 40 MB for an essay), and the addresses it reserves.
_DATA_BYTES = 384 * 2**20
_ADDRESS_BYTES = 2_500 * 2**20
_CPU_SECONDS = 10
_AT_ONCE = 2


class Converter(Protocol):
    """Turns an office file into the bytes of a .docx."""

    def convert(self, data: bytes, office_format: OfficeFormat) -> bytes:
        """The .docx; raises Refused with conversion-failed or too-slow."""
        ...


class LibreOfficeConverter:
    """Runs LibreOffice on one file at a time, at most two at once."""

    def __init__(self, office: OfficeSuite, *, wall_seconds: float = DEFAULT_WALL_SECONDS) -> None:
        self._office = office
        self._wall_seconds = wall_seconds
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def convert(self, data: bytes, office_format: OfficeFormat) -> bytes:
        """The .docx made from the file; waits for a free place first (the wall limit counts from then on)."""
        task = OfficeTask(
            suffix=office_format.partition("-")[0],
            import_filter=_IMPORT_FILTERS[office_format],
            target="docx:MS Word 2007 XML",
            wall_seconds=self._wall_seconds,
            cpu_seconds=_CPU_SECONDS,
            memory_bytes=_ADDRESS_BYTES,
            data_bytes=_DATA_BYTES,
            output_bytes=MAX_OUTPUT_BYTES,
        )
        try:
            with self._places, self._office.convert(BytesIO(data), task) as result:
                return result.read_bytes()
        except OfficeError as error:
            raise Refused("too-slow" if error.is_too_slow else "conversion-failed") from error


def find_converter(*, program: str = "", wall_seconds: float = DEFAULT_WALL_SECONDS) -> LibreOfficeConverter | None:
    """The converter of this machine; None without LibreOffice. `program` is the path of soffice where it is in no
    folder of the search path."""
    office = find_office(program=program)
    return None if office is None else LibreOfficeConverter(office, wall_seconds=wall_seconds)
