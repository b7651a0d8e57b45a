"""Awards: proposed from the ranking, put in force, taken back; ties decided; names shown, on record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from review_app.domain.awards import AwardLevel, AwardPlan, plan_awards
from review_app.domain.errors import N_, Closed, Conflict, Invalid
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import check_line
from review_app.models import Essay, TieDecision
from review_app.queries.contests import AwardLevelRow, get_contest
from review_app.queries.ranking import Ranking, get_ranking, has_revealed_names
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.work import Work

REASON_LIMIT = 200


@dataclass(frozen=True, slots=True)
class AwardProposal:
    """What would be awarded now. `digest` stands for all the plan was made from: the same digest, the same plan."""

    plan: AwardPlan
    digest: str
    is_one_per_author: bool

    @property
    def levels_by_essay(self) -> Mapping[int, str]:
        """The key of the award each essay would get."""
        return {one.essay_id: one.level_key for one in self.plan.awarded}


def propose_awards(ranking: Ranking, *, is_one_per_author: bool) -> AwardProposal:
    """The plan for a ranking. Authors are told apart by unit and name: two units may have a 王芳 each."""
    authors = {row.essay_id: frozenset(f"{row.unit_id}/{name}" for name in row.authors) for row in ranking.rows}
    plan = plan_awards(
        ranking.places,
        [to_award_level(level) for level in ranking.levels],
        one_per_author=is_one_per_author,
        authors=authors,
    )
    basis = {
        "minimum": ranking.contest.minimum_reviews,
        "levels": [[level.key, level.quota, level.floor_tenths, level.position] for level in ranking.levels],
        "sheets": [
            [row.essay_id, [[sheet.reviewer_id, dict(sheet.points_tenths)] for sheet in row.sheets if sheet.is_counted]]
            for row in sorted(ranking.rows, key=lambda row: row.essay_id)
        ],
        "ties": sorted([one.essay_id, one.position] for one in ranking.decisions.values()),
        "authors": {str(key): sorted(names) for key, names in authors.items()} if is_one_per_author else None,
    }
    text = json.dumps(basis, sort_keys=True, ensure_ascii=False)
    return AwardProposal(plan, hashlib.sha256(text.encode()).hexdigest(), is_one_per_author)


def to_award_level(level: AwardLevelRow) -> AwardLevel:
    """The level as the rules know it."""
    return AwardLevel(level.key, level.name_zh, level.name_en, level.quota, level.floor_tenths, level.position)


def apply_awards(
    work: Work, *, digest: str, is_one_per_author: bool, accepts_unfinished: bool = False, reason: str = ""
) -> int:
    """Put the proposed awards in force in place of those before; returns how many essays have one now.

    Raises Conflict where scores, ties or levels are no longer those of `digest`, or a tie is open; Invalid where
    scores are outstanding and that was not accepted with a reason; Closed once the results are public.
    """
    require(work.actor, Permission.DECIDE_AWARDS)
    ranking = _open_ranking(work)
    proposal = propose_awards(ranking, is_one_per_author=is_one_per_author)
    if proposal.digest != digest:
        raise Conflict(N_("评分、并列决定或奖项设置刚刚有变动，请核对新的方案后再确定。"))
    if proposal.plan.open_ties:
        raise Conflict(N_("还有并列作品没有定夺先后，请先处理并列再确定奖项。"))
    unfinished = len(ranking.unfinished)
    reason = check_line(reason, field="reason", limit=REASON_LIMIT, is_required=bool(unfinished))
    if unfinished and not accepts_unfinished:
        raise Invalid(N_("还有 %(count)d 篇评分不全，请勾选确认并写明理由。"), "accepts_unfinished", count=unfinished)
    level_ids = {level.key: level.id for level in ranking.levels}
    _set_awards(work, ranking, {one.essay_id: (level_ids[one.level_key], one.rank) for one in proposal.plan.awarded})
    numbers = {row.essay_id: row.number for row in ranking.rows}
    record(
        work,
        "award.apply",
        object_kind="contest",
        object_id=ranking.contest.id,
        digest=digest,
        one_per_author=is_one_per_author,
        unfinished=unfinished,
        reason=reason,
        awarded=[[numbers[one.essay_id], one.level_key, one.rank] for one in proposal.plan.awarded],
        vacant={one.level_key: one.places for one in proposal.plan.vacancies},
    )
    return len(proposal.plan.awarded)


def revoke_awards(work: Work, *, reason: str) -> int:
    """Take back all awards; returns how many there were. Raises Conflict where there are none, Closed once the results
    are public."""
    require(work.actor, Permission.DECIDE_AWARDS)
    ranking = _open_ranking(work)
    reason = check_line(reason, field="reason", limit=REASON_LIMIT)
    revoked = _set_awards(work, ranking, {})
    if not revoked:
        raise Conflict(N_("现在没有已确定的奖项。"))
    record(work, "award.revoke", object_kind="contest", object_id=ranking.contest.id, count=revoked, reason=reason)
    return revoked


def decide_tie(work: Work, *, essay_ids: Sequence[int], reason: str) -> None:
    """Keep the chief's order of tied essays, first one first, in place of an earlier one for the same tie.
    Raises Conflict where they are not tied (any more), Closed once the results are public."""
    require(work.actor, Permission.DECIDE_AWARDS)
    ranking = _open_ranking(work)
    reason = check_line(reason, field="reason", limit=REASON_LIMIT)
    chosen = set(essay_ids)
    group = next((group for group in ranking.find_ties() if chosen <= group), None)
    if group is None or len(chosen) < 2 or len(chosen) != len(essay_ids):
        raise Conflict(N_("这些作品现在不是并列，请刷新页面查看最新排名。"))
    work.session.execute(delete(TieDecision).where(TieDecision.essay_id.in_(group)))
    work.session.add_all(
        TieDecision(essay_id=essay_id, position=position, reason=reason, at=work.now, by=work.actor.name)
        for position, essay_id in enumerate(essay_ids, start=1)
    )
    numbers = {row.essay_id: row.number for row in ranking.rows}
    record(
        work,
        "award.decide_tie",
        object_kind="contest",
        object_id=ranking.contest.id,
        order=[numbers[essay_id] for essay_id in essay_ids],
        reason=reason,
    )


def reveal_names(work: Work) -> None:
    """Put on record, once per person and contest, that units and authors are looked at in the ranking."""
    require(work.actor, Permission.VIEW_RANKING)
    contest = get_contest(work.session)
    if not has_revealed_names(work.session, contest_id=contest.id, user_id=work.actor.user_id):
        record(work, "ranking.reveal", object_kind="contest", object_id=contest.id)


def _open_ranking(work: Work) -> Ranking:
    contest = get_contest(work.session)
    published_at = contest.times.results_at
    if published_at is not None and published_at <= work.now:
        raise Closed(N_("评审结果已经公布，不能再改动奖项；确需更正请先撤回公布。"))
    return get_ranking(work.session, contest=contest)


def _set_awards(work: Work, ranking: Ranking, awards: Mapping[int, tuple[int, int]]) -> int:
    """Give every essay of the contest its (level id, rank) or none; returns how many changed. Also essays that are no
    longer accepted lose an award they had."""
    changed = 0
    essays = work.session.scalars(
        select(Essay).where(
            Essay.contest_id == ranking.contest.id, Essay.award_level_id.is_not(None) | Essay.id.in_(awards.keys())
        )
    )
    for essay in essays.all():
        level_id, rank = awards.get(essay.id, (None, None))
        if (essay.award_level_id, essay.award_rank) != (level_id, rank):
            essay.award_level_id, essay.award_rank = level_id, rank
            enqueue(work, "index-essay", essay.id)
            changed += 1
    return changed
