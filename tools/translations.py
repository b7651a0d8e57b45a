"""The English catalogue: `python -m tools.translations update` brings it up to date with the texts of the program,
`compile` writes the file the program reads. Both results are committed."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
PO: Final = ROOT / "review_app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO: Final = PO.with_suffix(".mo")
_METHODS: Final = (("**.py", "python"), ("**.html", "jinja2"))
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, "N_": None}
_FOLDERS: Final = ("review_app", "compile", "templates")


def _holds_texts(folder: str | os.PathLike[str]) -> bool:
    """Babel leaves out folders that begin with an underscore; the macros of the templates live in one."""
    return not os.path.basename(folder).startswith((".", "__"))


def extract_messages() -> Catalog:
    """All texts of the program that a person may read, with where they stand."""
    catalog = Catalog(locale="en", project="petition-essay-review", charset="utf-8")
    for folder in _FOLDERS:
        found = extract_from_dir(
            ROOT / folder, method_map=list(_METHODS), keywords=_KEYWORDS, directory_filter=_holds_texts
        )
        for name, line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def read_catalogue() -> Catalog:
    """The English catalogue as committed; an empty one where there is none yet."""
    if not PO.exists():
        return Catalog(locale="en", project="petition-essay-review", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def update() -> int:
    """Add new texts, drop those no longer used; returns how many still lack English."""
    catalog = read_catalogue()
    first_made_at = catalog.creation_date
    catalog.update(extract_messages(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.creation_date = first_made_at  # so that nothing changes when no text has
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return sum(not message.string for message in catalog if message.id)


def compile_catalogue() -> bytes:
    """The catalogue in the form the program reads."""
    out = BytesIO()
    write_mo(out, read_catalogue())
    return out.getvalue()


def main() -> None:
    """Run one of the two commands."""
    if sys.argv[1:] == ["update"]:
        sys.stdout.write(f"{update()} texts lack English\n")
    elif sys.argv[1:] == ["compile"]:
        MO.write_bytes(compile_catalogue())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
