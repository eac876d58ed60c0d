"""What a fresh machine installs is what was tested: locked, hashed, in step with pyproject.toml, from anywhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = ROOT / "requirements.lock"
TEST = ROOT / "requirements-dev.lock"

DECLARED = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["postgres"]]
FOR_TESTS = PROJECT["dependency-groups"]["dev"]
SPELLED = re.compile(r"^([A-Za-z0-9._-]+(?:\[[a-z,]+\])?)==([^\s;\\]+)(?: ; (.*?))? \\$")


def pins(lock: Path) -> dict[str, set[Version]]:
    """Name → versions; a name may be there twice, for different Pythons."""
    found: dict[str, set[Version]] = {}
    for name, version, _ in spelled(lock):
        found.setdefault(canonicalize_name(name.partition("[")[0]), set()).add(Version(version))
    return found


def spelled(lock: Path) -> Iterator[tuple[str, str, str]]:
    for line in lock.read_text().splitlines():
        found = SPELLED.match(line)
        if found:
            yield found[1], found[2], found[3] or ""


@pytest.mark.parametrize("lock", [RUN, TEST], ids=lambda lock: lock.name)
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock: Path) -> None:
    hashes = {}
    name = ""
    for line in lock.read_text().splitlines():
        found = SPELLED.match(line)
        if found:
            name = line
            hashes[name] = 0
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line):
            hashes[name] += 1
        else:
            assert not line.strip() or line.lstrip().startswith("#"), line
    assert hashes
    assert {name for name, count in hashes.items() if count == 0} == set()


@pytest.mark.parametrize(
    ("lock", "requirement"),
    [(RUN, requirement) for requirement in DECLARED] + [(TEST, requirement) for requirement in [*DECLARED, *FOR_TESTS]],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_every_requirement_is_locked_within_its_bounds(lock: Path, requirement: str) -> None:
    wanted = Requirement(requirement)
    versions = pins(lock).get(canonicalize_name(wanted.name), set())
    assert versions
    assert {version for version in versions if version not in wanted.specifier} == set()


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    tested = pins(TEST)
    assert {name: versions for name, versions in pins(RUN).items() if tested.get(name) != versions} == {}


def test_a_lock_holds_for_every_python_that_is_promised() -> None:
    assert Version(PROJECT["project"]["requires-python"].removeprefix(">=")) == Version("3.11")
    for name, _, marker in [*spelled(RUN), *spelled(TEST)]:
        assert "python_full_version < '3.11" not in marker, name


def test_no_address_and_no_path_of_somebody_s_machine_is_in_the_tree() -> None:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    telltale = re.compile(
        rb"--(?:extra-)?index-url|index-url\s*=|files\.python"
        rb"hosted|pypi\."
        rb"org|/root"
        rb"/|/home"
        rb"/[a-z]|/work"
        rb"/"
    )
    guilty = {
        name
        for name in filter(None, listing.stdout.decode().split("\0"))
        if (ROOT / name).is_file() and telltale.search((ROOT / name).read_bytes())
    }
    assert guilty == set()


def test_the_version_is_said_once_more_and_the_same() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import mailintake; print(mailintake.__version__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == PROJECT["project"]["version"]


@pytest.mark.parametrize("script", ["dev", ".ci/run"])
def test_the_two_commands_can_be_executed(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
