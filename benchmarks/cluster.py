"""Two workers of a Dask cluster against two of the local pool, on the same letters, and what the engine costs a chunk.

    python benchmarks/cluster.py 2000 [html|docx]

In: how many letters, and their format. Out: a table on standard output: records a second as wall time and the
processor time of everything but the making itself. Needs the extra ``cluster``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from dask_cluster import cluster  # noqa: E402  (after the path)

EMPTY_CHUNKS = 200


def main() -> None:
    """Measure and print."""
    count, form = int(sys.argv[1]), (sys.argv[2:] or ["html"])[0]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book = folder / "book.csv"
        subprocess.run([sys.executable, ROOT / "benchmarks" / "portfolio.py", str(count), book], check=True)
        call = ["--type", "renewal-notice", "--format", form, "--as-of", "2026-12-01"]
        with cluster(folder, workers=2) as dask:
            overhead = _per_chunk(dask.address)
            for name, more in (
                ("local", ["--jobs", "2"]), ("dask", ["--cluster", dask.address])
            ):  # fmt: skip
                _batch(folder, book, name, [*call, *more])
        print(f"engine: {1000 * overhead:.1f} ms for a chunk that does nothing")
        print(json.dumps({"processor seconds of all children": _spent()}))


def _batch(folder: Path, book: Path, name: str, more: list[str]) -> None:
    start, before = time.monotonic(), _spent()
    done = subprocess.run(
        [Path(sys.executable).with_name("contractgen"), "batch", book, *more, "--out", folder / name],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode not in {0, 5}:
        sys.exit(done.stderr)
    told = json.loads((folder / name / "run.json").read_text(encoding="utf-8"))
    wall = time.monotonic() - start
    print(f"{name}: {told['records_a_second']}/s, {wall:.1f} s wall, {_spent() - before:.1f} s of ended processes")


def _per_chunk(address: str) -> float:
    """Return the seconds that the engine takes for a chunk that does nothing, with two workers."""
    from distributed import Client  # noqa: PLC0415

    make = Client
    with make(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(2)
        start = time.monotonic()
        client.gather([
            client.submit(len, b"x" * 100_000, key=f"empty-{index}", pure=False) for index in range(EMPTY_CHUNKS)
        ])  # fmt: skip
        return (time.monotonic() - start) / EMPTY_CHUNKS


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
