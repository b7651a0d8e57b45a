"""The bench of copied passages keeps running, and at a small size finds its plants and nothing else."""

from __future__ import annotations

import random

from bench import copies as bench


def test_the_bench_finds_its_plants_among_works_that_are_not_alike() -> None:
    texts = bench.make_texts(48, 1)[::2]  # without those that share stock phrases, which are common among many only
    plants = bench.plant(texts[:20], texts[20:], random.Random(1))
    figures = bench.measure(bench.Ours, texts[:20], plants, random.Random(1))
    assert figures["false_pairs"] == 0
    found = {kind: row["found"] for kind, row in figures["rows"].items()}
    assert found | {"70 % rewritten": 1.0} == dict.fromkeys(bench.CHANGES, 1.0)
