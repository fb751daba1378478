"""Locales as files: ``templates/<code>/locale.toml`` and what stands beside it become a ``Locale``.

In: a path. Out: ``Locale``, with the labels of further files laid over its own. Raises ``TemplateFault`` with every
fault of a file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from contractgen.errors import Problem, TemplateFault
from contractgen.files import read_toml
from contractgen.localegrammar import check_grammar, label_problems, leaves_of
from contractgen.locales import Locale
from contractgen.particles import load_readings


def load_locale(path: Path, name: str | None = None) -> Locale:
    """Read ``locale.toml``; ``name`` is how messages call it. ``TemplateFault`` with every fault in the file."""
    marked = read_toml(path, TemplateFault, name)
    grammar = check_grammar(marked, path.parent.name)
    leaves = dict(leaves_of(grammar.labels))
    readings = path.with_name("readings.toml")
    readings_name = str(Path(marked.file).with_name(readings.name))
    return Locale(
        grammar=grammar,
        labels={".".join(key): str(text) for key, text in leaves.items()},
        label_places={".".join(key): marked.place("labels", *key) for key in leaves},
        file=marked.file,
        readings=load_readings(readings, readings_name) if readings.is_file() else None,
    )


def with_labels(locale: Locale, path: Path, name: str | None = None) -> Locale:
    """Return ``locale`` with the ``[labels]`` of another file added or put in place of its own.

    So a folder of one's own can name its vendor's tiers without a copy of the whole locale. ``TemplateFault`` with
    every fault of the file.
    """
    marked = read_toml(path, TemplateFault, name)
    problems = [
        *label_problems(marked),
        *(
            Problem(marked.place(key), f'unknown table "{key}"', "write [labels]")
            for key in marked.data
            if key != "labels"
        ),
    ]
    if problems:
        raise TemplateFault(sorted(problems))
    leaves = dict(leaves_of(marked.data.get("labels", {})))
    return replace(
        locale,
        labels={**locale.labels, **{".".join(key): str(text) for key, text in leaves.items()}},
        label_places={**locale.label_places, **{".".join(key): marked.place("labels", *key) for key in leaves}},
    )
