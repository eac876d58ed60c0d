"""The things a host's configuration names, opened: database, key, templates, limits; and the clock for everybody."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from mailintake.config.host import Host
from mailintake.domain.tag import Tagger
from mailintake.storage.engine import Database, sync_directory
from mailintake.transports.limits import Limits

_HERE = Path(__file__).parent


def now() -> datetime:
    """The wall clock in UTC."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """`templates` or `config` as they come with mailintake: in the installed package, or beside it in a checkout."""
    installed = _HERE / "_data" / name
    return installed if installed.is_dir() else _HERE.parent / name


def templates(host: Host) -> list[Path]:
    """The admin's templates first, then ours."""
    return [*([host.templates] if host.templates else []), shipped("templates")]


def open_database(host: Host) -> Database:
    """The host's database; the password is read only now."""
    where = host.database
    if where.path is not None:
        return Database(URL.create("sqlite", database=str(where.path)))
    url = make_url(where.url or "").set(drivername="postgresql+psycopg")
    return Database(url.set(password=where.password.reveal()) if where.password else url)


def token_key(host: Host) -> Path:
    """Where the key of reply tokens is kept: where the configuration says, else in the state."""
    return host.token_key_file or host.state / "token.key"


def tagger(host: Host) -> Tagger:
    """The maker of reply tokens; without a configured key, with one that the first start makes."""
    path = token_key(host)
    if host.token_key_file is None and not path.exists():
        host.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        with new.open("wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
        sync_directory(host.state)
    return made_of(path.read_bytes(), host)


def made_of(key: bytes, host: Host) -> Tagger:
    """The maker of reply tokens with this key, which knows the former ones."""
    return Tagger((key, *(each.read_bytes() for each in host.former_token_keys)), host.token_weeks)


def limits(host: Host) -> Limits:
    """The limits of the doors."""
    said = host.limits
    return Limits(
        message=said.message_size,
        recipients=said.recipients,
        hops=said.received,
        connections=said.connections,
        connections_per_peer=said.connections_per_peer,
        command=said.command_line,
        command_seconds=said.command_seconds,
        data_rate=said.data_minimum_rate,
        errors=said.errors,
        memory=said.session_memory // 2,
    )
