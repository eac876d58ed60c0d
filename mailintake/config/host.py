"""This host: where mail comes in and goes out, where state and secrets are kept, and how much anybody may use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mailintake.config.authentication import AUTHENTICATION, SenderAuthentication
from mailintake.config.fetch import Fetch, read_fetch
from mailintake.config.limits import LIMITS, Limits
from mailintake.config.listeners import Listener, parse_socket, read_listeners
from mailintake.config.mailboxes import address
from mailintake.config.outgoing import NO_LITERAL, Outgoing, only_one, read_outgoing
from mailintake.config.secret import WAYS, Secret, check_private, read_secret
from mailintake.config.shapes import ListOf, Parsed, Record, Whole, path_in
from mailintake.config.source import Node, Section
from mailintake.config.watch import Watch, check_outgoing, read_maildirs

SMALLEST_KEY = 32
_TOKENS = {"former_token_key_files": "former_token_keys", "token_weeks": "token_weeks"}
_URL = re.compile(r"postgres(?:ql)?://(?P<user>[^@/]*@)?[^@\s]*")
_ELSEWHERE = {word: f"`{word}` stands in desk.yaml" for word in ("desk", "plans", "hours", "priorities", "senders")} | {
    word: f"`{word}` stands in accounts.yaml" for word in ("accounts", "agents", "teams")
}


@dataclass(frozen=True, slots=True)
class Database:
    """SQLite in the file `path`, or PostgreSQL at `url`, which never holds the password."""

    path: Path | None = None
    url: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """What one host needs to know to run; relative paths begin at the configuration's directory.

    `token_key_file` is None where the daemon keeps a key of its own in `state`. Tokens that were made with one of
    `former_token_keys` are still good; each is for `token_weeks`. `templates` is None for those that come
    with mailintake. `admin` is told by mail of what only an admin can mend.
    """

    state: Path
    database: Database
    outgoing: Outgoing
    control: Path
    listeners: tuple[Listener, ...] = ()
    fetch: tuple[Fetch, ...] = ()
    maildirs: tuple[Watch, ...] = ()
    token_key_file: Path | None = None
    former_token_keys: tuple[Path, ...] = ()
    token_weeks: int = 104
    workers: int = 2
    limits: Limits = field(default_factory=Limits)
    templates: Path | None = None
    admin: str | None = None
    authentication: SenderAuthentication = field(default_factory=SenderAuthentication)


def read(root: Section, *, directory: Path, environment: Mapping[str, str]) -> Host:
    """The host of mailintake.yaml; files it names are looked for. Raises ConfigError with all that is wrong."""
    host = Record(
        partial(_host, directory, environment),
        {
            "state": path_in(directory),
            "database": Parsed(
                _parse_database, "`sqlite`, or a URL such as postgresql://mailintake@db.example/mailintake"
            ),
            **{f"database_password_{way}": partial(read_secret, way, directory) for way in WAYS},
            "listeners": partial(read_listeners, directory),
            "fetch": partial(read_fetch, directory, environment),
            "maildirs": partial(read_maildirs, directory),
            "outgoing": partial(read_outgoing, directory, environment),
            "secrets": Record(
                dict,
                {
                    "token_key_file": partial(_token_key, directory),
                    "former_token_key_files": ListOf(partial(_token_key, directory), "a list of files", or_one=True),
                    "token_weeks": Whole(1, 1000),
                },
            ),
            "workers": Whole(1, 256),
            "limits": LIMITS,
            "control": Parsed(partial(parse_socket, directory), "a path"),
            "templates": partial(_templates, directory),
            "admin": address,
            "authentication": AUTHENTICATION,
        },
        required=("outgoing",),
        elsewhere=_ELSEWHERE | {"database_password": NO_LITERAL.replace("password_", "database_password_")},
    )(root)
    if host.database.password:
        host.database.password.check(environment)
    check_outgoing(host.maildirs, host.outgoing.maildir)
    if not host.listeners and not host.fetch and not host.maildirs:
        root.warn("no listener is configured, so no mail comes in by itself")
    return host


def _host(
    directory: Path,
    environment: Mapping[str, str],
    *,
    outgoing: Outgoing,
    state: Path | None = None,
    database: str = "sqlite",
    secrets: Mapping[str, object] | None = None,
    control: Path | None = None,
    **said: object,
) -> Host:
    state = state or _systemd_state(environment)
    said_of_tokens = dict(secrets or {})
    key_file = said_of_tokens.pop("token_key_file", None)
    said |= {_TOKENS[key]: value for key, value in said_of_tokens.items()}
    passwords = {key: said.pop(key) for key in [f"database_password_{way}" for way in WAYS] if key in said}
    password = only_one(passwords)  # type: ignore[arg-type]  # each was read as a secret
    if database == "sqlite":
        if password:
            raise ValueError("SQLite has no password; remove it, or name a PostgreSQL `database`")
        where = Database(path=state / "mailintake.db")
    else:
        if key_file is None:
            raise ValueError("with PostgreSQL, `secrets: {token_key_file: …}` is needed: all hosts share one key")
        where = Database(url=database, password=password)
    return Host(
        state=state,
        database=where,
        outgoing=outgoing,
        control=control or parse_socket(state, "mailintake.sock"),
        token_key_file=key_file,  # type: ignore[arg-type]  # as read
        **said,  # type: ignore[arg-type]  # each was read as its field's type
    )


def _systemd_state(environment: Mapping[str, str]) -> Path:
    given = environment.get("STATE_DIRECTORY", "").partition(":")[0]
    if not given:
        raise ValueError("`state` is missing, and systemd gives no $STATE_DIRECTORY: where are database and keys kept?")
    return Path(given)


def _parse_database(text: str) -> str:
    if text == "sqlite":
        return text
    found = _URL.fullmatch(text)
    if not found:
        raise ValueError("a database is `sqlite`, or a URL such as postgresql://mailintake@db.example/mailintake")
    if ":" in (found["user"] or "") or re.search(r"[?&]password=", text):
        raise ValueError("a password does not stand in a URL: use `database_password_file`")
    return text


def _token_key(directory: Path, node: Node) -> Path:
    path = path_in(directory)(node)
    check_private(path, node, at_least=SMALLEST_KEY)
    return path


def _templates(directory: Path, node: Node) -> Path:
    path = path_in(directory)(node)
    if not path.is_dir():
        raise node.wrong(f"there is no directory {path}")
    return path
