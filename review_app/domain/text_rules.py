"""What typed text must look like before it is kept: cleaned of what cannot be seen, and within its length."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from review_app.domain.errors import N_, Invalid

TITLE_ADVISED: Final = 40
TITLE_LIMIT: Final = 120
NAME_LIMIT: Final = 40
COMMENT_LIMIT: Final = 2000

_NAME_DOTS = re.compile(r"\s*[·•‧∙⋅・･．]\s*")
_HAN = re.compile(
    r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
)


def clean_line(text: str) -> str:
    """The text on one line: Unicode NFC, without control, zero-width and direction characters or broken code points,
    any run of spaces (full-width ones too) and line breaks as one space, none at the ends."""
    return " ".join(_visible(text).split())


def clean_text(text: str) -> str:
    """The text cleaned line by line as `clean_line` does, with at most one empty line between two lines."""
    lines = "\n".join(clean_line(line) for line in re.split(r"\r\n|[\n\v\f\r\x85\u2028\u2029]", text))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def clean_name(text: str) -> str:
    """A person's name cleaned as a line; one set wide ("周　明", "欧 阳 明") is closed up, and the dot inside a
    transcribed name is always the middle dot "·"."""
    name = _NAME_DOTS.sub("·", clean_line(text))
    parts = name.split(" ")
    if 2 <= len(parts) <= 4 and all(_HAN.fullmatch(part) for part in parts):
        return "".join(parts)
    return name


def clean_login(text: str) -> str:
    """A login as it is kept and compared: half width, lower case, without any space, so that "ＸＺ01 " is "xz01"."""
    return "".join(unicodedata.normalize("NFKC", _visible(text)).lower().split())


def check_line(text: str, *, field: str, limit: int, is_required: bool = True) -> str:
    """The cleaned line; raises Invalid for `field` where it is empty though required, or longer than `limit`."""
    return _check_length(clean_line(text), field, limit, is_required)


def check_text(text: str, *, field: str, limit: int = COMMENT_LIMIT, is_required: bool = True) -> str:
    """The cleaned text of one or more lines; raises Invalid as `check_line` does."""
    return _check_length(clean_text(text), field, limit, is_required)


def check_title(text: str, *, field: str = "title", is_required: bool = True) -> str:
    """The cleaned title; raises Invalid where it is empty though required, or over the hard limit."""
    return check_line(text, field=field, limit=TITLE_LIMIT, is_required=is_required)


def check_name(text: str, *, field: str = "name", is_required: bool = True) -> str:
    """The cleaned name of a person; raises Invalid as `check_line` does."""
    return _check_length(clean_name(text), field, NAME_LIMIT, is_required)


def is_long_title(title: str) -> bool:
    """Whether a title is longer than advised, which warns and never blocks."""
    return len(title) > TITLE_ADVISED


def _visible(text: str) -> str:
    """The text in NFC; white space of any kind becomes a space, what has no look of its own goes."""
    shown = []
    for character in text:
        if character.isspace():
            shown.append(" ")
        # Cc control, Cf zero-width and direction, Cs half a surrogate pair. Private use (Co) stays: rare characters
        # of older Chinese fonts live there.
        elif unicodedata.category(character) not in ("Cc", "Cf", "Cs") and not _is_noncharacter(character):
            shown.append(character)
    # Last, because a letter and its accent may have stood apart until now.
    return unicodedata.normalize("NFC", "".join(shown))


def _is_noncharacter(character: str) -> bool:
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _check_length(text: str, field: str, limit: int, is_required: bool) -> str:
    if is_required and not text:
        raise Invalid(N_("请填写这一项。"), field)
    if len(text) > limit:
        raise Invalid(
            N_("这一项最多 %(limit)d 个字，现有 %(count)d 个字，请删减。"), field, limit=limit, count=len(text)
        )
    return text
