"""The benchmark runs and its engines agree on every query; its figures are not judged here."""

from __future__ import annotations

from bench import search as bench


def test_benchmark_runs_on_a_few_essays_with_equal_hit_sets() -> None:
    result = bench.run(docs=40, seed=3, repeats=1)
    assert (result["docs"], result["queries"]) == (40, 50)
    assert list(result["engines"]) == ["ours", "fts5 bigrams", "fts5 trigram"]
    for figures in result["engines"].values():
        assert min(figures.values()) > 0


def test_percentile_is_the_nearest_rank() -> None:
    assert bench.percentile([5.0, 1.0, 4.0, 2.0, 3.0], 50) == 3.0
    assert bench.percentile([float(n) for n in range(1, 101)], 95) == 95.0
    assert bench.percentile([7.0], 95) == 7.0
