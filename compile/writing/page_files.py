"""The files of a package that holds one page per work: which leaves get one, how pages and pictures are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from compile.file_names import format_picture_file_name, format_work_file_name, safe_file_name
from compile.manuscript import Picture
from compile.plan import OpenBlob
from compile.writing.leaves import Leaf
from compile.writing.zip_file import ZipFileWriter

_ENDINGS: Final[Mapping[str, str]] = {"jpeg": "jpg", "png": "png"}
_LONGEST_LABEL: Final = 40

Fit = Callable[[bytes, str], tuple[bytes, str]]
"""Makes a picture and its media type fit for the form."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A leaf that becomes a page. `place` is its number among the pages, from "01"; `label` begins the names of its
    pictures, and no other page has it; `pictures` gives the path of each by its key, in order."""

    leaf: Leaf
    place: str
    label: str
    pictures: dict[str, str] = field(default_factory=dict)

    def file_name(self, extension: str, part: int = 0) -> str:
        """The name of the page, or of one of its parts from 1, with this extension."""
        place = f"{self.place}-{part}" if part else self.place
        return format_work_file_name(place, self.leaf.number, self.leaf.line, extension)


def list_pages(leaves: tuple[Leaf, ...]) -> tuple[PageFile, ...]:
    """The leaves with a text of their own, in the order of the book: no cover, contents or title pages of sections."""
    shown = [leaf for leaf in leaves if leaf.stands_alone]
    digits = max(2, len(str(len(shown))))
    pages: list[PageFile] = []
    taken: set[str] = set()
    for position, leaf in enumerate(shown, start=1):
        place = f"{position:0{digits}d}"
        label = safe_file_name(leaf.number, _LONGEST_LABEL) if leaf.number.strip() else place
        while label.casefold() in taken:
            label += "_"
        taken.add(label.casefold())
        pages.append(PageFile(leaf, place, label))
    return tuple(pages)


class PictureFolder:
    """Puts each picture into the package when a page first shows it. `shown` counts them, one shown twice as two."""

    def __init__(self, package: ZipFileWriter, media: Mapping[str, str], open_blob: OpenBlob) -> None:
        self._package = package
        self._media = media
        self._open_blob = open_blob
        self.shown = 0

    def place(self, page: PageFile, picture: Picture, fit: Fit | None = None) -> str:
        """The path of the picture in the package; "" where the picture cannot be used."""
        media_type = self._media.get(picture.key)
        if media_type is None:
            return ""
        self.shown += 1
        if picture.key not in page.pictures:
            with self._open_blob(picture.key) as stream:
                data = stream.read()
            if fit:
                data, media_type = fit(data, media_type)
            name = format_picture_file_name(page.label, len(page.pictures) + 1, _ENDINGS[media_type])
            page.pictures[picture.key] = f"pictures/{name}"
            self._package.add_stored(page.pictures[picture.key], data)
        return page.pictures[picture.key]
