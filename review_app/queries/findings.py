"""What the checks find in an essay as it stands, for its unit and for the bureau."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from compile.checks import Finding, Limits, check_manuscript
from compile.manuscript import Manuscript
from compile.reading.types import Dropped
from review_app.queries.contests import ContestRow

POEM: Final = "g-poem"


def find_in_essay(
    manuscript: Manuscript,
    *,
    contest: ContestRow,
    genre: str,
    authors: Sequence[str],
    dropped: Sequence[Mapping[str, str]],
) -> tuple[Finding, ...]:
    """The findings of a kept manuscript under the contest's advice on length. No statement is asked."""
    limits = Limits(contest.words_advised_from, contest.words_advised_to, contest.words_max, is_poem=genre == POEM)
    kept = [Dropped(item["kind"], item.get("place", ""), item.get("excerpt", "")) for item in dropped]
    return check_manuscript(manuscript, authors=authors, dropped=kept, limits=limits)
