"""The parts of a .docx by their relationships, tolerant of missing and misnamed ones."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from lxml import etree

from compile.errors import Refused
from compile.reading.archive import Archive
from compile.reading.draft import Report
from compile.reading.xml_parts import parse_xml, read_part, read_side_part


class Relation(NamedTuple):
    """One relationship: the last word of its type, its resolved part name (or outside address), inside or not."""

    type: str
    target: str
    is_external: bool


class Package:
    """An open .docx: its main part and whatever hangs from it."""

    def __init__(self, archive: Archive, report: Report) -> None:
        self.archive = archive
        self.report = report
        self.main_name = self._find_main()
        self.relations = self.relations_of(self.main_name)

    def parse(self, name: str) -> etree._Element | None:
        """The root of a part, None when it is missing; a repaired part is reported."""
        return read_part(self.archive, name, self.report)

    def parse_side(self, kind: str) -> etree._Element | None:
        """The styles, numbering, footnotes … of the main part; None when missing or beyond repair."""
        for relation in self.relations.values():
            if relation.type == kind and not relation.is_external:
                return read_side_part(self.archive, relation.target, self.report)
        return None

    def relations_of(self, part_name: str) -> dict[str, Relation]:
        """The relationships of a part by id, empty when there are none."""
        folder, base = posixpath.split(part_name)
        data = self.archive.read_xml(posixpath.join(folder, "_rels", base + ".rels"))
        if not data:
            return {}
        relations = {}
        for element in parse_xml(data).root:
            target = element.get("Target") or ""
            is_external = element.get("TargetMode") == "External"
            if not is_external:
                target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
            relation_type = (element.get("Type") or "").rsplit("/", 1)[-1]
            relations[element.get("Id") or ""] = Relation(relation_type, target, is_external)
        return relations

    def _find_main(self) -> str:
        for relation in self.relations_of("").values():
            if relation.type == "officeDocument" and relation.target in self.archive:
                return relation.target
        for name in self.archive.names:
            if name.lower() == "word/document.xml":
                return name
        raise Refused("damaged")
