"""Words and figures of official documents: days, numbered points, blanks to write over."""

from __future__ import annotations

from datetime import date
from typing import Final

BLANK: Final = "×××"


def day_text(day: date | None, year: int) -> str:
    """A day in Arabic figures without leading noughts; an unknown one leaves room for month and day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else f"{year}年　月　日"


def or_blank(value: str) -> str:
    """The value, or crosses to write over."""
    return value or BLANK


def number_items(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts numbered as third level, 1. 2. 3."""
    return tuple(f"{number}.{text}" for number, text in enumerate(texts, start=1))


def number_second(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts numbered as second level, （一） （二）; a single text needs no number."""
    if len(texts) == 1:
        return texts
    return tuple(f"（{chinese_figure(number)}）{text}" for number, text in enumerate(texts, start=1))


def chinese_figure(number: int) -> str:
    """A number from 1 to 99 in Chinese, such as 二十一."""
    digits = ("", *"一二三四五六七八九")
    tens, ones = divmod(number, 10)
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones]}"
