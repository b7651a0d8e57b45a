"""Where every element of a document stands, by the rules of GB/T 9704: a list of lines to print, still without Word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from compile.documents.model import Attachment, Block, Document, Labelled, Signature
from compile.documents.signing import place_signature
from compile.manifest import Appendix
from compile.writing.grid import Grid, appendix_table, lay_out_table
from compile.writing.layout import BODY_SIZE, LINE, TWIPS_PER_MM

# 发文机关标志: the upper edge of its characters, from the upper edge of the type area.
_MARK_DEPTH: Final = round(35 * TWIPS_PER_MM)
# With the room within its line the number of a letter stands seven eighths of a character under the rule.
_LETTER_NUMBER_GAP: Final = 60
_LEAD: Final = re.compile(r"([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)[^。\n]*。?")


@dataclass(frozen=True, slots=True)
class Placed:
    """One paragraph of the page: its style and what differs from the style, lengths in twips. The first `lead`
    characters are set in the character style `lead_style`. `spreads` sends what follows a tab to the right edge."""

    style: str
    text: str
    before: int = 0
    left: int = 0
    right: int = 0
    hanging: int = 0
    lead: int = 0
    lead_style: str = ""
    keeps_with_next: bool = False
    is_ruled: bool = False
    spreads: bool = False


Piece = Placed | Grid


def compose(document: Document) -> list[Piece]:
    """The document from its head to the last line of its attachments, without the imprint. The mark of a letter is
    part of the page, not of the text."""
    pieces: list[Piece] = [*_iter_head(document), *_iter_title(document)]
    if document.recipients:
        pieces.append(Placed("Recipients", f"{document.recipients}：", before=LINE))
        gap = 0
    else:
        gap = LINE
    pieces += _open_with(gap, _iter_blocks(document.body))
    ending = list(_iter_ending(document))
    if ending:
        pieces[-1] = _hold(pieces[-1])
    pieces += [*map(_hold, ending[:-1]), *ending[-1:]]
    for number, attachment in enumerate(document.attachments, start=1):
        if attachment.body:
            pieces += _iter_attachment(attachment, number if len(document.attachments) > 1 else 0)
    return pieces


def _iter_head(document: Document) -> Iterator[Placed]:
    flags = [("Flag", document.copy_number), ("FlagHei", document.secrecy), ("FlagHei", document.urgency)]
    shown = [Placed(style, text) for style, text in flags if text]
    if document.form == "letter":
        yield Placed("LetterNumber", document.number, before=_LETTER_NUMBER_GAP)
        yield from shown
    elif document.form != "plain":
        yield from shown
        yield Placed("Mark", document.mark, before=_MARK_DEPTH - len(shown) * LINE)
        issuer = document.signature if document.form == "minutes" else None
        yield Placed("Number", document.number, before=2 * LINE, is_ruled=issuer is None)
        if issuer:
            yield Placed("Issuer", f"　{issuer.organ}\t{issuer.day}", is_ruled=True, spreads=True)


def _iter_title(document: Document) -> Iterator[Placed]:
    yield Placed("Title", document.title, before=LINE if document.form == "plain" else 2 * LINE)
    if document.subtitle:
        yield Placed("Subtitle", document.subtitle)


def _open_with(gap: int, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces after a gap."""
    for index, piece in enumerate(pieces):
        if index == 0 and gap and isinstance(piece, Placed):
            yield replace(piece, before=gap)
        elif index == 0 and gap:
            yield from (Placed("Blank", ""), piece)
        else:
            yield piece


def _iter_blocks(blocks: tuple[Block, ...]) -> Iterator[Piece]:
    """The blocks; an empty line parts labelled lines from the text round them."""
    previous: Block | None = None
    for block in blocks:
        is_turn = previous is not None and isinstance(block, Labelled) != isinstance(previous, Labelled)
        gap = LINE if is_turn else 0
        previous = block
        match block:
            case str():
                yield replace(_place_text(block), before=gap)
            case Labelled(label=label, text=text):
                opening = f"{label}："
                hanging = len(opening) * BODY_SIZE
                yield Placed(
                    "Labelled",
                    opening + text,
                    before=gap,
                    left=2 * BODY_SIZE + hanging,
                    hanging=hanging,
                    lead=len(opening),
                    lead_style="Hei",
                )
            case Appendix(title=title):
                if title:
                    yield Placed("TableTitle", title, before=gap)
                yield lay_out_table(appendix_table(block), block.widths)


def _place_text(text: str) -> Placed:
    """A paragraph of the text; its number tells its level: 一、 is 黑体, （一） 楷体, 1. and （1） stay 仿宋."""
    lead = _LEAD.match(text)
    if lead is None:
        return Placed("Body", text)
    is_first = lead.group(1).endswith("、")
    if lead.end() == len(text):
        return Placed("Heading1" if is_first else "Heading2", text)
    return Placed("Body", text, lead=lead.end(), lead_style="Hei" if is_first else "Kai")


def _iter_ending(document: Document) -> Iterator[Placed]:
    """What follows the text; it holds together, for nobody signs a page without any text."""
    yield from _iter_attachment_list(document.attachments)
    if document.signature and document.form != "minutes":
        yield from _iter_signature(document.signature)
    if document.note:
        yield Placed("Body", f"（{document.note}）")


def _hold(piece: Piece) -> Piece:
    return replace(piece, keeps_with_next=True) if isinstance(piece, Placed) else piece


def _iter_attachment_list(attachments: tuple[Attachment, ...]) -> Iterator[Placed]:
    """附件：1. 名称; further names stand under the first, turned lines under the name."""
    opening = "附件："
    start = (2 + len(opening)) * BODY_SIZE
    if len(attachments) == 1:
        text = opening + attachments[0].title
        yield Placed("AttachmentList", text, before=LINE, left=start, hanging=len(opening) * BODY_SIZE)
        return
    box = BODY_SIZE if len(attachments) < 10 else BODY_SIZE * 3 // 2
    for number, attachment in enumerate(attachments, start=1):
        text, hanging = f"{number}.\t{attachment.title}", box
        if number == 1:
            text, hanging = opening + text, box + len(opening) * BODY_SIZE
        yield Placed("AttachmentList", text, before=LINE if number == 1 else 0, left=start + box, hanging=hanging)


def _iter_signature(signature: Signature) -> Iterator[Placed]:
    places = place_signature(signature)
    yield Placed("Signature", signature.organ, before=places.before, right=places.organ_right)
    yield Placed("Signature", signature.day, right=places.day_right)


def _iter_attachment(attachment: Attachment, number: int) -> Iterator[Piece]:
    yield Placed("AttachmentMark", f"附件{number or ''}")
    yield Placed("Title", attachment.title, before=LINE)
    yield from _open_with(LINE, _iter_blocks(attachment.body))
