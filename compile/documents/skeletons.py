"""The kinds of documents: their names, what they are filled with, and how they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from compile.documents.case_sheet import CaseSheet, make_case_sheet
from compile.documents.certificate import AwardCertificates, make_certificates, write_certificates
from compile.documents.circular import Circular, make_circular
from compile.documents.contest_notice import ContestNotice, make_contest_notice
from compile.documents.minutes import Minutes, make_minutes
from compile.documents.press_release import PressRelease, make_press_release
from compile.documents.public_notice import PublicNotice, make_public_notice
from compile.documents.reminder import Reminder, make_reminder
from compile.documents.writer import write_document


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its Chinese name, the record it is filled with, and what writes that record."""

    name: str
    record: type[Any]
    write: Callable[[Any, BinaryIO], None]


KINDS: Final[dict[str, Kind]] = {
    "notice": Kind("征文通知", ContestNotice, lambda data, sink: write_document(make_contest_notice(data), sink)),
    "reminder": Kind("催报函", Reminder, lambda data, sink: write_document(make_reminder(data), sink)),
    "minutes": Kind("终评会议纪要", Minutes, lambda data, sink: write_document(make_minutes(data), sink)),
    "public-notice": Kind(
        "评审结果公示", PublicNotice, lambda data, sink: write_document(make_public_notice(data), sink)
    ),
    "circular": Kind("通报", Circular, lambda data, sink: write_document(make_circular(data), sink)),
    "certificate": Kind(
        "荣誉证书", AwardCertificates, lambda data, sink: write_certificates(make_certificates(data), sink)
    ),
    "press-release": Kind("新闻通稿", PressRelease, lambda data, sink: write_document(make_press_release(data), sink)),
    "case": Kind("典型案例", CaseSheet, lambda data, sink: write_document(make_case_sheet(data), sink)),
}
