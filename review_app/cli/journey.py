"""One contest from upload to the Word anthology, step by step, through the services and the worker alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from compile.file_names import safe_file_name
from compile.manifest_json import dump_manifest
from review_app.demo_contest import DemoWorld, load_demo_contest, login_of
from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.calendar import local_day
from review_app.domain.query_parser import parse_query
from review_app.handlers import HANDLERS
from review_app.index_job import ensure_indexes
from review_app.models import AnthologyBuild
from review_app.queries.anthologies import get_book
from review_app.queries.contests import get_contest
from review_app.queries.grouping import get_grouping
from review_app.queries.manifests import make_manifest
from review_app.queries.participation import get_participation
from review_app.queries.ranking import get_ranking
from review_app.queries.search import search_essays
from review_app.resources import Resources
from review_app.services.anthologies import arrange_works, propose_arrangement
from review_app.services.awards import apply_awards, decide_tie, propose_awards
from review_app.services.builds import start_build
from review_app.work import open_work
from review_app.worker import Worker

_QUERY = "信访 调解"


@dataclass(frozen=True, slots=True)
class Journey:
    """Carries the demo contest through every step; `say` hears of each."""

    house: Resources
    now: datetime
    source: random.Random
    hashes: Mapping[Role, str]
    say: Callable[[str], None]

    def run(self, out: Path) -> Iterator[Path]:
        """Do every step and give the path of each file that is left behind."""
        ensure_indexes(self.house)
        world = DemoWorld(self.house, self.now, self.source, self.hashes, say=lambda text: self.say(f"① {text}"))
        load_demo_contest(world)
        worker = Worker(self.house, HANDLERS)
        self.say(f"② 建立检索索引，处理 {worker.drain()} 项")
        self._search()
        bureau = world.actor(login_of(world.data["staff"][0]["code"]))
        self._award(bureau)
        build_id = self._order_book(bureau)
        worker.drain()
        yield from self._collect(build_id, out)
        self._tell_participation()

    def _search(self) -> None:
        with self.house.database.read() as session:
            query = parse_query(_QUERY, audience="bureau")
            found = search_essays(
                session, indexes=self.house.indexes, read=self.house.files.read, actor=SYSTEM, query=query
            )
        first = f"，首篇《{found.hits[0].title}》" if found.hits else ""
        self.say(f"③ 检索“{_QUERY}”：{found.total} 篇{first}")

    def _award(self, bureau: Actor) -> None:
        while True:
            with self.house.database.read() as session:
                ranking = get_ranking(session, contest=get_contest(session))
            proposal = propose_awards(ranking, is_one_per_author=False)
            if not proposal.plan.open_ties:
                break
            tie = proposal.plan.open_ties[0]
            with open_work(self.house.database, actor=bureau, now=self.now) as work:
                decide_tie(work, essay_ids=sorted(tie.essay_ids), reason="演示：按作品编号先后")
        with open_work(self.house.database, actor=bureau, now=self.now) as work:
            count = apply_awards(
                work,
                digest=proposal.digest,
                is_one_per_author=False,
                accepts_unfinished=True,
                reason="演示：按已提交的评分评定",
            )
        ranked = sum(row.place.rank is not None for row in ranking.rows)
        self.say(f"④ 排名 {ranked} 篇，评定获奖作品 {count} 篇")

    def _order_book(self, bureau: Actor) -> int:
        with self.house.database.read() as session:
            contest = get_contest(session)
            ranking = get_ranking(session, contest=contest)
            grouping = get_grouping(session, ranking=ranking, rule="award")
            book = get_book(session, contest=contest, on=local_day(self.now))
        arrangement = propose_arrangement(ranking, grouping, current=[item.essay_id for item in book.items])
        with open_work(self.house.database, actor=bureau, now=self.now) as work:
            arrange_works(work, version=book.version, digest=arrangement.digest)
        with self.house.database.read() as session:
            book = get_book(session, contest=contest, on=local_day(self.now))
            manifest = make_manifest(session, contest=contest, book=book)
        kept = self.house.files.put(dump_manifest(manifest))
        with open_work(self.house.database, actor=bureau, now=self.now) as work:
            build_id = start_build(work, version=book.version, manifest=kept)
        self.say(f"⑤ 编排 {len(book.sections)} 辑 {len(book.items)} 篇，清单 {kept.key[:12]}…")
        return build_id

    def _collect(self, build_id: int, out: Path) -> Iterator[Path]:
        with self.house.database.read() as session:
            build = session.scalars(select(AnthologyBuild).where(AnthologyBuild.id == build_id)).one()
            contest = get_contest(session)
        if build.document_key is None:
            raise RuntimeError(f"the build failed: {build.report}")
        report = build.report
        best = report["rendering"] if build.checked_key else report
        pages = f"{best['pages']} 页（{'已按排版核对' if build.checked_key else '按版面推算'}）"
        self.say(f"⑥ 生成汇编：{report['works']} 篇，{pages}，{report['pictures']} 张图，{best['size_bytes']:,} 字节")
        document = out / safe_file_name(f"{contest.name_zh}作品汇编.docx")
        document.write_bytes(self.house.files.read(build.checked_key or build.document_key))
        yield document
        if build.pdf_key:
            document.with_suffix(".pdf").write_bytes(self.house.files.read(build.pdf_key))
            yield document.with_suffix(".pdf")
        manifest = out / "manifest.json"
        manifest.write_bytes(self.house.files.read(build.manifest_key))
        yield manifest
        summary = out / "report.json"
        summary.write_text(json.dumps(dict(report), ensure_ascii=False, indent=1), encoding="utf-8")
        yield summary
        yield self.house.settings.data_dir

    def _tell_participation(self) -> None:
        with self.house.database.read() as session:
            totals = get_participation(session, contest=get_contest(session), now=self.now).totals
        states = "，".join(f"{state.label} {count}" for state, count in totals.units_by_state.items() if count)
        self.say(f"⑦ 报送情况：{totals.units} 个单位，{states}")
