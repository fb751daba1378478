"""The contract record: the shape of what users write, with every scalar read by a declared rule.

In: YAML or JSON text as strings. Out: ``Record``, frozen. Field descriptions become the JSON Schema that editors show.
Nothing here knows a vendor: which tiers, regions and transactions exist, and which fields a document needs, is the
policy's to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from contractgen.record_fields import (
    Amount,
    Code,
    Count,
    Country,
    Currency,
    DayField,
    Email,
    Flag,
    Key,
    Moment,
    Name,
    Percent,
    Phone,
    Tally,
    Text,
)
from contractgen.validation import Shape, inner_model
from contractgen.values import Calendar, Day


class ContractNumber(Shape):
    """The contract itself."""

    number: Code = Field(description="contract number as registered")
    date: DayField | None = Field(None, description="day on which the contract was made")


class Customer(Shape):
    """The customer, who is also the addressee of letters."""

    name: Name = Field(description="name of the firm or person")
    number: Code | None = Field(None, description="customer number")
    party: Key | None = Field(None, description="customer or partner")
    status: Key | None = Field(None, description="new or existing")
    region: Key | None = Field(None, description="region of the customer's place: americas, emea, apac, other")
    area: Key | None = Field(None, description="area of service: tehran or outside-tehran")
    segment: Key | None = Field(
        None, description="commercial, a government, a business partner, an individual consumer"
    )
    country: Country | None = Field(None, description="ISO 3166 code of the customer's country: KR, IR, US")
    address: Text | None = Field(None, description="postal address on one line")
    attention: Name | None = Field(None, description="person or department addressed")
    email: Email | None = None
    phone: Phone | None = None


class EndUser(Shape):
    """Whom a reseller or distributor buys for."""

    name: Name | None = None
    address: Text | None = Field(None, description="postal address on one line")
    country: Country | None = Field(None, description="ISO 3166 code of the country in which the service is given")


class Signatory(Shape):
    """Who signs for the issuer."""

    name: Name
    title: Text


class Issuer(Shape):
    """The office that issues the document in the vendor's name."""

    name: Name | None = Field(None, description="name of the issuing office; without it the vendor's name is used")
    address: Text | None = None
    phone: Phone | None = None
    email: Email | None = None
    signatory: Signatory | None = None


class Term(Shape):
    """The running or wanted contract term."""

    start: DayField | None = None
    expiry: DayField | None = Field(None, description="expiry date as the contract states it")
    months: Count | None = Field(None, description="agreed length of a first term in months")
    lapsed: Flag | None = Field(None, description="whether the agreement has lapsed (never inferred)")


class Licence(Shape):
    """One licence line under maintenance."""

    id: Code = Field(description="short name of the line, for instance L1")
    product: Name
    code: Code | None = None
    quantity: Count = Field(1, description="number of licences in this line")
    licence_type: Key | None = Field(None, description="perpetual or subscription")
    annual_fee: Amount = Field(description="maintenance fee of the whole line for a year")
    licence_price: Amount | None = Field(None, description="price of the new licence, its first maintenance included")
    reinstatement_price: Amount | None = Field(None, description="agreed price of taking up lapsed maintenance again")
    start: DayField | None = Field(None, description="first day of cover of a new line that is to co-terminate")
    expiry: DayField | None = Field(None, description="expiry of this line where it differs from term.expiry")


class Premium(Shape):
    """A premium support option: level, items and price come from the order, the policy states none."""

    level: Name = Field(description="name of the level")
    items: list[Text] = Field(default_factory=list, description="what the level carries, as agreed")
    annual_fee: Amount | None = None


class Reinstatement(Shape):
    """A late renewal."""

    effective: DayField = Field(description="effective date of reinstatement")


class Deferral(Shape):
    """A first purchase of maintenance after the licence was bought."""

    delivery: DayField = Field(description="delivery date of the licence")
    purchase: DayField | None = Field(None, description="purchase date of the licence")
    concluded: DayField = Field(description="day on which the maintenance agreement is concluded")


class Cotermination(Shape):
    """One common expiry date for several lines."""

    target: DayField | None = Field(None, description="common expiry date; without it the latest expiry")
    ordered: DayField | None = Field(None, description="order date; a line that expired before it is renewed late")
    agreement: Code | None = Field(None, description="reference of the vendor's agreement to a common expiry date")
    contracts: list[Code] = Field(default_factory=list, description="the other contracts that end on the same day")


class Withdrawal(Shape):
    """A customer's notice that it withdraws from renewal."""

    received: DayField = Field(description="day on which the notice arrived")
    sent: DayField | None = None
    written: Flag = Field(description="whether the notice was in writing")
    licences: list[Code] = Field(default_factory=list, description="ids of the lines named; empty for all")
    agreed_last_day: DayField | None = Field(None, description="last day for notice, agreed in this contract")
    agreed_end: DayField | None = Field(None, description="end of service after withdrawal, agreed in this contract")
    agreed_form: Text | None = Field(None, description="form of notice agreed in this contract")
    agreed_settlement: Text | None = Field(None, description="what was agreed on fees already paid")


class Order(Shape):
    """The customer's order."""

    date: DayField = Field(description="day of the order; it decides which licence form applies")


class Clearance(Shape):
    """A legal clearance that lets a contract be made in spite of a list of countries."""

    reference: Code = Field(description="file number of the clearance")
    date: DayField = Field(description="day on which it was granted")


class Prerequisites(Shape):
    """The documents without which a service does not start, and what drawing them up or updating them costs."""

    design_document: Key = Field(description="agreed, not-agreed, outdated or missing")
    test_plan: Key = Field(description="agreed, not-agreed, outdated or missing")
    creation_fee: Amount | None = Field(None, description="agreed charge for drawing up one document")
    update_fee: Amount | None = Field(None, description="agreed charge for updating one document")


class Release(Shape):
    """The code release to which a service is bound."""

    agreed: Code = Field(description="code release agreed upon")
    running: Code | None = Field(None, description="code release that the end user runs, where it is another one")
    changed_by: Key | None = Field(None, description="who changed it: end-user or vendor")


class Package(Shape):
    """A support package priced as a share of the sale price."""

    sale_price: Amount = Field(description="sale price of the software on which the rate is reckoned")
    rate_percent: Percent = Field(description="rate of the package in percent of the sale price for a year")
    years: Count = Field(1, description="number of contract years")


class Service(Shape):
    """A service ordered beside the package."""

    kind: Key = Field(description="key of the service in the vendor's policy")
    count: Count = Field(1, description="how many: visits, moves, days or engagements")
    hours: Count | None = Field(None, description="hours of each visit or dispatch")
    days: Count | None = Field(None, description="days of an engagement")
    year: Count | None = Field(None, description="contract year in which it falls, from 1; the first if not given")
    used_hours: Tally = Field(0, description="free hours already used in this contract year")
    used_visits: Tally = Field(0, description="included visits already made in this contract year")
    unit_price: Amount | None = Field(None, description="agreed price where the policy states none")
    area: Key | None = Field(None, description="place of the service where it differs from the customer's")
    description: Text | None = None


class Ticket(Shape):
    """A registered ticket whose first response falls due."""

    id: Code
    registered: Moment = Field(description="date and time of registration")


class Tax(Shape):
    """A named tax on the quote."""

    name: Text
    percent: Percent


class Discount(Shape):
    """An agreed discount on the quote: a percentage or an amount."""

    name: Text
    percent: Percent | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Discount:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("needs either percent or amount | give one of the two")
        return self


class DocumentData(Shape):
    """Date of one document to be issued, and its number unless a register gives it."""

    number: Code | None = Field(None, description="number of the document; a register gives one where it is left out")
    date: DayField = Field(description="date of the document; the policy valid on that day applies")
    valid_until: DayField | None = Field(None, description="last day on which a quote can be accepted")
    toman: Flag | None = Field(None, description="whether amounts in words are repeated in toman")


DocumentType = Literal["sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan"]


class Record(Shape):
    """A contract record: one contract with what each document about it needs."""

    vendor: Key = Field(description="vendor id; see: contractgen list")
    tier: Key = Field(description="support tier of the vendor")
    transaction: Key = Field(description="initial, deferred-initial, co-termination, renewal or late-renewal")
    currency: Currency = Field(description="ISO 4217 code: KRW, IRR, USD")
    contract: ContractNumber
    customer: Customer
    issuer: Issuer = Field(default_factory=lambda: Issuer.model_validate({}))
    term: Term = Field(default_factory=lambda: Term.model_validate({}))
    licences: list[Licence] = Field(default_factory=list)
    premium: Premium | None = None
    reinstatement: Reinstatement | None = None
    deferral: Deferral | None = None
    cotermination: Cotermination | None = None
    withdrawal: Withdrawal | None = None
    end_user: EndUser | None = None
    order: Order | None = None
    clearance: Clearance | None = None
    prerequisites: Prerequisites | None = None
    release: Release | None = None
    package: Package | None = None
    services: list[Service] = Field(default_factory=list)
    tickets: list[Ticket] = Field(default_factory=list)
    holidays: list[DayField] = Field(default=[], description="official holidays, for working hours and deadlines")
    discounts: list[Discount] = Field(default_factory=list)
    taxes: list[Tax] = Field(default_factory=list)
    facts: dict[str, Key] = Field(default={}, description="further facts that the vendor's policy asks for")
    readings: dict[str, str] = Field(default={}, description="readings agreed for this contract; see the policy")
    documents: dict[DocumentType, DocumentData] = Field(description="number and date of each document to be issued")


def has_field(dotted: str) -> bool:
    """Whether a record can have the field: ``customer.phone``; ``document.number`` counts as one of ``documents``."""
    shape: type[BaseModel] | None = Record
    names = [name for name in dotted.split(".") if not name.isdigit()]
    for name in names:
        if shape is None or not (name in shape.model_fields or (shape is Record and name == "document")):
            return False
        shape = DocumentData if name == "document" else inner_model(shape.model_fields[name].annotation)
    return True


def moment_of(value: tuple[Day, str]) -> tuple[datetime, Calendar]:
    """Return a ticket's registration as a plain datetime, and the calendar it was written in."""
    day, clock = value
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.date.year, day.date.month, day.date.day, hour, minute), day.calendar  # noqa: DTZ001
