"""Takes the pictures of one package over into its draft, within the limits of one file."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from compile.manuscript import Picture
from compile.reading.archive import Archive
from compile.reading.draft import Draft
from compile.reading.pictures import Crop, PictureShop, UnusablePicture
from compile.reading.types import PictureFile

MAX_PICTURES = 200


class PictureIntake:
    """Every part is decoded once for each crop, however often it is shown."""

    def __init__(self, archive: Archive, draft: Draft) -> None:
        self._archive = archive
        self._draft = draft
        self._shop = PictureShop()
        self._window: dict[tuple[str, Crop | None], PictureFile | str] = {}
        self._count = 0

    def take(
        self, names: Sequence[str], place: str, crop: Crop | None = None, *, is_preview: bool = False
    ) -> Picture | None:
        """The picture of the first part that can be used, kept in the draft. None when none can: then the first one's
        fault is reported, but for the mere preview of an object."""
        if self._count >= MAX_PICTURES:
            self._draft.report.add("picture-too-large", place)
            return None
        faults = []
        for name in names:
            known = (name, crop) in self._window
            found = self._look_at(name, crop)
            if isinstance(found, PictureFile):
                return self._keep(found)
            if not known:
                faults.append((found, name))
        if faults and not is_preview:
            fault, name = faults[0]
            self._draft.report.add(fault, place, name.rsplit("/", 1)[-1])
        return None

    def _look_at(self, name: str, crop: Crop | None) -> PictureFile | str:
        """The picture of a part, or the kind of its fault."""
        found = self._window.get((name, crop))
        if found is None:
            data = self._archive.read(name)
            try:
                found = self._shop.normalise(data, crop) if data else "picture-missing"
            except UnusablePicture as unusable:
                found = unusable.kind
            self._window[name, crop] = found
        return found

    def _keep(self, file: PictureFile) -> Picture:
        self._count += 1
        self._draft.pictures.setdefault(file.key, file)
        return Picture(file.key, file.width_px, file.height_px, crc32=zlib.crc32(file.data))
