"""An official document by its elements after GB/T 9704, before any thought of where they stand on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from compile.manifest import Appendix, FontProfile

# 文件格式、信函格式、纪要格式; plain is a title and its text without any red head.
Form = Literal["document", "letter", "minutes", "plain"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that opens with a label in 黑体 and hangs under it, such as 出席：周明、李秀兰."""

    label: str
    text: str


# A text numbered 一、 or （一） is a heading as far as its first full stop; nothing else marks a level.
Block = str | Labelled | Appendix


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is named under the text, and printed on pages of its own where it has a body."""

    title: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期. `has_seal` leaves room for a seal and sets the two lines as the standard asks for one."""

    organ: str
    day: str
    has_seal: bool


@dataclass(frozen=True, slots=True)
class Imprint:
    """版记: to whom copies go, who prints the document and when."""

    copies_to: tuple[str, ...]
    printed_by: str
    printed_on: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. Empty elements are left out; a line feed in the title breaks it there. `dated_on` is the only
    date in the file's properties, `organ` their author."""

    form: Form
    organ: str
    title: str
    body: tuple[Block, ...]
    mark: str = ""
    number: str = ""
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    subtitle: str = ""
    recipients: str = ""
    attachments: tuple[Attachment, ...] = ()
    signature: Signature | None = None
    note: str = ""
    imprint: Imprint | None = None
    dated_on: date | None = None
    font_profile: FontProfile = "win10"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate: who is addressed, what is said, and its number."""

    addressee: str
    text: str
    number: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates of one kind, a page each."""

    title: str
    organ: str
    day: str
    items: tuple[Certificate, ...]
    dated_on: date | None = None
    font_profile: FontProfile = "win10"
