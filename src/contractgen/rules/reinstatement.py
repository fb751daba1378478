"""Late renewal and deferred first purchase: dates, fee lines and readings in, fees and dates out.

Late renewal of an agreement that expired leaves a *gap* from its boundary to the effective date. The new agreement
starts where the old one ended; a reinstatement fee, a percentage of the fees of the gap, comes on top. The fee is
taken from the exact gap fees of all lines together and rounded once; the gap fees are rounded a line for printing.

The month limit and the notice deadline count from the *printed* expiry date, the gap from the boundary: with a last
covered day the gap is one day shorter (R − E − 1) and an order on the day after expiry is still on time.

Within the limit one more day of delay never costs less, in any combination of readings: terms billed, gap fraction and
anniversaries in the gap all grow with the effective date, and every rounding is monotone. (Once a lapsed line is also
brought to a common date the law needs more: see ``cotermination``.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from contractgen.money import Percent, Rounding, as_fraction, printed, share, total
from contractgen.rules.periods import (
    NEVER_CLOSED,
    ClosedDays,
    Elapsed,
    ForwardShift,
    MonthLimitRule,
    TermRule,
    elapsed,
    shifted_forward,
    steps_from,
)
from contractgen.values import Money


class ReinstatementBase(StrEnum):
    """What the late-renewal percentage is taken of: fees accrued over the gap, or whole fees that fell due in it."""

    PRORATED_GAP = "prorated_gap"
    ANNUAL_FEES_DUE_IN_GAP = "annual_fees_due_in_gap"


class BackFeeTerm(StrEnum):
    """Whether whole terms are billed from the old expiry on, or the gap and then one term from the effective date."""

    WHOLE_12_MONTH_TERMS = "whole_12_month_terms"
    GAP_PLUS_12_MONTHS = "gap_plus_12_months"


class DeferralBase(StrEnum):
    """What the deferral percentage is taken of: fees accrued until conclusion, or the whole first term as billed."""

    PRORATED_GAP = "prorated_gap"
    WHOLE_FIRST_TERM_BASE = "whole_first_term_base"


class GraceCount(StrEnum):
    """Whether the day the grace period starts from is its day zero or its day one."""

    EXCLUDE_FIRST_DAY = "exclude_first_day"
    INCLUDE_FIRST_DAY = "include_first_day"


class RenewalState(StrEnum):
    """How a renewal that is possible stands against the expiry."""

    ON_TIME = "on_time"
    LATE = "late"


class DeferralState(StrEnum):
    """How a first purchase of support stands against delivery and grace period."""

    TOGETHER = "together"
    WITHIN_GRACE = "within_grace"
    AFTER_GRACE = "after_grace"


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A line of the agreement with its fee for one whole term step, and whether the reinstatement fee bears on it."""

    key: str
    fee_per_step: Money
    bears_reinstatement_fee: bool = True


@dataclass(frozen=True, slots=True)
class LineFees:
    """The printed fees of one line.

    ``term_fee`` is what is billed for the new term: ``back_fee`` for the gap plus ``forward_fee`` when the gap is
    billed apart, else ``forward_fee`` alone. ``gap_fee`` is the line's part of the reinstatement base, for explanation.
    """

    key: str
    back_fee: Money
    forward_fee: Money
    term_fee: Money
    gap_fee: Money


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """The fee on top: printed base (the sum of the lines' ``gap_fee``), and fee."""

    base: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """The readings and figures of late renewal."""

    term: TermRule
    percent: Percent
    limit: MonthLimitRule
    base: ReinstatementBase = ReinstatementBase.PRORATED_GAP
    back_fee_term: BackFeeTerm = BackFeeTerm.WHOLE_12_MONTH_TERMS
    rounding: Rounding = Rounding.HALF_UP_MINOR_UNIT


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal on time or late: ``new_start`` is a first covered day, ``new_expiry`` the printed expiry date."""

    state: RenewalState
    gap: Elapsed
    terms_billed: int
    new_start: date
    new_expiry: date
    lines: tuple[LineFees, ...]
    back_fee: Money
    renewal_fee: Money
    reinstatement: Reinstatement
    total: Money


@dataclass(frozen=True, slots=True)
class RenewalRefused:
    """The limit has passed: what lapsed cannot be reactivated."""

    effective: date
    limit: date  # the last day in time


@dataclass(frozen=True, slots=True)
class DeferralRule:
    """The readings and figures of a deferred first purchase; no ``limit`` where the source sets none."""

    term: TermRule
    percent: Percent
    grace_days: int
    grace_count: GraceCount = GraceCount.EXCLUDE_FIRST_DAY
    grace_shift: ForwardShift = ForwardShift.NONE
    base: DeferralBase = DeferralBase.PRORATED_GAP
    limit: MonthLimitRule | None = None
    rounding: Rounding = Rounding.HALF_UP_MINOR_UNIT


@dataclass(frozen=True, slots=True)
class Deferral:
    """A first purchase of support, back-dated to delivery; nothing is supported before it is concluded."""

    state: DeferralState
    delivery: date
    concluded: date
    last_grace_day: date
    accrued: Elapsed
    terms_billed: int
    new_start: date
    new_expiry: date
    lines: tuple[LineFees, ...]
    fee: Money
    reinstatement: Reinstatement
    total: Money

    @property
    def days_without_support(self) -> int:
        """Days paid for but not supported, as support starts when it is concluded."""
        return self.accrued.days


@dataclass(frozen=True, slots=True)
class DeferralRefused:
    """The limit for a first purchase has passed."""

    concluded: date
    last_grace_day: date
    limit: date  # the last day in time


def renew(  # noqa: PLR0913  the facts of a case, each on its own
    lines: Sequence[FeeLine],
    expiry: date,
    effective: date,
    rule: RenewalRule,
    *,
    anchor: date | None = None,
    closed: ClosedDays = NEVER_CLOSED,
) -> Renewal | RenewalRefused:
    """Renew ``lines`` that expire together on the printed ``expiry``, with effect from ``effective``.

    ``anchor``: first day of the first term, for steps over a month end. ``closed``: for a limit that shifts forward.
    ValueError when there is no line or currencies are mixed.
    """
    term = rule.term
    limit = rule.limit.count_from(expiry, term.calendar, closed)
    if effective > limit and effective > term.boundary_of(expiry):
        return RenewalRefused(effective, limit)
    steps = steps_from(term.boundary_of(expiry), term, anchor)
    gap = elapsed(steps, effective)
    apart = rule.back_fee_term is BackFeeTerm.GAP_PLUS_12_MONTHS and gap.days > 0
    terms = 1 if apart else steps.least_ending_after(effective)
    end = steps_from(effective, term).boundary(1) if apart else steps.boundary(terms)
    due = gap.whole_steps + (1 if gap.rest_days else 0)  # anniversaries A with old boundary <= A < effective
    accrued = gap.fraction if rule.base is ReinstatementBase.PRORATED_GAP else Fraction(due)
    back = gap.fraction if apart else Fraction(0)
    fees = tuple(_line_fees(line, back, terms, accrued, rule.rounding) for line in lines)
    fee = _sum(part.term_fee for part in fees)
    reinstatement = _reinstatement(lines, fees, accrued, rule)
    return Renewal(
        state=RenewalState.LATE if gap.days else RenewalState.ON_TIME,
        gap=gap,
        terms_billed=terms,
        new_start=steps.start,
        new_expiry=term.expiry_of(end),
        lines=fees,
        back_fee=_sum(part.back_fee for part in fees),
        renewal_fee=fee,
        reinstatement=reinstatement,
        total=fee + reinstatement.fee,
    )


def last_grace_day(grace_start: date, rule: DeferralRule, closed: ClosedDays = NEVER_CLOSED) -> date:
    """Return the last day on which a first purchase bears no reinstatement fee."""
    days = rule.grace_days - (1 if rule.grace_count is GraceCount.INCLUDE_FIRST_DAY else 0)
    return shifted_forward(grace_start + timedelta(days=days), rule.grace_shift, closed)


def defer(  # noqa: PLR0913  the facts of a case, each on its own
    lines: Sequence[FeeLine],
    delivery: date,
    concluded: date,
    rule: DeferralRule,
    *,
    grace_start: date | None = None,
    closed: ClosedDays = NEVER_CLOSED,
) -> Deferral | DeferralRefused:
    """Conclude first support for ``lines`` on ``concluded``, back-dated to ``delivery``.

    Whole terms are billed from delivery, the least number that ends after conclusion. ``grace_start`` is the day the
    grace period is counted from (delivery unless given); fees always run from delivery. Bought on or before delivery
    is bought together. ValueError when there is no line or currencies are mixed.
    """
    last_day = last_grace_day(grace_start or delivery, rule, closed)
    limit = rule.limit.count_from(delivery, rule.term.calendar, closed) if rule.limit else None
    if limit is not None and concluded > max(limit, delivery):
        return DeferralRefused(concluded, last_day, limit)
    steps = steps_from(delivery, rule.term)
    accrued = elapsed(steps, concluded)
    if accrued.days == 0:
        state = DeferralState.TOGETHER
    else:
        state = DeferralState.WITHIN_GRACE if concluded <= last_day else DeferralState.AFTER_GRACE
    terms = steps.least_ending_after(concluded)
    base = accrued.fraction if rule.base is DeferralBase.PRORATED_GAP else Fraction(terms)
    if state is not DeferralState.AFTER_GRACE:
        base = Fraction(0)
    fees = tuple(_line_fees(line, Fraction(0), terms, base, rule.rounding) for line in lines)
    fee = _sum(part.term_fee for part in fees)
    reinstatement = _reinstatement(lines, fees, base, rule)
    return Deferral(
        state=state,
        delivery=delivery,
        concluded=concluded,
        last_grace_day=last_day,
        accrued=accrued,
        terms_billed=terms,
        new_start=delivery,
        new_expiry=rule.term.expiry_of(steps.boundary(terms)),
        lines=fees,
        fee=fee,
        reinstatement=reinstatement,
        total=fee + reinstatement.fee,
    )


def _line_fees(line: FeeLine, back: Fraction, terms: int, base: Fraction, rounding: Rounding) -> LineFees:
    """Return the printed fees of one line; a line without reinstatement fee has no part in its base."""
    back_fee = share(line.fee_per_step, back, rounding)
    forward_fee = share(line.fee_per_step, terms, rounding)
    gap_fee = share(line.fee_per_step, base if line.bears_reinstatement_fee else 0, rounding)
    return LineFees(line.key, back_fee, forward_fee, back_fee + forward_fee, gap_fee)


def _reinstatement(
    lines: Sequence[FeeLine],
    fees: Sequence[LineFees],
    base: Fraction,
    rule: RenewalRule | DeferralRule,
) -> Reinstatement:
    """Return the fee on the exact base of all bearing lines, rounded once, with the base as the lines print it."""
    exact = base * sum(line.fee_per_step.minor for line in lines if line.bears_reinstatement_fee)
    base_printed = _sum(part.gap_fee for part in fees)
    fee = printed(as_fraction(rule.percent) * exact, base_printed.currency, rule.rounding)
    return Reinstatement(base_printed, fee)


def _sum(amounts: Iterable[Money]) -> Money:
    """Return the sum of at least one amount."""
    found = tuple(amounts)
    if not found:
        raise ValueError("an agreement needs at least one fee line")
    return total(found, found[0].currency)
