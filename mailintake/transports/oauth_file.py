"""The file of a refresh token: private, and never half-written (SECURITY T33)."""

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

from mailintake.config.secret import check_private
from mailintake.config.source import Node
from mailintake.storage.engine import sync_directory
from mailintake.transports.oauth_token import LARGEST_TOKEN, TokenDelayed, TokenRefused

_LARGEST_FILE = 2 * LARGEST_TOKEN


def read(path: Path, node: Node) -> str:
    """The refresh token: in our JSON, or alone as an admin put it there.

    Raises TokenRefused while nobody has signed in, ConfigError where others may read it.
    """
    if not path.exists():
        raise TokenRefused(f"nobody has signed in yet: there is no {path}; see `mailintake mailbox login`")
    check_private(path, node)
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE).decode("ascii").strip()
    except OSError as error:
        raise TokenDelayed(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        text = ""
    token = _in_json(text) if text.startswith("{") else text
    if not token or not token.isprintable() or " " in token:
        raise TokenRefused(f"there is no refresh token in {path}: sign in again with `mailintake mailbox login`")
    return token


def check_place(path: Path) -> None:
    """Raise TokenDelayed where `write` would, before a person has gone to any trouble."""
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise TokenDelayed(f"cannot write {path}: is there a directory {path.parent}, and is it ours?")


def write(path: Path, refresh_token: str, *, now: datetime) -> None:
    """Put a new refresh token in place of what is there, durably. Raises TokenDelayed.

    The file belongs to whom the old one belonged to, or else the directory, so that root may sign in for the daemon.
    """
    content = json.dumps({"refresh_token": refresh_token, "saved_at": now.isoformat()}) + "\n"
    draft = None
    try:
        owner = (path if path.exists() else path.parent).stat()
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # with mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            if os.geteuid() == 0:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(draft).replace(path)
        draft = None
        sync_directory(path.parent)
    except OSError as error:
        raise TokenDelayed(f"cannot write {path}: {error.strerror}") from error
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)


def _in_json(text: str) -> str | None:
    try:
        token = json.loads(text).get("refresh_token")
    except (ValueError, RecursionError):
        return None
    return token if isinstance(token, str) else None
