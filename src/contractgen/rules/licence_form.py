"""Licence forms: when the licence was bought, when maintenance ends and when it is ordered in; form and cover out.

Maintenance is bought with a new licence, extended before it has expired, or taken up again afterwards. Each form gives
its own number of months. Everything counts on days that are still covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contractgen.calendars import add_months
from contractgen.rules.periods import ExpiryDateMeans
from contractgen.values import Calendar

DAY = timedelta(days=1)


class LicenceForm(StrEnum):
    """Under which form maintenance is bought."""

    NEW_LICENCE = "new-licence"
    ANNUAL_RENEWAL = "annual-renewal"
    REINSTATEMENT = "reinstatement"


class OnExpiryDay(StrEnum):
    """Whether an order on the last covered day still renews."""

    RENEWAL = "renewal"
    REINSTATEMENT = "reinstatement"


class ReinstatementStart(StrEnum):
    """From when cover runs that is taken up again."""

    ORDER_DATE = "order_date"
    DAY_AFTER_OLD_EXPIRY = "day_after_old_expiry"


class MissingLastDay(StrEnum):
    """The last day of a term whose final month lacks the day on which it would start anew (29 February)."""

    CLAMP_LAST_DAY = "clamp_last_day"
    DAY_BEFORE = "day_before"


@dataclass(frozen=True, slots=True)
class FormRule:
    """The months of each form and the readings that decide at the edges."""

    months: dict[LicenceForm, int]
    on_expiry_day: OnExpiryDay = OnExpiryDay.RENEWAL
    expiry_date_means: ExpiryDateMeans = ExpiryDateMeans.LAST_COVERED_DAY
    reinstatement_start: ReinstatementStart = ReinstatementStart.ORDER_DATE
    missing_last_day: MissingLastDay = MissingLastDay.CLAMP_LAST_DAY

    def last_covered(self, expiry: date) -> date:
        """Return the last covered day of maintenance that expires on the printed ``expiry``."""
        return expiry if self.expiry_date_means is ExpiryDateMeans.LAST_COVERED_DAY else expiry - DAY

    def last_order_day(self, expiry: date) -> date:
        """Return the last day on which an order still renews maintenance that expires on the printed ``expiry``."""
        last = self.last_covered(expiry)
        return last if self.on_expiry_day is OnExpiryDay.RENEWAL else last - DAY

    def expiry_of(self, last_covered: date) -> date:
        """Return the expiry date to print for maintenance that covers ``last_covered`` as its last day."""
        return last_covered if self.expiry_date_means is ExpiryDateMeans.LAST_COVERED_DAY else last_covered + DAY


@dataclass(frozen=True, slots=True)
class Cover:
    """The days that a form covers, first and last included."""

    form: LicenceForm
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days are covered."""
        return (self.last - self.first).days + 1


def form_of(expiry: date, ordered: date, rule: FormRule) -> LicenceForm:
    """Return the form of an order for a licence whose maintenance expires on the printed ``expiry``."""
    return LicenceForm.ANNUAL_RENEWAL if ordered <= rule.last_order_day(expiry) else LicenceForm.REINSTATEMENT


def cover_of_new_licence(bought: date, rule: FormRule) -> Cover:
    """Return what a licence bought on ``bought`` covers."""
    return _cover(LicenceForm.NEW_LICENCE, bought, rule)


def cover_of_order(expiry: date, ordered: date, rule: FormRule) -> Cover:
    """Return what an order of ``ordered`` covers after maintenance that expires on the printed ``expiry``."""
    form = form_of(expiry, ordered, rule)
    anew = form is LicenceForm.REINSTATEMENT and rule.reinstatement_start is ReinstatementStart.ORDER_DATE
    return _cover(form, ordered if anew else rule.last_covered(expiry) + DAY, rule)


def _cover(form: LicenceForm, first: date, rule: FormRule) -> Cover:
    turn = add_months(first, rule.months[form], Calendar.GREGORIAN)
    clamped = turn.day != first.day  # the final month lacks the day
    keeps = clamped and rule.missing_last_day is MissingLastDay.CLAMP_LAST_DAY
    return Cover(form, first, turn if keeps else turn - DAY)
