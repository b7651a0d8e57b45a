"""The tables of the query language in the documents, from its one table: `python -m tools.search_tables` rewrites what
stands between the marks in docs/search.md, README.md and README.en.md. The results are committed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from review_app.domain.search_words import FORMS, SEARCH_WORDS, SORTS, SearchWord
from tools.translations import ROOT, read_catalogue

_AUDIENCES: Final = {"bureau": "信访局", "unit": "单位", "reviewer": "评审"}
_WORDS: Final = tuple(word for word in SEARCH_WORDS if word.is_typed)


def write_tables(page: str) -> str:
    """The page with every marked part made anew: <!-- search forms --> … <!-- end -->."""
    english = {message.id: str(message.string) for message in read_catalogue()}
    makers: Mapping[str, Callable[[], str]] = {
        "forms": lambda: _make_table(("写法", "找到什么"), ((_code(form.example), form.help) for form in FORMS)),
        "words": lambda: _make_table(
            ("中文", "English", "符号", "谁可以用", "说明", "例子"),
            ((*_describe(word), _code(word.example)) for word in _WORDS),
        ),
        "sorts": lambda: "、".join(SORTS.values()),
        "short": lambda: _make_table(
            ("检索项", "找到什么", "例子"),
            (("、".join(word.chinese_names), word.help, _code(word.example)) for word in _WORDS),
        ),
        "short english": lambda: _make_table(
            ("word", "finds", "example"),
            ((_code(word.name), english[word.help], _code(_in_english(word))) for word in _WORDS),
        ),
    }

    def write_part(found: re.Match[str]) -> str:
        return f"{found[1]}\n{makers[found[2]]()}\n{found[3]}"

    return re.sub(r"(<!-- search ([a-z ]+) -->)\n.*?\n(<!-- end -->)", write_part, page, flags=re.DOTALL)


def list_pages() -> tuple[Path, ...]:
    """The documents that hold tables."""
    return ROOT / "docs" / "search.md", ROOT / "README.md", ROOT / "README.en.md"


def _describe(word: SearchWord) -> Sequence[str]:
    audiences = "、".join(name for audience, name in _AUDIENCES.items() if audience in word.audiences)
    return "、".join(word.chinese_names), _code(word.name), " ".join(map(_code, word.operators)), audiences, word.help


def _in_english(word: SearchWord) -> str:
    return re.sub(r"^\w+?(?=[:>=<])", word.name, word.example)


def _code(text: str) -> str:
    return f"`{text}`"


def _make_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = ("| " + " | ".join(cells) + " |" for cells in rows)
    return "\n".join(("| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body))


def main() -> None:
    """Rewrite the documents."""
    for path in list_pages():
        path.write_text(write_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
