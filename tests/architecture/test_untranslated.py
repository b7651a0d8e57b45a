"""No Chinese text reaches a page past the catalogue: every one in templates and web is marked, and the extractor sees it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jinja2 import Environment
from jinja2.nodes import Call, Const, Name

from tools.translations import ROOT, extract_messages

_CHINESE: Final = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_MARKERS: Final = frozenset({"_", "N_", "gettext"})
_TEMPLATES: Final = Environment(extensions=["jinja2.ext.i18n"])

_ALLOWED: Final = {
    "templates/_macros/frame.html": {
        "信",  # the seal of the brand, a picture rather than a word
        "中文",  # a language is offered under its own name
    },
    "templates/bureau/anthology.html": {"作品"},  # a heading of a Chinese book
    "review_app/web/unit/essays.py": {"[、,，;；\\n]+"},  # what may stand between two names as typed
    "review_app/web/bureau/participation.py": {'单位:"'},  # a query, which is in Chinese words in every language
    "review_app/web/bureau/anthology_builds.py": {"《", "》第", "稿", "稿_", "（页码已核对）.docx"},  # a Chinese book has a Chinese file name
}  # fmt: skip


def test_no_text_of_a_template_is_unmarked() -> None:
    found = {(name, text) for name, source in _templates() for text in _unmarked_in_template(source)}
    assert sorted(found - _allowed()) == []


def test_no_text_of_the_web_layer_is_unmarked() -> None:
    found = {(name, text) for name, tree in _modules("review_app/web") for text in _unmarked_in_python(tree)}
    assert sorted(found - _allowed()) == []


def test_every_allowed_text_is_still_there() -> None:
    found = {(name, text) for name, source in _templates() for text in _unmarked_in_template(source)}
    found |= {(name, text) for name, tree in _modules("review_app/web") for text in _unmarked_in_python(tree)}
    assert sorted(_allowed() - found) == []


def test_every_marked_text_is_extracted() -> None:
    texts = extract_messages()
    marked = {(name, text) for name, source in _templates() for text in _marked_in_template(source)}
    for folder in ("review_app", "compile"):
        marked |= {(name, text) for name, tree in _modules(folder) for text in _marked_in_python(tree)}
    assert sorted((name, text) for name, text in marked if text not in texts) == []


def test_an_unmarked_text_is_found() -> None:
    source = "<p title='题'>{# 注 #}{{ _('是') }}{{ '否' }}{{ names | join('、') }}</p>{% if _('甲') %}乙{% endif %}"
    assert list(_unmarked_in_template(source)) == ["题", "否", "、", "乙"]
    tree = ast.parse('"""说明"""\na = _("是") + f"{b}（{_(\'甲\')}"\nc = N_("乙" "丙")\nd = "否"\n')
    assert sorted(_unmarked_in_python(tree)) == ["否", "（"]
    assert sorted(_marked_in_python(tree)) == ["乙丙", "是", "甲"]


def _allowed() -> set[tuple[str, str]]:
    return {(name, text) for name, texts in _ALLOWED.items() for text in texts}


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield _name(path), path.read_text("utf-8")


def _modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield _name(path), ast.parse(path.read_text("utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _unmarked_in_template(source: str) -> Iterator[str]:
    """Texts between the tags, and strings that are not the first argument of `_`."""
    before: tuple[str, str] = ("", "")
    for _line, kind, value in _TEMPLATES.lex(source):
        if kind == "whitespace":
            continue
        if kind == "data":
            yield from (text for text in re.split("[<>\"'\n]", value) if _CHINESE.search(text))
        if kind == "string" and before != ("_", "(") and _CHINESE.search(value):
            yield value[1:-1]
        before = (before[1], value)


def _marked_in_template(source: str) -> Iterator[str]:
    for call in _TEMPLATES.parse(source).find_all(Call):
        if isinstance(call.node, Name) and call.node.name == "_" and call.args and isinstance(call.args[0], Const):
            yield str(call.args[0].value)


def _unmarked_in_python(tree: ast.Module) -> Iterator[str]:
    """String constants that are neither documentation nor within a call of a marker."""
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left_out |= {id(part) for call in _marker_calls(tree) for part in ast.walk(call.args[0])}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in left_out)
    yield from (node.value for node in constants if isinstance(node.value, str) and _CHINESE.search(node.value))


def _marked_in_python(tree: ast.Module) -> Iterator[str]:
    for call in _marker_calls(tree):
        if isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)


def _marker_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKERS and node.args:
            yield node
