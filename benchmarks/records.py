"""Many contracts out of one sample: in a sample's name and a number, out records whose values all differ.

Names, numbers, sums and days change from record to record, so that nothing can be remembered from the last one; the
choices stay those of the sample, as in a portfolio that one vendor's renewals fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from itertools import islice
from typing import Any

from contractgen.files import Marked
from contractgen.paths import sample_contracts
from contractgen.record_file import read_record

LETTER = ("siemens-late-renewal", "renewal-notice")
SERVICES = ("siemens-premium-renewal-americas", "sdd")
"""The sample and the document type of a letter, and of a service description of five pages."""

_SYLLABLES = "가나다라마바사아자차카타파하한솔빛누리정밀"
_WORDS = ("Nara", "Haneul", "Taeyang", "Bada", "Sarang", "Mirae", "Dasom", "Onnuri", "Garam", "Byeol")
_PERSIAN = ("آسمان", "دریا", "خورشید", "باران", "پارس", "البرز", "کارون", "سپهر", "دماوند", "زاگرس")


def records(sample: str, count: int) -> Iterator[Marked]:
    """Yield ``count`` records like that of ``sample``."""
    marked = read_record(sample_contracts() / f"{sample}.yaml")
    for index in range(count):
        yield Marked(f"row {index + 2}", _changed(marked.data, index))


def first(sample: str, count: int) -> list[Marked]:
    """Return the first ``count`` of them."""
    return list(islice(records(sample, count), count))


def _changed(sample: dict[str, Any], index: int) -> dict[str, Any]:
    data = deepcopy(sample)
    syllables = "".join(_SYLLABLES[(index * 7 + step * (3 + index % 5)) % len(_SYLLABLES)] for step in range(4))
    data["customer"]["name"] = {
        "ko": f"{syllables} 주식회사",
        "fa": f"شرکت {_PERSIAN[index % 10]} {_PERSIAN[index // 10 % 10]}",
        "en": f"{_WORDS[index % 10]} {_WORDS[index // 10 % 10]} Co., Ltd.",
    }
    data["contract"]["number"] = f"SIE-KR-2024-{index:06}"
    for line in data["licences"]:
        line["annual_fee"] = str(1_000_000 + (index * 7_919) % 9_000_000 // 1_000 * 1_000)
    for document in data["documents"].values():
        document["number"] = f"{document['number'].rpartition('-')[0]}-{index:06}"
        document["date"] = str(date.fromisoformat(document["date"]) + timedelta(days=index % 6))
    return data
