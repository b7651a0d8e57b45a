"""Running heads: the title of the book on even pages, on odd ones the title of the part one is in."""

from __future__ import annotations

from typing import Final

from compile.plan import Plan
from compile.writing.parts import WORD_NAMESPACE
from compile.writing.runs import run_xml
from compile.writing.text import one_line

# As much as stands on one line.
_LONGEST: Final = 40


def list_heads(plan: Plan) -> tuple[str, ...]:
    """The title of the book, then that of each part of the body in order; none where heads are off."""
    manifest = plan.manifest
    if not manifest.has_running_heads:
        return ()
    titles = [manifest.title]
    titles += [manifest.notice.title] if manifest.notice else []
    titles += [section.title for section in plan.sections]
    titles += [appendix.title for appendix in manifest.appendices]
    titles += [manifest.afterword.title] if manifest.afterword else []
    return tuple(_shorten(one_line(title)) for title in titles)


def head_xml(text: str, style: str) -> str:
    """A header part with one line of text."""
    return f'<w:hdr {WORD_NAMESPACE}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run_xml(text)}</w:p></w:hdr>'


def head_references(part: int) -> str:
    """The heads of the pages of one part of the body, counted from 1."""
    return (
        f'<w:headerReference w:type="default" r:id="rIdHead{part}"/><w:headerReference w:type="even" r:id="rIdHead0"/>'
    )


def _shorten(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"
