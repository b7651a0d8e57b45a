"""The house's frame as a Word file to start a template of one's own from: change its looks in Word or WPS, hand it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import BinaryIO

from compile.manifest import FontProfile, Manifest
from compile.writing.document import section_xml
from compile.writing.fonts import FONT_SETS, font_table_xml
from compile.writing.frame import Frame, house_frame
from compile.writing.front import cover_xml
from compile.writing.parts import (
    HEADER,
    NAMESPACES,
    PACKAGE_RELATIONS,
    SETTINGS,
    WORD_NAMESPACE,
    content_types_xml,
    core_properties_xml,
    document_relations_xml,
    footer_xml,
    footnotes_xml,
)
from compile.writing.runs import run_xml
from compile.writing.styles import STYLES
from compile.writing.text import chinese_month
from compile.writing.works import paragraph_xml
from compile.writing.zip_file import ZipFileWriter

_DAY = date(2020, 1, 1)
_WORDS = Manifest("{书名}", "{编印单位}", _DAY, (), subtitle="{副题}", cover_mark="{标注}")
_HINTS = (
    "这一行以前是封面，花括号里的位置会换成这本书的内容。以后的文字不会印进书里，只用来看样式。",
    "改字体、字号、颜色、行距：改样式，不改文字。改纸张、页边、页眉、页脚：直接改。改完另存为 .docx，在汇编设置里上传。",
)
# Styles that show nothing of their own.
_UNSEEN = frozenset(("SectionEnd", "TableLead", "TableGap", "Blank", "Picture", "ImprintGap"))


def write_house_template(sink: BinaryIO, profile: FontProfile = "win10") -> None:
    """Write the file: the cover with its places, the mark {正文}, and a line in every style."""
    frame = house_frame(Manifest("", "", _DAY, (), font_profile=profile))
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("[Content_Types].xml", [content_types_xml(0, {})]),
        ("_rels/.rels", [PACKAGE_RELATIONS]),
        ("docProps/core.xml", [core_properties_xml(Manifest("汇编模板", "", _DAY, ()))]),
        ("word/_rels/document.xml.rels", [document_relations_xml({}, 0)]),
        ("word/document.xml", _iter_document_xml(frame)),
        ("word/footnotes.xml", footnotes_xml(())),
        ("word/styles.xml", [frame.styles]),
        ("word/settings.xml", [SETTINGS]),
        ("word/fontTable.xml", [font_table_xml(FONT_SETS[profile], WORD_NAMESPACE)]),
        ("word/footer1.xml", [footer_xml("PageNumberOdd")]),
        ("word/footer2.xml", [footer_xml("PageNumberEven")]),
    )
    with ZipFileWriter(sink) as package:
        for name, pieces in parts:
            package.add_text(name, chain((HEADER,), pieces))


def _iter_document_xml(frame: Frame) -> Iterator[str]:
    yield f"<w:document {NAMESPACES}><w:body>"
    yield cover_xml(_WORDS, frame).replace(chinese_month(_DAY), "{年月}")
    yield paragraph_xml("Body", run_xml("{正文}"))
    for hint in _HINTS:
        yield paragraph_xml("Body", run_xml(hint))
    for style in STYLES:
        if style.id not in _UNSEEN and not style.id.startswith("Cover"):
            yield paragraph_xml(style.id, run_xml(f"样式：{style.name}"))
    yield f"{section_xml(_WORDS, frame, 1, is_first=True)}</w:body></w:document>"
