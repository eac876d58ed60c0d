"""Everything that may go wrong on purpose.

    MailintakeError
    ├── UsageError          the command line is wrong                        exit 2
    ├── ConfigError         a file of the admin's is wrong                   exit 78 (EX_CONFIG)
    ├── TemporaryError      the same again later may work                    exit 75 (EX_TEMPFAIL)
    │   ├── StorageBusy     the database did not answer in time
    │   ├── OutOfSpace      no room for another mail
    │   ├── NotRunning      no daemon answers, and its lock is taken
    │   ├── LetterDeferred  the outgoing server asked us to come back later with this letter
    │   └── DeliveryDown    the outgoing server cannot be reached, or takes no letters at all
    └── PermanentError      the same again later cannot work
        ├── Unreadable      no sense can be made of this mail                exit 65 (EX_DATAERR)
        ├── NoSuchMailbox   nobody configured this address                   exit 67 (EX_NOUSER)
        ├── TooLarge        more bytes than the limit allows                 exit 65 (EX_DATAERR)
        ├── LetterRefused   the outgoing server will never take this letter
        └── TemplateError   a template does not render

Nobody catches an exception to learn an outcome: outcomes are values (`domain.decision`).
"""

from dataclasses import dataclass


class MailintakeError(Exception):
    """Something mailintake knows how to explain."""

    exit_status = 1


class UsageError(MailintakeError):
    """The command line is wrong."""

    exit_status = 2


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place of one file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.is_warning else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.text}"


class ConfigError(MailintakeError):
    """The configuration is wrong; `problems` holds all of them, in the order of the files."""

    exit_status = 78

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class TemporaryError(MailintakeError):
    """The same again later may work."""

    exit_status = 75


class StorageBusy(TemporaryError):
    """The database did not answer in time."""


class OutOfSpace(TemporaryError):
    """There is no room for another mail now."""


class NotRunning(TemporaryError):
    """No daemon answers on the local socket, and its lock is taken."""


class LetterDeferred(TemporaryError):
    """The outgoing server asked us to come back later with this letter."""


class DeliveryDown(TemporaryError):
    """The outgoing server cannot be reached, or takes no letters at all; no letter is to blame."""


class PermanentError(MailintakeError):
    """The same again later cannot work."""

    exit_status = 65


class Unreadable(PermanentError):
    """No sense can be made of this mail."""


class NoSuchMailbox(PermanentError):
    """Nobody configured this address."""

    exit_status = 67


class TooLarge(PermanentError):
    """The mail is larger than the limit allows."""


class LetterRefused(PermanentError):
    """The outgoing server will never take this letter."""


class TemplateError(PermanentError):
    """A template does not render."""
