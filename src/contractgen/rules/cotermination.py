"""Co-termination: fee lines with different expiry dates and a target in, prorated stubs to one common date out.

Terms are only lengthened: a line that ends after the target is a rejection, never a credit. A line that has lapsed is
renewed late first and prorated from its new expiry. With ``latest_expiry`` the target is the latest expiry that the
lines then have. After the target one renewal covers all lines that end on it.

One more day of delay of a lapsed line never costs less, late renewal and stub to the same target taken together, when
whole terms are billed and a part is measured by ``actual_over_term_days`` or ``months_then_days``. It can cost less in
these cases, which are kept because a policy may mean them; a test holds an example of each:

* ``actual_365``: a stub of one leap year costs 366/365 of the fee. On the day the delay reaches the next anniversary
  that year becomes a whole term at the plain fee, and the total falls by up to one day's fee.
* ``gap_plus_12_months``: the stub then starts one year after the effective date, so that each day moves its start. A
  29 February takes two days off the stub at once, and the days it is divided by (365 or 366; 28 to 31) change: the
  total falls by up to a few days' fee, whatever the day count.
* roundings coarser than the minor unit: term and stub are rounded apart, and a term that moves from the one to the
  other can cost one rounding step.

With ``latest_expiry`` delay can move the target itself; totals for different targets are not comparable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contractgen.money import share, total
from contractgen.rules.notice import NoticeRule, notice_deadline
from contractgen.rules.periods import NEVER_CLOSED, ClosedDays, Elapsed, Steps, elapsed, steps_from
from contractgen.rules.reinstatement import FeeLine, Renewal, RenewalRefused, RenewalRule, RenewalState, renew
from contractgen.values import Money


class CotermTarget(StrEnum):
    """Which common date is allowed."""

    LATEST_EXPIRY = "latest_expiry"
    CUSTOMER_DATE_NOT_BEFORE_LATEST_EXPIRY = "customer_date_not_before_latest_expiry"


class RejectionReason(StrEnum):
    """Why lines cannot be brought to one date."""

    LINE_EXPIRY_AFTER_TARGET = "line_expiry_after_target"
    LINE_BEYOND_LIMIT = "line_beyond_limit"
    CUSTOMER_DATE_MISSING = "customer_date_missing"
    CUSTOMER_DATE_NOT_LATEST_EXPIRY = "customer_date_not_latest_expiry"


@dataclass(frozen=True, slots=True)
class CotermLine:
    """A fee line with its printed expiry.

    ``reinstated``: the effective date, for a line that has lapsed; none for a live one (it is never inferred).
    ``anchor``: the first day of its first term, for steps over a month end.
    """

    fee: FeeLine
    expiry: date
    reinstated: date | None = None
    anchor: date | None = None


@dataclass(frozen=True, slots=True)
class CotermRule:
    """The readings of co-termination; ``renewal`` holds term, rounding and what a lapsed line costs.

    A stub of 1 to ``min_stub_days`` − 1 days is moved on to the common date one step later (0 moves none). ``notice``
    lets the result warn of stubs that start after their own withdrawal deadline.
    """

    renewal: RenewalRule
    target: CotermTarget = CotermTarget.LATEST_EXPIRY
    min_stub_days: int = 0
    notice: NoticeRule | None = None


@dataclass(frozen=True, slots=True)
class Stub:
    """One line brought to the common date: from its (new) expiry to ``expiry``, both as printed.

    ``moved_on``: the stub was too short and runs to the common date one step later. ``withdrawal_closed``: the
    withdrawal deadline of the date it runs to lies before the stub starts.
    """

    key: str
    reinstatement: Renewal | None
    start: date
    expiry: date
    stub: Elapsed
    fee: Money
    moved_on: bool
    withdrawal_closed: bool


@dataclass(frozen=True, slots=True)
class Cotermination:
    """All lines on one date: what is due now, and the single renewal from the target on."""

    target: date
    lines: tuple[Stub, ...]
    stub_total: Money
    renewal_total: Money  # renewal fees of lapsed lines
    reinstatement_total: Money
    total: Money
    single_renewal_from: date
    single_renewal_fee: Money
    next_expiry: date


@dataclass(frozen=True, slots=True)
class CoterminationRejected:
    """No common date: the reason, the target asked for, the lines in the way and the latest expiry of all."""

    reason: RejectionReason
    target: date | None
    keys: tuple[str, ...]
    latest_expiry: date | None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line after its late renewal, if any, with the terms that follow from where it now ends."""

    line: CotermLine
    reinstatement: Renewal | None
    expiry: date
    steps: Steps


def coterminate(
    lines: Sequence[CotermLine],
    rule: CotermRule,
    *,
    customer_date: date | None = None,
    closed: ClosedDays = NEVER_CLOSED,
) -> Cotermination | CoterminationRejected:
    """Bring ``lines`` to one expiry date.

    ``customer_date``: the printed expiry date the customer asks for. ValueError when there is no line or currencies
    are mixed.
    """
    ready: list[_Ready] = []
    beyond: list[str] = []
    for line in lines:
        result = _ready(line, rule.renewal, closed)
        if isinstance(result, RenewalRefused):
            beyond.append(line.fee.key)
        else:
            ready.append(result)
    if beyond:
        return CoterminationRejected(RejectionReason.LINE_BEYOND_LIMIT, customer_date, tuple(beyond), None)
    target = _target(ready, rule.target, customer_date)
    if isinstance(target, CoterminationRejected):
        return target
    return _result(ready, target, rule)


def _ready(line: CotermLine, rule: RenewalRule, closed: ClosedDays) -> _Ready | RenewalRefused:
    """Renew a lapsed line late; an effective date up to the old expiry means that it has not lapsed."""
    term = rule.term
    live = _Ready(line, None, line.expiry, steps_from(term.boundary_of(line.expiry), term, line.anchor))
    if line.reinstated is None:
        return live
    renewal = renew([line.fee], line.expiry, line.reinstated, rule, anchor=line.anchor, closed=closed)
    if isinstance(renewal, RenewalRefused):
        return renewal
    if renewal.state is RenewalState.ON_TIME:
        return live
    # Steps go on from the line's own anchor, so that a clamped month end does not change the days of a step.
    steps = steps_from(term.boundary_of(renewal.new_expiry), term, live.steps.anchor)
    return _Ready(line, renewal, renewal.new_expiry, steps)


def _target(ready: Sequence[_Ready], reading: CotermTarget, asked: date | None) -> date | CoterminationRejected:
    latest = max(line.expiry for line in ready)
    if reading is CotermTarget.LATEST_EXPIRY:
        if asked not in {None, latest}:
            return CoterminationRejected(RejectionReason.CUSTOMER_DATE_NOT_LATEST_EXPIRY, asked, (), latest)
        return latest
    if asked is None:
        return CoterminationRejected(RejectionReason.CUSTOMER_DATE_MISSING, None, (), latest)
    after = tuple(line.line.fee.key for line in ready if line.expiry > asked)
    if after:
        return CoterminationRejected(RejectionReason.LINE_EXPIRY_AFTER_TARGET, asked, after, latest)
    return asked


def _result(ready: Sequence[_Ready], target: date, rule: CotermRule) -> Cotermination:
    term, rounding = rule.renewal.term, rule.renewal.rounding
    common = steps_from(term.boundary_of(target), term)
    stubs = tuple(_stub(line, common, rule) for line in ready)
    currency = stubs[0].fee.currency
    renewals = [stub.reinstatement for stub in stubs if stub.reinstatement]
    stub_total = total((stub.fee for stub in stubs), currency)
    renewal_total = total((renewal.renewal_fee for renewal in renewals), currency)
    reinstatement_total = total((renewal.reinstatement.fee for renewal in renewals), currency)
    single = (
        share(line.line.fee.fee_per_step, 1, rounding)
        for line, stub in zip(ready, stubs, strict=True)
        if not stub.moved_on
    )
    return Cotermination(
        target=target,
        lines=stubs,
        stub_total=stub_total,
        renewal_total=renewal_total,
        reinstatement_total=reinstatement_total,
        total=stub_total + renewal_total + reinstatement_total,
        single_renewal_from=common.start,
        single_renewal_fee=total(single, currency),
        next_expiry=term.expiry_of(common.boundary(1)),
    )


def _stub(ready: _Ready, common: Steps, rule: CotermRule) -> Stub:
    days = (common.start - ready.steps.start).days
    moved = 0 < days < rule.min_stub_days
    end = common.boundary(1 if moved else 0)
    stub = elapsed(ready.steps, end)
    expiry = rule.renewal.term.expiry_of(end)
    closed = bool(rule.notice and stub.days and notice_deadline(expiry, rule.notice).last_day < stub.start)
    return Stub(
        key=ready.line.fee.key,
        reinstatement=ready.reinstatement,
        start=stub.start,
        expiry=expiry,
        stub=stub,
        fee=share(ready.line.fee.fee_per_step, stub.fraction, rule.renewal.rounding),
        moved_on=moved,
        withdrawal_closed=closed,
    )
