"""Secrets are named in the configuration by where they are kept, never by what they are (SECURITY T33)."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailintake.config.shapes import Text
from mailintake.config.source import Node
from mailintake.errors import ConfigError

_WIDER_THAN_0640 = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO
Way = Literal["file", "env", "credential"]
WAYS: tuple[Way, ...] = ("file", "env", "credential")


@dataclass(frozen=True, slots=True)
class Secret:
    """A file, a variable of the environment, or a systemd credential, to be read when it is needed."""

    kind: Way
    name: str
    node: Node

    def reveal(self, environment: Mapping[str, str] | None = None) -> str:
        """The secret as text without its last line end. Raises ConfigError, which never shows it."""
        environment = os.environ if environment is None else environment
        if self.kind == "env":
            text = environment.get(self.name, "")
        else:
            try:
                text = self._path(environment).read_bytes().decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise self.node.wrong("this secret is not UTF-8") from None
            except OSError as error:
                raise self._unreadable(error) from None
        if not text:
            raise self.node.wrong("this secret is empty")
        return text

    def check(self, environment: Mapping[str, str]) -> None:
        """Raise ConfigError if the file is missing or open to others; what only the service has is not asked for."""
        if self.kind == "file":
            check_private(Path(self.name), self.node)
        elif self.kind == "env" and not environment.get(self.name):
            self.node.warn(f"the environment has no `{self.name}` now; the service must have it")
        elif self.kind == "credential" and not environment.get("CREDENTIALS_DIRECTORY"):
            self.node.warn("systemd gives no credentials here; the service must have `LoadCredential=`")
        elif self.kind == "credential":
            check_private(self._path(environment), self.node)

    def _path(self, environment: Mapping[str, str]) -> Path:
        if self.kind == "file":
            return Path(self.name)
        directory = environment.get("CREDENTIALS_DIRECTORY")
        if not directory:
            raise self.node.wrong("systemd gives no credentials: $CREDENTIALS_DIRECTORY is not set")
        return Path(directory) / self.name

    def _unreadable(self, error: OSError) -> ConfigError:
        return self.node.wrong(f"cannot read this secret: {error.strerror}")


def check_private(path: Path, node: Node, *, at_least: int = 1) -> None:
    """Raise ConfigError unless this is a file of enough bytes that only its owner and group may read."""
    try:
        found = path.stat()
    except OSError as error:
        raise node.wrong(f"cannot read {path}: {error.strerror}") from None
    if not stat.S_ISREG(found.st_mode):
        raise node.wrong(f"{path} is no file")
    if found.st_mode & _WIDER_THAN_0640:
        mode = stat.S_IMODE(found.st_mode)
        raise node.wrong(f"others may read or change {path} (mode {mode:04o}): chmod 0640 or less")
    if found.st_size < at_least:
        raise node.wrong(f"{path} has {found.st_size} bytes; at least {at_least} are wanted")


def read_secret(kind: Way, directory: Path, node: Node) -> Secret:
    """A secret by its place; a relative path starts at the configuration's directory."""
    name = Text("where the secret is kept")(node)
    if kind == "file":
        name = str(directory / name)
    elif "/" in name or "=" in name:
        raise node.wrong(f"`{name}` cannot be a name of {'a variable' if kind == 'env' else 'a credential'}")
    return Secret(kind, name, node)
