"""The anthology: its works in sections and in order, each change kept and able to be taken back, and its settings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy import select

from review_app.domain import book_order
from review_app.domain.book_order import SECTION_LIMIT, Order, Part, Step, append_works, list_works
from review_app.domain.book_parts import NOTES, BookSettings, find_unknown_places, read_groups
from review_app.domain.calendar import CHINA, local_day
from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import Permission, require
from review_app.domain.selection import Candidate, Grouping, Rule, SelectionPlan, plan_selection
from review_app.domain.text_rules import check_line, check_text, clean_line
from review_app.models import Anthology, AnthologyItem, AuditEntry, Essay
from review_app.queries.anthologies import FONT_PROFILES, get_book, get_numbers, new_anthology
from review_app.queries.contests import ContestRow, get_contest
from review_app.queries.grouping import get_grouping
from review_app.queries.ranking import Ranking, get_ranking
from review_app.services.audit import record
from review_app.services.intake import KeptFile, add_file_rows, clean_upload_name
from review_app.work import Work

TITLE_LIMIT: Final = 120
UNDO_STEPS: Final = 20
FIRST_SECTION: Final = "作品"
_TEXT_LIMITS: Final = {
    "editor_note": 5000,
    "imprint": 1000,
    "board": 5000,
    "notice": 20_000,
    "afterword": 5000,
    "back_cover": 200,
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The book arranged by a rule: the plan, the works now in the book that would leave it, and a digest of it all."""

    plan: SelectionPlan
    leaving: tuple[int, ...]
    digest: str


def propose_arrangement(
    ranking: Ranking, grouping: Grouping, *, current: Sequence[int], takes_all: bool = False
) -> Arrangement:
    """The works with an award, or all accepted ones, under the headings of the grouping; `current` are the works now in
    the book."""
    last = len(ranking.rows) + 1
    plan = plan_selection(
        [
            Candidate(row.essay_id, row.award_rank or row.place.rank or last, row.unit_order, bool(row.award_key))
            for row in sorted(ranking.rows, key=lambda row: row.essay_id)
        ],
        grouping,
        takes_all=takes_all,
    )
    chosen = set(plan.chosen)
    leaving = tuple(essay_id for essay_id in current if essay_id not in chosen)
    text = repr((plan.sections, leaving))
    return Arrangement(plan, leaving, hashlib.sha256(text.encode()).hexdigest())


def arrange_works(
    work: Work, *, version: int, digest: str, rule: Rule = "award", takes_all: bool = False
) -> tuple[int, int]:
    """Put the proposed arrangement in place of the order before; returns how many works the book has, and its version.
    Raises Conflict where the book is no longer that of `version`, or the works and what the rule knows of them no longer
    give `digest`."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, contest = open_anthology(work, version)
    ranking = get_ranking(work.session, contest=contest)
    grouping = get_grouping(work.session, ranking=ranking, rule=rule)
    current = list_works(_read_order(work, anthology))
    arrangement = propose_arrangement(ranking, grouping, current=current, takes_all=takes_all)
    if arrangement.digest != digest:
        raise Conflict(N_("作品或奖项刚刚有变动，请核对新的编排方案后再确定。"))
    planned = tuple(Part(section.title, section.essay_ids) for section in arrangement.plan.sections)
    works = len(arrangement.plan.chosen)
    return works, _keep(work, anthology, planned, f"anthology.arrange_{rule}", works=works)


def add_works(work: Work, *, essay_ids: Sequence[int], section: str) -> tuple[int, int]:
    """Append accepted works to the section of that title, made where there is none; works already in the book stay in
    their place. Returns how many came in, and the version; needs none itself, as adding disturbs nobody's order."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, contest = open_anthology(work, None)
    order = _read_order(work, anthology)
    title = check_line(section, field="section", limit=SECTION_LIMIT, is_required=False) or FIRST_SECTION
    found = work.session.execute(
        select(Essay.id, Essay.number).where(
            Essay.contest_id == contest.id, Essay.id.in_(essay_ids), Essay.state == EssayState.ACCEPTED.value
        )
    ).all()
    accepted = {row.id: row.number for row in found}
    after = append_works(order, (one for one in essay_ids if one in accepted), title)
    coming = set(list_works(after)) - set(list_works(order))
    if not coming:
        raise Invalid(N_("请先勾选要加入的作品。"), "pick")
    numbers = [accepted[essay_id] for essay_id in sorted(coming)]
    return len(coming), _keep(work, anthology, after, "anthology.add", section=title, works=numbers)


def move_work(work: Work, *, version: int, essay_id: int, step: Step) -> int:
    """Move a work one place, over the border of a section too, or out of the book. Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    after = book_order.step_work(_read_order(work, anthology), essay_id, step)
    return _keep(work, anthology, after, f"anthology.work_{step}", number=work.session.get_one(Essay, essay_id).number)


def place_work(work: Work, *, essay_id: int, section: str, position: int) -> int:
    """Move a work to `position`, counted from 1, of the section of that title. Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, None)
    after = book_order.place_work(_read_order(work, anthology), essay_id, section, position)
    number = work.session.get_one(Essay, essay_id).number
    return _keep(work, anthology, after, "anthology.place", number=number, section=section, to=position)


def keep_order(work: Work, *, version: int, places: Sequence[tuple[int, int]]) -> int:
    """Keep the order the board shows: pairs (index of the section, essay id) from front to back. Returns the new version.
    Raises Conflict where they are not exactly the works of the book."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    after = book_order.replace_works(_read_order(work, anthology), places)
    return _keep(work, anthology, after, "anthology.order")


def add_section(work: Work, *, title: str) -> int:
    """Add an empty section at the end; raises Invalid (field "title") for a title that is taken. Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, None)
    after = book_order.append_section(_read_order(work, anthology), title)
    return _keep(work, anthology, after, "anthology.add_section", section=after[-1].title)


def rename_section(work: Work, *, section: str, title: str) -> int:
    """Give the section of that title another one; raises Invalid (field "title") where it is taken.
    Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, None)
    after = book_order.rename_section(_read_order(work, anthology), section, title)
    return _keep(work, anthology, after, "anthology.rename_section", section=section, title=clean_line(title))


def move_section(work: Work, *, section: str, step: Step) -> int:
    """Move a section one place, or take it away; raises Conflict where it still holds works. Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, None)
    after = book_order.step_section(_read_order(work, anthology), section, step)
    return _keep(work, anthology, after, f"anthology.section_{step}", section=section)


def undo_change(work: Work, *, version: int) -> None:
    """Take back the last change of the order; raises Conflict where there is none left."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    if not anthology.history:
        raise Conflict(N_("没有可以撤销的改动了。"))
    before = tuple(Part(part["title"], tuple(part["essays"])) for part in anthology.history[-1])
    anthology.history = anthology.history[:-1]
    _write_order(work, anthology, before)
    record(work, "anthology.undo", object_kind="anthology", object_id=anthology.id)


def save_settings(work: Work, *, version: int, settings: BookSettings) -> None:
    """Keep what the constant parts of the book say; raises Invalid naming the first field at fault."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, contest = open_anthology(work, version)
    checked = _check_settings(settings)
    book = get_book(work.session, contest=contest, on=local_day(work.now))
    numbers = get_numbers(work.session, contest=contest, book=book)
    for name in NOTES:
        unknown = find_unknown_places(getattr(checked, name), numbers)
        if unknown:
            raise Invalid(
                N_("不认识的数字位置：%(places)s。请从下面列出的位置里选用。"),
                name,
                places="、".join(f"{{{place}}}" for place in unknown),
            )
    changed = []
    for field in fields(BookSettings):
        if getattr(anthology, field.name) != getattr(checked, field.name):
            setattr(anthology, field.name, getattr(checked, field.name))
            changed.append(field.name)
    if changed:
        record(work, "anthology.settings", object_kind="anthology", object_id=anthology.id, changed=changed)


def set_template(work: Work, *, version: int, template: KeptFile, name: str) -> None:
    """Let the kept Word file of that name frame the book; whether it can is for the compiler to say beforehand."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    file = clean_upload_name(name)
    if (anthology.template_key, anthology.template_name) == (template.key, file):
        return
    add_file_rows(work, (template,))
    anthology.template_key, anthology.template_name = template.key, file
    _record_template(work, anthology, "anthology.set_template", template.key, file)


def clear_template(work: Work, *, version: int) -> int:
    """Frame the book as the house does again. Returns the new version."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    if anthology.template_key is not None:
        old = anthology.template_key, anthology.template_name
        anthology.template_key, anthology.template_name = None, ""
        _record_template(work, anthology, "anthology.clear_template", *old)
        work.session.flush()
    return anthology.version


def bring_back_template(work: Work, *, version: int) -> None:
    """Take back that the template was cleared; NotFound where that was not the last that happened to it."""
    require(work.actor, Permission.EDIT_ANTHOLOGY)
    anthology, _contest = open_anthology(work, version)
    last = work.session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.object_kind == "anthology",
            AuditEntry.object_id == anthology.id,
            AuditEntry.act.in_(("anthology.set_template", "anthology.clear_template")),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if last is None or last.act != "anthology.clear_template":
        raise NotFound
    anthology.template_key, anthology.template_name = last.facts["template"], last.facts["file"]
    _record_template(work, anthology, "anthology.set_template", anthology.template_key, anthology.template_name)


def _record_template(work: Work, anthology: Anthology, act: str, key: str, file: str) -> None:
    record(work, act, object_kind="anthology", object_id=anthology.id, file=file, template=key)


def _check_settings(settings: BookSettings) -> BookSettings:
    if settings.font_profile not in FONT_PROFILES:
        raise Invalid(N_("请从列表里选择。"), "font_profile")
    texts: dict[str, Any] = {
        name: check_text(getattr(settings, name), field=name, limit=limit, is_required=False)
        for name, limit in _TEXT_LIMITS.items()
    }
    read_groups(texts["board"])
    return replace(
        settings,
        title=check_line(settings.title, field="title", limit=TITLE_LIMIT),
        subtitle=check_line(settings.subtitle, field="subtitle", limit=TITLE_LIMIT, is_required=False),
        organiser=check_line(settings.organiser, field="organiser", limit=TITLE_LIMIT),
        cover_mark=check_line(settings.cover_mark, field="cover_mark", limit=40, is_required=False),
        notice_title=check_line(
            settings.notice_title,
            field="notice_title",
            limit=TITLE_LIMIT,
            is_required=settings.has_notice and bool(texts["notice"]),
        ),
        **texts,
    )


def open_anthology(work: Work, version: int | None) -> tuple[Anthology, ContestRow]:
    """The anthology, stored on its first change; raises Conflict unless `version` is the stored one (None: any)."""
    contest = get_contest(work.session)
    anthology = work.session.scalar(select(Anthology).where(Anthology.contest_id == contest.id))
    if version is not None and version != (anthology.version if anthology else 0):
        raise _changed_meanwhile(work, anthology)
    if anthology is None:
        anthology = new_anthology(contest, on=local_day(work.now))
        work.session.add(anthology)
        work.session.flush()
    return anthology, contest


def _changed_meanwhile(work: Work, anthology: Anthology | None) -> Conflict:
    last = work.session.scalar(
        select(AuditEntry)
        .where(AuditEntry.object_kind == "anthology", AuditEntry.object_id == (anthology.id if anthology else None))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if last is None:
        return Conflict(N_("汇编刚刚有改动，请刷新页面，核对后再改。"))
    return Conflict(
        N_("%(who)s在 %(time)s 改过汇编，请刷新页面，核对后再改。"),
        who=last.actor_name,
        time=last.at.astimezone(CHINA).strftime("%H:%M"),
    )


def _read_order(work: Work, anthology: Anthology) -> Order:
    rows = work.session.execute(
        select(AnthologyItem.section, AnthologyItem.essay_id)
        .where(AnthologyItem.anthology_id == anthology.id)
        .order_by(AnthologyItem.position)
    ).all()
    return tuple(
        Part(title, tuple(row.essay_id for row in rows if row.section == title)) for title in anthology.sections
    )


def _keep(work: Work, anthology: Anthology, after: Order, act: str, **facts: object) -> int:
    """Write the new order, remember the one before, and the act; nothing where nothing changed. Returns the version."""
    before = _read_order(work, anthology)
    if before == after:
        return anthology.version
    snapshot = [{"title": part.title, "essays": list(part.essay_ids)} for part in before]
    anthology.history = [*anthology.history, snapshot][-UNDO_STEPS:]
    _write_order(work, anthology, after)
    record(work, act, object_kind="anthology", object_id=anthology.id, **facts)
    work.session.flush()
    return anthology.version


def _write_order(work: Work, anthology: Anthology, order: Order) -> None:
    anthology.sections = [part.title for part in order]
    stored = {
        item.essay_id: item
        for item in work.session.scalars(select(AnthologyItem).where(AnthologyItem.anthology_id == anthology.id))
    }
    placed = [(part.title, essay_id) for part in order for essay_id in part.essay_ids]
    for position, (section, essay_id) in enumerate(placed, start=1):
        item = stored.pop(essay_id, None)
        if item is None:
            work.session.add(
                AnthologyItem(anthology_id=anthology.id, essay_id=essay_id, section=section, position=position)
            )
        else:
            item.section, item.position = section, position
    for item in stored.values():
        work.session.delete(item)
