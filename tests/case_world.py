"""One accepted essay of several lines before three reviewers, for tests of tags, marked passages and case sheets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from compile.manuscript import Heading, Manuscript, Paragraph, Run, block_texts, count_manuscript_words
from compile.manuscript_json import dump_manuscript, load_manuscript
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.domain.passages import MarkKind, cut_passage
from review_app.models import AuditEntry, Contest, Essay, EssayTag, EssayVersion, Review, Tag, Unit, User
from review_app.queries.indexing import EssayEntries, iter_entries
from review_app.resources import Resources
from review_app.services.contest_setup import add_default_tags
from review_app.services.marks import NewMark
from review_app.work import open_work
from tests.builders import (
    NOW,
    actor_of,
    add,
    build_contest,
    build_essay,
    build_review,
    build_unit,
    build_user,
    make_resources,
    store,
)

LINES = (
    "三上凤凰岭的接访",
    "村民老陈因宅基地登记有误，三年里到县里走访十一次。",
    "乡里先查档案，再请老支书带路上岭，把四至一处一处指给双方看。双方当场签字。",
    "登记改正以后，老陈没有再走访，还当了村里的调解员。",
    "走到现场去，比坐在屋里批十次都管用。",
)
SURE = "乡里先查档案，再请老支书带路上岭，把四至一处一处指给双方看。"
PRIVATE = "村民老陈因宅基地登记有误"


@dataclass
class CaseWorld:
    """The essay, who may speak of it, and their reviews."""

    house: Resources
    contest: Contest
    unit: Unit
    unit_user: User
    panel: tuple[User, ...]
    bureau: User
    essay: Essay
    reviews: tuple[Review, ...]

    def act(self, call: Callable[..., Any], *, by: User | None = None, **arguments: Any) -> Any:
        """Do an act, as the bureau where nobody is named."""
        with open_work(self.house.database, actor=actor_of(by or self.bureau), now=NOW) as work:
            return call(work, **arguments)

    def cut(self, quote: str, kind: MarkKind = MarkKind.GOOD, note: str = "") -> NewMark:
        """A mark of these words in the text of today."""
        with self.house.database.read() as session:
            key = session.get_one(EssayVersion, session.get_one(Essay, self.essay.id).latest_version_id).manuscript_key
        texts = block_texts(load_manuscript(self.house.files.read(key)))
        block = next(block for block, text in enumerate(texts) if quote in text)
        return NewMark(cut_passage(texts, block=block, quote=quote), key, kind, note)

    def rewrite(self, *lines: str) -> None:
        """A new version of the essay with these lines."""
        key = store(self.house, dump_manuscript(make_manuscript(lines)), "application/json")
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            essay = work.session.get_one(Essay, self.essay.id)
            old = work.session.get_one(EssayVersion, essay.latest_version_id)
            version = EssayVersion(
                essay_id=essay.id, ordinal=old.ordinal + 1, original_key=old.original_key,
                original_name=old.original_name, kind=old.kind, manuscript_key=key, words=old.words, created_at=NOW,
            )  # fmt: skip
            work.session.add(version)
            work.session.flush()
            essay.latest_version_id = version.id

    def say(self, user: User, slug: str, *, is_struck: bool = False) -> None:
        """Let somebody propose, set or strike a tag."""
        with self.house.database.read() as session:
            tag_id = session.scalars(select(Tag.id).where(Tag.slug == slug)).one()
        add(self.house, EssayTag(essay_id=self.essay.id, tag_id=tag_id, user_id=user.id, is_struck=is_struck, at=NOW))

    def entries(self) -> EssayEntries:
        """What the indexes hold of the essay."""
        with self.house.database.read() as session:
            return next(iter(iter_entries(session, [self.essay.id], self.house.files.read)))

    def log(self, prefix: str) -> list[tuple[str, dict[str, Any]]]:
        """The entries of the audit log whose act begins so."""
        with self.house.database.read() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.act.startswith(prefix)).order_by(AuditEntry.id))
            return [(row.act, dict(row.facts)) for row in rows]


def make_manuscript(lines: tuple[str, ...]) -> Manuscript:
    """The lines as a work: the first a heading, the others paragraphs."""
    head, *others = lines
    return Manuscript(
        title="凤凰岭手记", blocks=(Heading(1, (Run(head),)), *(Paragraph((Run(line),)) for line in others))
    )


def copy_world(built: CaseWorld, folder: Path) -> CaseWorld:
    """The same world in a folder of its own; building it takes longer than most tests."""
    built.house.database.dispose()
    shutil.copytree(built.house.settings.data_dir, folder)
    return replace(built, house=make_resources(folder))


def build_case_world(house: Resources, *, now: Any = NOW) -> CaseWorld:
    """The essay as it was handed in, nothing said of it yet."""
    contest = build_contest(house, now=now)
    unit = build_unit(house, contest, name="柳河镇人民政府")
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        add_default_tags(work)
    essay = build_essay(house, contest, unit, title="凤凰岭手记", state=EssayState.ACCEPTED)
    manuscript = make_manuscript(LINES)
    key = store(house, dump_manuscript(manuscript), "application/json")
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        version = work.session.get_one(EssayVersion, essay.latest_version_id)
        version.manuscript_key, version.words = key, count_manuscript_words(manuscript)
    panel = tuple(build_user(house, Role.REVIEWER, login=f"r{number}", name=f"评审{number}") for number in (1, 2, 3))
    return CaseWorld(
        house=house,
        contest=contest,
        unit=unit,
        unit_user=build_user(house, Role.UNIT, login="u1", unit=unit),
        panel=panel,
        bureau=build_user(house, Role.BUREAU, login="b1", name="王科长"),
        essay=essay,
        reviews=tuple(build_review(house, essay, reviewer) for reviewer in panel),
    )
