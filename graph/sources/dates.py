"""Dates as catalogues write them: sure to the day, or vague, with the bounds that the wording allows.

GCAT writes "1957 Oct  4 1928:34", "2021 Mar", "1960?"; the UN Treaty Collection "9 Mar 2007"; member lists "2021-06".
A vague date is never rounded to a day: it gives two bounds, and its wording is kept.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from graph.sources.table import BadRow

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GCAT: Final = re.compile(
    r"(?P<year>\d{4})(?: (?P<month>[A-Z][a-z]{2})(?: (?P<day>\d{1,2})"
    r"(?P<time> (?:\d{2}h|\d{4}(?::\d{2}(?:\.\d+)?)?))?)?)?(?P<doubt>\?)?"
)
_DECADE: Final = re.compile(r"(?P<year>\d{3}0)s(?P<doubt>\?)?")
_TREATY: Final = re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})")
_ISO: Final = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?: \(.*\))?")
_CLOCK: Final = re.compile(r" (?P<hour>\d{2})(?:h|(?P<minute>\d{2})(?::(?P<second>\d{2}).*)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDate:
    """A date as a source states it.

    Attributes:
        wording: the text of the source, blanks evened out.
        earliest: the first day that the wording allows.
        latest: the last one; the same day when the date is sure to the day.
        doubtful: whether the source marks the date (or its clock time) with a question mark.
    """

    wording: str
    earliest: date
    latest: date
    doubtful: bool = False

    @property
    def day(self) -> date | None:
        """The day, or None when the wording allows more than one."""
        return self.earliest if self.earliest == self.latest else None


def gcat_date(text: str, *, field: str) -> StatedDate:
    """Read a date of GCAT, which is in UTC.

    A question mark says that the last unit given may be off: the bounds then go one unit further on either side. On a
    date with a clock time the unit is an hour, a minute or a second, which leaves the day alone except at midnight; we
    then keep the day and the wording.

    Raises:
        BadRow: no date of this kind, naming `field`.
    """
    text = " ".join(text.split())
    if match := _DECADE.fullmatch(text):
        start = int(match["year"])
        more = 10 if match["doubt"] else 0
        return _years(text, start - more, start + 9 + more, doubtful=bool(more), field=field)
    if not (match := _GCAT.fullmatch(text)):
        raise BadRow(field=field, expected=f"a date such as '2018 Oct 29', not {text!r}")
    year, doubtful = int(match["year"]), bool(match["doubt"])
    if not match["month"]:
        return _years(text, year - doubtful, year + doubtful, doubtful=doubtful, field=field)
    month = _month(match["month"], field=field)
    if not match["day"]:
        first, last = _shifted(year, month, -doubtful), _shifted(year, month, doubtful)
        return _bounds(text, (*first, 1), (*last, _days(*last, field=field)), doubtful=doubtful, field=field)
    _check_clock(match["time"] or "", field=field)
    day = (year, month, int(match["day"]))
    off = timedelta(days=1 if doubtful and not match["time"] else 0)
    stated = _bounds(text, day, day, doubtful=doubtful, field=field)
    return StatedDate(wording=text, earliest=stated.earliest - off, latest=stated.latest + off, doubtful=doubtful)


def treaty_date(text: str, *, field: str) -> StatedDate:
    """Read a date such as '9 Mar 2007', as the UN Treaty Collection writes it.

    Raises:
        BadRow: no date of this kind, naming `field`.
    """
    if not (match := _TREATY.fullmatch(text)):
        raise BadRow(field=field, expected=f"a date such as '9 Mar 2007', not {text!r}")
    day = (int(match["year"]), _month(match["month"], field=field), int(match["day"]))
    return _bounds(text, day, day, doubtful=False, field=field)


def iso_date(text: str, *, field: str) -> StatedDate:
    """Read '2021', '2021-06' or '2021-06-16', with a remark in brackets or without.

    Raises:
        BadRow: no date of this kind, naming `field`.
    """
    if not (match := _ISO.fullmatch(text)):
        raise BadRow(field=field, expected=f"a date such as 2021, 2021-06 or 2021-06-16, not {text!r}")
    year = int(match["year"])
    if not match["month"]:
        return _years(text, year, year, doubtful=False, field=field)
    month = int(match["month"])
    first = int(match["day"] or 1)
    last = int(match["day"] or _days(year, month, field=field))
    return _bounds(text, (year, month, first), (year, month, last), doubtful=False, field=field)


def _years(text: str, first: int, last: int, *, doubtful: bool, field: str) -> StatedDate:
    return _bounds(text, (first, 1, 1), (last, 12, 31), doubtful=doubtful, field=field)


def _bounds(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int], *, doubtful: bool, field: str
) -> StatedDate:
    try:
        return StatedDate(wording=text, earliest=date(*first), latest=date(*last), doubtful=doubtful)
    except ValueError as fault:
        raise BadRow(field=field, expected=f"a day of the calendar, not {text!r}") from fault


def _month(name: str, *, field: str) -> int:
    if name not in _MONTHS:
        raise BadRow(field=field, expected=f"a month such as Jan, not {name!r}")
    return _MONTHS.index(name) + 1


def _days(year: int, month: int, *, field: str) -> int:
    if not 1 <= month <= len(_MONTHS) or not year:
        raise BadRow(field=field, expected=f"a month of the calendar, not {year}-{month}")
    return calendar.monthrange(year, month)[1]


def _shifted(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * 12 + month - 1 + months
    return count // 12, count % 12 + 1


def _check_clock(text: str, *, field: str) -> None:
    """Refuse a time of day that no clock shows; a leap second is one."""
    if not text:
        return
    match = _CLOCK.fullmatch(text)
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second")) if match else (99, 0, 0)
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004 -- the clock's own figures
        raise BadRow(field=field, expected=f"a time of day, not {text.strip()!r}")
