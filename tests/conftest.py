"""What pytest needs to know of these tests: the option that writes the goldens anew, and a PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write fixtures/expected anew from what is made now")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a real PostgreSQL, started when the first test asks for it."""
    from postgres_server import server  # noqa: PLC0415  (most test files need none)

    with server() as address:
        yield address
