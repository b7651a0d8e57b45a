"""`python -m compile document`: data in, one whole file out or none, and faults named with their place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compile.__main__ import main
from compile.documents.skeletons import KINDS
from tests.documents import EXAMPLES, read_example, write_record


def run(folder: Path, kind: str, data: str) -> int:
    (folder / "d.json").write_text(data, encoding="utf-8")
    return main(["document", kind, "--data", str(folder / "d.json"), "-o", str(folder / "文.docx")])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_from_the_example_in_the_docs(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, kind, EXAMPLES[kind]) == 0
    assert (tmp_path / "文.docx").read_bytes() == write_record(kind, read_example(kind))
    assert capsys.readouterr().out == f"{KINDS[kind].name}  {tmp_path / '文.docx'}\n"


def test_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["document", "--list"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        [kind, entry.name] for kind, entry in KINDS.items()
    ]


def put(*way: str | int, value: object) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for step in way[:-1]:
            data = data[step]
        data[way[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("counts", "units_due", value="34"), "circular.counts.units_due: must be int"),
        (put("prizes", 1, "count", value=True), "circular.prizes[1].count: must be int"),
        (put("issue", "dated_on", value="10.12.2020"), "circular.issue.dated_on: must be a date such as 2020-12-31"),
        (put("issue", "font_profile", value="mac"), "circular.issue.font_profile: must be one of win10, win7, xinchuang, founder"),
        (put("awards", "rows", 0, 1, value=7), "circular.awards.rows[0][1]: must be str"),
        (put("awards", value=[]), "circular.awards: must be an object"),
        (put("findings", value="一"), "circular.findings: must be a list"),
        (put("misprint", value=1), "circular: unknown name misprint"),
        (lambda data: data.pop("basis"), "circular.basis: is missing"),
        (lambda data: data["issue"].pop("organ"), "circular.issue.organ: is missing"),
    ],
)  # fmt: skip
def test_fault_in_the_data_is_named_with_its_place(
    change: Callable[[Any], object], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(EXAMPLES["circular"])
    change(data)
    assert run(tmp_path, "circular", json.dumps(data)) == 1
    assert capsys.readouterr() == ("", f"{message}\n")
    assert not (tmp_path / "文.docx").exists()


def test_null_stands_for_what_is_not_known(tmp_path: Path) -> None:
    data = json.loads(EXAMPLES["circular"])
    data["awards"] = data["issue"]["dated_on"] = None
    assert run(tmp_path, "circular", json.dumps(data)) == 0


def test_data_that_are_no_json_or_no_file_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "case", "{") == 1
    assert capsys.readouterr().err.startswith("case: not JSON: ")
    assert main(["document", "case", "--data", str(tmp_path / "无.json"), "-o", str(tmp_path / "文.docx")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["d.json"]


@pytest.mark.parametrize("arguments", [["letter"], ["case"], ["case", "--data", "d.json"], []])
def test_wrong_usage_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["document", *arguments])
    assert capsys.readouterr().err.startswith("usage: python -m compile document")
