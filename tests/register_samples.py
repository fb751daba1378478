"""Requests, runs and registers for tests of the register."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from contractgen.register.entries import Entry, Made, Request, Run, Series, digest
from contractgen.register.store import Register

RUN = Run("run-1", "Kim")
LATER = Run("run-2", "Lee")
SERIES = Series("SIE-RN-2026-", "", 6, "{number}-R{revision}")
REQUEST = Request(
    vendor="siemens", contract="C-1", type="renewal-notice", apart=("2026-03-01",), series=SERIES,
    locale="ko", format="pdf", engine="weasyprint", data=digest("data"), policy=digest("policy"),
    words=digest("words"), style=digest("style"), version="1",
)  # fmt: skip


def request(contract: int | str = 1, data: str = "data", **more: Any) -> Request:
    """Return the request of one contract's letter; ``data`` is what its record says."""
    return replace(REQUEST, contract=f"C-{contract}", data=digest(data), **more)


def made(entry: Entry, content: str = "", path: str = "") -> Made:
    """Return the finished file of an entry: its bytes depend on its input alone."""
    name = path or f"{entry.number}.{entry.locale}.{entry.format}"
    return Made(entry, name, digest(content or entry.input), 10)


def reserved(register: Register, requests: Iterable[Request], run: Run = RUN) -> list[Entry]:
    """Reserve and return entries; none may be a problem."""
    return only_entries(register.reserve(list(requests), run))


def issued(register: Register, requests: Iterable[Request], run: Run = RUN) -> list[Entry]:
    """Reserve and issue; return the entries."""
    return only_entries(register.issue([made(entry) for entry in reserved(register, requests, run)], run))


def only_entries(answers: Iterable[Any]) -> list[Entry]:
    found = list(answers)
    assert all(isinstance(answer, Entry) for answer in found), found
    return found
