"""The middle of the compiler: which works and pictures of a manifest are there, and what a person should look at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from compile.errors import N_
from compile.manifest import Manifest, Problem, WorkEntry
from compile.manuscript import Manuscript, Picture, Run, Table, iter_texts, picture_keys
from compile.manuscript_json import load_manuscript
from compile.writing.grid import MAX_COLUMNS
from compile.writing.text import count_unsafe

OpenBlob = Callable[[str], BinaryIO]
"""Opens a stored file by its SHA-256 hex; raises OSError or LookupError where there is none."""

Progress = Callable[[str, int, int], None]
"""Told the stage ("collect", "write", "finish"; "render", "print"), how many steps of it are done, and how many there are."""

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
    "latin-face": N_(
        "目录页码按本机排版改正过，但本机的西文字体与 Times New Roman 宽窄不同，在 Word 里可能差一页。请安装字体 Liberation Serif 后重新生成。"
    ),
    "section-empty": N_("“%(title)s”没有可编入的作品，已略去。"),
}

# Two lines of 20 characters at the size of a title.
_LONG_TITLE: Final = 40
_WIDE_TABLE: Final = 9
_UNTITLED: Final = "无题"
_MAGIC: Final[dict[bytes, str]] = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A work that is going into the book."""

    entry: WorkEntry
    manuscript: Manuscript

    @property
    def title(self) -> str:
        """The title as printed; a work without one is called 无题."""
        return self.manuscript.title.strip() or _UNTITLED


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section with at least one work."""

    title: str
    works: tuple[PlannedWork, ...]


@dataclass(frozen=True, slots=True)
class Plan:
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


def make_plan(
    manifest: Manifest, open_blob: OpenBlob, *, reads_pictures: bool = True, progress: Progress | None = None
) -> Plan:
    """Everything of the manifest that can be printed, and the problems found. Without `reads_pictures` all pictures
    count as present, which is enough to count pages."""
    return _Planner(manifest, open_blob, reads_pictures, progress).make()


class _Planner:
    """Collects works, pictures and problems while walking through the manifest once."""

    def __init__(
        self, manifest: Manifest, open_blob: OpenBlob, reads_pictures: bool, progress: Progress | None
    ) -> None:
        self._manifest = manifest
        self._open_blob = open_blob
        self._reads_pictures = reads_pictures
        self._progress = progress
        self._problems: list[Problem] = []
        self._media: dict[str, str] = {}
        self._bad_pictures: dict[str, str] = {}  # key → problem code

    def make(self) -> Plan:
        total = sum(len(section.works) for section in self._manifest.sections)
        done = 0
        sections: list[PlannedSection] = []
        self._check_texts("", _manifest_texts(self._manifest))
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
        data = self._read(entry.manuscript_key)
        if data is None:
            self._report(entry.number, "work-missing")
            return None
        if not _is_intact(entry.manuscript_key, data):
            self._report(entry.number, "work-damaged")
            return None
        try:
            return load_manuscript(data)
        except ValueError:
            self._report(entry.number, "work-damaged")
            return None

    def _read(self, key: str) -> bytes | None:
        try:
            with self._open_blob(key) as stream:
                return stream.read()
        except (OSError, LookupError):
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
        widest = max((block.columns for block in manuscript.blocks if isinstance(block, Table)), default=0)
        if widest > MAX_COLUMNS:
            self._report(number, "table-cut")
        elif widest > _WIDE_TABLE:
            self._report(number, "table-wide", count=widest)
        lost_notes = len(manuscript.notes) - len(set(_iter_marks(manuscript)) & set(range(len(manuscript.notes))))
        if lost_notes:
            self._report(number, "note-lost", count=lost_notes)
        texts = (manuscript.title, manuscript.subtitle, entry.byline, entry.comment, entry.comment_by)
        self._check_texts(number, (*texts, *iter_texts(manuscript)))
        if self._reads_pictures:
            self._check_pictures(number, manuscript)
        else:
            self._media.update(dict.fromkeys(picture_keys(manuscript), "jpeg"))

    def _check_texts(self, number: str, texts: tuple[str, ...]) -> None:
        count = sum(count_unsafe(text) for text in texts)
        if count:
            self._report(number, "characters-replaced", count=count)

    def _check_pictures(self, number: str, manuscript: Manuscript) -> None:
        """Note every picture as usable or not; each key is read once for the whole book."""
        for key in picture_keys(manuscript):
            if key not in self._media and key not in self._bad_pictures:
                data = self._read(key)
                media_type = next((kind for magic, kind in _MAGIC.items() if data and data.startswith(magic)), "")
                if data is None:
                    self._bad_pictures[key] = "picture-missing"
                elif not media_type or not _is_intact(key, data):
                    self._bad_pictures[key] = "picture-damaged"
                else:
                    self._media[key] = media_type
        for code in ("picture-missing", "picture-damaged"):
            keys = [block.key for block in manuscript.blocks if isinstance(block, Picture)]
            count = sum(self._bad_pictures.get(key) == code for key in keys)
            if count:
                self._report(number, code, count=count)

    def _report(self, number: str, code: str, **facts: object) -> None:
        self._problems.append(Problem(number, code, PROBLEMS[code] % facts if facts else PROBLEMS[code], facts))


def _is_intact(key: str, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == key.lower()


def _manifest_texts(manifest: Manifest) -> tuple[str, ...]:
    return (
        manifest.title,
        manifest.subtitle,
        manifest.organiser,
        manifest.cover_mark,
        manifest.editor_note_title,
        *manifest.editor_note,
        *(section.title for section in manifest.sections),
        *(text for appendix in manifest.appendices for text in (appendix.title, *appendix.columns)),
        *(text for appendix in manifest.appendices for row in appendix.rows for text in row),
    )


def _iter_marks(manuscript: Manuscript) -> Iterator[int]:
    """The indices of the notes that have a mark in the body, in order."""
    for runs in _iter_runs(manuscript):
        for run in runs:
            if run.note is not None:
                yield run.note


def _iter_runs(manuscript: Manuscript) -> Iterator[tuple[Run, ...]]:
    for block in manuscript.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    for paragraph in cell.paragraphs:
                        yield paragraph.runs
        elif not isinstance(block, Picture):
            yield block.runs
