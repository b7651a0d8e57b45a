"""What of an essay goes into the search indexes: all of it for the bureau, the blind part for reviewers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manuscript import Manuscript, body_text, drop_photographers
from compile.manuscript_json import load_manuscript
from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.ranking import EssaySheets, rank_essays
from review_app.models import AwardLevel, Contest, Essay, EssayVersion, Review, Tag, Unit, UnitClass
from review_app.queries.marks import list_mark_kinds
from review_app.queries.sheets import list_sheets
from review_app.queries.tags import list_essay_tags
from review_app.storage.files import Damaged
from review_app.storage.search_types import BureauEntry, ReviewerEntry

BATCH = 200
_UNITS_PER_CLASS = 100_000  # classes in their order, the units of each in theirs
_SEARCHABLE = (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED)

ReadBytes = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class EssayEntries:
    """The entries of one essay; None where that audience finds it no longer."""

    essay_id: int
    bureau: BureauEntry | None
    reviewer: ReviewerEntry | None


def list_searchable_ids(session: Session) -> tuple[int, ...]:
    """All essays that belong into an index."""
    return tuple(session.scalars(select(Essay.id).where(Essay.state.in_(_SEARCHABLE)).order_by(Essay.id)))


def iter_entries(session: Session, essay_ids: Sequence[int], read: ReadBytes) -> Iterator[EssayEntries]:
    """The entries of the essays, in order; an essay that is withdrawn, a draft or gone has none. `read` gives the
    content of a stored file. Works through them in batches, seven statements each."""
    for start in range(0, len(essay_ids), BATCH):
        yield from _entries_of(session, essay_ids[start : start + BATCH], read)


def _entries_of(session: Session, essay_ids: Sequence[int], read: ReadBytes) -> Iterator[EssayEntries]:
    found = session.execute(
        select(
            Essay,
            EssayVersion.manuscript_key,
            EssayVersion.words,
            Unit,
            UnitClass.position,
            AwardLevel.name_zh,
            Contest,
        )
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .join(Contest, Contest.id == Essay.contest_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .where(Essay.id.in_(essay_ids), Essay.state.in_(_SEARCHABLE))
    )
    rows = {row.Essay.id: row for row in found}
    tags, marks = list_essay_tags(session, essay_ids), list_mark_kinds(session, essay_ids)
    genres = {
        row.slug: row.name_zh for row in session.execute(select(Tag.slug, Tag.name_zh).where(Tag.group_key == "genre"))
    }
    scores, comments = list_means(session, essay_ids), _list_comments(session, essay_ids)
    for essay_id in essay_ids:
        row = rows.get(essay_id)
        if row is None:
            yield EssayEntries(essay_id, None, None)
            continue
        essay, unit, contest = row.Essay, row.Unit, row.Contest
        manuscript = load_or_blank(read, row.manuscript_key)
        genre = genres.get(essay.genre, "")
        title = f"{essay.title} {essay.subtitle}".strip()
        mean = scores.get(essay_id)
        bureau = BureauEntry(
            essay_id=essay_id,
            number=essay.number or "",
            title=title,
            body=body_text(manuscript),
            words=row.words,
            unit=unit.name,
            unit_id=unit.id,
            author="、".join(essay.authors),
            genre=genre,
            tags=tuple(tag.name_zh for tag in tags.get(essay_id, ()) if tag.stands),
            proposed=tuple(tag.name_zh for tag in tags.get(essay_id, ()) if tag.voices.is_offered and not tag.stands),
            marks=tuple(kind.label for kind in marks.get(essay_id, ())),
            comments=tuple(comments.get(essay_id, ())),
            award=row.name_zh or "",
            year=contest.year,
            score_tenths=None if mean is None else round(mean * 10),
            state=EssayState(essay.state).label,
            time=None if essay.submitted_at is None else int(essay.submitted_at.timestamp()),
            order=row.position * _UNITS_PER_CLASS + unit.position,
        )
        reviewer = ReviewerEntry(
            essay_id=essay_id,
            number=essay.blind_number or "",
            title=title,
            body=body_text(drop_photographers(manuscript)),
            words=row.words,
            genre=genre,
            # What its own unit proposed: only these may another reviewer know of.
            tags=tuple(tag.name_zh for tag in tags.get(essay_id, ()) if tag.voices.is_proposed),
        )
        yield EssayEntries(essay_id, bureau, reviewer if essay.state == EssayState.ACCEPTED else None)


def load_or_blank(read: ReadBytes, key: str) -> Manuscript:
    """The manuscript, or an empty one where its file is lost or damaged: the doctor names it, and one bad file must
    not keep all other essays from being found."""
    try:
        return load_manuscript(read(key))
    except (NotFound, Damaged):
        return Manuscript(title="")


def _list_comments(session: Session, essay_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """What reviewers wrote on the sheets they have handed in."""
    comments: defaultdict[int, list[str]] = defaultdict(list)
    handed_in = (Review.essay_id.in_(essay_ids), Review.state == "submitted", Review.comment != "")
    for essay_id, comment in session.execute(select(Review.essay_id, Review.comment).where(*handed_in)):
        comments[essay_id].append(comment)
    return comments


def list_means(session: Session, essay_ids: Sequence[int]) -> dict[int, Fraction]:
    """The mean score in points of each of the essays that has one. Constant number of statements."""
    sheets = list_sheets(session, essay_ids=essay_ids)
    ranked = rank_essays(EssaySheets(essay_id, found) for essay_id, found in sheets.items())
    return {row.essay_id: row.mean for row in ranked if row.mean is not None}
