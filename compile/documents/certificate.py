"""荣誉证书: one landscape page each, with a red frame, ready for the seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from docx.enum.section import WD_ORIENT
from docx.section import Section
from docx.shared import Twips

from compile.documents.composing import Placed
from compile.documents.model import Certificate, Certificates
from compile.documents.package import open_blank, save_package
from compile.documents.paragraphs import fill_paragraph, parse_pieces
from compile.documents.styles import RED, document_styles
from compile.documents.wording import day_text
from compile.manifest import FontProfile
from compile.writing.layout import PAGE_HEIGHT, PAGE_WIDTH

_MARGIN: Final = 1417
_SIDE: Final = 2268


@dataclass(frozen=True, slots=True)
class Award:
    """Who is awarded what for which work; `unit` stands before the name."""

    name: str
    work: str
    level: str
    unit: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class AwardCertificates:
    """荣誉证书 for every award, in order."""

    organ: str
    contest: str
    awards: tuple[Award, ...]
    year: int
    dated_on: date | None = None
    title: str = "荣誉证书"
    font_profile: FontProfile = "win10"


def make_certificates(data: AwardCertificates) -> Certificates:
    """A certificate for every award."""
    items = tuple(
        Certificate(
            f"{award.unit}　{award.name}同志：" if award.unit else f"{award.name}同志：",
            f"你的作品《{award.work}》在{data.contest}中荣获{award.level}。特发此证，以资鼓励。",
            f"编号：{award.number or '　　　　'}",
        )
        for award in data.awards
    )
    day = day_text(data.dated_on, data.year)
    return Certificates(data.title, data.organ, day, items, data.dated_on, data.font_profile)


def write_certificates(certificates: Certificates, sink: BinaryIO) -> None:
    """Write all certificates into one document, a page each; the same certificates give the same bytes."""
    word = open_blank(certificates, document_styles())
    for index, item in enumerate(certificates.items):
        for piece in _place(certificates, item):
            paragraph = word.add_paragraph()
            fill_paragraph(paragraph, piece)
            if index and piece.style == "CertificateTitle":
                paragraph.paragraph_format.page_break_before = True
    _set_sheet(word.sections[0])
    save_package(word, sink)


def _place(certificates: Certificates, item: Certificate) -> tuple[Placed, ...]:
    return (
        Placed("CertificateTitle", certificates.title, before=400),
        Placed("CertificateName", item.addressee, before=400),
        Placed("CertificateText", item.text),
        Placed("CertificateSigner", certificates.organ, before=600, right=600),
        Placed("CertificateSigner", certificates.day, right=600),
        Placed("CertificateNumber", item.number, before=200),
    )


def _set_sheet(section: Section) -> None:
    """Landscape A4 inside a red double frame."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Twips(PAGE_HEIGHT), Twips(PAGE_WIDTH)
    section.top_margin = section.bottom_margin = Twips(_MARGIN)
    section.left_margin = section.right_margin = Twips(_SIDE)
    section.header_distance = section.footer_distance = Twips(_MARGIN // 2)
    section.gutter = Twips(0)
    sides = "".join(
        f'<w:{side} w:val="double" w:sz="18" w:space="28" w:color="{RED}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    (frame,) = parse_pieces(f'<w:pgBorders w:offsetFrom="page">{sides}</w:pgBorders>')
    section._sectPr.append(frame)
