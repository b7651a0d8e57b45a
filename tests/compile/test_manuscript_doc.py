"""docs/manuscript.md names every code a reading can carry, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from compile.checks import KINDS
from compile.errors import REFUSALS
from compile.reading import DROPPED_KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "manuscript.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_kind_of_dropped_content_is_explained() -> None:
    heads = [row.split("|")[1] for row in section("What was dropped").splitlines() if row.startswith("| `")]
    assert {kind for head in heads for kind in re.findall(r"`([a-z-]+)`", head)} == set(DROPPED_KINDS)


def test_every_finding_is_explained_with_its_level_and_reason() -> None:
    rows = [row.split("|")[1:3] for row in section("Checks").splitlines() if row.startswith("| `")]
    explained = {
        code: (level.strip(), reason)
        for codes, level in rows
        for code, reason in re.findall(r"`([a-z-]+)`(?: \((R\d\d)\))?", codes)
    }
    assert explained == {code: (kind.level, kind.reason) for code, kind in KINDS.items()}


def test_every_refusal_is_listed() -> None:
    assert set(re.findall(r"`([a-z-]+)`", section("Refusals").split(":", 1)[1])) == set(REFUSALS)


def test_every_kind_is_used_by_the_reader() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].glob("compile/reading/*.py")
    )
    without_table = re.sub(r"DROPPED_KINDS: .*?\n\}", "", sources, flags=re.DOTALL)
    unused = {kind for kind in DROPPED_KINDS if f'"{kind}"' not in without_table}
    assert unused == set()
