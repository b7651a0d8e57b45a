"""Who issues a document, to whom and when, and the elements that follow from it in every kind of document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compile.documents.model import Attachment, Block, Document, Form, Imprint, Signature
from compile.documents.wording import day_text
from compile.manifest import FontProfile


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


def draw_up(
    issue: Issue,
    form: Form,
    title: str,
    body: tuple[Block, ...],
    *,
    mark: str = "",
    recipients: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Document:
    """A document in one of the forms with everything the issue gives: number, marks, signature, whom to ask, imprint."""
    day = day_text(issue.dated_on, issue.year)
    has_imprint = form in ("document", "minutes") or (form == "letter" and issue.copies_to)
    return Document(
        form,
        issue.organ,
        issue.title or title,
        body,
        mark=mark,
        number=_number_text(issue),
        copy_number=issue.copy_number,
        secrecy=issue.secrecy,
        urgency=issue.urgency,
        recipients=recipients,
        attachments=attachments,
        signature=Signature(issue.organ, day, issue.has_seal),
        note=_contact_text(issue) if form in ("document", "letter") else "",
        imprint=Imprint(issue.copies_to, issue.printed_by or issue.organ, day) if has_imprint else None,
        dated_on=issue.dated_on,
        font_profile=issue.font_profile,
    )


def _number_text(issue: Issue) -> str:
    """发文字号, such as 柳信发〔2020〕5号."""
    return f"{issue.code or '××'}〔{issue.year}〕{issue.serial or '　'}号"


def _contact_text(issue: Issue) -> str:
    """附注: whom to ask; "" where nobody is named."""
    named = [f"{label}：{value}" for label, value in (("联系人", issue.contact), ("联系电话", issue.phone)) if value]
    return "，".join(named)
