"""What a reader gives back: the manuscript, its pictures, the byline found, and everything it dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from compile.errors import N_
from compile.manuscript import Manuscript

FileKind = Literal["docx", "odt", "doc", "wps", "rtf", "txt"]

# What a reader may leave out or change, by code. docs/manuscript.md explains each.
DROPPED_KINDS: Final[dict[str, str]] = {
    "byline": N_("作者信息已从正文移出"),
    "signature-date": N_("落款日期已移出"),
    "form": N_("报送表格已移出，证件号码不保存"),
    "contest-tag": N_("征文字样已去掉"),
    "header": N_("页眉未收入"),
    "footer": N_("页脚未收入"),
    "typed-page-number": N_("手打页码已去掉"),
    "placeholder": N_("未填写的提示文字已去掉"),
    "contents": N_("目录未收入"),
    "comment": N_("批注未收入"),
    "deleted-text": N_("修订中删除的文字未收入"),
    "inserted-text": N_("修订中插入的文字已接受"),
    "hidden-text": N_("隐藏文字未收入"),
    "field": N_("没有结果的域未收入"),
    "symbol": N_("无法识别的特殊符号未收入"),
    "formula": N_("公式已改为文字"),
    "title-note": N_("题目上的脚注未收入"),
    "drawing": N_("图表或图示未收入"),
    "embedded-object": N_("嵌入的对象未收入"),
    "embedded-document": N_("嵌入的子文档未收入"),
    "external-picture": N_("链接的外部图片未收入"),
    "picture-missing": N_("图片在文件中缺失"),
    "picture-format": N_("图片格式不支持，请改用 JPG 或 PNG"),
    "picture-too-large": N_("图片像素过大，未收入"),
    "picture-damaged": N_("图片已损坏，未收入"),
    "damaged-part": N_("文件的一部分已损坏，未收入"),
    "plain-text-only": N_("只读出了文字，版式、表格和图片未读取，请另存为 .docx 重新上传"),
    "repaired": N_("文件有损坏，已尽量修复，请核对全文"),
}


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture re-encoded to bare pixels (no EXIF, XMP or comment), upright. `key` is the SHA-256 hex of `data`."""

    key: str
    data: bytes
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote it, as far as the file says. `confidence` gives 0.0 to 1.0 per field name that was found."""

    authors: tuple[str, ...] = ()
    unit: str = ""
    post: str = ""
    phone: str = ""
    confidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One thing the reader left out or changed. `kind` is a key of DROPPED_KINDS, `place` says where in words
    a clerk understands, `excerpt` holds at most 60 characters of it with long numbers masked."""

    kind: str
    place: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one file. `kind` is the type found by content, never by name."""

    kind: FileKind
    manuscript: Manuscript
    pictures: tuple[PictureFile, ...]
    byline: Byline
    dropped: tuple[Dropped, ...]
