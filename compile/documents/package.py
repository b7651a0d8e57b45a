"""The empty Word package a document is written into, and its bytes without any trace of time or machine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import BinaryIO, Final, cast
from zipfile import ZipFile

import docx.document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.opc.parts.coreprops import CorePropertiesPart
from docx.oxml import parse_xml
from docx.oxml.coreprops import CT_CoreProperties
from docx.oxml.settings import CT_Settings
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.parts.settings import SettingsPart
from docx.parts.styles import StylesPart

from compile.documents.model import Certificates, Document
from compile.documents.styles import DOCUMENT_LABELS
from compile.writing.fonts import FONT_SETS, font_table_xml
from compile.writing.parts import NAMESPACES, SETTINGS_WITHOUT_NOTES, WORD_NAMESPACE
from compile.writing.styles import Style, styles_xml
from compile.writing.text import one_line, replace_unsafe
from compile.writing.zip_file import ZipFileWriter

# python-docx takes no longer property.
_PROPERTY_LENGTH: Final = 255
_EMPTY: Final = f"<w:document {NAMESPACES}><w:body><w:sectPr/></w:body></w:document>"


def open_blank(document: Document | Certificates, styles: Sequence[Style]) -> docx.document.Document:
    """An empty document with the given styles and the properties of the input, and nothing of python-docx's own."""
    fonts = FONT_SETS[document.font_profile]
    package = Package()
    main = DocumentPart(PackURI("/word/document.xml"), CONTENT_TYPE.WML_DOCUMENT_MAIN, parse_xml(_EMPTY), package)
    style_rows = parse_xml(styles_xml(fonts, WORD_NAMESPACE, tuple(styles), DOCUMENT_LABELS))
    settings = cast(CT_Settings, parse_xml(SETTINGS_WITHOUT_NOTES))
    font_table = font_table_xml(fonts, WORD_NAMESPACE).encode()
    package.relate_to(main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    package.relate_to(
        CorePropertiesPart(
            PackURI("/docProps/core.xml"), CONTENT_TYPE.OPC_CORE_PROPERTIES, CT_CoreProperties.new(), package
        ),
        RELATIONSHIP_TYPE.CORE_PROPERTIES,
    )
    main.relate_to(
        StylesPart(PackURI("/word/styles.xml"), CONTENT_TYPE.WML_STYLES, style_rows, package), RELATIONSHIP_TYPE.STYLES
    )
    main.relate_to(
        SettingsPart(PackURI("/word/settings.xml"), CONTENT_TYPE.WML_SETTINGS, settings, package),
        RELATIONSHIP_TYPE.SETTINGS,
    )
    main.relate_to(
        Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, font_table, package),
        RELATIONSHIP_TYPE.FONT_TABLE,
    )
    blank: docx.document.Document = main.document
    _set_properties(blank, document)
    return blank


def _set_properties(blank: docx.document.Document, document: Document | Certificates) -> None:
    properties = blank.core_properties
    properties.title = _property_text(document.title)
    properties.author = properties.last_modified_by = _property_text(document.organ)
    properties.language = "zh-CN"
    if document.dated_on:
        properties.created = properties.modified = datetime.combine(document.dated_on, time())


def _property_text(text: str) -> str:
    return one_line(replace_unsafe(text))[:_PROPERTY_LENGTH]


def save_package(word: docx.document.Document, sink: BinaryIO) -> None:
    """Write the document so that equal documents are equal bytes."""
    kept = io.BytesIO()
    word.save(kept)
    with ZipFile(kept) as source, ZipFileWriter(sink) as package:
        for name in source.namelist():
            package.add_text(name, (source.read(name).decode(),))
