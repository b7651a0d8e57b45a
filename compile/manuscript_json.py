"""Local stand-in, never committed."""

from __future__ import annotations

import json
from dataclasses import asdict

from compile.manuscript import *
from compile.manuscript import Cell, Row, Table

_KINDS = {"paragraph": Paragraph, "heading": Heading, "item": ListItem, "picture": Picture, "table": Table}


def dump_manuscript(m: Manuscript) -> bytes:
    d = asdict(m)
    for b, o in zip(d["blocks"], m.blocks):
        b["kind"] = next(k for k, c in _KINDS.items() if isinstance(o, c))
    return json.dumps(d, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _runs(v):
    return tuple(Run(**r) for r in v)


def _para(v):
    return Paragraph(_runs(v["runs"]), v["align"])


def load_manuscript(data: bytes) -> Manuscript:
    d = json.loads(data)
    try:
        bl = []
        for b in d["blocks"]:
            k = b.pop("kind")
            if k == "paragraph":
                bl.append(_para(b))
            elif k == "heading":
                bl.append(Heading(b["level"], _runs(b["runs"]), b["is_proposed"]))
            elif k == "item":
                bl.append(ListItem(b["marker"], _runs(b["runs"]), b["level"]))
            elif k == "picture":
                bl.append(Picture(**b))
            else:
                bl.append(
                    Table(
                        tuple(
                            Row(
                                tuple(
                                    Cell(tuple(map(_para, c["paragraphs"])), c["column_span"], c["row_span"])
                                    for c in r["cells"]
                                ),
                                r["is_header"],
                            )
                            for r in b["rows"]
                        ),
                        b["columns"],
                    )
                )
        return Manuscript(d["title"], d["subtitle"], tuple(bl), tuple(_runs(n) for n in d["notes"]))
    except (KeyError, TypeError) as e:
        raise ValueError(str(e)) from e
