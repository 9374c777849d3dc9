"""Days, months and hours in the words of the reader's language.

Not Django's date formats: those have no Haitian Creole, and sources are often dated to a month or year only.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

MONTHS = (
    pgettext_lazy("month", "January"),
    pgettext_lazy("month", "February"),
    pgettext_lazy("month", "March"),
    pgettext_lazy("month", "April"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "June"),
    pgettext_lazy("month", "July"),
    pgettext_lazy("month", "August"),
    pgettext_lazy("month", "September"),
    pgettext_lazy("month", "October"),
    pgettext_lazy("month", "November"),
    pgettext_lazy("month", "December"),
)
WEEKDAYS = (
    pgettext_lazy("weekday", "Monday"),
    pgettext_lazy("weekday", "Tuesday"),
    pgettext_lazy("weekday", "Wednesday"),
    pgettext_lazy("weekday", "Thursday"),
    pgettext_lazy("weekday", "Friday"),
    pgettext_lazy("weekday", "Saturday"),
    pgettext_lazy("weekday", "Sunday"),
)
DAY_CODES = ("mo", "tu", "we", "th", "fr", "sa", "su")


def day_words(day: date) -> str:
    """A date as in "21 June 2018"."""
    return pgettext("date", "{day} {month} {year}").format(
        day=day.day, month=MONTHS[day.month - 1], year=day.year
    )


def month_words(day: date) -> str:
    """A month as in "June 2018"."""
    return pgettext("date", "{month} {year}").format(month=MONTHS[day.month - 1], year=day.year)


def time_words(moment: time) -> str:
    return f"{moment:%H:%M}"


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clocks of a country, as in "21 June 2018, 16:00"."""
    local = moment.astimezone(zone)
    return _("{day}, {time}").format(day=day_words(local.date()), time=time_words(local.time()))


def hours_lines(spells: Sequence[Mapping[str, Any]]) -> list[str]:
    """Opening spells with `days` (mo to su), `opens` and `closes`, as in "Monday to Friday, 08:00–16:00"."""
    return [
        _("{days}, {opens}–{closes}").format(
            days=_days_words(spell["days"]),
            opens=time_words(spell["opens"]),
            closes=time_words(spell["closes"]),
        )
        for spell in spells
    ]


def _days_words(codes: Sequence[str]) -> str:
    """Runs of three days and more as a span, the others one by one."""
    numbers = sorted(DAY_CODES.index(code) for code in codes if code in DAY_CODES)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_run_words(run) for run in runs)


def _run_words(run: list[int]) -> str:
    if len(run) > 2:
        return _("{first} to {last}").format(first=WEEKDAYS[run[0]], last=WEEKDAYS[run[-1]])
    return ", ".join(str(WEEKDAYS[number]) for number in run)
