"""Text made fit for XML: characters that a file cannot carry, escaping, and Chinese spelling of dates."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

# Controls, lone surrogates and non-characters are illegal or unreadable; direction overrides scramble what follows.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_MARKUP: Final = re.compile('[&<>"]')
_BREAKS: Final = re.compile(r"\s*[\r\n\t]\s*")
_DIGITS: Final = "〇一二三四五六七八九"


def count_unsafe(text: str) -> int:
    """How many characters of the text `escape` will replace."""
    return 0 if text.isprintable() else len(_UNSAFE.findall(text))


def replace_unsafe(text: str) -> str:
    """The text with U+FFFD for every character that a file cannot hold."""
    return _UNSAFE.sub("\ufffd", text)


def escape(text: str) -> str:
    """The text as XML content or attribute value; what XML cannot hold becomes U+FFFD."""
    text = replace_unsafe(text)
    return text.translate(_ENTITIES) if _MARKUP.search(text) else text


def one_line(text: str) -> str:
    """The text with every line break or tab, and the white space around it, turned into one space."""
    return _BREAKS.sub(" ", text)


def chinese_month(day: date) -> str:
    """Year and month in Chinese figures, such as 二〇二〇年十二月."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    tens, ones = divmod(day.month, 10)
    return f"{year}年{'十' * tens}{_DIGITS[ones] if ones else ''}月"
