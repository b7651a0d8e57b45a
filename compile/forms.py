"""The forms a book can be taken in, all from the same manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from compile.errors import N_

FormKey = Literal["docx", "html", "wechat", "text", "epub"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its Chinese name, media type and file name ending."""

    name: str
    media_type: str
    ending: str


FORMS: Final[dict[FormKey, Form]] = {
    "docx": Form(N_("Word 文档"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "html": Form(N_("网页包"), "application/zip", "zip"),
    "wechat": Form(N_("公众号包"), "application/zip", "zip"),
    "text": Form(N_("纯文本"), "text/plain", "txt"),
    "epub": Form(N_("EPUB 电子书"), "application/epub+zip", "epub"),
}
