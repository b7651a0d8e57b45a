"""A work as a reviewer gets it to read."""

from __future__ import annotations

from compile.manuscript import Manuscript, drop_photographers, with_title
from compile.manuscript_json import load_manuscript
from review_app.queries.reviews import ReviewRow
from review_app.web.request import resources


def load_blind(review: ReviewRow) -> Manuscript:
    """The manuscript under its confirmed title, without the names of photographers, who often are the authors."""
    manuscript = load_manuscript(resources().files.read(review.manuscript_key))
    return with_title(drop_photographers(manuscript), review.title, review.subtitle)
