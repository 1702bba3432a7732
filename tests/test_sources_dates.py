"""Dates as catalogues write them: exact, vague, doubtful, and none at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.sources.dates import gcat_date, iso_date, treaty_date
from graph.sources.table import BadRow

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "doubtful"),
    [
        pytest.param("1957 Oct  4 1928:34", "1957-10-04", "1957-10-04", False, id="padded-with-clock"),
        pytest.param("2018 Oct 29", "2018-10-29", "2018-10-29", False, id="day"),
        pytest.param("2018 Oct 29 12h", "2018-10-29", "2018-10-29", False, id="hour"),
        pytest.param("2016 Dec 31 2359:60", "2016-12-31", "2016-12-31", False, id="leap-second"),
        pytest.param("2023 Mar 17 2338:00?", "2023-03-17", "2023-03-17", True, id="clock-in-doubt-keeps-the-day"),
        pytest.param("2018 Oct 29?", "2018-10-28", "2018-10-30", True, id="day-in-doubt"),
        pytest.param("2021 Mar", "2021-03-01", "2021-03-31", False, id="month"),
        pytest.param("2020 Feb", "2020-02-01", "2020-02-29", False, id="leap-february"),
        pytest.param("2021 Jan?", "2020-12-01", "2021-02-28", True, id="month-in-doubt-crosses-the-year"),
        pytest.param("1960", "1960-01-01", "1960-12-31", False, id="year"),
        pytest.param("1960?", "1959-01-01", "1961-12-31", True, id="year-in-doubt"),
        pytest.param("1960s", "1960-01-01", "1969-12-31", False, id="decade"),
        pytest.param("1960s?", "1950-01-01", "1979-12-31", True, id="decade-in-doubt"),
    ],
)
def test_gcat_dates(text: str, earliest: str, latest: str, *, doubtful: bool) -> None:
    """A vague date gives the days that its wording allows; a question mark one unit more on either side."""
    stated = gcat_date(text, field="Launch_Date")
    assert (stated.earliest.isoformat(), stated.latest.isoformat()) == (earliest, latest)
    assert stated.doubtful is doubtful
    assert stated.wording == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "-", "Oct 2018", "2018 Okt 29", "2018 Feb 30", "2018 Oct 29 2561", "2018-10-29", "29 Oct 2018", "1965s"],
)
def test_no_gcat_date(text: str) -> None:
    """What is no date is refused with the field, never rounded or dropped."""
    with pytest.raises(BadRow, match=r"^Launch_Date: "):
        gcat_date(text, field="Launch_Date")


@given(_DAYS)
def test_every_day_is_read_back(day: date) -> None:
    """Any day, written as GCAT does, is read as that day."""
    stated = gcat_date(f"{day.year} {_MONTHS[day.month - 1]} {day.day:2d}", field="x")
    assert stated.day == day


@given(_DAYS, st.booleans())
def test_month_holds_its_days(day: date, doubt: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """The bounds of a month hold each of its days, and with doubt those of the neighbours."""
    stated = gcat_date(f"{day.year} {_MONTHS[day.month - 1]}{'?' * doubt}", field="x")
    assert stated.earliest <= day <= stated.latest
    assert stated.day is None
    assert (stated.latest - stated.earliest > timedelta(days=31)) is doubt


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """Whatever a cell holds, it is read with ordered bounds or refused with the field; nothing else is raised."""
    try:
        stated = gcat_date(text, field="x")
    except BadRow:
        return
    assert stated.earliest <= stated.latest


def test_treaty_dates() -> None:
    """The UN Treaty Collection writes the day first."""
    assert treaty_date("9 Mar 2007", field="Signature").day == date(2007, 3, 9)
    with pytest.raises(BadRow, match=r"^Signature: "):
        treaty_date("31 Feb 2007", field="Signature")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        pytest.param("2021-06-16", "2021-06-16", "2021-06-16", id="day"),
        pytest.param("2021-06", "2021-06-01", "2021-06-30", id="month"),
        pytest.param("2005", "2005-01-01", "2005-12-31", id="year"),
        pytest.param("2023 (month not seen)", "2023-01-01", "2023-12-31", id="remark"),
        pytest.param("2000-10-20 (founding; initiator)", "2000-10-20", "2000-10-20", id="day-with-remark"),
    ],
)
def test_iso_dates(text: str, earliest: str, latest: str) -> None:
    """Member lists give a day, a month or a year, with a remark that stays in the wording."""
    stated = iso_date(text, field="joined")
    assert (stated.earliest.isoformat(), stated.latest.isoformat(), stated.wording) == (earliest, latest, text)


@pytest.mark.parametrize("text", ["", "2021-13", "2021-6", "June 2021", "0000"])
def test_no_iso_date(text: str) -> None:
    """Other forms are refused."""
    with pytest.raises(BadRow, match=r"^joined: "):
        iso_date(text, field="joined")
