"""A directory of YAML files, read and checked as one."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailintake.config import accounts, desk, host, rules, source
from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk
from mailintake.config.host import Host
from mailintake.config.rules import Rules
from mailintake.config.source import Collecting, Section
from mailintake.errors import ConfigError, Problem

FILES = ("mailintake.yaml", "desk.yaml", "accounts.yaml", "rules.yaml")
_OPTIONAL = frozenset({"rules.yaml"})


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an admin has said, checked. `digest` is the SHA-256 of the files, in hex."""

    host: Host
    desk: Desk
    directory: Directory
    rules: Rules
    warnings: tuple[Problem, ...]
    digest: str


def load(directory: Path, *, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the four files; rules.yaml may be absent. Raises ConfigError with all problems of all files at once.

    `environment` stands in for os.environ: systemd says in it where state and credentials are kept.
    """
    environment = os.environ if environment is None else environment
    problems, digest = Collecting(), hashlib.sha256()
    roots: dict[str, Section] = {}
    for name in FILES:
        with problems:
            content = _content(directory / name)
            digest.update(f"{name} {len(content)}\n".encode() + content)
            roots[name] = source.read(content, file=str(directory / name))
    host_file, desk_file, accounts_file, rules_file = (roots.get(name) for name in FILES)

    found_host: Host | None = None
    found_desk: Desk | None = None
    found_directory: Directory | None = None
    found_rules: Rules | None = None
    with problems:
        if host_file:
            found_host = host.read(host_file, directory=directory, environment=environment)
    with problems:
        if desk_file:
            found_desk = desk.read(desk_file)
    with problems:
        if accounts_file and desk_file:
            known = accounts.Known(desk.names(desk_file, "plans"), desk.names(desk_file, "regions"), found_desk)
            found_directory = accounts.read(accounts_file, known=known)
    with problems:
        if rules_file:
            found_rules = rules.read(rules_file)

    if problems.broken or not (found_host and found_desk and found_directory and found_rules):
        raise ConfigError(_in_order(directory, problems.problems))
    warnings = _in_order(directory, [warning for root in roots.values() for warning in root.warnings])
    return Configuration(found_host, found_desk, found_directory, found_rules, warnings, digest.hexdigest())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(source.LARGEST_FILE + 1)
    except FileNotFoundError:
        if path.name in _OPTIONAL:
            return b""
        raise ConfigError((Problem(str(path), 1, 1, "there is no such file"),)) from None
    except OSError as error:
        raise ConfigError((Problem(str(path), 1, 1, f"cannot read this file: {error.strerror}"),)) from None


def _in_order(directory: Path, problems: list[Problem]) -> tuple[Problem, ...]:
    files = [str(directory / name) for name in FILES]
    return tuple(sorted(dict.fromkeys(problems), key=lambda it: (files.index(it.file), it.line, it.column)))


__all__ = ["FILES", "Configuration", "load"]
