"""The .docx package: every part written once, text deflated, pictures stored as they are, no trace of time or machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import BinaryIO
from zipfile import ZipFile

from compile.plan import OpenBlob, Plan, Written
from compile.writing.document import iter_document_xml
from compile.writing.fonts import FONT_SETS, font_table_xml
from compile.writing.pages import Pagination, paginate
from compile.writing.parts import (
    HEADER,
    PACKAGE_RELATIONS,
    SETTINGS,
    WORD_NAMESPACE,
    content_types_xml,
    core_properties_xml,
    document_relations_xml,
    footer_xml,
    footnotes_xml,
)
from compile.writing.styles import styles_xml
from compile.writing.works import Ids
from compile.writing.zip_members import write_stored, write_text


def write_word(plan: Plan, open_blob: OpenBlob, sink: BinaryIO, on_step: Callable[[str, int, int], None]) -> Written:
    """Write the book to a seekable stream with page numbers from the page model."""
    pagination = paginate(plan)
    pictures = write_package(plan, pagination, open_blob, sink, on_step)
    return Written(pictures, pagination.front_pages + pagination.body_pages, "model")


def write_package(
    plan: Plan, pagination: Pagination, open_blob: OpenBlob, sink: BinaryIO, on_step: Callable[[str, int, int], None]
) -> int:
    """Write the book to a seekable stream; the number of pictures printed comes back."""
    fonts = FONT_SETS[plan.manifest.font_profile]
    names = {key: f"media/image{number}.{kind}" for number, (key, kind) in enumerate(plan.media.items(), start=1)}
    relations = {key: f"rIdImage{number}" for number, key in enumerate(plan.media, start=1)}
    ids = Ids(relations)
    total, done = sum(len(section.works) for section in plan.sections), 0

    def on_work() -> None:
        nonlocal done
        done += 1
        on_step("write", done, total)

    with ZipFile(sink, "w") as package:
        _write_part(package, "[Content_Types].xml", [content_types_xml(plan.media.values())])
        _write_part(package, "_rels/.rels", [PACKAGE_RELATIONS])
        _write_part(package, "docProps/core.xml", [core_properties_xml(plan.manifest)])
        targets = {relations[key]: name for key, name in names.items()}
        _write_part(package, "word/_rels/document.xml.rels", [document_relations_xml(targets)])
        _write_part(package, "word/document.xml", iter_document_xml(plan, pagination, ids, on_work))
        _write_part(package, "word/footnotes.xml", footnotes_xml(ids.notes.parts))
        _write_part(package, "word/styles.xml", [styles_xml(fonts, WORD_NAMESPACE)])
        _write_part(package, "word/settings.xml", [SETTINGS])
        _write_part(package, "word/fontTable.xml", [font_table_xml(fonts, WORD_NAMESPACE)])
        _write_part(package, "word/footer1.xml", [footer_xml("PageNumberOdd")])
        _write_part(package, "word/footer2.xml", [footer_xml("PageNumberEven")])
        for number, (key, name) in enumerate(names.items(), start=1):
            with open_blob(key) as picture:
                write_stored(package, f"word/{name}", picture.read())
            on_step("finish", number, len(names))
    return ids.drawings


def _write_part(package: ZipFile, name: str, pieces: Iterable[str]) -> None:
    write_text(package, name, chain((HEADER,), pieces))
