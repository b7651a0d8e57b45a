"""`python -m compile read`: an outline for people, JSON for programs, a reason for refused files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from compile.manuscript_json import load_manuscript
from compile.reading.command import run_read

BODY = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"


@pytest.fixture
def essay(files: SimpleNamespace, tmp_path: Path) -> Path:
    path = tmp_path / "新建文档(3).doc"
    path.write_bytes(
        files.docx(
            files.para("信访路上") + files.para("柳河镇信访办　周　明") + files.para(BODY, inner=files.picture("p")),
            links={"p": ("image", "media/p.jpg")},
            parts={"word/media/p.jpg": files.jpeg()},
        )
    )
    return path


def test_json_holds_the_whole_reading(essay: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_read([str(essay), "--json"]) == 0
    document = json.loads(capsysbinary.readouterr().out)
    manuscript = load_manuscript(json.dumps(document["manuscript"]).encode())
    assert (document["kind"], manuscript.title) == ("docx", "信访路上")
    assert document["byline"] == {
        "authors": ["周明"],
        "unit": "柳河镇信访办",
        "post": "",
        "phone": "",
        "confidence": {"authors": 0.9, "unit": 0.9},
    }
    assert [picture["media_type"] for picture in document["pictures"]] == ["image/jpeg"]
    assert [item["kind"] for item in document["dropped"]] == ["byline"]


def test_the_outline_shows_title_author_text_and_what_was_dropped(
    essay: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_read([str(essay), "--text"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[:3] == ["题目    信访路上", "作者    周明", "单位    柳河镇信访办"]
    assert BODY in lines
    assert "〔图 320×200〕" in lines
    dropped, findings = lines.index("舍弃或改动的内容："), lines.index("请核对：")
    assert lines[dropped + 1 : findings - 1] == ["- 题目下方：作者信息已从正文移出  柳河镇信访办 周明"]
    assert [line.split("。")[0] for line in lines[findings + 1 :]] == [
        "- 图 1：图片只有 320×200 像素，印出来会模糊",
        "- 图 1：图片没有说明",
    ]


def test_a_refused_file_gives_one_json_object_and_exit_code_2(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "scan.docx"
    path.write_bytes(b"%PDF-1.7 scan")
    assert run_read([str(path)]) == 2
    document = json.loads(capsysbinary.readouterr().out)
    assert (sorted(document), document["error"]) == (["error", "message", "remedy"], "pdf")


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run_read([str(tmp_path / "none.docx")])
    assert stopped.value.code == 2


def test_the_program_reads_a_file_in_a_process_of_its_own(essay: Path) -> None:
    command = [sys.executable, "-m", "compile", "read", str(essay), "--json"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["manuscript"]["title"] == "信访路上"


def test_without_an_option_the_same_object_comes_in_readable_lines(
    files: SimpleNamespace, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "essay.txt"
    path.write_text("题目\n正文一句话。", encoding="utf-8")
    assert run_read([str(path), "--json"]) == 0
    one_line = capsysbinary.readouterr().out
    assert run_read([str(path)]) == 0
    lines = capsysbinary.readouterr().out
    assert json.loads(lines) == json.loads(one_line)
    assert (one_line.count(b"\n"), lines.count(b"\n") > 5) == (1, True)
