"""The benchmark runs, its engines answer every query, ours finds all that a plain scan finds; figures are not judged here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import search as bench
from bench.essays import make_entries, read_entries

PEERS = ("ours", "tantivy")


def test_benchmark_runs_on_a_few_essays_and_ours_finds_them_all() -> None:
    result = bench.run(30, peers=PEERS, seed=3, repeats=1)
    assert (result["docs"], result["queries"], list(result["engines"])) == (30, 50, list(PEERS))
    for figures in result["engines"].values():
        assert min(figures[name] for name in ("page_p95_ms", "docs_per_s", "add_one_ms", "megabytes")) > 0
        assert 0.5 < figures["recall"] <= 1
    assert result["engines"]["ours"]["recall"] == 1


def test_essays_of_a_file_are_those_that_were_made_up(tmp_path: Path) -> None:
    made, _ = make_entries(3, 1)
    rows = [{"title": e.title, "text": e.body, "unit": e.unit, "year": e.year, "award": e.award} for e in made]
    (tmp_path / "e.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    read = list(read_entries(tmp_path / "e.jsonl"))
    assert [(e.title, e.body, e.unit, e.year, e.award) for e in read] == [
        (e.title, e.body, e.unit, e.year, e.award) for e in made
    ]


def test_line_that_is_no_essay_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text('{"title": "题", "text": "文"}\n{"title": "题"}\n')
    with pytest.raises(ValueError, match="line 2"):
        list(read_entries(tmp_path / "e.jsonl"))


def test_percentile_is_the_nearest_rank() -> None:
    assert bench.percentile([5.0, 1.0, 4.0, 2.0, 3.0], 50) == 3.0
    assert bench.percentile([float(n) for n in range(1, 101)], 95) == 95.0
    assert bench.percentile([7.0], 95) == 7.0
