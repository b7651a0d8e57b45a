"""The ranking as a workbook: places with totals, and every sheet by criterion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from review_app.domain.scoring import total_tenths
from review_app.queries.contests import CriterionRow
from review_app.queries.ranking import Ranking
from review_app.storage.sheets import CellValue, Column, Sheet, write_workbook
from review_app.web.bureau.ranking_rows import ShownRow
from review_app.web.page import in_language


def write_ranking(
    ranking: Ranking, shown: Sequence[ShownRow], criteria: Sequence[CriterionRow], *, with_names: bool
) -> bytes:
    """The workbook; units and authors only `with_names`."""
    return write_workbook(
        (_places_sheet(ranking, shown, with_names=with_names), _points_sheet(ranking, shown, criteria))
    )


def _places_sheet(ranking: Ranking, shown: Sequence[ShownRow], *, with_names: bool) -> Sheet:
    named = (Column(_("单位"), 24), Column(_("作者"), 16)) if with_names else ()
    columns = (
        Column(_("名次"), 8),
        Column(_("编号"), 18),
        Column(_("题目"), 40),
        *named,
        Column(_("得分"), 10, "0.00", is_number=True),
        *(Column(f"{member.code} {member.name}", 10, "0.0", is_number=True) for member in ranking.panel),
        Column(_("有效评分"), 9, "0", is_number=True),
        Column(_("差距"), 8, "0.0", is_number=True),
        Column(_("去掉的最高分"), 12),
        Column(_("去掉的最低分"), 12),
        Column(_("标签"), 24),
        Column(_("奖项"), 12),
        Column(_("备注"), 30),
    )
    return Sheet(_("排名"), columns, _place_lines(ranking, shown, with_names=with_names))


def _place_lines(ranking: Ranking, shown: Sequence[ShownRow], *, with_names: bool) -> Iterator[Sequence[CellValue]]:
    codes = {member.reviewer_id: member.code for member in ranking.panel}
    for one in shown:
        row, place = one.row, one.row.place
        totals = row.totals_tenths
        dropped = tuple(codes[reviewer_id] for reviewer_id in place.dropped) if place.dropped else ("", "")
        tie = _("同分，比%(what)s", what=one.tie_note) if one.tie_note else ""
        yield (
            one.rank,
            one.number,
            row.title,
            *((row.unit_name, _("、").join(row.authors)) if with_names else ()),
            Decimal(place.display) if place.display else None,
            *(
                Decimal(totals[member.reviewer_id]) / 10 if member.reviewer_id in totals else None
                for member in ranking.panel
            ),
            place.n,
            Decimal(place.spread_tenths) / 10 if place.n > 1 else None,
            *dropped,
            _("、").join(one.tags),
            (_("拟%(award)s", award=one.award) if one.is_proposed else one.award) if one.award else "",
            one.reason or tie,
        )


def _points_sheet(ranking: Ranking, shown: Sequence[ShownRow], criteria: Sequence[CriterionRow]) -> Sheet:
    members = {member.reviewer_id: member for member in ranking.panel}
    columns = (
        Column(_("编号"), 18),
        Column(_("题目"), 40),
        Column(_("评审专家"), 16),
        Column(_("是否计入"), 10),
        *(Column(in_language(row.name_zh, row.name_en), 14, "0.0", is_number=True) for row in criteria),
        Column(_("总分"), 10, "0.0", is_number=True),
    )
    lines = (
        (
            one.number,
            one.row.title,
            f"{members[sheet.reviewer_id].code} {members[sheet.reviewer_id].name}",
            _("是") if sheet.is_counted else _("否"),
            *(
                Decimal(sheet.points_tenths[row.key]) / 10 if row.key in sheet.points_tenths else None
                for row in criteria
            ),
            Decimal(total_tenths(sheet.points_tenths)) / 10,
        )
        for one in shown
        for sheet in one.row.sheets
    )
    return Sheet(_("评分明细"), columns, lines)
