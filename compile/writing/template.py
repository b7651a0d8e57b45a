"""A bureau's own Word file as the frame of a book: its styles, paper, headers, footers and cover."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, cast

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import Part, XmlPart
from lxml import etree

from compile.errors import N_, REFUSALS, Refused, UnusableTemplate
from compile.manifest import Manifest
from compile.reading.archive import Archive
from compile.reading.sniff import sniff
from compile.writing.fonts import FONT_SETS
from compile.writing.frame import Frame, FramePart
from compile.writing.layout import LINE
from compile.writing.template_styles import merge_styles, rename_styles
from compile.writing.text import chinese_month

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
# Where the works begin; what stands before it is the cover.
_BODY_MARK = "{正文}"
_PLACE = re.compile(r"\{(书名|副题|编印单位|年月|标注)\}")
_FIRST_DRAWING = 1_000_000
# python-docx makes a tree of every part at once; a template of many pages has a tenth of this.
_MAX_XML_BYTES = 8 * 2**20
_MAX_COVER_BLOCKS = 300
_NO_WORD_FILE = (N_("模板不是 .docx 文件"), N_("请在 WPS 或 Word 里另存为 .docx 后重新上传。"))
_NO_PAPER = (
    N_("文件里没有可用的纸张和页边距"),
    N_("请在 WPS 或 Word 的“页面设置”里定好纸张和页边距，另存为 .docx 后重新上传。"),
)
_NO_COVER = (
    N_("正文以前的内容太多，不像封面"),
    N_("请只留下封面，后面另起一段写“{正文}”，另存为 .docx 后重新上传。"),
)
_UNWRAPPED = frozenset(_W + name for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml"))
_REMOVED = frozenset(
    _W + name
    for name in (
        *("del", "moveFrom", "object", "altChunk", "subDoc", "proofErr", "permStart", "permEnd"),
        *("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference"),
        *("footnoteReference", "endnoteReference", "sectPrChange", "rPrChange", "pPrChange", "tblPrChange"),
        *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "lastRenderedPageBreak"),
    )
)


def open_template(data: bytes, manifest: Manifest) -> Frame:
    """The frame that the file gives to the book of the manifest. Raises UnusableTemplate where it is no sound .docx."""
    try:
        sniffed = sniff(data)
        if sniffed.format != "docx" or sniffed.archive is None:
            raise UnusableTemplate(*_NO_WORD_FILE)
        _read_through(sniffed.archive)
        document = docx.Document(io.BytesIO(data))
        return _Template(document.part, manifest).read()
    except Refused as refusal:
        is_other_kind = refusal.code in ("pdf", "wrong-type")
        raise UnusableTemplate(*(_NO_WORD_FILE if is_other_kind else REFUSALS[refusal.code])) from refusal
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, etree.XMLSyntaxError) as error:
        raise UnusableTemplate(*REFUSALS["damaged"]) from error


def _read_through(archive: Archive) -> None:
    """See that every part can be read and is no bomb, before python-docx reads them all; raises Refused."""
    xml_bytes = 0
    for name in archive.names:
        part = archive.read(name) or b""
        if name.endswith((".xml", ".rels", ".vml")):
            xml_bytes += len(part)
            if xml_bytes > _MAX_XML_BYTES:
                raise Refused("too-large")


class _Template:
    """One template being read; parts are kept under names of their own as they are met."""

    def __init__(self, main: XmlPart, manifest: Manifest) -> None:
        self._main = main
        self._manifest = manifest
        self._names: dict[str, str] = {}
        self._parts: list[FramePart] = []
        self._relations: list[tuple[str, str, str]] = []
        self._renames: dict[str, str] = {}
        self._drawings = _FIRST_DRAWING

    def read(self) -> Frame:
        body: Any = self._main.element.find(_W + "body")
        section = body.find(_W + "sectPr")
        size, margins = (None, None) if section is None else (section.find(_W + "pgSz"), section.find(_W + "pgMar"))
        if size is None or margins is None:
            raise UnusableTemplate(*_NO_PAPER)
        text_width = _number(size, "w") - _number(margins, "left") - _number(margins, "right")
        text_height = _number(size, "h") - abs(_number(margins, "top")) - abs(_number(margins, "bottom"))
        if text_width <= 0 or text_height <= 0:
            raise UnusableTemplate(*_NO_PAPER)
        styles, self._renames = merge_styles(
            _xml_of(self._main.part_related_by(RT.STYLES)), FONT_SETS[self._manifest.font_profile], text_width
        )
        for kind in (RT.THEME, RT.NUMBERING):
            self._keep_side(kind)
        return Frame(
            styles=styles,
            text_width=text_width,
            text_height=text_height,
            paper=_to_xml(size) + _to_xml(margins),
            grid=_grid_xml(section),
            heads=self._keep_furniture(section, "header"),
            feet=self._keep_furniture(section, "footer"),
            cover=self._read_cover(body),
            parts=tuple(self._parts),
            relations=tuple(self._relations),
        )

    def _read_cover(self, body: etree._Element) -> str:
        """What stands before the mark, or the first of several sections; "" where the file shows neither."""
        blocks: list[etree._Element] = []
        for block in body:
            own_section = block.find(f"{_W}pPr/{_W}sectPr")
            text = "".join(item.text or "" for item in block.iter(_W + "t")).strip()
            if text == _BODY_MARK:
                break
            blocks.append(block)
            if own_section is not None:
                break
        else:
            return ""
        if len(blocks) > _MAX_COVER_BLOCKS:
            raise UnusableTemplate(*_NO_COVER)
        ends = [block.find(f"{_W}pPr/{_W}sectPr") for block in blocks]
        section = next((end for end in ends if end is not None), body.find(_W + "sectPr"))
        closing = _section_end_xml(section)
        for end in ends:
            if end is not None:
                _remove(end)
        for block in blocks:
            self._fill_places(block)
        return "".join(self._clean(block, self._main, "rIdT") for block in blocks) + closing

    def _fill_places(self, block: etree._Element) -> None:
        """Put the book's own words where the cover names them; a place may be spread over several runs."""
        manifest = self._manifest
        words = {
            "书名": manifest.title,
            "副题": manifest.subtitle,
            "编印单位": manifest.organiser,
            "年月": chinese_month(manifest.dated_on),
            "标注": manifest.cover_mark,
        }
        for paragraph in block.iter(_W + "p"):
            texts = list(paragraph.iter(_W + "t"))
            whole = "".join(text.text or "" for text in texts)
            if not _PLACE.search(whole):
                continue
            texts[0].text = _PLACE.sub(lambda match: words[match[1]].replace("\n", " "), whole)
            texts[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            for text in texts[1:]:
                text.text = ""

    def _keep_side(self, kind: str) -> None:
        relation = next((one for one in self._main.rels.values() if one.reltype == kind), None)
        if relation is not None and not relation.is_external:
            self._relations.append((f"rIdT{relation.rId}", kind, self._keep(relation.target_part)))

    def _keep_furniture(self, section: etree._Element, kind: str) -> str:
        """The references to the headers or footers of the section, one for odd and one for even pages, the same where the
        template does not tell them apart; those of a first page are left out, and all where none shows anything, as word
        processors write such ones by themselves."""
        references = {one.get(_W + "type"): one.get(_R + "id") for one in section.findall(f"{_W}{kind}Reference")}
        odd = references.get("default")
        keys = {"default": odd, "even": references.get("even") if self._tells_even_pages() else odd}
        parts = {key: self._main.related_parts[key] for key in keys.values() if key}
        if not any(_shows_anything(_xml_of(part)) for part in parts.values()):
            return ""
        for key, part in parts.items():
            self._relations.append((f"rIdT{key}", RT.HEADER if kind == "header" else RT.FOOTER, self._keep(part)))
        return "".join(f'<w:{kind}Reference w:type="{place}" r:id="rIdT{key}"/>' for place, key in keys.items() if key)

    def _tells_even_pages(self) -> bool:
        settings = [one.target_part for one in self._main.rels.values() if one.reltype == RT.SETTINGS]
        mark = _xml_of(settings[0]).find(_W + "evenAndOddHeaders") if settings else None
        return mark is not None and mark.get(_W + "val", "1") not in ("0", "false", "off")

    def _keep(self, part: Part) -> str:
        """Take a part along, with the pictures it shows; its new name under word/."""
        old = str(part.partname)
        if old not in self._names:
            name = f"template{len(self._names) + 1}.{part.partname.ext}"
            self._names[old] = name
            data = self._clean(part.element, part, "").encode() if isinstance(part, XmlPart) else part.blob
            self._parts.append(FramePart(name, part.content_type, data, tuple(self._pictures_of(part))))
        return self._names[old]

    def _pictures_of(self, part: Part) -> Iterator[tuple[str, str, str]]:
        for key, relation in part.rels.items():
            if relation.reltype == RT.IMAGE and not relation.is_external:
                yield key, RT.IMAGE, self._keep(relation.target_part)

    def _clean(self, root: etree._Element, part: Part, prefix: str) -> str:
        """The XML without anything that leads out of it: changes, comments, links, objects; pictures are kept."""
        rename_styles(root, self._renames)
        for element in list(root.iter(*_REMOVED)):
            _remove(element)
        for element in list(root.iter(*_UNWRAPPED)):
            if element is not root:
                _unwrap(element)
        for element in list(root.iter()):
            for attribute, key in ((str(name), str(value)) for name, value in element.attrib.items()):
                if not attribute.startswith(_R):
                    continue
                relation = part.rels.get(key)
                if relation is None or relation.is_external or relation.reltype != RT.IMAGE:
                    _remove(_drawing_of(element))
                elif prefix:
                    element.set(attribute, prefix + key)
                    entry = (prefix + key, RT.IMAGE, self._keep(relation.target_part))
                    if entry not in self._relations:
                        self._relations.append(entry)
        for shape in root.iter(_DOC_PR):
            self._drawings += 1
            shape.set("id", str(self._drawings))
        return _to_xml(root)


def _xml_of(part: Part) -> etree._Element:
    if not isinstance(part, XmlPart):
        raise ValueError(f"{part.partname} is no XML")
    return cast(etree._Element, part.element)


def _drawing_of(element: etree._Element) -> etree._Element:
    """The drawing that an element is part of, itself where there is none."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in (_W + "drawing", _W + "pict"):
            return ancestor
    return element


def _shows_anything(root: etree._Element) -> bool:
    shown = root.iter(
        *(_W + name for name in ("t", "fldSimple", "instrText", "drawing", "pict", "object", "sym", "pgNum"))
    )
    return any(element.tag != _W + "t" or (element.text or "").strip() for element in shown)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        for child in list(element):
            element.addprevious(child)
        parent.remove(element)


def _section_end_xml(section: Any) -> str:
    """A paragraph that ends the section of the cover on its own paper, without page numbers."""
    kept = [section.find(_W + name) for name in ("pgSz", "pgMar", "vAlign", "docGrid")]
    inner = "".join(_to_xml(element) for element in kept if element is not None)
    return f'<w:p><w:pPr><w:pStyle w:val="SectionEnd"/><w:sectPr><w:type w:val="nextPage"/>{inner}</w:sectPr></w:pPr></w:p>'


def _grid_xml(section: etree._Element) -> str:
    grid = section.find(_W + "docGrid")
    return _to_xml(grid) if grid is not None else f'<w:docGrid w:linePitch="{LINE}"/>'


def _number(element: etree._Element, name: str) -> int:
    return int(element.get(_W + name) or 0)


def _to_xml(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
