"""Plain text: find the encoding, find the paragraphs."""

from __future__ import annotations

import codecs
import unicodedata

from compile.errors import Refused
from compile.manuscript import Run
from compile.reading.cleaning import UNWANTED, split_broken_line
from compile.reading.draft import Draft, Line

MAX_TEXT_LENGTH = 2_000_000
MAX_LINES = 30_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_GUESSES = ("gb18030", "utf-16-le", "utf-16-be", "big5")
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天"
    "政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者"
    "最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根"
    "論這來國個說時會為們後對發過還點無從現實開關問題長見將給許幾話誰讓裡處當應經業學種樣東車馬門間書與長電話"
    "，。、！？：；“”‘’（）《》—…　"
)
_SAMPLE_LENGTH = 20_000
_LOWEST_SCORE = 0.12


def decode_text(data: bytes) -> str | None:
    """The text of the bytes, or None when they are not text.

    A byte order mark decides; then strict UTF-8; then the candidate with the largest share of frequent Chinese
    characters. A character cut in half at the very end is forgiven.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _decode(data[len(mark) :], encoding)
            return text if text is not None and _is_readable(text) else None
    text = _decode(data, "utf-8")
    if text is not None and _is_readable(text):
        return text
    candidates = [
        (score, text) for text in (_decode(data, name) for name in _GUESSES) if text and (score := _score(text))
    ]
    best = max(candidates, key=lambda candidate: candidate[0], default=(0.0, ""))
    return best[1] if best[0] >= _LOWEST_SCORE else None


def read_text(text: str) -> Draft:
    """The paragraphs of a decoded text file as a draft; raises Refused("too-large")."""
    if len(text) > MAX_TEXT_LENGTH or text.count("\n") > MAX_LINES:
        raise Refused("too-large")
    draft = Draft()
    whole = "\n".join(UNWANTED.sub("", line) for line in text.splitlines())
    draft.blocks.extend(split_broken_line(Line((Run(whole),)), draft.report, keeps_verse=False))
    return draft


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, False)
    except UnicodeDecodeError:
        return None


def _is_readable(text: str) -> bool:
    """No NUL and hardly any control character: office files and pictures fail here."""
    sample = text[:_SAMPLE_LENGTH]
    odd = sum(1 for character in sample if character < " " and character not in "\t\n\r\f\x1a\x1b")
    return "\0" not in text and odd * 100 <= len(sample)


def _score(text: str) -> float:
    """Share of frequent Chinese characters among all that are not ASCII, less what no writer types."""
    if not _is_readable(text):
        return 0.0
    wide = [character for character in text[:_SAMPLE_LENGTH] if character > "\x7f"]
    if not wide:
        return 0.0
    common = sum(1 for character in wide if character in _COMMON)
    odd = sum(1 for character in wide if unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs"))
    return (common - 2 * odd) / len(wide)
