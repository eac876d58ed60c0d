"""The two commands on a fresh machine: what they install, when, and how they refuse."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

UV = """#!/bin/sh
echo "uv $1 $2" >> "$LOG"
if [ "$1" = venv ]; then
    mkdir -p .venv/bin .venv/lib/python3.11/site-packages
    printf '#!/bin/sh\\necho "python $*" >> "$LOG"\\nexit ${PYTHON_STATUS:-0}\\n' > .venv/bin/python
    chmod +x .venv/bin/python
fi
exit ${UV_STATUS:-0}
"""


class Checkout:
    """A bare checkout on a machine that has uv, or rather something that says what uv was asked for."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "log"
        for name in ("dev", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, home / name)
        tools = home / "tools"
        tools.mkdir()
        tools.joinpath("uv").write_text(UV)
        tools.joinpath("uv").chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**kept, "PATH": path, "LOG": str(self.log), "UV_INDEX": "there"}

    def dev(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "dev", *words],
            cwd=self.home,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What was run since the last time."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_run_installs_and_the_second_does_not(checkout: Checkout) -> None:
    assert checkout.dev("mailintake", "tickets", "list").returncode == 0
    assert checkout.calls() == ["uv venv --quiet", "uv pip sync", "python -m mailintake tickets list"]
    checkout.dev("mailintake", "tickets", "list")
    assert checkout.calls() == ["python -m mailintake tickets list"]


def test_a_changed_lock_installs_again(checkout: Checkout) -> None:
    checkout.dev("demo")
    checkout.calls()
    with (checkout.home / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    checkout.dev("demo")
    assert checkout.calls() == ["uv pip sync", "python -m mailintake demo"]


def test_a_developer_s_environment_serves_for_running(checkout: Checkout) -> None:
    checkout.dev("test")
    checkout.calls()
    checkout.dev("run")
    assert checkout.calls() == [f"python -m mailintake serve --config {checkout.home}/config"]


def test_an_environment_for_running_is_made_complete_for_tests(checkout: Checkout) -> None:
    checkout.dev("run")
    checkout.calls()
    checkout.dev("test", "-k", "parser")
    *checks, tests = checkout.calls()
    assert checks == [
        "uv pip sync",
        "python -m ruff check",
        "python -m ruff format --check",
        "python -m mypy",
    ]
    assert re.fullmatch(r"python -m pytest -n \d+ .* -k parser", tests)


def test_the_status_of_a_command_is_passed_on(checkout: Checkout) -> None:
    assert checkout.dev("mailintake", "check", PYTHON_STATUS="78").returncode == 78
    assert checkout.dev("test", PYTHON_STATUS="1").returncode == 1


def test_the_checkout_is_importable_and_has_its_command(checkout: Checkout) -> None:
    checkout.dev("demo")
    packages = checkout.home / ".venv/lib/python3.11/site-packages"
    assert packages.joinpath("mailintake-checkout.pth").read_text() == f"{checkout.home}\n"
    checkout.calls()
    subprocess.run([checkout.home / ".venv/bin/mailintake", "demo"], env=checkout.environment, check=True)
    assert checkout.calls() == ["python -m mailintake demo"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "no command given"),
        (("rnu",), "unknown command 'rnu'"),
        (("bench",), "bench needs a name"),
        (("lock", "all"), "lock takes no further words"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(checkout: Checkout, words: tuple[str, ...], sentence: str) -> None:
    refused = checkout.dev(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"./dev: {sentence}")
    assert refused.stderr.count("\n") == 1
    assert checkout.calls() == []


def test_an_old_python_is_one_line_and_status_2(checkout: Checkout) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path('dev', run_name='__main__')"
    refused = subprocess.run(
        [sys.executable, "-c", pretend, "run"], cwd=checkout.home, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert refused.stderr == "./dev: mailintake needs Python 3.11 or newer, and this is 3.10.9; try: python3.11 ./dev\n"


def test_help_names_every_command(checkout: Checkout) -> None:
    shown = checkout.dev("--help")
    assert shown.returncode == 0
    for command in ("run", "demo", "test", "bench", "mailintake", "lock"):
        assert f"    ./dev {command} " in shown.stdout


@pytest.mark.long
def test_pip_does_where_uv_does_not(checkout: Checkout) -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (checkout.home / lock).write_text("# nothing to fetch\n")
    (checkout.home / "mailintake").mkdir()
    (checkout.home / "mailintake" / "__main__.py").write_text("import sys; print('hello from', sys.prefix)")
    ran = checkout.dev("mailintake", UV_STATUS="1")
    assert ran.stdout == f"hello from {checkout.home}/.venv\n"
    assert "uv did not succeed; trying pip" in ran.stderr
