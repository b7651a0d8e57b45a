"""The .docx package: every part written once, in an order that needs nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from compile.plan import Plan
from compile.writing.document import iter_document_xml
from compile.writing.fonts import FONT_SETS, font_table_xml
from compile.writing.frame import Frame
from compile.writing.heads import head_xml, list_heads
from compile.writing.pages import Pagination
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
    part_relations_xml,
)
from compile.writing.works import Ids
from compile.writing.zip_file import ZipFileWriter


def begin_package(package: ZipFileWriter, plan: Plan, frame: Frame) -> None:
    """Write what comes before the pictures."""
    others = {part.name: part.content_type for part in frame.parts}
    package.add_text("[Content_Types].xml", (HEADER, content_types_xml(len(list_heads(plan)), others)))


def add_picture(package: ZipFileWriter, number: int, kind: str, data: bytes, crc: int) -> None:
    """Write one picture of the book as it is; they are numbered from 1 in the order of the plan's media."""
    package.add_stored(f"word/{_picture_name(number, kind)}", data, crc)


def finish_package(
    package: ZipFileWriter, plan: Plan, pagination: Pagination, frame: Frame, on_step: Callable[[str, int, int], None]
) -> int:
    """Write the text of the book and all that belongs to it; the number of pictures printed comes back."""
    fonts = FONT_SETS[plan.manifest.font_profile]
    relations = {key: f"rIdImage{number}" for number, key in enumerate(plan.media, start=1)}
    targets = {
        f"rIdImage{number}": _picture_name(number, kind) for number, kind in enumerate(plan.media.values(), start=1)
    }
    heads = list_heads(plan)
    ids = Ids(relations, frame.text_width, has_house_titles=not frame.paper)
    total, done = sum(len(section.works) for section in plan.sections), 0

    def on_work() -> None:
        nonlocal done
        done += 1
        on_step("write", done, total)

    parts: list[tuple[str, Iterable[str]]] = [
        ("_rels/.rels", [PACKAGE_RELATIONS]),
        ("docProps/core.xml", [core_properties_xml(plan.manifest)]),
        ("word/_rels/document.xml.rels", [document_relations_xml(targets, len(heads), frame.relations)]),
        ("word/document.xml", iter_document_xml(plan, pagination, frame, ids, on_work)),
        ("word/footnotes.xml", footnotes_xml(ids.notes.parts)),
        ("word/styles.xml", [frame.styles]),
        ("word/settings.xml", [SETTINGS]),
        ("word/fontTable.xml", [font_table_xml(fonts, WORD_NAMESPACE)]),
        ("word/footer1.xml", [footer_xml("PageNumberOdd")]),
        ("word/footer2.xml", [footer_xml("PageNumberEven")]),
    ]
    for number, text in enumerate(heads):
        style = "RunningHeadOdd" if number else "RunningHeadEven"
        parts.append((f"word/header{number}.xml", [head_xml(text, style)]))
    for part in frame.parts:
        if part.relations:
            parts.append((f"word/_rels/{part.name}.rels", [part_relations_xml(part.relations)]))
        package.add_stored(f"word/{part.name}", part.data)
    for name, pieces in parts:
        package.add_text(name, chain((HEADER,), pieces))
    on_step("finish", 1, 1)
    return ids.drawings


def _picture_name(number: int, kind: str) -> str:
    return f"media/image{number}.{kind}"
