"""Contract records for tests, small ones written in a line and the sample contracts, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from contractgen.api import compose, decide, document_type
from contractgen.calendars import parse_day
from contractgen.contract import Contract, load_contract, parse_contract
from contractgen.library import Library, library
from contractgen.selection import Filled, Refusal, Selection
from contractgen.terms import Terms, work_out
from contractgen.tree import Block, Clause, Document, Inlines, block_inlines, plain

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "fixtures" / "contracts"
LOCALES = ("ko", "fa", "en")
DOCUMENTS = ("sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan")

SIEMENS: dict[str, Any] = {
    "vendor": "siemens",
    "tier": "base-mes",
    "transaction": "renewal",
    "currency": "KRW",
    "contract": {"number": "SIE-KR-2024-0901", "date": "2024-03-01"},
    "customer": {
        "name": {"ko": "다온공작기계 주식회사", "fa": "شرکت ماشین‌ابزار دائون", "en": "Daon Machine Tools Co., Ltd."},
        "status": "existing",
        "region": "apac",
        "address": "1 Teheran-ro, Gangnam-gu, Seoul",
    },
    "licences": [{"id": "L1", "product": "NX Mach 3", "licence_type": "perpetual", "annual_fee": 3650000}],
}
AYOTEX: dict[str, Any] = {
    "vendor": "ayotex",
    "tier": "standard",
    "transaction": "renewal",
    "currency": "IRR",
    "contract": {"number": "AYX-1402-901", "date": "1402/12/20"},
    "customer": {
        "name": {"ko": "사바란 유통", "fa": "شرکت پخش سبلان", "en": "Sabalan Distribution Co."},
        "area": "tehran",
        "address": "Tehran",
    },
    "issuer": {"phone": "021-0000-1180"},
    "term": {"start": "1403/01/01", "expiry": "1403/12/30"},
    "package": {"sale_price": 1200000000, "rate_percent": 30},
}
IBM_KOREA: dict[str, Any] = {
    "vendor": "ibm-korea",
    "tier": "basic",
    "transaction": "renewal",
    "currency": "KRW",
    "contract": {"number": "IBM-KR-2025-0901", "date": "2025-04-01"},
    "customer": {
        "name": {"ko": "가람섬유 주식회사", "fa": "شرکت نساجی گارام", "en": "Garam Textiles Co., Ltd."},
        "address": "900 Banwol-ro, Ansan",
    },
    "facts": {"product_family": "general"},
    "term": {"start": "2025-04-01", "expiry": "2026-03-31"},
    "licences": [
        {
            "id": "L1",
            "product": "Db2 Standard Edition",
            "annual_fee": 9600000,
            "licence_price": 48000000,
            "reinstatement_price": 14400000,
        }
    ],
}
JUNIPER: dict[str, Any] = {
    "vendor": "juniper",
    "tier": "single",
    "transaction": "initial",
    "currency": "KRW",
    "contract": {"number": "JNP-KR-2025-0901", "date": "2025-03-20"},
    "customer": {
        "name": {"ko": "늘봄통신 주식회사", "fa": "شرکت مخابرات نلبوم", "en": "Neulbom Telecom Co., Ltd."},
        "country": "KR",
        "address": "900 Tongsin-ro, Mapo-gu, Seoul",
    },
    "facts": {"buyer": "end-user", "qualified": "yes", "purpose": "internal-use"},
    "term": {"start": "2025-04-01", "expiry": "2026-03-31"},
    "licences": [{"id": "L1", "product": "Provisioning scripts", "annual_fee": 36500000}],
    "release": {"agreed": "R1"},
    "prerequisites": {"design_document": "agreed", "test_plan": "agreed"},
}
IBM_CSO: dict[str, Any] = {
    "vendor": "ibm-cso",
    "tier": "single",
    "transaction": "renewal",
    "currency": "USD",
    "contract": {"number": "US-2025-0901", "date": "2025-01-15"},
    "customer": {
        "name": "Cedar Fork Milling, Inc.",
        "segment": "commercial",
        "country": "US",
        "address": "900 Mill Street, Dayton, OH, USA",
    },
    "term": {"start": "2025-01-15", "expiry": "2026-01-14"},
}


def siemens(day: str = "2024-12-02", **changes: Any) -> str:
    """Return a record as YAML text; ``changes`` replace fields of the base record, table by table."""
    return _text(SIEMENS, day, changes)


def ayotex(day: str = "1403/11/15", **changes: Any) -> str:
    """Return a record as YAML text; ``changes`` replace fields of the base record, table by table."""
    return _text(AYOTEX, day, changes)


def ibm_korea(day: str = "2026-03-02", **changes: Any) -> str:
    """Return a record as YAML text; ``changes`` replace fields of the base record, table by table."""
    return _text(IBM_KOREA, day, changes)


def juniper(day: str = "2025-03-10", **changes: Any) -> str:
    """Return a record as YAML text; ``changes`` replace fields of the base record, table by table."""
    return _text(JUNIPER, day, changes)


def ibm_cso(day: str = "2025-12-01", **changes: Any) -> str:
    """Return a record as YAML text; ``changes`` replace fields of the base record, table by table."""
    return _text(IBM_CSO, day, changes)


def fee(*amounts: int, **more: Any) -> list[dict[str, Any]]:
    """Return licence lines L1, L2 … with these annual fees."""
    return [{**SIEMENS["licences"][0], "id": f"L{n}", "annual_fee": a, **more} for n, a in enumerate(amounts, 1)]


def line(name: str, amount: int, expiry: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a licence line with its own expiry date."""
    own = {"expiry": expiry} if expiry else {}
    return {**SIEMENS["licences"][0], "id": name, "annual_fee": amount, **own, **more}


def _text(base: Mapping[str, Any], day: str, changes: Mapping[str, Any]) -> str:
    documents = {name: {"number": f"T-{name}", "date": day, "valid_until": "2099-12-31"} for name in DOCUMENTS}
    received = (changes.get("withdrawal") or {}).get("received")
    if received and parse_day(received).date > parse_day(day).date:
        documents["withdrawal-ack"]["date"] = received  # nothing is acknowledged before it arrives
    merged = _merge({**base, "documents": documents}, changes)
    return json.dumps(merged, ensure_ascii=False)  # JSON is YAML


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables into one another; None takes a field away."""
    merged = dict(base)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            known = merged.get(name)
            merged[name] = _merge(known if isinstance(known, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def books() -> Library:
    """Return the built-in templates and policies."""
    return library()


def outcome(text: str, document: str) -> Selection | Refusal:
    """Return the selection for a document, or its refusal."""
    return decide(parse_contract(text), document, books())


def terms(text: str, document: str) -> Terms:
    """Return facts and figures, also of a document that is refused."""
    contract = parse_contract(text)
    policy = books().policy(contract.record.vendor, contract.place("vendor"))
    return work_out(contract, policy, document_type(document, books()))


def price_lines(found: Terms) -> list[tuple[str, int]]:
    """Return label and amount of each price line."""
    return [(entry.label, minor(entry.figures["amount"].canonical)) for entry in found.lists.get("price_lines", ())]


def totals(found: Terms) -> dict[str, int]:
    """Return the totals below the price lines by label."""
    return {entry.label: minor(entry.figures["amount"].canonical) for entry in found.lists.get("price_totals", ())}


def minor(canonical: str) -> int:
    """Return the minor units of ``225000 KRW``."""
    return int(canonical.split(maxsplit=1)[0])


@dataclass(frozen=True)
class Sample:
    """A document of a contract: a sample contract of the project, or a record made by a test."""

    name: str
    document: str
    contract: Contract = field(repr=False, compare=False)

    @property
    def vendor(self) -> str:
        return self.contract.record.vendor

    @property
    def id(self) -> str:
        return f"{self.name}-{self.document}"


@cache
def contracts() -> dict[str, Contract]:
    """Return the sample contracts by file name; messages call them ``name.yaml``."""
    return {path.stem: load_contract(path, path.name) for path in sorted(CONTRACTS.glob("*.yaml"))}


@cache
def samples() -> tuple[Sample, ...]:
    """Return every document of every sample contract."""
    return tuple(
        Sample(name, kind, contract) for name, contract in contracts().items() for kind in contract.record.documents
    )


@cache
def decided(sample: Sample) -> Selection | Refusal:
    return decide(sample.contract, sample.document, books())


@cache
def composed(sample: Sample, locale: str) -> Document:
    """Return the document of a sample that is not refused."""
    chosen = decided(sample)
    assert isinstance(chosen, Selection), str(chosen)
    return compose(chosen, locale, books())


def issued() -> list[Sample]:
    """Return every document of the sample contracts that is not refused."""
    return [sample for sample in samples() if isinstance(decided(sample), Selection)]


def refused() -> list[Sample]:
    """Return every document of the sample contracts that is refused."""
    return [sample for sample in samples() if isinstance(decided(sample), Refusal)]


def wordings(chosen: Selection) -> Iterator[tuple[str, str]]:
    """Yield slot and wording of every clause chosen."""
    yield from ((pick.slot.name, pick.wording) for pick in chosen.picks if isinstance(pick, Filled) and pick.wording)


def clauses(document: Document) -> list[tuple[str, str, int]]:
    """Return slot, wording and revision of each clause in order."""
    return [(block.slot, block.wording, block.revision) for block in document.blocks if isinstance(block, Clause)]


def runs(blocks: tuple[Block, ...]) -> Iterator[Inlines]:
    """Yield each run of words: paragraphs, items, cells, headings."""
    for block in blocks:
        yield from block_inlines(block)


def words(document: Document) -> str:
    """Return all words and values of a document, a run on each line."""
    return "\n".join(plain(inlines) for inlines in runs(document.blocks))
