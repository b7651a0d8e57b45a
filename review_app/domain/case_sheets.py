"""A typical case on one page, 典型案例: its four sections, drafted from what the work says and edited by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from review_app.domain.errors import N_

SECTION_LIMIT: Final = 1000
SECTIONS: Final[Mapping[str, str]] = {
    "cause": N_("案由"),
    "measures": N_("做法"),
    "results": N_("成效"),
    "lessons": N_("启示"),
}

# What a heading over such a section says.
_HEADINGS: Final = {
    "cause": re.compile("案由|案情|背景|起因|基本情况|问题"),
    "measures": re.compile("做法|举措|措施|过程|化解|处理|办理"),
    "results": re.compile("成效|效果|结果|成果"),
    "lessons": re.compile("启示|思考|体会|经验|反思|心得"),
}
# A page holds some four hundred characters; whole sentences are kept up to these lengths.
_ROOM: Final = {"cause": 80, "measures": 150, "results": 60, "lessons": 60}
_SENTENCE: Final = re.compile("[^。！？；\n]+[。！？；]*[”’」』]*")


@dataclass(frozen=True, slots=True)
class CaseTexts:
    """The four sections; a line is a paragraph."""

    cause: str = ""
    measures: str = ""
    results: str = ""
    lessons: str = ""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of the work; `is_heading` where it heads what follows."""

    text: str
    is_heading: bool


def draft_case(lines: Sequence[CaseLine], good_passages: Sequence[str]) -> CaseTexts:
    """A first version to edit: what stands under headings that name a section; else the first paragraph as the cause,
    the passages marked as good as what was done, and the last paragraph as the lesson. Each is cut to its room."""
    found = _read_headings(lines)
    paragraphs = [line.text for line in lines if not line.is_heading and line.text.strip()]
    if paragraphs:
        found.setdefault("cause", paragraphs[:1])
    if good_passages:
        found.setdefault("measures", list(good_passages))
    if len(paragraphs) > 1:
        found.setdefault("lessons", paragraphs[-1:])
    return CaseTexts(**{section: _shorten(texts, _ROOM[section]) for section, texts in found.items()})


def put_passage(texts: CaseTexts, section: str, quote: str) -> CaseTexts:
    """The texts with a passage as a new line of a section; unchanged where it already stands there."""
    before: str = getattr(texts, section)
    if quote in before:
        return texts
    return replace(texts, **{section: f"{before.rstrip()}\n{quote}".strip()})


def list_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a section."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _read_headings(lines: Sequence[CaseLine]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: str | None = None
    for line in lines:
        if line.is_heading:
            names = (section for section, pattern in _HEADINGS.items() if pattern.search(line.text))
            current = next((section for section in names if section not in found), None)
        elif current and line.text.strip():
            found.setdefault(current, []).append(line.text)
    return found


def _shorten(texts: Sequence[str], room: int) -> str:
    """Whole sentences from the front while they fit, the first one in any case."""
    kept: list[str] = []
    for text in texts:
        line = ""
        for sentence in _SENTENCE.findall(text):
            if room < len(sentence) and (kept or line):
                break
            line += sentence
            room -= len(sentence)
        if not line:
            break
        kept.append(line.strip())
    return "\n".join(kept)
