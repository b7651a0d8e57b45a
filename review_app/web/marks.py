"""Passage marks on a page: where they stand in the text of today, the form that makes one, and what was typed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from flask import request
from flask_babel import gettext as _

from compile.manuscript import Manuscript, block_texts
from review_app.domain.errors import N_, Invalid
from review_app.domain.passages import MarkKind, Place, cut_passage, find_again
from review_app.queries.marks import BureauMark, ReviewerMark
from review_app.services.marks import NewMark

Mark = TypeVar("Mark", BureauMark, ReviewerMark)
Acts = tuple[tuple[str, str], ...]

_BEGINNING: Final = 14


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A mark with its number on this page. `state`: "" where its words stand as they were marked, "edited" where some
    were changed since, "lost" where they no longer stand, "settled" once it was dealt with; the first two have a place
    in the sheet."""

    number: int
    block: int
    start: int
    end: int
    kind: str
    label: str
    state: str
    quote: str
    note: str
    by: str
    acts: Acts

    @property
    def url(self) -> str:
        """The way from the text to the list."""
        return f"#mark-note-{self.number}"

    @property
    def is_in_sheet(self) -> bool:
        """Whether the sheet shows it."""
        return self.state in ("", "edited")


@dataclass(frozen=True, slots=True)
class MarkForm:
    """The form of a mark. `ask_url` is its own page; `paragraphs` are pairs (block, number and first words)."""

    action: str
    ask_url: str
    kinds: tuple[tuple[str, str], ...]
    paragraphs: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MarkPage:
    """The form on a page of its own: without script, and to say what is wrong with it."""

    title: str
    note: str
    back_url: str
    form: MarkForm
    errors: dict[str, str]


def show_marks(
    marks: Sequence[Mark], manuscript: Manuscript, describe: Callable[[Mark], tuple[str, Acts]]
) -> tuple[ShownMark, ...]:
    """The marks in reading order, then those that no longer stand, then those dealt with. `describe` gives whose a mark
    is, "" for one's own, and what may be done to it."""
    texts = block_texts(manuscript)
    placed = [(mark, find_again(mark.passage, texts), getattr(mark, "is_settled", False)) for mark in marks]
    placed.sort(key=lambda one: (one[2], one[1] is None, (one[1].block, one[1].start) if one[1] else (0, 0)))
    shown = []
    for number, (mark, found, is_settled) in enumerate(placed, start=1):
        place = found or Place(-1, 0, 0)
        by, acts = describe(mark)
        shown.append(
            ShownMark(
                number=number,
                block=place.block,
                start=place.start,
                end=place.end,
                kind=mark.kind.value,
                label=_(mark.kind.label),
                state=_name_state(found, is_settled),
                quote=mark.passage.quote,
                note=mark.note,
                by=by,
                acts=acts,
            )
        )
    return tuple(shown)


def _name_state(found: Place | None, is_settled: bool) -> str:
    if is_settled:
        return "settled"
    if found is None:
        return "lost"
    return "edited" if found.is_edited else ""


def make_mark_form(manuscript: Manuscript, *, action: str, ask_url: str) -> MarkForm:
    """The form for a passage of this manuscript, with what was typed into it where it was sent."""
    names = ("kind", "block", "start", "quote", "remark")
    typed = {name: request.form.get(name, "") for name in names}
    lines = [(block, text) for block, text in enumerate(block_texts(manuscript)) if text]
    return MarkForm(
        action=action,
        ask_url=ask_url,
        kinds=tuple((kind.value, _(kind.label)) for kind in MarkKind),
        paragraphs=tuple(
            (str(block), _("第 %(number)s 段 %(text)s", number=number, text=_begin(text)))
            for number, (block, text) in enumerate(lines, start=1)
        ),
        typed={**typed, "kind": typed["kind"] or MarkKind.GOOD.value},
    )


def read_mark(manuscript: Manuscript, manuscript_key: str) -> NewMark:
    """The mark of the sent form; raises Invalid naming the first field at fault."""
    kind = request.form.get("kind", "")
    if kind not in set(MarkKind):
        raise Invalid(N_("请从列表里选择。"), "kind")
    passage = cut_passage(
        block_texts(manuscript),
        block=request.form.get("block", -1, type=int),
        quote=request.form.get("quote", ""),
        near=request.form.get("start", 0, type=int),
    )
    return NewMark(passage, manuscript_key, MarkKind(kind), request.form.get("remark", ""))


def _begin(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= _BEGINNING else line[:_BEGINNING] + "…"
