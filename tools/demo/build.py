"""Rebuilds contest.json and the office files of the demo contest: python3 -m tools.demo.build [e01 …]. Needs LibreOffice."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.demo.office_files import flat_page, plain_page
from tools.demo.sources import DEMO, OFFICE_KINDS, Source, compose_contest, load_frame, load_sources

FILTERS = {
    "docx": "docx:MS Word 2007 XML",
    "doc": "doc:MS Word 97",
    "odt": "odt:writer8",
    "rtf": "rtf:Rich Text Format",
    "wps": "doc:MS Word 97",
}


def write_essays(sources: list[Source], unit_names: dict[str, str]) -> None:
    """Writes each essay in the form its unit sent, and a .docx beside those that need an office suite to be read."""
    wanted: dict[str, list[Source]] = {}
    for source in sources:
        kind = source.head["file"].split()[0]
        wanted.setdefault(kind, []).append(source)
        if kind in OFFICE_KINDS:
            wanted.setdefault("docx", []).append(source)
    for source in wanted.pop("txt", []):
        text = plain_page(source, unit_names[source.head["unit"]]).replace("\n", "\r\n")
        (DEMO / "essays" / f"{source.name}.txt").write_bytes(text.encode("gbk"))
    for kind, group in wanted.items():
        _convert(group, kind, unit_names)


def _convert(sources: list[Source], kind: str, unit_names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for source in sources:
            page = Path(folder, f"{source.name}.fodt")
            page.write_text(flat_page(source, unit_names[source.head["unit"]]), encoding="utf-8")
            pages.append(str(page))
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", FILTERS[kind], "--outdir", folder, *pages],
            check=True,
            capture_output=True,
            timeout=600,
        )
        for source in sources:
            made = Path(folder, f"{source.name}.{FILTERS[kind].split(':')[0]}")
            (DEMO / "essays" / f"{source.name}.{kind}").write_bytes(made.read_bytes())


def main(names: list[str]) -> None:
    """Rebuilds contest.json, and the files of the named essays or of all."""
    frame, sources = load_frame(), load_sources()
    text = json.dumps(compose_contest(frame, sources), ensure_ascii=False, indent=2)
    (DEMO / "contest.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (DEMO / "essays").mkdir(exist_ok=True)
    chosen = [source for source in sources if not names or source.name in names]
    write_essays(chosen, {unit["code"]: unit["short"] for unit in frame["units"]})


if __name__ == "__main__":
    main(sys.argv[1:])
