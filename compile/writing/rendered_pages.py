"""The page numbers of a rendered book in the place of those the page model gave."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from compile.writing.pages import Entry, Pagination


class Rendering(Struct, frozen=True):
    """What a word processor made of a book: how many pages, and for every heading of its outline, in order, how deep
    it stands (from 0) and on which page of the file (from 0). Without a face as wide as Times New Roman (`has_times`),
    which the books name for Latin text, pages may end elsewhere than they will in Word."""

    pages: int
    headings: tuple[tuple[int, int], ...]
    has_times: bool = True


def take_pages(pagination: Pagination, rendering: Rendering) -> Pagination | None:
    """The pagination as the book was rendered; None where its headings are not those that the contents name. Titles
    may be equal, so that number, order, depth and growing pages are what must agree."""
    entries = pagination.entries
    pages = _list_entry_pages(entries, rendering)
    if len(pages) != len(entries) or not all(page < following for page, following in pairwise(pages)):
        return None
    front_pages = pages[0] - (entries[0].page - 1)
    return Pagination(
        tuple(replace(entry, page=page - front_pages + 1) for entry, page in zip(entries, pages, strict=True)),
        front_pages,
        rendering.pages - front_pages,
        is_estimated=False,
    )


def count_changes(before: Pagination, after: Pagination) -> int:
    """How many lines of the contents bear another number than before."""
    return sum(one.page != other.page for one, other in zip(before.entries, after.entries, strict=True))


def _list_entry_pages(entries: tuple[Entry, ...], rendering: Rendering) -> list[int]:
    """The pages of the headings that stand where the contents expect one. Works stand below section pages, or at the
    top as long as there was none; what stands deeper are the headings inside the works."""
    pages: list[int] = []
    deepest = 0
    for depth, page in rendering.headings:
        if depth > deepest:
            continue
        if len(pages) < len(entries) and entries[len(pages)].level == 1:
            deepest = 1
        if len(pages) == len(entries) or depth != min(entries[len(pages)].level - 1, deepest):
            return []
        pages.append(page)
    return pages
