"""The units, judged by systemd itself where it is installed."""

import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
SERVICE = UNITS / "mailintake.service"
MIGRATE = UNITS / "mailintake-migrate.service"
EXPOSURE = "16"
"""At most 1.6 of 10, where 10 is a service without any of it."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """The units as on a machine where the program is there."""
    program = tmp_path / "mailintake"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = [tmp_path / unit.name for unit in (SERVICE, MIGRATE)]
    for unit in units:
        text = (UNITS / unit.name).read_text()
        assert "/opt/mailintake/.venv/bin/mailintake" in text
        unit.write_text(text.replace("/opt/mailintake/.venv/bin/mailintake", str(program)))
    return units


def analyze(*words: str | Path) -> str:
    ran = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stderr


@needs_systemd
def test_systemd_has_no_complaint(installed: list[Path]) -> None:
    complaints = analyze("verify", "--man=no", "--recursive-errors=no", *installed)
    assert [line for line in complaints.splitlines() if "mailintake" in line] == []


@needs_systemd
@pytest.mark.parametrize("unit", [0, 1], ids=["serve", "migrate"])
def test_little_is_exposed(installed: list[Path], unit: int) -> None:
    analyze("security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", installed[unit])


def settings(unit: Path) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the way the library wants it said
    parser.read(unit)
    return dict(parser["Service"])


def test_both_units_are_shut_in_alike() -> None:
    own = {"Type", "ExecStart", "ExecReload", "TimeoutStartSec", "MemoryMax", "TasksMax"}
    serve = settings(SERVICE)
    assert {name: serve.get(name) for name in settings(MIGRATE) if name not in own} == {
        name: value for name, value in settings(MIGRATE).items() if name not in own
    }


def test_poison_cannot_become_a_crash_loop() -> None:
    text = SERVICE.read_text()
    assert settings(SERVICE)["Restart"] == "on-failure"
    assert "StartLimitBurst=5" in text
