"""What the parent decides of a record before anybody works at it: whether it is asked for, its number, its file.

In: an item of the source. Out: ``Plan``. Only a few cells of a row are read here; what is wrong with a record is for
its worker to say, so a value that is missing or wrong is passed on as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contractgen.batch.names import Pattern, folded, marked
from contractgen.batch.source import Item, Opener
from contractgen.batch.survey import Noted, key
from contractgen.batch.work import Setting
from contractgen.calendars import parse_day


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a record is not asked for: a kind, to be counted, and the sentence."""

    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided of a record."""

    vendor: str
    contract: str
    number: str
    path: str
    warnings: tuple[str, ...]
    locale: str = ""
    skip: Skip | None = None

    @property
    def identity(self) -> str:
        """Which contract it is; "" if it names none."""
        return f"{self.vendor}\n{self.contract}" if self.contract else ""


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides. ``vendors``: only these, if any are named; ``until``: the last day of the window, if there is one."""

    setting: Setting
    name: Pattern
    number: Pattern
    vendors: tuple[str, ...] = ()
    known_vendors: tuple[str, ...] = ()
    until: date | None = None

    def plan(self, item: Item, number: str = "") -> Plan:
        """Decide of a record. ``number``: the document's, where a register has given one."""
        opener, payload, setting = self.setting.opener, item.payload, self.setting
        vendor, contract = opener.text(payload, "vendor"), opener.text(payload, "contract.number")
        skip = self._skip(opener, item, vendor)
        if skip is not None:
            return Plan(vendor, contract, "", "", (), skip=skip)
        locale = setting.locale or opener.text(payload, setting.locale_from)
        dated = opener.text(payload, f"documents.{setting.type}.date")
        values = {
            "vendor": vendor, "contract": contract, "type": setting.type, "locale": locale, "format": setting.format,
            "date": dated or (setting.as_of.isoformat() if setting.as_of else ""),
            "customer": opener.text(payload, f"customer.name.{locale}") or opener.text(payload, "customer.name"),
            "customer_number": opener.text(payload, "customer.number"),
        }  # fmt: skip
        given = number or opener.text(payload, f"documents.{setting.type}.number")
        values["number"] = given or self.number.filled(values)
        path, warnings = self.name.path(values)
        return Plan(vendor, contract, values["number"], path, warnings, locale)

    def _skip(self, opener: Opener, item: Item, vendor: str) -> Skip | None:
        if self.vendors and vendor not in self.vendors and vendor in self.known_vendors:
            return Skip("another vendor", f"{vendor} was not asked for")
        if self.until is None:
            return None
        typed = opener.text(item.payload, "term.expiry")
        try:
            expiry = parse_day(typed).date if typed else None
        except ValueError:
            expiry = None  # told by its worker
        if expiry is not None and expiry > self.until:
            return Skip("not due", f"expires {expiry}, after {self.until}")
        return None

    def note(self, item: Item) -> Noted:
        """Return what a first walk notes of a record."""
        plan = self.plan(item)
        contract = "" if plan.skip and plan.skip.kind == "another vendor" else plan.identity
        return Noted(contract, folded(plan.path))

    def path(self, plan: Plan, clashes: frozenset[bytes]) -> tuple[str, tuple[str, ...]]:
        """Return the file of a record, told apart where others want the same, and the warnings."""
        if not clashes or key(folded(plan.path)) not in clashes:
            return plan.path, plan.warnings
        identity = f"{plan.identity}\n{self.setting.type}\n{plan.locale}"
        return marked(plan.path, identity), (
            *plan.warnings,
            "other records want this file name: a mark tells them apart",
        )
