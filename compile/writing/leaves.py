"""The book as a list of leaves: what stands before, between and after the works, in one shape for every writer of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from compile.manifest import BoardGroup, Imprint, Manifest, WorkEntry
from compile.manuscript import Align, Block, Paragraph, Run, print_subtitle
from compile.plan import UNTITLED, Plan, PlannedWork, Progress
from compile.writing.case_card import case_table
from compile.writing.grid import appendix_table
from compile.writing.text import chinese_month, one_line

# Lists indented further look like this level, as they do in Word.
DEEPEST_ITEM: Final = 4

LeafKind = Literal["cover", "imprint", "contents", "front", "section", "work", "back", "back-cover"]


@dataclass(frozen=True, slots=True)
class Box:
    """A framed remark under a work, such as a reviewer's comment, and who signed it."""

    paragraphs: tuple[Paragraph, ...]
    signed_by: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that starts on a page of its own. `number` is the entry number of a work, "" for the rest; the title is
    never empty, but that of the back cover is only its name and not printed."""

    kind: LeafKind
    title: str
    subtitle: str = ""
    byline: str = ""
    blocks: tuple[Block, ...] = ()
    notes: tuple[tuple[Run, ...], ...] = ()
    boxes: tuple[Box, ...] = ()
    number: str = ""

    @property
    def line(self) -> str:
        """The title on one line."""
        return one_line(self.title)

    @property
    def stands_alone(self) -> bool:
        """Whether it is a text of its own: a work, or what surrounds the works, but no cover, imprint or title page."""
        return self.kind in ("front", "work", "back")


def list_leaves(plan: Plan) -> tuple[Leaf, ...]:
    """All leaves of the book in order. Contents hold nothing yet: each form makes its own."""
    manifest = plan.manifest
    return (*_iter_front(manifest), *_iter_body(plan), *_iter_back(manifest))


def count_works(plan: Plan, on_step: Progress) -> Callable[[Leaf], None]:
    """A function to be told of every leaf once it is written; it reports how many works are done."""
    total, done = len(plan.works), 0

    def tell(leaf: Leaf) -> None:
        nonlocal done
        if leaf.kind == "work":
            done += 1
            on_step("write", done, total)

    return tell


def book_title(manifest: Manifest) -> str:
    """The title of the book on one line, never empty."""
    return one_line(manifest.title).strip() or UNTITLED


def _iter_front(manifest: Manifest) -> Iterator[Leaf]:
    if manifest.has_cover:
        yield _cover(manifest)
    if manifest.imprint:
        yield _imprint(manifest, manifest.imprint)
    if manifest.board:
        yield Leaf("front", _name(manifest.board.title), blocks=tuple(map(_group, manifest.board.groups)))
    if manifest.editor_note:
        yield Leaf("front", _name(manifest.editor_note_title), blocks=_paragraphs(*manifest.editor_note))
    if manifest.has_contents:
        yield Leaf("contents", "目录")
    if manifest.notice:
        yield Leaf("front", _name(manifest.notice.title), blocks=_paragraphs(*manifest.notice.paragraphs))


def _iter_body(plan: Plan) -> Iterator[Leaf]:
    for section in plan.sections:
        if plan.manifest.has_section_pages:
            yield Leaf("section", _name(section.title))
        for work in section.works:
            yield _work(work)


def _iter_back(manifest: Manifest) -> Iterator[Leaf]:
    for appendix in manifest.appendices:
        table = (appendix_table(appendix),) if appendix.has_table else ()
        yield Leaf("back", _name(appendix.title), blocks=(*_paragraphs(*appendix.paragraphs), *table))
    if manifest.afterword:
        yield Leaf("back", _name(manifest.afterword.title), blocks=_paragraphs(*manifest.afterword.paragraphs))
    if manifest.back_cover:
        yield Leaf("back-cover", "封底", blocks=_paragraphs(*manifest.back_cover, align="center"))


def _cover(manifest: Manifest) -> Leaf:
    lines = (manifest.cover_mark, manifest.organiser, chinese_month(manifest.dated_on))
    return Leaf(
        "cover",
        _name(manifest.title),
        subtitle=manifest.subtitle,
        blocks=_paragraphs(*filter(None, lines), align="center"),
    )


def _imprint(manifest: Manifest, imprint: Imprint) -> Leaf:
    facts = (f"{fact.label}　{fact.value}" for fact in imprint.facts)
    return Leaf(
        "imprint", _name(manifest.title), subtitle=manifest.subtitle, blocks=_paragraphs(*facts, *imprint.lines)
    )


def _group(group: BoardGroup) -> Paragraph:
    return Paragraph((Run(group.role, bold=True), Run("　" + "　".join(group.names))))


def _work(work: PlannedWork) -> Leaf:
    return Leaf(
        "work",
        work.title,
        subtitle=print_subtitle(work.manuscript.subtitle),
        byline=work.entry.byline,
        blocks=(*work.manuscript.blocks, *((case_table(work.entry.case),) if work.entry.case else ())),
        notes=work.manuscript.notes,
        boxes=(_comment(work.entry),) if work.entry.comment else (),
        number=work.entry.number,
    )


def _comment(entry: WorkEntry) -> Box:
    first, *rest = entry.comment.split("\n")
    opening = Paragraph((Run("点评：", bold=True), Run(first)))
    return Box((opening, *_paragraphs(*rest)), entry.comment_by)


def _paragraphs(*texts: str, align: Align = "left") -> tuple[Paragraph, ...]:
    return tuple(Paragraph((Run(text),), align) for text in texts)


def _name(title: str) -> str:
    return title.strip() or UNTITLED
