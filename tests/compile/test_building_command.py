"""`python -m compile build`: files in, one whole file out or none."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.corpus import Book, invent_book
from compile.__main__ import main
from compile.manifest_json import dump_manifest
from tests.ooxml import find_faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = invent_book(4, seed=9, photo_share=1.0)
    (tmp_path / "m.json").write_bytes(dump_manifest(book.manifest))
    for number, (key, data) in enumerate(book.blobs.items()):
        folder = tmp_path / "blobs" / (key[:2] if number % 2 else "")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(data)
    return book


def run(folder: Path, *more: str) -> int:
    return main(
        ["build", str(folder / "m.json"), "--blobs", str(folder / "blobs"), "-o", str(folder / "书.docx"), *more]
    )


def test_book_and_report_are_written_from_both_layouts_of_blobs(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--report", str(tmp_path / "r.json")) == 0
    data = (tmp_path / "书.docx").read_bytes()
    assert find_faults(data) == []
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["sha256"] == hashlib.sha256(data).hexdigest()
    assert (report["works"], report["problems"], report["size_bytes"]) == (4, [], len(data))
    assert report["pictures"] >= 4
    out, err = capsys.readouterr()
    assert out.startswith("4 篇，")
    assert err == ""


def test_problems_are_listed_on_the_error_stream(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = book.manifest.sections[-1].works[-1]
    next((tmp_path / "blobs").rglob(entry.manuscript_key)).unlink()
    assert run(tmp_path) == 0
    assert capsys.readouterr().err == f"{entry.number}  work-missing  找不到文稿，未编入。\n"


@pytest.mark.parametrize("manifest", ["{", '{"format":1}', None])
def test_refusal_leaves_the_older_book_and_no_half_file(book: Book, tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "书.docx").write_bytes(b"older")
    if manifest is None:
        for path in (tmp_path / "blobs").rglob("*"):
            if path.is_file():
                path.unlink()
    else:
        (tmp_path / "m.json").write_text(manifest, encoding="utf-8")
    assert run(tmp_path) == 1
    assert (tmp_path / "书.docx").read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs", "m.json", "书.docx"]


def test_key_that_points_out_of_the_folder_opens_nothing(book: Book, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    document = json.loads((tmp_path / "m.json").read_bytes())
    document["sections"][-1]["works"][-1]["manuscript_key"] = "../secret"
    (tmp_path / "m.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(tmp_path, "--report", str(tmp_path / "r.json")) == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [problem["code"] for problem in report["problems"]] == ["work-missing"]


def test_wrong_usage_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["bake"]) == 2
    assert main(["--help"]) == 0
    assert "python -m compile {read,build,template,document}" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["build"])
    assert caught.value.code == 2


def test_module_runs_as_a_program(book: Book, tmp_path: Path) -> None:
    arguments = [str(tmp_path / "m.json"), "--blobs", str(tmp_path / "blobs"), "-o", str(tmp_path / "out.docx")]
    done = subprocess.run(
        [sys.executable, "-m", "compile", "build", *arguments], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.decode().startswith("4 篇，")
    assert find_faults((tmp_path / "out.docx").read_bytes()) == []
