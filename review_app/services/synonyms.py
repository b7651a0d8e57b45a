"""Changing the synonyms of the search."""

from __future__ import annotations

from sqlalchemy import delete, select

from review_app.domain.errors import N_, Conflict, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.synonyms import Groups, parse_groups, render_groups
from review_app.models import AuditEntry, SynonymGroup
from review_app.queries.synonyms import hash_synonyms, list_synonyms
from review_app.services.audit import record
from review_app.work import Work

_ACT = "search.change_synonyms"


def change_synonyms(work: Work, *, text: str, digest: str) -> bool:
    """Put the groups of the text, one a line, in the place of the old ones; whether that changed anything.

    Invalid (field "synonyms") for a line that breaks a rule, Conflict when somebody changed them since `digest`.
    """
    require(work.actor, Permission.CONFIGURE_CONTEST)
    groups = parse_groups(text)
    before = list_synonyms(work.session)
    if digest != hash_synonyms(before):
        raise Conflict(N_("刚才有人改动了同义词。请刷新页面，核对后再保存。"))
    return _replace(work, before, groups)


def bring_back_synonyms(work: Work) -> None:
    """Take back the last change; NotFound where there was none since the groups were set up."""
    require(work.actor, Permission.CONFIGURE_CONTEST)
    last = work.session.scalar(select(AuditEntry).where(AuditEntry.act == _ACT).order_by(AuditEntry.id.desc()).limit(1))
    if last is None:
        raise NotFound
    _replace(work, list_synonyms(work.session), parse_groups(last.facts["before"]))


def _replace(work: Work, before: Groups, groups: Groups) -> bool:
    if groups == before:
        return False
    work.session.execute(delete(SynonymGroup))
    work.session.add_all(SynonymGroup(id=place, words=list(words)) for place, words in enumerate(groups, start=1))
    record(
        work, _ACT, object_kind="search", before=render_groups(before),
        added=["、".join(words) for words in groups if words not in before],
        removed=["、".join(words) for words in before if words not in groups],
    )  # fmt: skip
    return True
