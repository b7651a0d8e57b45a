"""The .docx package: every part written once, in an order that needs nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from compile.plan import Plan
from compile.writing.document import iter_document_xml
from compile.writing.fonts import FONT_SETS, font_table_xml
from compile.writing.pages import Pagination
from compile.writing.parts import (
    CONTENT_TYPES,
    HEADER,
    PACKAGE_RELATIONS,
    SETTINGS,
    WORD_NAMESPACE,
    core_properties_xml,
    document_relations_xml,
    footer_xml,
    footnotes_xml,
)
from compile.writing.styles import styles_xml
from compile.writing.works import Ids
from compile.writing.zip_file import ZipFileWriter


def add_picture(package: ZipFileWriter, number: int, kind: str, data: bytes) -> None:
    """Write one picture of the book as it is; they are numbered from 1 in the order of the plan's media."""
    _begin(package)
    package.add_stored(f"word/{_picture_name(number, kind)}", data)


def finish_package(
    package: ZipFileWriter, plan: Plan, pagination: Pagination, on_step: Callable[[str, int, int], None]
) -> int:
    """Write the text of the book and all that belongs to it; the number of pictures printed comes back."""
    fonts = FONT_SETS[plan.manifest.font_profile]
    relations = {key: f"rIdImage{number}" for number, key in enumerate(plan.media, start=1)}
    targets = {
        f"rIdImage{number}": _picture_name(number, kind) for number, kind in enumerate(plan.media.values(), start=1)
    }
    ids = Ids(relations)
    total, done = sum(len(section.works) for section in plan.sections), 0

    def on_work() -> None:
        nonlocal done
        done += 1
        on_step("write", done, total)

    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("_rels/.rels", [PACKAGE_RELATIONS]),
        ("docProps/core.xml", [core_properties_xml(plan.manifest)]),
        ("word/_rels/document.xml.rels", [document_relations_xml(targets)]),
        ("word/document.xml", iter_document_xml(plan, pagination, ids, on_work)),
        ("word/footnotes.xml", footnotes_xml(ids.notes.parts)),
        ("word/styles.xml", [styles_xml(fonts, WORD_NAMESPACE)]),
        ("word/settings.xml", [SETTINGS]),
        ("word/fontTable.xml", [font_table_xml(fonts, WORD_NAMESPACE)]),
        ("word/footer1.xml", [footer_xml("PageNumberOdd")]),
        ("word/footer2.xml", [footer_xml("PageNumberEven")]),
    )
    _begin(package)
    for name, pieces in parts:
        package.add_text(name, chain((HEADER,), pieces))
    on_step("finish", 1, 1)
    return ids.drawings


def _begin(package: ZipFileWriter) -> None:
    """The types come first; a book that comes to nothing leaves nothing behind."""
    if not package.size_bytes:
        package.add_text("[Content_Types].xml", (HEADER, CONTENT_TYPES))


def _picture_name(number: int, kind: str) -> str:
    return f"media/image{number}.{kind}"
