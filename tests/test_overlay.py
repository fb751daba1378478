"""A folder of one's own is laid over the built-in data: labels, wordings and policies, without a copy of the rest."""

from pathlib import Path

import pytest

from contractgen.errors import TemplateFault
from contractgen.library import Library


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "templates" / "en").mkdir(parents=True)
    (tmp_path / "templates" / "en" / "labels.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_labels_of_an_own_folder_are_added_and_replace(tmp_path: Path) -> None:
    own = folder(tmp_path, '[labels]\ntitles.quote = "Offer"\n[labels.choices.tier.acme]\ngold = "Gold"\n')
    locale = Library((own,)).locale("en")
    assert locale.label("titles.quote") == "Offer"
    assert locale.label("choices.tier.acme.gold") == "Gold"
    assert locale.label("titles.sdd") == Library().locale("en").label("titles.sdd")
    assert locale.label_place("choices.tier.acme.gold").line == 4
    assert Library().locale("en").label("titles.quote") == "Quotation"


def test_faults_of_own_labels_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    own = folder(tmp_path, '[labels]\na = ""\nb = 3\n[label]\nc = "x"\n')
    with pytest.raises(TemplateFault) as caught:
        Library((own,)).locale("en")
    assert [problem.place.line for problem in caught.value.problems] == [2, 3, 4]
