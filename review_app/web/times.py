"""Moments and days as people read them, in Chinese time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_datetime
from flask_babel import get_locale
from flask_babel import gettext as _

from review_app.domain.calendar import CHINA
from review_app.web.request import now


def local(moment: datetime) -> datetime:
    """The moment in Chinese time."""
    return moment.astimezone(CHINA)


def format_moment(moment: datetime | None) -> str:
    """2020-10-31 17:30, "" for None."""
    return "" if moment is None else local(moment).strftime("%Y-%m-%d %H:%M")


def format_day(day: date | datetime | None) -> str:
    """2020-10-31, "" for None."""
    if isinstance(day, datetime):
        day = local(day).date()
    return "" if day is None else day.isoformat()


def format_deadline(moment: datetime) -> str:
    """10月31日 17:30 in Chinese, 31 Oct 17:30 in English."""
    return format_datetime(local(moment), _("M月d日 HH:mm"), locale=get_locale() or "zh")


def time_left(moment: datetime) -> str:
    """How long until `moment`, in words of one unit; "已截止" when it has passed."""
    rest = moment - now()
    if rest <= timedelta(0):
        return _("已截止")
    if rest >= timedelta(days=1):
        return _("还有 %(count)s 天", count=rest.days)
    if rest >= timedelta(hours=1):
        return _("还有 %(count)s 小时", count=rest.seconds // 3600)
    return _("还有 %(count)s 分钟", count=max(1, rest.seconds // 60))
