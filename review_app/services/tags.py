"""Tags: what the bureau decides of them on an essay, and the taxonomy itself. Slugs never change, labels may."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from pypinyin import Style, lazy_pinyin
from sqlalchemy import delete, func, select

from review_app.domain.actor import Role
from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.tags import DEFAULT_GROUPS
from review_app.domain.text_rules import check_line
from review_app.models import EssayTag, Tag, User
from review_app.queries.tags import list_tagged_essays
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.services.marks import find_received
from review_app.work import Work

NAME_LIMIT: Final = 20
NAME_EN_LIMIT: Final = 80
OWN_SLUG: Final = "own-"

Decision = Literal["set", "strike", "clear"]


def decide_tags(work: Work, *, essay_id: int, slugs: Collection[str], decision: Decision) -> int:
    """Set or strike tags on an essay as the chief reviewer would, or clear what was decided; returns how many changed.
    Tags that are unknown, and retired ones where they are to be set, are passed over."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    wanted = select(Tag).where(Tag.slug.in_(slugs), Tag.group_key != "genre").order_by(Tag.position)
    tags = [tag for tag in work.session.scalars(wanted) if decision != "set" or not tag.is_retired]
    before = _list_decisions(work, essay_id)
    after = {"set": False, "strike": True, "clear": None}[decision]
    changed = [tag for tag in tags if before.get(tag.id) is not after]
    if not changed:
        return 0
    write_decision(work, essay_id=essay_id, tag_ids=[tag.id for tag in changed], is_struck=after)
    names = [tag.name_zh for tag in changed]
    record(
        work, f"tag.{decision}", object_kind="essay", object_id=essay_id,
        number=essay.number, title=essay.title, tags=names,
    )  # fmt: skip
    return len(changed)


def write_decision(work: Work, *, essay_id: int, tag_ids: Collection[int], is_struck: bool | None) -> None:
    """Put what the bureau says now of these tags in the place of what it said before, None being nothing; part of an act."""
    bureau = select(User.id).where(User.role == Role.BUREAU.value)
    work.session.execute(
        delete(EssayTag).where(
            EssayTag.essay_id == essay_id, EssayTag.tag_id.in_(tag_ids), EssayTag.user_id.in_(bureau)
        )
    )
    if is_struck is not None:
        work.session.add_all(
            EssayTag(essay_id=essay_id, tag_id=tag_id, user_id=work.actor.user_id, is_struck=is_struck, at=work.now)
            for tag_id in tag_ids
        )
    enqueue(work, "index-essay", essay_id)


def add_tag(work: Work, *, group: str, name_zh: str, name_en: str) -> str:
    """Add a tag at the end of its group and return its slug. Raises Invalid for a name the group already has."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    if group == "genre" or group not in {one.key for one in DEFAULT_GROUPS}:
        raise Invalid(N_("请从列表里选择。"), "group")
    chinese, english = _check_names(work, group, name_zh, name_en, but=None)
    taken = work.session.scalar(select(func.count()).where(Tag.slug.startswith(OWN_SLUG))) or 0
    siblings = work.session.scalar(select(func.max(Tag.position)).where(Tag.group_key == group))
    tag = Tag(
        slug=f"{OWN_SLUG}{taken + 1}",
        group_key=group,
        position=(siblings or 0) + 1,
        name_zh=chinese,
        name_en=english,
        **spell(chinese),
    )
    _make_room(work, tag.position)
    work.session.add(tag)
    work.session.flush()
    record(work, "tag.add", object_kind="tag", object_id=tag.id, name=chinese, slug=tag.slug)
    return tag.slug


def rename_tag(work: Work, *, slug: str, name_zh: str, name_en: str) -> int:
    """Give a tag other labels; its slug stays, and every work that has it. Returns how many works that are."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    tag = _find_tag(work, slug)
    chinese, english = _check_names(work, tag.group_key, name_zh, name_en, but=tag.id)
    if (tag.name_zh, tag.name_en) == (chinese, english):
        return 0
    record(
        work, "tag.rename", object_kind="tag", object_id=tag.id,
        old=tag.name_zh, name=chinese, old_en=tag.name_en, name_en=english,
    )  # fmt: skip
    tag.name_zh, tag.name_en = chinese, english
    for name, value in spell(chinese).items():
        setattr(tag, name, value)
    touched = list_tagged_essays(work.session, slug=slug)
    for one in touched:
        enqueue(work, "index-essay", one.essay_id)
    return len(touched)


def retire_tag(work: Work, *, slug: str, is_retired: bool = True) -> None:
    """Take a tag out of the pickers, or with False put it back; works keep it and search finds them by it."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    tag = _find_tag(work, slug)
    if tag.is_retired is is_retired:
        return
    tag.is_retired = is_retired
    record(work, "tag.retire" if is_retired else "tag.revive", object_kind="tag", object_id=tag.id, name=tag.name_zh)


def move_tag(work: Work, *, slug: str, step: Literal["up", "down"]) -> None:
    """Move a tag one place within its group; at the end of the group nothing happens."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    tag = _find_tag(work, slug)
    siblings = work.session.scalars(select(Tag).where(Tag.group_key == tag.group_key).order_by(Tag.position, Tag.id))
    order = list(siblings)
    place = order.index(tag)
    other = place + (1 if step == "down" else -1)
    if not 0 <= other < len(order):
        return
    tag.position, order[other].position = order[other].position, tag.position
    record(work, f"tag.{step}", object_kind="tag", object_id=tag.id, name=tag.name_zh)


def merge_tags(work: Work, *, slug: str, into: str, essays: int) -> int:
    """Let the works of a tag have another one instead and retire it; returns how many works that were. What a person
    said of both stays as he said it of the second. Raises Conflict where they are no longer as many as `essays`, the
    number that was shown."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    old, new = _find_tag(work, slug), _find_tag(work, into)
    if old.id == new.id:
        raise Invalid(N_("请从列表里选择。"), "into")
    touched = list_tagged_essays(work.session, slug=slug)
    if len(touched) != essays:
        raise Conflict(N_("用这个标签的作品刚刚有变动，请核对后再合并。"))
    own = select(EssayTag.essay_id, EssayTag.user_id).where(EssayTag.tag_id == new.id)
    known = set(work.session.execute(own).all())
    for row in work.session.scalars(select(EssayTag).where(EssayTag.tag_id == old.id)).all():
        if (row.essay_id, row.user_id) not in known:
            work.session.add(
                EssayTag(essay_id=row.essay_id, tag_id=new.id, user_id=row.user_id, is_struck=row.is_struck, at=row.at)
            )
        work.session.delete(row)
    old.is_retired = True
    record(
        work, "tag.merge", object_kind="tag", object_id=old.id,
        name=old.name_zh, into=new.name_zh, count=len(touched), works=[one.number for one in touched],
    )  # fmt: skip
    work.session.flush()
    for one in touched:
        enqueue(work, "index-essay", one.essay_id)
    return len(touched)


def spell(name_zh: str) -> dict[str, str]:
    """What finds a tag of this name in a picker: pinyin and initials."""
    return {
        "pinyin": "".join(lazy_pinyin(name_zh)),
        "initials": "".join(lazy_pinyin(name_zh, style=Style.FIRST_LETTER)),
    }


def _find_tag(work: Work, slug: str) -> Tag:
    """A tag that may be changed; the genres are words of the program."""
    tag = work.session.scalar(select(Tag).where(Tag.slug == slug, Tag.group_key != "genre"))
    if tag is None:
        raise NotFound
    return tag


def _list_decisions(work: Work, essay_id: int) -> dict[int, bool]:
    rows = work.session.execute(
        select(EssayTag.tag_id, EssayTag.is_struck)
        .join(User, User.id == EssayTag.user_id)
        .where(EssayTag.essay_id == essay_id, User.role == Role.BUREAU.value)
        .order_by(EssayTag.at)
    )
    return dict(rows.all())


def _check_names(work: Work, group: str, name_zh: str, name_en: str, *, but: int | None) -> tuple[str, str]:
    chinese = check_line(name_zh, field="name_zh", limit=NAME_LIMIT)
    english = check_line(name_en, field="name_en", limit=NAME_EN_LIMIT, is_required=False)
    taken = select(Tag.id).where(Tag.group_key == group, Tag.name_zh == chinese)
    if work.session.scalar(taken) not in (None, but):
        raise Invalid(N_("这一组里已有“%(name)s”。"), "name_zh", name=chinese)
    return chinese, english


def _make_room(work: Work, position: int) -> None:
    for tag in work.session.scalars(select(Tag).where(Tag.position >= position)):
        tag.position += 1
