"""The middle of the compiler: which works and pictures of a manifest are there, and what a person should look at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from isal.isal_zlib import crc32
from msgspec import Struct
from msgspec.structs import replace

from compile.errors import N_
from compile.manifest import Manifest, Problem, WorkEntry, iter_entry_texts, iter_manifest_texts
from compile.manuscript import MAX_COLUMNS, Manuscript, Picture, Table, iter_runs, iter_texts, picture_keys
from compile.manuscript_json import load_manuscript
from compile.writing.text import count_unsafe

OpenBlob = Callable[[str], BinaryIO]
"""Opens a stored file by its SHA-256 hex; raises OSError or LookupError where there is none."""

Progress = Callable[[str, int, int], None]
"""Told the stage ("collect", "pictures", "write", "finish"; "render", "print"), how many steps of it are done, and how many there are."""

TakePicture = Callable[[int, str, bytes, int], None]
"""Given the number of a picture in the book, counted from 1, its type, its bytes and their CRC-32."""

PROBLEMS: Final[dict[str, str]] = {
    "work-missing": N_("找不到文稿，未编入。"),
    "work-damaged": N_("文稿数据已损坏，未编入。"),
    "picture-missing": N_("有 %(count)d 张图片找不到，已用文字占位。"),
    "picture-damaged": N_("有 %(count)d 张图片已损坏或不是 JPEG、PNG，已用文字占位。"),
    "title-empty": N_("没有题目，目录里显示“无题”。"),
    "title-long": N_("题目有 %(count)d 个字，超过两行，请考虑缩短。"),
    "body-empty": N_("没有正文。"),
    "byline-missing": N_("没有署名。"),
    "table-wide": N_("有表格达到 %(count)d 列，在版心内难以辨认，请考虑拆分。"),
    "table-cut": N_("有表格超过 63 列，多出的列并入最后一列。"),
    "note-lost": N_("有 %(count)d 条脚注在正文里没有位置，未印出。"),
    "characters-replaced": N_("有 %(count)d 个字符无法写入文件，已换成“\ufffd”。"),
    "template-missing": N_("找不到自备的模板，已改用标准版式。"),
    "template-damaged": N_("自备的模板读不出来，已改用标准版式。"),
    "template-pages": N_("用了自备的模板，目录页码按标准版式推算；排版核对后会改正，否则请在 Word 里按 F9 更新。"),
    "latin-face": N_(
        "目录页码按本机排版改正过，但本机的西文字体与 Times New Roman 宽窄不同，在 Word 里可能差一页。请安装字体 Liberation Serif 后重新生成。"
    ),
    "section-empty": N_("“%(title)s”没有可编入的作品，已略去。"),
    "wechat-title-long": N_("题目有 %(count)d 个字，超过草稿接口的 32 字；在后台手工粘贴，旧说明的上限是 64 字。"),
    "wechat-title-too-long": N_("题目有 %(count)d 个字，超过公众号的 64 字，须缩短。"),
    "wechat-author-long": N_("署名有 %(count)d 个字，超过公众号“作者”一栏的 16 字，须缩短。"),
    "wechat-split": N_("正文较长，已在段落之间分成 %(count)d 篇。"),
    "wechat-part-long": N_(
        "第 %(part)d 篇有 %(count)d 个字、%(size)d KB，超过公众号的上限，且没有段落可分，请手工拆分。"
    ),
    "wechat-source-long": N_("第 %(part)d 篇连同标签有 %(count)d 个字符，通过接口上传可能被拒，请在后台粘贴。"),
    "wechat-picture-shrunk": N_("有 %(count)d 张图片大于 1 MB，已缩小。"),
    "wechat-picture-large": N_("有 %(count)d 张图片大于 1 MB，无法缩小，请换用较小的图片。"),
}

# Two lines of 20 characters at the size of a title.
_LONG_TITLE: Final = 40
_WIDE_TABLE: Final = 9
UNTITLED: Final = "无题"
MISSING_PICTURE: Final = "（此处图片缺失）"
_MAGIC: Final[dict[bytes, str]] = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}


class Written(Struct, frozen=True):
    """What the writer of a form tells when it is done: the pictures it shows, and what it found against the rules of the
    form."""

    pictures: int
    problems: tuple[Problem, ...] = ()


class PlannedWork(Struct, frozen=True):
    """A work that is going into the book."""

    entry: WorkEntry
    manuscript: Manuscript

    @property
    def title(self) -> str:
        """The title as printed; a work without one is called 无题."""
        return self.manuscript.title.strip() or UNTITLED


class PlannedSection(Struct, frozen=True):
    """A section with at least one work."""

    title: str
    works: tuple[PlannedWork, ...]


class Plan(Struct, frozen=True):
    """All that is needed to write the book. `media` gives the type, "jpeg" or "png", of every usable picture by its
    key, in order of first use."""

    manifest: Manifest
    sections: tuple[PlannedSection, ...]
    media: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def works(self) -> tuple[PlannedWork, ...]:
        """All works in the order of the book."""
        return tuple(work for section in self.sections for work in section.works)


def make_plan(manifest: Manifest, open_blob: OpenBlob, *, progress: Progress | None = None) -> Plan:
    """Every work of the manifest that can be printed, and the problems found. No picture is opened yet: all count as
    present, which is enough to count pages."""
    return _Planner(manifest, open_blob, progress).make()


def read_pictures(
    plan: Plan, open_blob: OpenBlob, take_picture: TakePicture | None = None, *, progress: Progress | None = None
) -> Plan:
    """The plan with the pictures that are really there, and what is wrong with the others. Each is read once;
    `take_picture` is given those that can be printed, in order."""
    faults: dict[str, str] = {}  # key → problem code
    media: dict[str, str] = {}
    problems: list[Problem] = []

    def look_at(picture: Picture) -> None:  # its bytes are gone on return, before the next one's take their room
        data = read_blob(open_blob, picture.key)
        if data is None:
            faults[picture.key] = "picture-missing"
            return
        media_type = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")
        crc = crc32(data)
        if not media_type or not _is_same(picture, data, crc):
            faults[picture.key] = "picture-damaged"
            return
        media[picture.key] = media_type
        if take_picture:
            take_picture(len(media), media_type, data, crc)

    for work in plan.works:
        pictures = [block for block in work.manuscript.blocks if isinstance(block, Picture)]
        for picture in pictures:
            if picture.key not in media and picture.key not in faults:
                look_at(picture)
                if progress:
                    progress("pictures", len(media) + len(faults), len(plan.media))
        for code in ("picture-missing", "picture-damaged"):
            if count := sum(faults.get(picture.key) == code for picture in pictures):
                problems.append(make_problem(work.entry.number, code, count=count))
    return replace(plan, media=media, problems=(*plan.problems, *problems))


class _Planner:
    """Collects works, pictures and problems while walking through the manifest once."""

    def __init__(self, manifest: Manifest, open_blob: OpenBlob, progress: Progress | None) -> None:
        self._manifest = manifest
        self._open_blob = open_blob
        self._progress = progress
        self._problems: list[Problem] = []
        self._media: dict[str, str] = {}

    def make(self) -> Plan:
        total = sum(len(section.works) for section in self._manifest.sections)
        done = 0
        sections: list[PlannedSection] = []
        self._check_texts("", tuple(iter_manifest_texts(self._manifest)))
        for section in self._manifest.sections:
            works: list[PlannedWork] = []
            for entry in section.works:
                manuscript = self._load(entry)
                if manuscript is not None:
                    works.append(PlannedWork(entry, manuscript))
                    self._check_work(entry, manuscript)
                done += 1
                if self._progress:
                    self._progress("collect", done, total)
            if works:
                sections.append(PlannedSection(section.title, tuple(works)))
            else:
                self._report("", "section-empty", title=section.title)
        return Plan(self._manifest, tuple(sections), self._media, tuple(self._problems))

    def _load(self, entry: WorkEntry) -> Manuscript | None:
        data = read_blob(self._open_blob, entry.manuscript_key)
        if data is None:
            self._report(entry.number, "work-missing")
            return None
        if not is_intact(entry.manuscript_key, data):
            self._report(entry.number, "work-damaged")
            return None
        try:
            return load_manuscript(data)
        except ValueError:
            self._report(entry.number, "work-damaged")
            return None

    def _check_work(self, entry: WorkEntry, manuscript: Manuscript) -> None:
        number = entry.number
        title_length = len(manuscript.title.strip())
        if not title_length:
            self._report(number, "title-empty")
        elif title_length > _LONG_TITLE:
            self._report(number, "title-long", count=title_length)
        if not manuscript.blocks:
            self._report(number, "body-empty")
        if not entry.byline.strip():
            self._report(number, "byline-missing")
        widest = max([block.columns for block in manuscript.blocks if isinstance(block, Table)], default=0)
        if widest > MAX_COLUMNS:
            self._report(number, "table-cut")
        elif widest > _WIDE_TABLE:
            self._report(number, "table-wide", count=widest)
        if manuscript.notes:
            marks = set(_iter_marks(manuscript)) & set(range(len(manuscript.notes)))
            if lost_notes := len(manuscript.notes) - len(marks):
                self._report(number, "note-lost", count=lost_notes)
        body = "".join(iter_texts(manuscript))
        self._check_texts(number, (body, manuscript.title, manuscript.subtitle, *iter_entry_texts(entry)))
        self._media.update(dict.fromkeys(picture_keys(manuscript), "jpeg"))

    def _check_texts(self, number: str, texts: tuple[str, ...]) -> None:
        count = sum(map(count_unsafe, texts))
        if count:
            self._report(number, "characters-replaced", count=count)

    def _report(self, number: str, code: str, **facts: object) -> None:
        self._problems.append(make_problem(number, code, **facts))


def make_problem(work: str, code: str, **facts: object) -> Problem:
    """The problem of this code with its sentence filled in."""
    return Problem(work, code, PROBLEMS[code] % facts if facts else PROBLEMS[code], facts)


def read_blob(open_blob: OpenBlob, key: str) -> bytes | None:
    """The bytes of a stored file, None where there is none."""
    try:
        with open_blob(key) as stream:
            return stream.read()
    except (OSError, LookupError):
        return None


def add_problem(plan: Plan, code: str) -> Plan:
    """The plan with one more problem of the whole book."""
    return replace(plan, problems=(*plan.problems, make_problem("", code)))


def is_intact(key: str, data: bytes) -> bool:
    """Whether the bytes are those the key names."""
    return hashlib.sha256(data).hexdigest() == key.lower()


def _is_same(picture: Picture, data: bytes, crc: int) -> bool:
    """Whether the bytes are those that were taken in, by their CRC-32, which the zip file wants anyhow; by their hash
    where the manuscript tells none."""
    return is_intact(picture.key, data) if picture.crc32 is None else crc == picture.crc32


def _iter_marks(manuscript: Manuscript) -> Iterator[int]:
    """The indices of the notes that have a mark in the body, in order."""
    for runs in iter_runs(manuscript):
        for run in runs:
            if run.note is not None:
                yield run.note
