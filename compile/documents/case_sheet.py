"""典型案例: one page on what a case was about, what was done, what came of it, what it teaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.composing import compose
from compile.documents.extent import count_document_pages
from compile.documents.model import Block, Document, Labelled, Signature
from compile.documents.styles import document_styles
from compile.documents.wording import day_text
from compile.manifest import FontProfile


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """典型案例 on one page: what it was about, what was done, what came of it, what it teaches."""

    title: str
    organ: str
    unit: str
    cause: tuple[str, ...]
    measures: tuple[str, ...]
    results: tuple[str, ...]
    lessons: tuple[str, ...]
    author: str = ""
    number: str = ""
    tags: tuple[str, ...] = ()
    dated_on: date | None = None
    font_profile: FontProfile = "win10"


def make_case_sheet(data: CaseSheet) -> Document:
    """The sheet of a typical case; a section that says nothing is left out, and its name opens its first line, for
    all of it should stand on one page."""
    sections = (("案由", data.cause), ("做法", data.measures), ("成效", data.results), ("启示", data.lessons))
    facts = (("案例编号", data.number), ("标签", "、".join(data.tags)))
    body: list[Block] = [Labelled(label, text) for label, text in facts if text]
    for figure, (heading, texts) in zip("一二三四", (one for one in sections if one[1]), strict=False):
        body += [f"{figure}、{heading}。{texts[0]}", *texts[1:]]
    signature = None
    if data.dated_on:
        signature = Signature(data.organ, day_text(data.dated_on, data.dated_on.year), has_seal=False)
    return Document(
        "plain",
        data.organ,
        data.title,
        tuple(body),
        subtitle="　".join(text for text in (data.unit, data.author) if text),
        signature=signature,
        dated_on=data.dated_on,
        font_profile=data.font_profile,
    )


def count_case_pages(data: CaseSheet) -> int:
    """How many pages the sheet fills; it should be one."""
    document = make_case_sheet(data)
    return count_document_pages(compose(document), document_styles(document.mark))
