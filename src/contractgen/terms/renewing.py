"""Renewal in good time, and the notice that prevents it (rules ``renewal`` and ``notice``).

In: ``term.expiry``, ``term.start``, ``term.lapsed``, licence lines, ``withdrawal``. Out: the next term and its fee, the
last day for notice, facts ``withdrawal`` (outcome of a notice received) and ``window`` (whether notice is still open).
"""

from __future__ import annotations

from datetime import date

from contractgen.errors import Problem
from contractgen.money import share, total
from contractgen.rules.notice import (
    NoticeCount,
    NoticeEffective,
    NoticeRule,
    NoticeWeekend,
    Withdrawal,
    judge_withdrawal,
    notice_deadline,
)
from contractgen.rules.periods import Steps, steps_from
from contractgen.terms.common import (
    closed_days,
    count_of,
    expiry_of_line,
    fee_figure,
    product_of,
    renews_after_first_term,
    rounding,
    term_rule,
    warn_of_open_offer,
)
from contractgen.terms.sheet import Sheet, day_of, money_of, once
from contractgen.values import Figure, Kind

OUTCOMES = ("none", "accepted", "late", "form-defect", "partial-refused", "already-lapsed")
FACTS_OF_NOTICE = {"withdrawal": OUTCOMES, "window": ("none", "open", "closed")}


def next_steps(sheet: Sheet, expiry: Figure) -> Steps:
    """Return the terms that follow the expiry date, stepped from the first start where the record gives it."""
    rule = term_rule(sheet)
    start = sheet.given("term.start")
    return steps_from(rule.boundary_of(day_of(expiry)), rule, day_of(start) if start else None)


def work_renewal(sheet: Sheet) -> None:
    """Put down the next term and its fee; a renewal's price lines."""
    record = sheet.contract.record
    expiry = sheet.given("term.expiry")
    licences(sheet)
    if expiry is None or not record.licences:
        sheet.lack("renewal", "term.expiry and licences")
        sheet.lack("term.next_expiry", "term.expiry")
        return
    if record.transaction == "renewal":
        warn_of_open_offer(sheet, expiry)
    rule, steps = term_rule(sheet), next_steps(sheet, expiry)
    step = sheet.policy_figure("renewal_step")
    start = sheet.put_day("renewal.start", steps.boundary(0), expiry, (), "", ["expiry_date_means"])
    ends = rule.expiry_of(steps.boundary(1))
    next_expiry = sheet.put_day("renewal.expiry", ends, expiry, (step,), "one step on", ["month_end"])
    sheet.put_day("term.next_expiry", ends, expiry, (step,), "one step on", ["month_end"])
    fees = [fee_figure(sheet, index) for index in range(len(record.licences))]
    printed = [share(money_of(fee), 1, rounding(sheet)) for fee in fees]
    amount = total(printed, record.currency)
    sheet.put("renewal.fee", Kind.MONEY, amount, fees, "the annual fees of all lines, in good time")
    if record.transaction == "renewal" or renews_after_first_term(sheet):
        for index, fee in enumerate(fees):
            sheet.add(
                "price_lines",
                "renewal-term",
                {
                    **product_of(sheet, index),
                    "start": start,
                    "end": next_expiry,
                    "unit_price": fee,
                    "amount": sheet.figure(
                        "renewal.line_fee", Kind.MONEY, printed[index], (fee, step), "one step", ["rounding"]
                    ),
                },
            )


def licences(sheet: Sheet) -> None:
    """List the licence lines as the record gives them."""
    for index in range(len(sheet.contract.record.licences)):
        field = f"licences.{index}."
        names = {"line": "id", "product": "product", "code": "code", "quantity": "quantity", "annual_fee": "annual_fee"}
        row: dict[str, Figure | None] = {name: sheet.given(field + source) for name, source in names.items()}
        sheet.add("licence_lines", "licence", {**row, "expiry": expiry_of_line(sheet, index)})


@once
def notice_rule(sheet: Sheet) -> NoticeRule:
    """Return how a notice is counted."""
    return NoticeRule(
        days=count_of(sheet, "notice_period"),
        count=sheet.option("notice_count", NoticeCount),
        weekend=sheet.option("notice_weekend", NoticeWeekend),
        effective=sheet.option("notice_effective", NoticeEffective),
    )


def work_notice(sheet: Sheet) -> None:
    """Put down the last day for notice and judge a notice received."""
    expiry = sheet.given("term.expiry")
    if sheet.contract.record.transaction == "co-termination" and "cotermination.target" in sheet.figures:
        expiry = sheet.figures["cotermination.target"]
    if expiry is None:
        sheet.lack("notice", "term.expiry")
        sheet.put_fact("withdrawal", "none", OUTCOMES, (), "the expiry date is not given")
        sheet.put_fact("window", "none", FACTS_OF_NOTICE["window"], (), "the expiry date is not given")
        return
    received = sheet.given("withdrawal.received")
    if received is None:
        _without_notice(sheet, expiry)
    else:
        _judge(sheet, expiry, received)


def _without_notice(sheet: Sheet, expiry: Figure) -> None:
    rule, closed = notice_rule(sheet), closed_days(sheet)
    deadline = notice_deadline(day_of(expiry), rule, closed)
    following = term_rule(sheet).expiry_of(next_steps(sheet, expiry).boundary(1))
    _put_deadlines(sheet, expiry, deadline.printed_day, notice_deadline(following, rule, closed).printed_day)
    sheet.put_fact("withdrawal", "none", OUTCOMES, (expiry,), "no notice is recorded")
    working = f"the document is dated {sheet.day}, the last day for notice is {deadline.last_day}"
    _put_window(sheet, expiry, deadline.last_day, working)


def _put_window(sheet: Sheet, expiry: Figure, last: date, working: str) -> None:
    """Put down whether notice can still be given on the document's day."""
    value = "open" if sheet.day <= last else "closed"
    sheet.put_fact("window", value, FACTS_OF_NOTICE["window"], (expiry,), working)


def _put_deadlines(sheet: Sheet, expiry: Figure, last: date, following: date) -> None:
    period = sheet.policy_figure("notice_period")
    readings = ["notice_count", "notice_weekend"]
    sheet.put_day("notice.deadline", last, expiry, (period,), "the notice period counted back from expiry", readings)
    working = "the notice period counted back from the next expiry"
    sheet.put_day("notice.next_deadline", following, expiry, (period,), working, readings)


def _judge(sheet: Sheet, expiry: Figure, received: Figure) -> None:
    record = sheet.contract.record
    notice = record.withdrawal
    if notice is None:  # pragma: no cover  (received is a field of it)
        return
    if sheet.reading("notice_effective") == "sent" and notice.sent is None:
        cause = "the day of sending counts (reading notice_effective = sent), and the record does not give it"
        sheet.problems.append(Problem(sheet.contract.place("withdrawal"), cause, "add withdrawal.sent"))
    sent = notice.sent or notice.received
    named = set(notice.licences)
    whole = not named or named == {line.id for line in record.licences}
    start = sheet.given("term.start")
    judged = judge_withdrawal(
        day_of(expiry),
        Withdrawal(sent.date, notice.received.date, notice.written, whole),
        notice_rule(sheet),
        term_rule(sheet),
        lapsed=record.term.lapsed is True,
        anchor=day_of(start) if start else None,
        closed=closed_days(sheet),
    )
    following = judged.next_deadline or notice_deadline(
        judged.extended_to or judged.cover_ends, notice_rule(sheet), closed_days(sheet)
    )
    if judged.extensions_before:
        sheet.problems.append(_after_expiry(sheet, expiry))
    _put_deadlines(sheet, expiry, judged.deadline.printed_day, following.printed_day)
    if judged.extended_to:
        sheet.put_day(
            "term.next_expiry", judged.extended_to, expiry, (sheet.policy_figure("renewal_step"),), "one step on"
        )
    sheet.put_day("withdrawal.cover_ends", judged.cover_ends, expiry, (received,), f"outcome {judged.outcome}")
    working = f"in effect {judged.effective_day}, last day {judged.deadline.last_day}"
    sheet.put_fact("withdrawal", judged.outcome.value.replace("_", "-"), OUTCOMES, (expiry, received), working)
    _put_window(sheet, expiry, judged.deadline.last_day, working)


def _after_expiry(sheet: Sheet, expiry: Figure) -> Problem:
    """Say that a notice after the expiry of a term that did not lapse belongs to a later one, which is not stated."""
    cause = f"the notice came after term.expiry ({expiry.canonical}), and the record does not say that it lapsed"
    repair = "give the dates of the term that was running then, or term.lapsed: true"
    return Problem(sheet.contract.place("withdrawal.received"), cause, repair)
