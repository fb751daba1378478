"""A large book of contracts for measurements: the rows of the sample portfolio over and over, each with its own values.

    python benchmarks/portfolio.py 100000 book.csv

In: how many rows, and a file to write. Out: CSV in which every row has a contract number, a customer name, amounts and
quantities of its own, so that nothing that was shown once can be shown again from memory. The same number of rows gives
the same file.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "fixtures" / "portfolio.csv"
NAMES = ("customer.name.ko", "customer.name.fa", "customer.name.en", "end_user.name")
AMOUNTS = ("annual_fee", "reinstatement_price", "sale_price")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
STEP = 1000
"""Amounts grow by whole multiples of this: valid in any currency of the sample."""


def rows(count: int) -> Iterator[dict[str, str]]:
    """Yield ``count`` rows; those of one sample row differ in number, names, amounts and quantities."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as stream:
        sample = list(csv.DictReader(stream))
    for index, row in enumerate(islice(cycle(sample), count)):
        yield {name: _own(name, value, index) for name, value in row.items()}


def _own(name: str, value: str, index: int) -> str:
    if not value:
        return value
    if name == "contract.number":
        return f"{value}-{index:06}"
    if name in NAMES:
        number = str(index)
        return f"{value} {number.translate(PERSIAN) if name.endswith('.fa') else number}"
    if name.endswith(AMOUNTS) and value.isascii() and value.isdigit():
        return str(int(value) + index % 997 * STEP)
    if name.endswith(".quantity") and value.isdigit():
        return str(int(value) + index % 13)
    return value


def main(count: int, target: Path) -> None:
    """Write the book."""
    found = rows(count)
    first = next(found)
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(found)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
