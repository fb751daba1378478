"""When the first response to a ticket falls due (rule ``response``): working hours from registration.

In: tickets, holidays, and the policy's opening times and hours of the tier. Out: fact ``tickets`` and the table
``response_due``.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from contractgen.record import moment_of
from contractgen.rules.working_hours import WorkingTime, due_moment
from contractgen.terms.sheet import Sheet
from contractgen.values import Duration, Figure, Kind, Weekday

FACTS = {"tickets": ("none", "given")}
_WEEK = tuple(Weekday)


def work(sheet: Sheet) -> None:
    """Put down the due moment of each ticket."""
    tickets = sheet.contract.record.tickets
    sheet.put_fact("tickets", "given" if tickets else "none", FACTS["tickets"])
    if not tickets:
        return
    allowed = sheet.figures["first_response"]
    if not isinstance(allowed.amount, Duration):
        raise TypeError("first_response is no duration")
    hours = _working_time(sheet)
    for index, ticket in enumerate(tickets):
        registered = sheet.contract.figures[f"tickets.{index}.registered"]
        moment, _ = moment_of(ticket.registered)
        result = due_moment(moment, timedelta(hours=allowed.amount.count), hours)
        working = f"the clock starts {result.clock_starts:%Y-%m-%d %H:%M}"
        due = sheet.figure("due", Kind.MOMENT, result.due, (registered, allowed), working, ["holidays"])
        row = {
            "ticket": sheet.contract.figures[f"tickets.{index}.id"],
            "registered": registered,
            "hours": allowed,
            "due": due,
        }
        sheet.add("response_due", "ticket", row)


def _working_time(sheet: Sheet) -> WorkingTime:
    opens, closes = _time(sheet.policy_figure("opening")), _time(sheet.policy_figure("closing"))
    first, last = _weekday(sheet.policy_figure("first_weekday")), _weekday(sheet.policy_figure("last_weekday"))
    start, end = _WEEK.index(first), _WEEK.index(last)
    days = frozenset(_WEEK[(start + step) % 7] for step in range((end - start) % 7 + 1))
    holidays: frozenset[date] = frozenset()
    if sheet.reading("holidays") == "from_data":
        holidays = frozenset(day.date for day in sheet.contract.record.holidays)
    return WorkingTime(opens, closes, days, holidays)


def _time(figure: Figure) -> time:
    if not isinstance(figure.amount, time) or isinstance(figure.amount, datetime):
        raise TypeError(f"{figure.field} is no time of day")
    return figure.amount


def _weekday(figure: Figure) -> Weekday:
    if not isinstance(figure.amount, Weekday):
        raise TypeError(f"{figure.field} is no weekday")
    return figure.amount
