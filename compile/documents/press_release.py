"""新闻通稿: what goes to the media, the most important first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.model import Block, Document, Labelled
from compile.documents.wording import or_blank
from compile.manifest import Appendix, FontProfile


@dataclass(frozen=True, slots=True)
class Photo:
    """One line of the picture list."""

    file: str
    caption: str
    taken_by: str = ""
    shows_faces: bool = False
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class PressRelease:
    """新闻通稿 from the top down: `lead` is who, when, where and what came of it; `main` the figures and examples."""

    title: str
    organ: str
    outlet: str
    lead: str
    main: tuple[str, ...]
    background: str = ""
    outlook: str = ""
    subtitle: str = ""
    correspondent: str = ""
    contact: str = ""
    phone: str = ""
    photos: tuple[Photo, ...] = ()
    dated_on: date | None = None
    font_profile: FontProfile = "win10"


def make_press_release(data: PressRelease) -> Document:
    """The release: title, dateline and lead, main part, background, outlook, whom to ask, and the pictures sent."""
    dateline = f"{data.outlet}讯（通讯员　{or_blank(data.correspondent)}）"
    people = (
        ("供稿单位", data.organ),
        ("联系人", or_blank(data.contact)),
        ("联系电话", or_blank(data.phone)),
    )
    body: list[Block] = [dateline + data.lead, *data.main]
    body += [text for text in (data.background, data.outlook) if text]
    body += [Labelled(label, text) for label, text in people]
    if data.photos:
        body.append(_photo_list(data.photos))
    return Document(
        "plain",
        data.organ,
        data.title,
        tuple(body),
        subtitle=data.subtitle,
        dated_on=data.dated_on,
        font_profile=data.font_profile,
    )


def _photo_list(photos: tuple[Photo, ...]) -> Appendix:
    answers = {True: "是", False: "否"}
    rows = tuple(
        (
            str(number),
            photo.file,
            photo.caption,
            photo.taken_by,
            answers[photo.shows_faces],
            answers[photo.is_agreed] if photo.shows_faces else "—",
        )
        for number, photo in enumerate(photos, start=1)
    )
    columns = ("序号", "文件名", "说明", "摄影", "含可识别人脸", "已征得同意")
    return Appendix("图片清单", columns, rows, (2, 5, 8, 3, 3, 3))
