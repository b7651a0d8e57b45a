"""Takes the pictures of one package over into its draft, within the limits of one file."""

from __future__ import annotations

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
        self._window: dict[tuple[str, Crop | None], PictureFile | None] = {}
        self._count = 0

    def take(self, name: str, place: str, crop: Crop | None = None) -> Picture | None:
        """The picture of a part of the package, kept in the draft; None when it cannot be used, which is reported."""
        key = name, crop
        if key not in self._window:
            self._window[key] = self._normalise(self._archive.read(name), name, place, crop)
        return self._keep(self._window[key], place)

    def _keep(self, file: PictureFile | None, place: str) -> Picture | None:
        if file is None:
            return None
        self._count += 1
        if self._count > MAX_PICTURES:
            self._draft.report.add("picture-too-large", place)
            return None
        self._draft.pictures.setdefault(file.key, file)
        return Picture(file.key, file.width_px, file.height_px)

    def _normalise(self, data: bytes | None, name: str, place: str, crop: Crop | None) -> PictureFile | None:
        shown_name = name.rsplit("/", 1)[-1]
        if not data:
            self._draft.report.add("picture-missing", place, shown_name)
            return None
        try:
            return self._shop.normalise(data, crop)
        except UnusablePicture as unusable:
            self._draft.report.add(unusable.kind, place, shown_name)
            return None
