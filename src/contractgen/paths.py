"""Where the built-in templates, policies and sample contracts stand, however contractgen was installed.

In: nothing. Out: the folder that holds ``templates/``, ``policies/`` and ``fixtures/contracts/``. Raises
``OutputError`` when an installation lost them.
"""

from __future__ import annotations

from pathlib import Path

from contractgen.errors import OutputError, Place

PACKAGE = Path(__file__).resolve().parent
SHAPE = ("templates", "policies")
"""The folders that make a data folder; a user's own ``--data`` folder may hold either of them."""


def built_in_data(package: Path = PACKAGE) -> Path:
    """Return the folder with ``templates/`` and ``policies/``.

    An installed wheel carries it inside the package as ``data/``; in a source tree (a clone, an unpacked source
    archive, an editable installation) it is the root of the tree, so that edits are seen at once.
    """
    candidates = (package / "data", package.parents[1])
    for candidate in candidates:
        if all((candidate / name).is_dir() for name in SHAPE):
            return candidate
    looked = " or ".join(str(candidate) for candidate in candidates)
    raise OutputError.at(
        Place(str(package)),
        f"the built-in templates/ and policies/ are missing (looked in {looked})",
        "install contractgen again: pip install --force-reinstall contractgen",
    )


def sample_contracts(package: Path = PACKAGE) -> Path:
    """Return the folder of the sample contract records that ``contractgen demo`` renders."""
    folder = built_in_data(package) / "fixtures" / "contracts"
    if not folder.is_dir():
        raise OutputError.at(Place(str(folder)), "the sample contracts are missing", "install contractgen again")
    return folder
