"""A directory of YAML files, read and checked as one."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mailintake.config import accounts, desk, host, mailboxes, source
from mailintake.config.accounts import Directory
from mailintake.config.contracts import Known
from mailintake.config.desk import Desk
from mailintake.config.fetch import Fetch
from mailintake.config.host import Host
from mailintake.config.listeners import Listener
from mailintake.config.source import Collecting, Section
from mailintake.config.watch import Watch
from mailintake.errors import ConfigError, Problem

if TYPE_CHECKING:
    from mailintake.config.rules import RuleFile
    from mailintake.domain.routing import Place
    from mailintake.routing.rules import Rules
    from mailintake.routing.trial import Trial

FILES = ("mailintake.yaml", "desk.yaml", "accounts.yaml", "rules.yaml")


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an admin has said, checked. `digest` is the SHA-256 of the files, in hex.

    `trials` are the tests that stand in rules.yaml, `templates_used` the letters that its rules name, with a place.
    `path` is the directory of the files, `host_file` mailintake.yaml as it was read.
    """

    host: Host
    desk: Desk
    directory: Directory
    rules: "Rules"
    warnings: tuple[Problem, ...]
    digest: str
    trials: "tuple[Trial, ...]" = ()
    templates_used: "Mapping[str, Place]" = field(default_factory=dict)
    path: Path = Path()
    host_file: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Promises:
    """A desk without the host it runs on: what it promises, and to whom if customers are listed."""

    desk: Desk
    directory: Directory | None
    warnings: tuple[Problem, ...]


def load(
    directory: Path, *, environment: Mapping[str, str] | None = None, running: Configuration | None = None
) -> Configuration:
    """Read the four files; rules.yaml may be absent, and accounts.yaml where desk.yaml holds what belongs in it.

    Raises ConfigError with all problems of all files at once. `environment` stands in for os.environ: systemd says in
    it where state and credentials are kept. The host of a `running` configuration stays, as if mailintake.yaml still
    said what it said then: what is open cannot be changed.
    """
    from mailintake.config import rules  # a third of this package, for which a command about plans has no use

    environment = os.environ if environment is None else environment
    files = _Files()
    host_file = files.read(directory / FILES[0], content=running.host_file if running else None)
    desk_file = files.read(directory / FILES[1])
    accounts_file = files.read(directory / FILES[2], optional=desk_file is not None and "accounts" in desk_file.keys)
    rules_file = files.read(directory / FILES[3], optional=True)

    found_host: Host | None = None
    found_rules: RuleFile | None = None
    with files.problems:
        if host_file:
            found_host = running.host if running else host.read(host_file, directory=directory, environment=environment)
    found_desk, found_directory = _promises(desk_file, accounts_file, files.problems)
    with files.problems:
        if rules_file:
            found_rules = rules.read(rules_file, known=rules.Known(found_desk, found_directory))
        if found_host and found_desk:
            mailboxes.check_doors([*found_host.fetch, *found_host.maildirs], found_desk.mailboxes)
    with files.problems:
        if host_file and found_host and found_desk and found_directory:
            _refuse_unverified_commands(host_file, found_host, found_desk, found_directory)

    if files.problems.broken or not (found_host and found_desk and found_directory and found_rules):
        raise files.error()
    return Configuration(
        host=found_host,
        desk=found_desk,
        directory=found_directory,
        rules=found_rules.rules,
        warnings=files.warnings(),
        digest=files.digest.hexdigest(),
        trials=found_rules.trials,
        templates_used=found_rules.templates,
        path=directory,
        host_file=files.contents[FILES[0]],
    )


def load_host(directory: Path, *, environment: Mapping[str, str] | None = None) -> Host:
    """What mailintake.yaml says, whatever the other files do. Raises ConfigError."""
    path = directory / FILES[0]
    root = source.read(_content(path, optional=False), file=str(path))
    return host.read(root, directory=directory, environment=os.environ if environment is None else environment)


def digest(directory: Path) -> str:
    """The digest of a configuration of these files, were they right; what cannot be read is left out of it."""
    files = _Files()
    for name in FILES:
        with files.problems:
            files.take(directory / name, _content(directory / name, optional=True))
    return files.digest.hexdigest()


def _refuse_unverified_commands(file: Section, host: Host, desk: Desk, directory: Directory) -> None:
    """Agents who work by mail must be told from whoever uses their names (SECURITY T01)."""
    doors: list[Listener | Fetch | Watch] = [*host.listeners, *host.fetch, *host.maildirs]
    known = host.authentication
    is_verified = known.results_from or known.evaluate or any(door.trusted for door in doors)
    if directory.agents and doors and desk.trust.command == "verified" and not is_verified:
        raise file.wrong(
            "nobody verifies senders here, so anybody could order in an agent's name: name the server that does in "
            "`authentication: {results_from: …}`, or `authentication: {evaluate: yes}`, or mark your own mail server's "
            "way in as `trusted`; or let nobody work by mail: `trust: {command: off}` in desk.yaml"
        )


def load_desk(path: Path) -> Promises:
    """Read a desk file, or desk.yaml of a directory and its accounts.yaml if it has one. Raises ConfigError.

    Nothing about a host is needed, so this also reads a set that no daemon runs.
    """
    files = _Files()
    desk_file = files.read(path / FILES[1] if path.is_dir() else path)
    beside = path / FILES[2]
    accounts_file = files.read(beside) if path.is_dir() and beside.exists() else None
    found_desk, found_directory = _promises(desk_file, accounts_file, files.problems)
    if files.problems.broken or not found_desk:
        raise files.error()
    return Promises(found_desk, found_directory, files.warnings())


def _promises(
    desk_file: Section | None, accounts_file: Section | None, problems: Collecting
) -> tuple[Desk | None, Directory | None]:
    """What the two files say, None for what is broken or not there."""
    found_desk: Desk | None = None
    found_directory: Directory | None = None
    people: Section | None = None
    if not desk_file:
        return None, None
    desk_part, moved = accounts.parted(desk_file)
    with problems:
        found_desk = desk.read(desk_part)
    with problems:
        people = accounts.joined(accounts_file, moved)
    with problems:
        if people:
            plans, regions, levels = (desk.names(desk_part, kind) for kind in ("plans", "regions", "levels"))
            found_directory = accounts.read(people, known=Known(plans, regions, levels, found_desk))
    return found_desk, found_directory


class _Files:
    """The files of one configuration in the order in which they are read; what is wrong with them is collected."""

    def __init__(self) -> None:
        self.problems = Collecting()
        self.digest = hashlib.sha256()
        self.contents: dict[str, bytes] = {}
        self._names: list[str] = []
        self._roots: list[Section] = []

    def read(self, path: Path, *, optional: bool = False, content: bytes | None = None) -> Section | None:
        """What the file holds, nothing if it may be absent and is; None where it is broken.

        `content`, if given, is taken for what it holds.
        """
        self._names.append(str(path))
        with self.problems:
            content = _content(path, optional=optional) if content is None else content
            self.take(path, content)
            self._roots.append(source.read(content, file=str(path)))
            return self._roots[-1]
        return None

    def take(self, path: Path, content: bytes) -> None:
        """Count this content in."""
        self.contents[path.name] = content
        self.digest.update(f"{path.name} {len(content)}\n".encode() + content)

    def error(self) -> ConfigError:
        """All that is wrong, as one."""
        return ConfigError(self._in_order(self.problems.problems))

    def warnings(self) -> tuple[Problem, ...]:
        """What the admin should know all the same."""
        return self._in_order([warning for root in self._roots for warning in root.warnings])

    def _in_order(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        return tuple(sorted(dict.fromkeys(problems), key=lambda it: (self._names.index(it.file), it.line, it.column)))


def _content(path: Path, *, optional: bool) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(source.LARGEST_FILE + 1)
    except FileNotFoundError:
        if optional:
            return b""
        raise ConfigError((Problem(str(path), 1, 1, "there is no such file"),)) from None
    except OSError as error:
        raise ConfigError((Problem(str(path), 1, 1, f"cannot read this file: {error.strerror}"),)) from None


__all__ = ["FILES", "Configuration", "Promises", "digest", "load", "load_desk", "load_host"]
