"""Essays of two units in both indexes, with everybody signed in, for tests of the search pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select, update

from compile.manuscript import Cell, Manuscript, Paragraph, Picture, Row, Run, Table
from compile.manuscript_json import dump_manuscript
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.factory import create_app
from review_app.index_job import ensure_indexes, rebuild_index
from review_app.models import (
    Anthology,
    AnthologyItem,
    AuditEntry,
    Essay,
    EssayTag,
    EssayVersion,
    FormalCheck,
    Job,
    SavedSearch,
    Tag,
    User,
)
from review_app.resources import Resources
from review_app.services.contest_setup import add_default_tags
from review_app.work import open_work
from tests.browsing import sign_in_as
from tests.builders import SheetOf, add, build_contest, build_essay, build_review, build_unit, build_user, store

NEAR, FAR = "柳河镇人民政府", "石桥镇人民政府"
PHOTOGRAPHER, TABLE_WORD, FAR_WORD = "龚拍摄", "台账数目", "焰火仓库"
_CHANGING = (Anthology, AnthologyItem, EssayTag, FormalCheck, Job, SavedSearch)


class SearchWorld:
    """Four essays: two of a near unit, two of a far one. The reviewer has the first and the fourth."""

    def __init__(self, house: Resources) -> None:
        self.house = house
        contest = self.contest = build_contest(house, now=datetime.now(UTC))
        self.near = build_unit(house, contest, code="XZ01", name=NEAR)
        self.far = build_unit(house, contest, code="XZ02", name=FAR)
        accepted = EssayState.ACCEPTED
        first = self.first = self.add_essay(
            self.near, "老周的三本账", "枫桥经验进了村，<script>调解</script>成功。", "许静"
        )
        self._illustrate(first)
        self.second = self.add_essay(self.far, "一碗面的工夫", f"拆迁的事，靠调解说开了。{FAR_WORD}。", "任桂兰")
        self.third = self.add_essay(self.far, "灯下", "夜里的登记簿。", "任桂兰")
        self.fourth = self.add_essay(self.near, "雨夜", "调解到后半夜，登记簿合上了，调解成了。", "许静", accepted)
        self.users = {
            "bureau": build_user(house, Role.BUREAU, login="bureau", name="李主任"),
            "other bureau": build_user(house, Role.BUREAU, login="bureau2", name="王科长"),
            "unit": build_user(house, Role.UNIT, login="near", unit=self.near),
            "other unit": build_user(house, Role.UNIT, login="far", unit=self.far),
            "reviewer": build_user(house, Role.REVIEWER, login="reviewer"),
            "other reviewer": build_user(house, Role.REVIEWER, login="reviewer2"),
        }
        with open_work(house.database, actor=SYSTEM, now=contest.opens_at) as work:
            add_default_tags(work)
        self.reviews = [build_review(house, essay, self.users["reviewer"]) for essay in (self.first, self.fourth)]
        panel = [build_user(house, Role.REVIEWER, login=f"panel{number}") for number in (1, 2)]
        for reviewer in (self.users["other reviewer"], *panel):
            build_review(house, self.second, reviewer, state="submitted", sheet=SheetOf())
        self.tag(self.first, "fengqiao", "unit")
        self.tag(self.second, "mediation", "other reviewer")
        for essay, slug in ((self.first, "fengqiao"), (self.second, "mediation")):
            self.tag(essay, slug, "other bureau")
        ensure_indexes(house)
        self.app = create_app(house.settings, house)
        self._clients: dict[str, FlaskClient] = {}
        self.first_act = 0

    def client(self, who: str) -> FlaskClient:
        """A browser of the person."""
        if who not in self._clients:
            self._clients[who] = sign_in_as(self.app, self.users[who])
        return self._clients[who]

    def ask(self, who: str, query: str, **more: str) -> str:
        """The page of results."""
        rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
        answer = self.client(who).get(f"/search/?q={quote(query)}{rest}")
        assert answer.status_code == 200
        return answer.text

    def add_essay(self, unit, title: str, text: str, author: str, state: EssayState = EssayState.ACCEPTED) -> Essay:
        """An essay of one author."""
        return build_essay(self.house, self.contest, unit, title=title, text=text, authors=(author,), state=state)

    def tag(self, essay: Essay, slug: str, who: str) -> None:
        """Put a tag on an essay as the person would."""
        with self.house.database.read() as session:
            tag_id = session.query(Tag.id).filter_by(slug=slug).scalar()
        row = EssayTag(essay_id=essay.id, tag_id=tag_id, user_id=self.users[who].id, at=self.contest.opens_at)
        add(self.house, row)

    def tags_of(self, essay: Essay) -> list[tuple[str, str]]:
        """The tags on an essay as (slug, who put it there)."""
        with self.house.database.read() as session:
            rows = session.query(Tag.slug, User.login).join(EssayTag, EssayTag.tag_id == Tag.id)
            rows = rows.join(User, User.id == EssayTag.user_id).filter(EssayTag.essay_id == essay.id)
            names = {user.login: who for who, user in self.users.items()}
            return sorted((slug, names[login]) for slug, login in rows)

    def rebuild(self) -> None:
        """Both indexes as the database is now."""
        for audience in self.house.indexes:
            rebuild_index(self.house, audience)

    @contextmanager
    def changing(self) -> Iterator[SearchWorld]:
        """This world for a test that changes rows; afterwards they are as before, and no message waits for anybody. The log
        keeps what was done: `first_act` is the last entry before."""
        tables = [model.__table__ for model in _CHANGING]
        with self.house.database.engine.begin() as connection:
            kept = [[row._asdict() for row in connection.execute(select(table))] for table in tables]
            essays = [row._asdict() for row in connection.execute(select(Essay.__table__))]
            self.first_act = connection.execute(select(func.max(AuditEntry.id))).scalar() or 0
        yield self
        with self.house.database.engine.begin() as connection:
            for essay in essays:
                connection.execute(update(Essay.__table__).where(Essay.id == essay["id"]).values(essay))
            for table in reversed(tables):
                connection.execute(delete(table))
            for table, rows in zip(tables, kept, strict=True):
                if rows:
                    connection.execute(insert(table), rows)
        for client in self._clients.values():
            client.get("/search/saved")

    def list_acts(self) -> list[str]:
        """What the log says was done since `changing` began, but for signing in."""
        with self.house.database.read() as session:
            acts = session.scalars(select(AuditEntry.act).where(AuditEntry.id > self.first_act).order_by(AuditEntry.id))
            return [act for act in acts if act != "sign_in"]

    def manifest_of(self, audience: str) -> Path:
        """Where the index of the audience begins."""
        return self.house.settings.index_dir / audience

    def _illustrate(self, essay: Essay) -> None:
        """A picture and a table under the text of an essay."""
        picture = Picture(store(self.house, b"\x89PNG\r\n\x1a\n", "image/png"), 4, 3, "调解现场", PHOTOGRAPHER)
        table = Table((Row((Cell((Paragraph((Run(TABLE_WORD),)),)),)),), columns=1)
        text = Paragraph((Run("枫桥经验进了村，<script>调"), Run("解</script>成功。", bold=True)))
        manuscript = Manuscript(essay.title, blocks=(text, picture, table))
        key = store(self.house, dump_manuscript(manuscript), "application/json")
        with open_work(self.house.database, actor=SYSTEM, now=self.contest.opens_at) as work:
            version = work.session.get_one(EssayVersion, essay.latest_version_id)
            version.manuscript_key, version.picture_keys = key, [manuscript.blocks[1].key]
