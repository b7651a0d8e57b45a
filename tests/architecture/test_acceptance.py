"""The acceptance list of the Word book names all its checks, and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| (.+?) \| (.+) \|$", (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8"), re.M
)
VOID = {2, 24, 25}  # held by another check, by a bench, by nothing


def list_tests(file: str) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / "compile" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_all_checks_are_listed_and_each_is_held_by_a_test():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 26))
    assert {int(number) for number, _, holders in ROWS if "::" not in holders} == VOID


def test_every_named_test_exists():
    named = [name.split("::") for _, _, holders in ROWS for name in re.findall(r"`([^`]+::[^`]+)`", holders)]
    assert len(named) > 30
    assert [f"{file}::{test}" for file, test in named if test not in list_tests(file)] == []
