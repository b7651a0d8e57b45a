"""The quality bench reads the sets people have, says which line is wrong, and counts right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.judged_sets import BadLine, DocumentFile, JudgedQuery, make_set, read_judgements, read_queries
from bench.search_quality import Quality, judge, run

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    {"id": "d1", "title": "老周的账", "text": "枫桥经验进了村，调解成功。"},
    {"_id": 2, "text": "拆迁的事，靠调解说开了。"},
    {"id": "d3", "title": "", "text": "夜里的登记簿。"},
]
QUERIES = [{"id": "q1", "text": "怎样靠调解说开拆迁"}, {"_id": "q2", "text": "老周"}, {"id": "q3", "text": "无人判"}]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name, rows in (("docs", DOCUMENTS), ("queries", QUERIES)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / name).write_text(lines + "\n\n", encoding="utf-8")
    return {name: tmp_path / name for name in ("docs", "queries", "qrels")}


@pytest.mark.parametrize(
    "lines",
    [
        '{"query": "q1", "doc": 2, "relevance": 1}\n{"query": "q2", "doc": "d1"}\n{"query": "q2", "doc": "d3", "relevance": 0}',
        '{"query-id": "q1", "corpus-id": "2", "score": 2}\n{"query-id": "q2", "corpus-id": "d1", "score": 1}',
        "q1 0 2 1\nq2 0 d1 1\nq2 0 d3 0",
        "query-id\tcorpus-id\tscore\nq1\t2\t1\nq2\td1\t1",
    ],
)
def test_all_forms_of_judgements_are_read(files: dict[str, Path], lines: str) -> None:
    files["qrels"].write_text(lines, encoding="utf-8")
    assert read_judgements(files["qrels"]) == {"q1": {"2"}, "q2": {"d1"}}
    result = run(DocumentFile(files["docs"]), read_queries(files["queries"], read_judgements(files["qrels"])))
    assert (result["documents"], result["queries"], result["judged_but_missing"]) == (3, 2, 0)
    assert result["steps"] == {"all": 1, "typed": 1}
    assert {name: figures["all"] for name, figures in result["analysers"].items()} == dict.fromkeys(
        ("words", "bigrams", "combined", "ours"), Quality(2, 1.0, 1.0)
    )


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("docs", '{"id": "d1", "text": "甲"}\n{"id": "d2"', "docs:2: not JSON"),
        ("docs", '{"id": "d1", "text": "甲"}\n\n{"id": "d1", "text": "乙"}', "docs:3: the id 'd1' stands there twice"),
        ("docs", '{"id": "d1"}', 'docs:1: there is no "text"'),
        ("docs", '{"id": ["d1"], "text": "甲"}', 'docs:1: "id" is neither text nor number'),
        ("docs", "[1]", "docs:1: not a JSON object"),
        ("queries", '{"text": "甲"}', 'queries:1: there is no "id"'),
        ("qrels", "q1 0 d1 1\nq1 d1", "qrels:2: neither JSON"),
        ("qrels", "q1 0 d1 gut", "qrels:1: the relevance 'gut' is not a number"),
    ],
)
def test_a_bad_line_is_named(files: dict[str, Path], name: str, text: str, fault: str) -> None:
    files[name].write_text(text, encoding="utf-8")
    readers = {
        "docs": lambda: list(DocumentFile(files["docs"])),
        "queries": lambda: read_queries(files["queries"], {}),
        "qrels": lambda: read_judgements(files["qrels"]),
    }
    with pytest.raises(BadLine, match=fault.replace("[", r"\[")):
        readers[name]()


def test_text_that_is_not_utf8_is_named(files: dict[str, Path]) -> None:
    files["docs"].write_bytes('{"id": "d1", "text": "甲"}\n'.encode() + '{"id": "d2", "text": "乙"}'.encode("gb18030"))
    with pytest.raises(BadLine, match=r"docs:.*not UTF-8"):
        list(DocumentFile(files["docs"]))


def test_figures_are_the_mean_over_the_queries() -> None:
    queries = [
        JudgedQuery("q1", "", frozenset({"a", "b"}), "one"),
        JudgedQuery("q2", "", frozenset({"c"}), "two"),
        JudgedQuery("q3", "", frozenset({"z"}), "two"),
    ]
    found = judge([["x", "a"], ["c"], [*"qwertyuiop", "z"]], queries)
    assert found == {"all": Quality(3, 0.5, 0.5), "one": Quality(1, 0.5, 0.5), "two": Quality(2, 0.5, 0.5)}


def test_the_made_up_set_holds_its_answers_and_no_titles() -> None:
    documents, queries = make_set(60, seed=5)
    texts = {document.id: document.text for document in documents}
    assert (len(documents), {document.title for document in documents}) == (60, {""})
    assert {query.kind for query in queries} == {"title", "title words", "sentence", "question"}
    assert all(len(query.relevant) == 1 and query.relevant <= texts.keys() and query.text for query in queries)


def test_the_command_prints_json_and_ends_with_a_sentence_on_a_bad_file(files: dict[str, Path]) -> None:
    files["qrels"].write_text("q2 0 d1 1", encoding="utf-8")
    command = [sys.executable, "bench/search_quality.py", "--json"]
    command += [part for name, path in files.items() for part in (f"--{name}", str(path))]
    good = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert json.loads(good.stdout)["analysers"]["ours"]["all"] == {"queries": 1, "mrr": 1.0, "recall": 1.0}
    files["qrels"].write_text("q9 0 d1 1", encoding="utf-8")
    bad = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert (bad.returncode, bad.stdout, "Traceback" in bad.stderr) == (1, "", False)
    assert "no query has a document that answers it" in bad.stderr
