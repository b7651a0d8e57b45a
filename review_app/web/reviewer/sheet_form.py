"""The score sheet as a form: what was typed, what can be read of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from review_app.domain.errors import Invalid
from review_app.domain.rubric import Criterion, format_points, parse_points, validate_points
from review_app.domain.scoring import missing_criteria
from review_app.queries.reviews import ReviewRow
from review_app.services.reviews import Sheet
from review_app.web.errors import say
from review_app.web.page import in_language


@dataclass(frozen=True, slots=True)
class TypedSheet:
    """The fields as they stand in the form; points as text by key of the criterion, empty ones left out."""

    points: Mapping[str, str]
    comment: str
    tags: tuple[str, ...]
    flags: tuple[str, ...]
    version: int
    struck: tuple[str, ...] = ()


def name_of(criterion: Criterion) -> str:
    """The name of a criterion in the reader's language."""
    return in_language(criterion.name_zh, criterion.name_en)


def field_of(key: str) -> str:
    """The form field of a criterion."""
    return f"score-{key}"


def read_form(form: MultiDict[str, str], criteria: Iterable[Criterion]) -> TypedSheet:
    """What was sent, untouched."""
    texts = {criterion.key: form.get(field_of(criterion.key), "").strip() for criterion in criteria}
    return TypedSheet(
        points={key: text for key, text in texts.items() if text},
        comment=form.get("comment", ""),
        tags=tuple(form.getlist("tags")),
        flags=tuple(form.getlist("flags")),
        version=form.get("version", type=int, default=0),
        struck=tuple(form.getlist("struck")),
    )


def form_of(review: ReviewRow) -> TypedSheet:
    """The stored sheet as it stands in the form."""
    return TypedSheet(
        points={key: format_points(tenths) for key, tenths in review.points_tenths.items()},
        comment=review.comment,
        tags=review.tags,
        flags=review.flags,
        version=review.version,
        struck=review.struck,
    )


def check_form(typed: TypedSheet, criteria: Sequence[Criterion]) -> tuple[Sheet, dict[str, str]]:
    """The sheet that could be read, and a sentence for every field that could not; empty fields are fine."""
    points: dict[str, int] = {}
    errors: dict[str, str] = {}
    for criterion in criteria:
        text = typed.points.get(criterion.key)
        if text is None:
            continue
        try:
            points[criterion.key] = validate_points(criterion, parse_points(text, field=criterion.key))
        except Invalid as error:
            errors[field_of(criterion.key)] = f"{name_of(criterion)}{_('：')}{say(error)}"
    sheet = Sheet(points_tenths=points, comment=typed.comment, tags=typed.tags, flags=typed.flags, struck=typed.struck)
    return sheet, errors


def name_missing(typed: TypedSheet, criteria: Sequence[Criterion]) -> dict[str, str]:
    """A sentence for every criterion that was left empty."""
    given = dict.fromkeys(typed.points, 0)
    names = {criterion.key: name_of(criterion) for criterion in criteria}
    return {field_of(key): _("请给“%(name)s”打分。", name=names[key]) for key in missing_criteria(criteria, given)}
