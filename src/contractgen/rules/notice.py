"""Withdrawal notices: expiry date, notice and readings in, deadline and outcome out.

Order of the tests, strictest first, each making the later ones pointless:

1. *Already lapsed*: the notice took effect after the expiry of an agreement that has lapsed; there is nothing left to
   withdraw from, whatever its form.
2. *Form defect*: a notice in the wrong form has no effect, so what it asks for and when is not judged.
3. *Partial*: withdrawing from part of the agreement is refused, early or late.
4. *Timing*: a whole notice in due form is accepted up to and on the deadline, and late after it.

A notice that takes effect after expiry while the agreement has *not* lapsed meets an agreement that has already been
extended; it is judged against the expiry of the term then running (``extensions_before`` says how many terms on).

The deadline runs backwards, so a closed day does not prolong it. ``previous_business_day`` moves only the date that is
printed as advice: a notice between the printed and the true deadline is still in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contractgen.rules.periods import NEVER_CLOSED, ClosedDays, Steps, TermRule, steps_from


class NoticeCount(StrEnum):
    """Whether the days are the difference of two dates, or must lie wholly between them (one day stricter)."""

    DAY_DIFFERENCE = "day_difference"
    CLEAR_DAYS = "clear_days"


class NoticeWeekend(StrEnum):
    """Whether the printed deadline moves back from a closed day."""

    NO_SHIFT = "no_shift"
    PREVIOUS_BUSINESS_DAY = "previous_business_day"


class NoticeEffective(StrEnum):
    """Which of its dates makes a notice timely."""

    RECEIVED = "received"
    SENT = "sent"


class Outcome(StrEnum):
    """What a notice of withdrawal brings about."""

    ACCEPTED = "accepted"
    LATE = "late"
    FORM_DEFECT = "form-defect"
    PARTIAL_REFUSED = "partial-refused"
    ALREADY_LAPSED = "already-lapsed"


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """How long before the printed expiry date a notice must take effect, and how that is counted."""

    days: int
    count: NoticeCount = NoticeCount.DAY_DIFFERENCE
    weekend: NoticeWeekend = NoticeWeekend.NO_SHIFT
    effective: NoticeEffective = NoticeEffective.RECEIVED


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which a notice is in time (``last_day``), and the date to print (``printed_day``)."""

    expiry: date
    last_day: date
    printed_day: date


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A notice: when it was sent and received, whether in due form, whether for the whole agreement."""

    sent: date
    received: date
    in_due_form: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a notice, with every date an acknowledgement needs.

    ``deadline`` is that of the term the notice met. ``cover_ends``: the printed date on which cover ends as things
    stand. ``extended_to``: the new printed expiry unless a notice in order still arrives in time (none when accepted
    or lapsed). ``repeat_until``: the deadline, while a notice in order could still meet it. ``next_deadline``: the
    deadline after the extension (none when accepted or lapsed).
    """

    outcome: Outcome
    effective_day: date
    deadline: Deadline
    extensions_before: int
    cover_ends: date
    extended_to: date | None
    repeat_until: date | None
    next_deadline: Deadline | None


def notice_deadline(expiry: date, rule: NoticeRule, closed: ClosedDays = NEVER_CLOSED) -> Deadline:
    """Return the deadline for a notice before the printed ``expiry``; ``closed`` moves the printed date only."""
    days = rule.days + (1 if rule.count is NoticeCount.CLEAR_DAYS else 0)
    last = expiry - timedelta(days=days)
    shift = rule.weekend is NoticeWeekend.PREVIOUS_BUSINESS_DAY
    return Deadline(expiry, last, closed.open_on_or_before(last) if shift else last)


def effective_day(notice: Withdrawal, rule: NoticeRule) -> date:
    """Return the day on which the notice takes effect."""
    return notice.received if rule.effective is NoticeEffective.RECEIVED else notice.sent


def judge_withdrawal(  # noqa: PLR0913  the facts of a case, each on its own
    expiry: date,
    notice: Withdrawal,
    rule: NoticeRule,
    term: TermRule,
    *,
    lapsed: bool,
    anchor: date | None = None,
    closed: ClosedDays = NEVER_CLOSED,
) -> Judgement:
    """Judge a notice against the agreement that expires on the printed ``expiry``.

    ``lapsed``: whether the agreement was let lapse at ``expiry``; it is never inferred, and it matters only to a
    notice that takes effect after expiry. ``anchor``: the first day of the first term, for steps over a month end.
    """
    day = effective_day(notice, rule)
    steps = steps_from(term.boundary_of(expiry), term, anchor)
    gone = lapsed and day > expiry
    extensions = 0 if gone else _extensions_before(day, steps)
    current, following = (term.expiry_of(steps.boundary(extensions + more)) for more in (0, 1))
    deadline = notice_deadline(current, rule, closed)
    outcome = Outcome.ALREADY_LAPSED if gone else _outcome(notice, day, deadline)
    ends = outcome in {Outcome.ACCEPTED, Outcome.ALREADY_LAPSED}
    open_still = not ends and day <= deadline.last_day
    return Judgement(
        outcome=outcome,
        effective_day=day,
        deadline=deadline,
        extensions_before=extensions,
        cover_ends=current if ends else following,
        extended_to=None if ends else following,
        repeat_until=deadline.last_day if open_still else None,
        next_deadline=None if ends else notice_deadline(following, rule, closed),
    )


def _extensions_before(day: date, steps: Steps) -> int:
    """Return how many automatic extensions had happened before ``day``; the expiry day itself is not after expiry."""
    count = 0
    while steps.rule.expiry_of(steps.boundary(count)) < day:
        count += 1
    return count


def _outcome(notice: Withdrawal, day: date, deadline: Deadline) -> Outcome:
    if not notice.in_due_form:
        return Outcome.FORM_DEFECT
    if not notice.whole:
        return Outcome.PARTIAL_REFUSED
    return Outcome.ACCEPTED if day <= deadline.last_day else Outcome.LATE
