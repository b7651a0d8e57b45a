"""The one-page sheet of a typical case: kept as edited, and its going out noted."""

from __future__ import annotations

from dataclasses import asdict

from review_app.domain.case_sheets import SECTION_LIMIT, SECTIONS, CaseTexts
from review_app.domain.errors import N_, Conflict
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import check_text
from review_app.models import CaseSheet
from review_app.queries.marks import count_private_passages
from review_app.services.audit import record
from review_app.services.marks import find_received
from review_app.work import Work


class StaleCase(Conflict):
    """The sheet was saved by somebody else since the version that was shown."""

    def __init__(self, by: str) -> None:
        super().__init__(N_("%(by)s刚才保存过这份案例单。下面是您填写的内容，核对后再保存即以您的为准。"), by=by)


class OpenPrivacy(Conflict):
    """Marks of private passages are open, and nobody confirmed that the sheet may be made public all the same."""

    def __init__(self) -> None:
        super().__init__(N_("这篇作品还有没处理的隐私划线，请先处理，或确认案例单可以公开。"))


def save_case(work: Work, *, essay_id: int, version: int, texts: CaseTexts) -> None:
    """Keep the sheet of a work; `version` 0 stands for one that was never saved. Raises StaleCase where another version
    is stored, Invalid naming the first section that is too long."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    stored = work.session.get(CaseSheet, essay_id)
    if version != (stored.version if stored else 0):
        raise StaleCase(stored.updated_by if stored else "")
    checked = {
        section: check_text(text, field=section, limit=SECTION_LIMIT, is_required=False)
        for section, text in asdict(texts).items()
    }
    if stored is None:
        stored = CaseSheet(essay_id=essay_id)
        work.session.add(stored)
    for section in SECTIONS:
        setattr(stored, section, checked[section])
    stored.updated_at, stored.updated_by = work.now, work.actor.name
    record(
        work, "case.save", object_kind="essay", object_id=essay_id,
        number=essay.number, title=essay.title, words=sum(map(len, checked.values())),
    )  # fmt: skip


def note_download(work: Work, *, essay_id: int, is_confirmed: bool) -> None:
    """Keep in the log that the sheet of a work went out. Raises OpenPrivacy while marks of private passages are open,
    unless the actor confirmed that the sheet may be made public."""
    require(work.actor, Permission.CURATE_CASES)
    essay = find_received(work, essay_id)
    private = count_private_passages(work.session, [essay_id])
    if private and not is_confirmed:
        raise OpenPrivacy
    record(
        work, "case.download", object_kind="essay", object_id=essay_id,
        number=essay.number, title=essay.title, confirmed=bool(private),
    )  # fmt: skip
