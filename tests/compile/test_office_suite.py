"""Programs that are no LibreOffice, or a broken one: named failures, nothing left running, nothing believed."""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path

import pytest

from compile.office_suite import OfficeError, OfficeSuite, find_office
from compile.rendering import render_pdf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

# The last argument is in/input.docx, the one before it is the folder for the result.
RUBBISH = 'for last; do folder=$result; result=$last; done; echo rubbish > "$folder/input.pdf"'
NOTHING = "exit 0"
ENDLESS = "echo $$ > {pid}; exec sleep 600"


def make_program(folder: Path, script: str) -> OfficeSuite:
    program = folder / "office"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return OfficeSuite(program)


@pytest.mark.parametrize(("script", "said"), [(NOTHING, "no file came out"), (RUBBISH, "cannot be opened")])
def test_a_rendering_that_is_none_is_a_named_failure(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(OfficeError, match=said) as caught:
        render_pdf(make_program(tmp_path, script), io.BytesIO(b"PK"), io.BytesIO(), pages=1)
    assert not caught.value.is_too_slow


class Enough(Exception):
    """Said by whoever waits."""


def test_waiting_can_be_ended_and_ends_the_program(tmp_path: Path) -> None:
    pid_path = tmp_path / "pid"

    def give_up() -> None:
        if pid_path.exists():
            raise Enough

    began_at = time.monotonic()
    with pytest.raises(Enough):
        render_pdf(
            make_program(tmp_path, ENDLESS.format(pid=pid_path)),
            io.BytesIO(b"PK"),
            io.BytesIO(),
            pages=1,
            while_waiting=give_up,
        )
    assert time.monotonic() - began_at < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_path.read_text()), 0)


def test_a_program_that_is_not_there_is_no_office(tmp_path: Path) -> None:
    assert find_office(program=str(tmp_path / "office")) is None
