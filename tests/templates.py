"""An invented Word file of a bureau, to be the template of a book."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
from docx.shared import Mm, Pt, RGBColor
from PIL import Image

Change = Callable[[Any], None]


def png() -> io.BytesIO:
    sink = io.BytesIO()
    Image.new("RGB", (60, 24), (180, 30, 30)).save(sink, "PNG")
    sink.seek(0)
    return sink


def make_template(*changes: Change) -> bytes:
    """A Word file with a cover of its own, small paper, a header with a picture, and red titles of works."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(184), Mm(260)
    section.left_margin, section.right_margin = Mm(22), Mm(20)
    document.add_paragraph().add_run().add_picture(png(), width=Mm(60))
    title = document.add_paragraph("{书")
    title.add_run("名}").bold = True
    document.add_paragraph("{编印单位}，{年月}")
    document.add_paragraph("{正文}")
    document.add_paragraph("这一段只是样子")
    header = section.header.paragraphs[0]
    header.text = "清源县信访局内部资料"
    header.add_run().add_picture(png(), width=Mm(10))
    document.styles["Heading 2"].font.color.rgb = RGBColor(0x9B, 0x1B, 0x1B)
    document.styles["Heading 2"].font.size = Pt(24)
    for change in changes:
        change(document)
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()
