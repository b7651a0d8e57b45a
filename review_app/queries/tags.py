"""The taxonomy as pickers and filters need it, and what was said of each tag on an essay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.tags import TagVoices, tag_stands
from review_app.models import Essay, EssayTag, Tag, Unit, User


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with what finds it: pinyin and initials."""

    id: int
    slug: str
    group_key: str
    name_zh: str
    name_en: str
    find: str


@dataclass(frozen=True, slots=True)
class TaxonomyRow:
    """A tag as its page lists it; `essays` are the works anybody set, struck or proposed it on."""

    slug: str
    group_key: str
    name_zh: str
    name_en: str
    is_retired: bool
    essays: int


@dataclass(frozen=True, slots=True)
class TaggedEssay:
    """A work somebody set, struck or proposed a tag on."""

    essay_id: int
    number: str
    title: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class EssayTagRow:
    """A tag that was spoken of on an essay; `position` is its place in the taxonomy."""

    slug: str
    group_key: str
    position: int
    name_zh: str
    name_en: str
    voices: TagVoices

    @property
    def stands(self) -> bool:
        """Whether it counts as the essay's."""
        return tag_stands(self.voices)


def list_tags(session: Session, *, without_groups: tuple[str, ...] = ()) -> tuple[TagRow, ...]:
    """The tags in use, in order, but for those of `without_groups`."""
    rows = session.scalars(
        select(Tag).where(Tag.is_retired.is_(False), Tag.group_key.not_in(without_groups)).order_by(Tag.position)
    )
    return tuple(
        TagRow(row.id, row.slug, row.group_key, row.name_zh, row.name_en, f"{row.initials} {row.pinyin}")
        for row in rows
    )


def list_genres(session: Session) -> tuple[TagRow, ...]:
    """The genres, 体裁, which are the tags of that group."""
    rows = session.scalars(
        select(Tag).where(Tag.is_retired.is_(False), Tag.group_key == "genre").order_by(Tag.position)
    )
    return tuple(TagRow(row.id, row.slug, row.group_key, row.name_zh, row.name_en, "") for row in rows)


def list_taxonomy(session: Session) -> tuple[TaxonomyRow, ...]:
    """All tags but the genres, which are the unit's to say, in order, retired ones too. One statement."""
    rows = session.execute(
        select(Tag, func.count(EssayTag.essay_id.distinct()))
        .outerjoin(EssayTag, EssayTag.tag_id == Tag.id)
        .where(Tag.group_key != "genre")
        .group_by(Tag.id)
        .order_by(Tag.position, Tag.id)
    )
    return tuple(
        TaxonomyRow(tag.slug, tag.group_key, tag.name_zh, tag.name_en, tag.is_retired, essays) for tag, essays in rows
    )


def list_tagged_essays(session: Session, *, slug: str) -> tuple[TaggedEssay, ...]:
    """The works anybody set, struck or proposed the tag on, in order."""
    rows = session.execute(
        select(Essay.id, Essay.number, Essay.title, func.coalesce(func.nullif(Unit.short_name, ""), Unit.name))
        .join(EssayTag, EssayTag.essay_id == Essay.id)
        .join(Tag, Tag.id == EssayTag.tag_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .where(Tag.slug == slug)
        .distinct()
        .order_by(Essay.id)
    )
    return tuple(TaggedEssay(essay_id, number or "", title, unit) for essay_id, number, title, unit in rows)


def list_essay_tags(session: Session, essay_ids: Sequence[int]) -> Mapping[int, tuple[EssayTagRow, ...]]:
    """The tags that were spoken of on these essays, in the order of the taxonomy. One statement."""
    rows = session.execute(
        select(EssayTag.essay_id, EssayTag.is_struck, User.role, Tag)
        .join(Tag, Tag.id == EssayTag.tag_id)
        .join(User, User.id == EssayTag.user_id)
        .where(EssayTag.essay_id.in_(essay_ids))
        .order_by(Tag.position, Tag.id, EssayTag.at)
    )
    tags: defaultdict[int, dict[int, Tag]] = defaultdict(dict)
    said: defaultdict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for essay_id, is_struck, role, tag in rows:
        tags[essay_id][tag.id] = tag
        said[essay_id, tag.id].append((role, is_struck))
    return {
        essay_id: tuple(
            EssayTagRow(
                tag.slug, tag.group_key, tag.position, tag.name_zh, tag.name_en, _count_voices(said[essay_id, tag.id])
            )
            for tag in found.values()
        )
        for essay_id, found in tags.items()
    }


def _count_voices(said: Sequence[tuple[str, bool]]) -> TagVoices:
    """The voices in the order they were raised; the bureau acts as the chief reviewer, its last word counts."""
    decisions = [not is_struck for role, is_struck in said if role == Role.BUREAU]
    return TagVoices(
        is_proposed=any(role == Role.UNIT for role, _is_struck in said),
        supporters=said.count((Role.REVIEWER.value, False)),
        strikers=said.count((Role.REVIEWER.value, True)),
        decision=decisions[-1] if decisions else None,
    )
