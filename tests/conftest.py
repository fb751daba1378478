"""What pytest needs to know of these tests: the option that writes the goldens anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write fixtures/expected anew from what is made now")
