"""Set-up and packaging: one call on a bare machine, pinned versions, a complete wheel, a doctor that tells."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contractgen import doctor, paths
from contractgen.errors import OutputError

ROOT = Path(__file__).parents[1]
RUN = ROOT / "run"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = {
    canonicalize_name(pin.name): pin
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for pin in [Requirement(line)]
}


def needed(requirement: Requirement, seen: set[str]) -> Iterator[str]:
    """Name a requirement and all that it needs itself on this machine, each once, as far as it is installed."""
    name = canonicalize_name(requirement.name)
    if name in seen:
        return
    seen.add(name)
    yield name
    for line in metadata.requires(name) or []:
        inner = Requirement(line)
        if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in requirement.extras or {""}):
            yield from needed(inner, seen)


def requirements() -> list[Requirement]:
    return [Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]


@pytest.mark.parametrize(("shell", "script"), [("sh", RUN), ("bash", ROOT / ".ci" / "run")])
def test_the_scripts_can_be_run(shell: str, script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run([shell, "-n", script], check=True)


def test_run_explains_itself_from_anywhere(tmp_path: Path) -> None:
    help_text = subprocess.run([RUN, "help"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert all(f"\n  {command} " in help_text for command in ("demo", "test", "doctor", "contractgen"))
    wrong = subprocess.run([RUN, "demmo"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert wrong.returncode == 1
    assert 'run: there is no command "demmo"' in wrong.stderr


def test_run_installs_what_the_doctor_prescribes() -> None:
    script = RUN.read_text(encoding="utf-8")
    packages = [library.package for library in doctor.LIBRARIES] + [package for _, package, _ in doctor.TOOLS]
    assert [package for package in packages if package not in script] == []


def test_every_dependency_is_pinned_to_a_version_we_accept() -> None:
    seen: set[str] = set()
    missing = [name for requirement in requirements() for name in needed(requirement, seen) if name not in PINS]
    assert missing == [], "add them to constraints.txt"
    for requirement in requirements():
        pinned = str(PINS[canonicalize_name(requirement.name)].specifier).removeprefix("==")
        assert requirement.specifier.contains(pinned), f"constraints.txt pins {requirement.name} to {pinned}"


def test_the_doctor_knows_every_dependency() -> None:
    known = {f"{dependency.package}>={dependency.oldest}" for dependency in doctor.DEPENDENCIES}
    assert known == set(PROJECT["dependencies"])


def healthy(root: Path) -> doctor.Machine:
    for file in ("templates/en/locale.toml", "templates/documents/letter.toml", "policies/acme.toml", "font.ttf"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    sheet = root / "templates" / "styles" / "house.toml"
    sheet.parent.mkdir()
    sheet.write_text('[fonts.en]\nregular = "../../font.ttf"\nbold = "../../font.ttf"\n', encoding="utf-8")
    return doctor.Machine(
        python=(3, 12, 1),
        version_of=lambda _: "99.1",
        import_fault=lambda _: "",
        loads=lambda _: True,
        which=lambda tool: f"/usr/bin/{tool}",
        data=lambda: root,
    )


def test_the_doctor_finds_a_healthy_machine_healthy(tmp_path: Path) -> None:
    found = doctor.checks(healthy(tmp_path))
    assert all(check.ok and not check.repair for check in found)
    assert doctor.render(found).endswith("\nEverything is here.\n")


@pytest.mark.parametrize(
    ("change", "name", "repair", "works"),
    [
        ({"python": (3, 10, 12)}, "Python", "install Python 3.11 or newer", False),
        ({"version_of": lambda _: None}, "weasyprint", 'pip install "weasyprint>=70"', False),
        ({"version_of": lambda _: "3.1.5"}, "jinja2", 'pip install "jinja2>=3.1.6"', False),
        ({"import_fault": lambda _: "no libpango"}, "weasyprint", "mend the libraries named below", False),
        (
            {"loads": lambda name: "pangoft2" not in name},
            "libpangoft2-1.0-0",
            "apt-get install libpangoft2-1.0-0",
            False,
        ),
        (
            {"loads": lambda name: "subset" not in name},
            "libharfbuzz-subset0",
            "apt-get install libharfbuzz-subset0",
            True,
        ),
        ({"which": lambda _: None}, "soffice", "apt-get install libreoffice-writer-nogui", True),
        ({"which": lambda _: None}, "chromium", "apt-get install chromium", True),
        ({"which": lambda _: None}, "jaxb-runtime.jar", "apt-get install libjaxb-java", True),
        (
            {"data": lambda: paths.built_in_data(Path("/nowhere/at/all"))},
            "templates and policies",
            "install contractgen again",
            False,
        ),
    ],
)
def test_the_doctor_names_the_repair(
    tmp_path: Path, change: dict[str, object], name: str, repair: str, *, works: bool
) -> None:
    sane = healthy(tmp_path)
    answers = {field: getattr(sane, field) for field in doctor.Machine.__dataclass_fields__}
    found = doctor.checks(doctor.Machine(**(answers | change)))
    check = next(check for check in found if check.name == name)
    assert not check.ok
    assert check.repair.startswith(repair)
    assert doctor.works(found) is works
    assert f"needed for {check.needed_for}; repair: {repair}" in doctor.render(found)


def test_the_doctor_misses_a_font_that_a_style_sheet_asks_for(tmp_path: Path) -> None:
    machine = healthy(tmp_path)
    (tmp_path / "font.ttf").unlink()
    fonts = next(check for check in doctor.checks(machine) if check.name == "fonts")
    assert not fonts.ok
    assert "font.ttf" in fonts.found


def test_the_source_tree_serves_its_own_templates() -> None:
    assert paths.built_in_data() == ROOT


def test_lost_templates_are_an_error_that_names_the_repair(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"templates/ and policies/ are missing(.|\n)*repair: install contractgen again"
    ):
        paths.built_in_data(tmp_path / "src" / "contractgen")


def built(target: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.iterdir())


def test_the_wheel_carries_code_templates_policies_and_samples(tmp_path: Path) -> None:
    wheel = built("wheel", tmp_path / "dist")
    places = {
        "src/contractgen": "contractgen",
        "templates": "contractgen/data/templates",
        "policies": "contractgen/data/policies",
        "fixtures/contracts": "contractgen/data/fixtures/contracts",
    }
    expected = {
        f"{inside}/{path.relative_to(ROOT / outside).as_posix()}"
        for outside, inside in places.items()
        for path in (ROOT / outside).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if re.search(r"/licenses/.*(LICENSE|OFL\.txt)$", name)]
        archive.extractall(tmp_path / "installed")
    assert carried == expected
    assert len(licences) == 3
    code = "from contractgen.paths import built_in_data; print(built_in_data())"
    environment = {"PYTHONPATH": str(tmp_path / "installed")}
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert Path(shown.strip()) == tmp_path / "installed" / "contractgen" / "data"


def test_the_source_archive_can_be_set_up_and_tested(tmp_path: Path) -> None:
    archive = built("sdist", tmp_path)
    listing = subprocess.run(["tar", "-tzf", archive], check=True, capture_output=True, text=True).stdout
    names = {line.partition("/")[2] for line in listing.splitlines()}
    assert {"run", "constraints.txt", "LICENSE", "tests/test_setup.py", "templates/styles/house.toml"} <= names
    assert not [name for name in names if name.startswith((".venv", "out/", ".git/"))]
