"""The forms a book can be written in, all from the same manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from compile.errors import N_
from compile.plan import OpenBlob, Plan, Progress, Written
from compile.writing.epub import write_epub
from compile.writing.html import write_html
from compile.writing.package import write_word
from compile.writing.plain_text import write_plain_text
from compile.writing.wechat import write_wechat

FormKey = Literal["docx", "html", "wechat", "text", "epub"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its Chinese name, media type and file name ending, and the writer that fills an empty seekable stream."""

    name: str
    media_type: str
    ending: str
    write: Callable[[Plan, OpenBlob, BinaryIO, Progress], Written]


FORMS: Final[dict[FormKey, Form]] = {
    "docx": Form(
        N_("Word 文档"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        write_word,
    ),
    "html": Form(N_("网页包"), "application/zip", "zip", write_html),
    "wechat": Form(N_("公众号包"), "application/zip", "zip", write_wechat),
    "text": Form(N_("纯文本"), "text/plain", "txt", write_plain_text),
    "epub": Form(N_("EPUB 电子书"), "application/epub+zip", "epub", write_epub),
}
