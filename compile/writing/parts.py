"""The small parts of the package beside the document: types, relationships, settings, footers, properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from compile.manifest import Manifest
from compile.writing.runs import run_xml
from compile.writing.text import escape, one_line

HEADER: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"

WORD_NAMESPACE: Final = f'xmlns:w="{_WORD}"'
NAMESPACES: Final = (
    f'{WORD_NAMESPACE} xmlns:r="{_OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
# ①②③ afresh on every page.
FOOTNOTE_NUMBERING: Final = '<w:numFmt w:val="decimalEnclosedCircleChinese"/><w:numRestart w:val="eachPage"/>'

# Part name under word/, relationship id, last step of the relationship type, content type.
_PARTS: Final = (
    ("styles.xml", "rIdStyles", "styles", "styles"),
    ("settings.xml", "rIdSettings", "settings", "settings"),
    ("fontTable.xml", "rIdFonts", "fontTable", "fontTable"),
    ("footnotes.xml", "rIdFootnotes", "footnotes", "footnotes"),
    ("footer1.xml", "rIdFooterOdd", "footer", "footer"),
    ("footer2.xml", "rIdFooterEven", "footer", "footer"),
)

_SETTINGS_HEAD: Final = (
    f"<w:settings {WORD_NAMESPACE}>"
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="doNotCompress"/>'
)
_NOTE_SETTINGS: Final = (
    f'<w:footnotePr>{FOOTNOTE_NUMBERING}<w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
)
_SETTINGS_TAIL: Final = (
    "<w:compat><w:doNotExpandShiftReturn/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)
SETTINGS: Final = _SETTINGS_HEAD + _NOTE_SETTINGS + _SETTINGS_TAIL
SETTINGS_WITHOUT_NOTES: Final = _SETTINGS_HEAD + _SETTINGS_TAIL
PACKAGE_RELATIONS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)


def content_types_xml(heads: int, others: Mapping[str, str]) -> str:
    """The type of every part; `heads` counts the running heads, `others` gives further types by part name under
    word/."""
    overrides = "".join(
        f'<Override PartName="/word/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, _, _, kind in (*_PARTS, *_list_head_parts(heads))
    )
    overrides += "".join(f'<Override PartName="/word/{name}" ContentType="{kind}"/>' for name, kind in others.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>{overrides}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def document_relations_xml(pictures: Mapping[str, str], heads: int, others: Iterable[tuple[str, str, str]] = ()) -> str:
    """The relationships of the document part; `pictures` gives the target of every picture by relationship id, `heads`
    counts the running heads, `others` are further ones as (id, full type, target)."""
    parts = "".join(
        f'<Relationship Id="{relation}" Type="{_OFFICE}/{kind}" Target="{name}"/>'
        for name, relation, kind, _ in (*_PARTS, *_list_head_parts(heads))
    )
    media = "".join(
        f'<Relationship Id="{relation}" Type="{_OFFICE}/image" Target="{target}"/>'
        for relation, target in pictures.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{parts}{media}{_relations_xml(others)}</Relationships>'


def part_relations_xml(relations: Iterable[tuple[str, str, str]]) -> str:
    """The relationships of a part as (id, full type, target)."""
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{_relations_xml(relations)}</Relationships>'


def _relations_xml(relations: Iterable[tuple[str, str, str]]) -> str:
    return "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in relations)


def _list_head_parts(heads: int) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((f"header{number}.xml", f"rIdHead{number}", "header", "header") for number in range(heads))


def footer_xml(style: str) -> str:
    """A footer with the page number between dashes."""
    return (
        f'<w:ftr {WORD_NAMESPACE}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run_xml("— ")}'
        f'<w:fldSimple w:instr=" PAGE ">{run_xml("1")}</w:fldSimple>{run_xml(" —")}</w:p></w:ftr>'
    )


def footnotes_xml(notes: Iterable[str]) -> Iterable[str]:
    """The footnotes part in pieces: the two rules every document has, then the notes."""
    yield f"<w:footnotes {WORD_NAMESPACE}>"
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        mark = "separator" if number else "continuationSeparator"
        yield (
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            f"<w:r><w:{mark}/></w:r></w:p></w:footnote>"
        )
    yield from notes
    yield "</w:footnotes>"


def core_properties_xml(manifest: Manifest) -> str:
    """Title, organiser and date of the book; nothing about who or what made the file."""
    moment = f"{manifest.dated_on.isoformat()}T00:00:00Z"
    title, organiser = escape(one_line(manifest.title)), escape(one_line(manifest.organiser))
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{organiser}</dc:creator>"
        f"<cp:lastModifiedBy>{organiser}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )
