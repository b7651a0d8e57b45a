"""The demo contest carried from upload to Word without a browser, on files no code of ours made."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from review_app.__main__ import main
from review_app.demo_contest import read_demo


@pytest.mark.office
def test_the_demo_goes_from_upload_to_a_word_anthology(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    steps = re.findall("[①②③④⑤⑥⑦]", result.output)
    assert sorted(set(steps)) == ["①", "②", "③", "④", "⑤", "⑥", "⑦"]
    assert "跳过" not in result.output
    (book,) = tmp_path.glob("*.docx")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert f"⑤ 编排 4 辑 {report['works']} 篇" in result.output
    with zipfile.ZipFile(book) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    ranked = [one for one in read_demo()["essays"] if sum(sheet["state"] == "final" for sheet in one["sheets"]) >= 3]
    assert report["works"] == len(ranked)
    assert [one["title"] for one in ranked if one["title"] not in text] == []
