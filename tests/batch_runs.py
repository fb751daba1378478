"""What tests of the batch share: portfolios of any size, runs with stand-ins, what lies in a folder afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from contractgen.batch.names import DEFAULT_NAME, DEFAULT_NUMBER, name_pattern, number_pattern
from contractgen.batch.planning import Planner
from contractgen.batch.results import Summary
from contractgen.batch.run import Batch, Order
from contractgen.batch.source import open_source
from contractgen.batch.work import Setting
from contractgen.cli_register import new_run
from contractgen.intake.mapping import Mapping
from contractgen.register.store import Register

HEADINGS = "vendor,tier,transaction,currency,contract.number,customer.name,customer.number,locale"
DAY = date(2026, 12, 1)
TIMES = ("run.json",)
"""Files that differ from run to run."""


def portfolio(path: Path, numbers: Iterable[str], customer: str = "Daon Co.") -> Path:
    """Write a table with a contract for each number."""
    rows = [f"siemens,base-mes,renewal,KRW,{number},{customer},C-1,en" for number in numbers]
    path.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    return path


def numbered(count: int) -> list[str]:
    return [f"N-{index}" for index in range(1, count + 1)]


def order(source: Path, out: Path | None, maker: str = "quick", **more: Any) -> Order:
    """Return an order that is made by a stand-in."""
    found = open_source(source, Mapping())
    names = (more.pop("name", DEFAULT_NAME), more.pop("number", DEFAULT_NUMBER))
    jobs, timeout, resume = more.pop("jobs", 2), more.pop("timeout", 60.0), more.pop("resume", False)
    url, once, day = more.pop("register", ""), more.pop("once", False), more.pop("day", DAY)
    setting = Setting(
        found.opener,
        str(out) if out else "",
        "renewal-notice",
        "html",
        as_of=day,
        registered=bool(url),
        maker=f"batch_makers:{maker}",
        **more,
    )
    planner = Planner(setting, name_pattern(names[0]), number_pattern(names[1]), (), ("siemens",))
    plain = Order(found, planner, out, jobs, timeout, resume)
    if not url or out is None:
        return plain
    return replace(plain, register=Register.open(url), entered=new_run("batch", "kim"), folder=out.name, once=once)


def run(source: Path, out: Path | None, maker: str = "quick", **more: Any) -> Summary:
    return Batch(order(source, out, maker, **more)).run()


def results(out: Path) -> list[dict[str, Any]]:
    """Return the lines of ``results.jsonl``."""
    return [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def statuses(found: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {line["contract"]: line["status"] for line in found}


def tree(out: Path, but: Sequence[str] = TIMES) -> dict[str, str]:
    """Return the hash of every file of a folder that should not differ from run to run."""
    return {
        str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in but
    }


def said(out: Path) -> list[dict[str, Any]]:
    """Return the results without the hash of their input, in which stand-ins differ."""
    return [{name: value for name, value in line.items() if name != "input"} for line in results(out)]


def start(book: Path, out: Path, maker: str, register: str = "") -> subprocess.Popen[str]:
    """Start a batch in a process of its own, as the command does it, with a stand-in."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "if __name__ == '__main__':\n"
        "    from pathlib import Path; from batch_runs import order; from contractgen.batch.run import Batch\n"
        "    from contractgen.cli_batch import STOPPED, stoppable\n"
        "    book, out, maker, url = sys.argv[2:]\n"
        "    one = Batch(order(Path(book), Path(out), maker, jobs=2, resume=True, register=url))\n"
        "    with stoppable(one.stop): found = one.run()\n"
        "    sys.exit(STOPPED if one.stopped else found.exit_code)\n"
    )
    script = out.parent / "start.py"
    script.write_text(code, encoding="utf-8")
    arguments = [sys.executable, str(script), str(Path(__file__).parent), str(book), str(out), maker, register]
    return subprocess.Popen(arguments, text=True, stderr=subprocess.PIPE, start_new_session=True)


def wait_for(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)
