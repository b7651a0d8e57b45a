"""How often the page model is right: the pages of every invented work by our arithmetic beside those LibreOffice sets.

python bench/pages.py --works 300
python bench/pages.py --works 1000 --seed 7 --json
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import Book, invent_book
from compile.building import build
from compile.office_suite import find_office
from compile.plan import make_plan
from compile.rendering import render_pdf
from compile.writing.pages import Pagination, paginate
from compile.writing.rendered_pages import take_pages


def compare(book: Book) -> dict[str, Any]:
    """Counts of works that are right and wrong, and the wrong ones by title."""
    office = find_office()
    if office is None:
        raise SystemExit("LibreOffice is not installed")
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as pdf:
        report = build(book.manifest, book.open_blob, document)
        began_at = time.monotonic()
        rendering = render_pdf(office, document, pdf, pages=report.pages)
        seconds = time.monotonic() - began_at
    began_at = time.process_time()
    model = paginate(make_plan(book.manifest, book.open_blob))
    model_seconds = time.process_time() - began_at
    rendered = take_pages(model, rendering)
    if rendered is None:
        raise SystemExit("the outline does not fit the book")
    wrong = [
        {"title": entry.title, "model": ours, "rendered": theirs}
        for entry, ours, theirs in zip(model.entries, count_lengths(model), count_lengths(rendered), strict=True)
        if ours != theirs
    ]
    return {
        "works": report.works,
        "pages": rendering.pages,
        "right_percent": round(100 * (1 - len(wrong) / len(model.entries)), 2),
        "worst_difference": max((abs(one["model"] - one["rendered"]) for one in wrong), default=0),
        "front_pages_right": model.front_pages == rendered.front_pages,
        "wrong": wrong,
        "model_ms_per_work": round(1000 * model_seconds / report.works, 2),
        "rendering_seconds": round(seconds, 1),
    }


def count_lengths(pagination: Pagination) -> list[int]:
    """The pages of every entry: up to the next one, or to the end of the book."""
    starts = [*(entry.page for entry in pagination.entries), pagination.body_pages + 1]
    return [end - start for start, end in pairwise(starts)]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = compare(invent_book(options.works, options.seed, photo_px=300))
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    for one in result.pop("wrong"):
        print(f"{one['title']}: {one['model']} by the model, {one['rendered']} rendered")
    for name, value in result.items():
        print(f"{name:20}{value}")


if __name__ == "__main__":
    main()
