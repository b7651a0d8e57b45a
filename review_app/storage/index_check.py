"""Whether the search library is still the one whose files we write and read in our own way."""

from __future__ import annotations

import logging
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from review_app.storage.analyzer import make_search_text
from review_app.storage.index_files import Document, open_segment, write_segment
from review_app.storage.index_segment import Kept, Segment

log = logging.getLogger("review_app.index")

_SAMPLES: Final = (("信访", "人民信访为人民。信访"), ("小河", "河长巡河，河长巡河。"), ("", "A1 信访局𠮷"))
_TERMS: Final = ("信访", "河长", "A1", "没有")


@cache
def is_library_known() -> bool:
    """Whether a small segment of ours gives the same through the library's own interface, through ours, and by counting
    in the texts. If not, everything is left to the library: slower, but right. Looked at once a process."""
    try:
        with tempfile.TemporaryDirectory() as name:
            is_known = _compare(Path(name))
    except Exception:  # another version of the library may raise anything
        log.exception("the search library does not read what we write")
        is_known = False
    if not is_known:
        log.warning("the search library is not the one we know: indexing and searching are left to it, slowly")
    return is_known


def _compare(folder: Path) -> bool:
    texts = [make_search_text(title, body) for title, body in _SAMPLES]
    lengths = [len(title) for title, _ in _SAMPLES]
    segment = write_segment(
        folder, [Document(text, {"title_length": length}) for text, length in zip(texts, lengths, strict=True)]
    )
    reader = open_segment(folder, segment)
    ours = Segment(reader, Kept())
    for term in _TERMS:
        counted = {
            number: text.count(term) + 3 * text[:length].count(term)
            for number, (text, length) in enumerate(zip(texts, lengths, strict=True))
            if term in text
        }
        found = ours.find(term)
        if dict(zip(found.documents.tolist(), found.weights.tolist(), strict=True)) != counted:
            return False
        if _ask_library(reader, term) != counted:
            return False
    return True


def _ask_library(reader: Any, term: str) -> dict[int, float]:
    """The weight of the term by document, as the library's matcher gives it."""
    if ("text", term) not in reader:
        return {}
    matcher = reader.postings("text", term)
    weights = {}
    while matcher.is_active():
        weights[matcher.id()] = matcher.weight()
        matcher.next()
    return weights
