"""Who issues a document, to whom and when: what every kind of document asks for, with blanks for what is not known yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from compile.documents.model import Imprint, Signature
from compile.manifest import Appendix, FontProfile

BLANK: Final = "×××"


@dataclass(frozen=True, slots=True)
class Issue:
    """The facts of issuing. `code` is the 机关代字, `serial` the running number within `year`; 0, "" and null leave a
    blank to be filled by hand. `title` takes the place of the usual title; a line feed breaks it."""

    organ: str
    year: int
    title: str = ""
    code: str = ""
    serial: int = 0
    dated_on: date | None = None
    recipients: str = "各乡镇（开发区），县直有关单位"
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    contact: str = ""
    phone: str = ""
    has_seal: bool = True
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    font_profile: FontProfile = "win10"


@dataclass(frozen=True, slots=True)
class Prizes:
    """How many works of one level are or will be awarded."""

    level: str
    count: int


def number_text(issue: Issue) -> str:
    """发文字号, such as 柳信发〔2020〕5号."""
    return f"{issue.code or '××'}〔{issue.year}〕{issue.serial or '　'}号"


def day_text(day: date | None, year: int) -> str:
    """A day in Arabic figures without leading noughts; an unknown one leaves room for month and day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else f"{year}年　月　日"


def sign(issue: Issue) -> Signature:
    """署名 and 成文日期 of the issuing organ."""
    return Signature(issue.organ, day_text(issue.dated_on, issue.year), issue.has_seal)


def make_imprint(issue: Issue) -> Imprint:
    """版记; a document is printed by its organ on its own day unless told otherwise."""
    return Imprint(issue.copies_to, issue.printed_by or issue.organ, day_text(issue.dated_on, issue.year))


def contact_text(issue: Issue) -> str:
    """附注: whom to ask; "" where nobody is named."""
    named = [f"{label}：{value}" for label, value in (("联系人", issue.contact), ("联系电话", issue.phone)) if value]
    return "，".join(named)


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


def untitled(table: Appendix) -> Appendix:
    """The table under the title of its attachment instead of its own."""
    return replace(table, title="")
