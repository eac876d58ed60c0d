"""Whether files have changed, at a glance, and whether they have come to rest since."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailintake import config
from mailintake.notices import library

REST_SECONDS = 1.0
"""A file that an editor or a copy is still writing changes more often than that."""

Glance = Mapping[str, tuple[int, ...]]
"""What the file system says of each file that is there, by its path."""


@dataclass(frozen=True, slots=True)
class Contents:
    """SHA-256 of what files hold, in hex: of those of the configuration, and of templates. What cannot be read counts
    as that."""

    configuration: str
    templates: str


@dataclass(frozen=True, slots=True)
class Watched:
    """The files of a configuration in `directory`, and the admin's own `templates`, if there are any."""

    directory: Path
    templates: Path | None = None

    def glance(self) -> Glance:
        """Each file as it can be told from another: replaced, written, or permitted to be read.

        Links are followed to what they lead to in the end, so to swap one is to change every file behind it.
        """
        found = {}
        for path in (*(self.directory / name for name in config.FILES), *self._of_templates()):
            with suppress(OSError):
                seen = path.stat()
                found[str(path)] = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        return found

    def contents(self, configuration: str | None = None) -> Contents:
        """What they hold. `configuration` is the digest of those in `directory`, where it is known."""
        found = hashlib.sha256()
        for path in self._of_templates():
            try:
                content = path.read_bytes()
            except OSError as error:
                content = type(error).__name__.encode()
            found.update(f"{path.parent.name}/{path.name} {len(content)}\n".encode() + content)
        return Contents(configuration or config.digest(self.directory), found.hexdigest())

    def _of_templates(self) -> list[Path]:
        if self.templates is None:
            return []
        return sorted([*self.templates.glob(f"*/*{library.SUFFIX}"), self.templates / library.LAYOUT])


class Settling:
    """Tells when files that changed are worth reading: they have looked the same for REST_SECONDS.

    So what is half written is not read, as far as one can tell.
    """

    def __init__(self) -> None:
        self._read: Glance | None = None
        self._seen: Glance | None = None
        self._since = 0.0

    def look(self, found: Glance, *, at: float) -> float | None:
        """Seconds until they may be read; None if they were. `at` is in seconds of any clock that goes forward."""
        if found != self._seen:
            self._seen, self._since = found, at
        if found == self._read:
            return None
        return max(0.0, self._since + REST_SECONDS - at)

    def read(self, found: Glance) -> None:
        """They were read as they looked then."""
        self._read = found
