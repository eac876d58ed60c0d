from collections.abc import Mapping
from pathlib import Path

import pytest

from mailintake.config import host, source
from mailintake.config.host import Database, Host
from mailintake.config.limits import Limits, parse_size
from mailintake.config.listeners import Listener, Tls
from mailintake.config.outgoing import Outgoing, Relay
from mailintake.errors import ConfigError

OUT = "outgoing: {maildir: out}\n"


def _read(text: str, directory: Path, environment: Mapping[str, str] | None = None) -> tuple[Host, list[str]]:
    root = source.read(text.encode(), file="mailintake.yaml")
    found = host.read(root, directory=directory, environment=environment or {})
    return found, [str(warning) for warning in root.warnings]


def _secret(path: Path, content: bytes, mode: int = 0o640) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_what_is_not_said_has_a_safe_default() -> None:
    found, warnings = _read("state: ../var\n" + OUT, Path("config"))
    assert found == Host(
        state=Path("var"),
        database=Database(path=Path("var/mailintake.db")),
        outgoing=Outgoing(maildir=Path("config/out")),
        control=Path("var/mailintake.sock"),
    )
    assert found.limits == Limits()
    assert warnings == ["mailintake.yaml:1:1: warning: no listener is configured, so no mail comes in by itself"]


def test_systemd_says_where_state_is_kept() -> None:
    found, _ = _read(OUT, Path("config"), {"STATE_DIRECTORY": "/var/lib/mailintake:/var/lib/other"})
    assert found.state == Path("/var/lib/mailintake")


def test_listeners_on_ports_and_sockets(tmp_path: Path) -> None:
    _secret(tmp_path / "desk.crt", b"certificate", 0o644)
    _secret(tmp_path / "desk.key", b"key")
    found, warnings = _read(
        "state: var\n" + OUT + "listeners:\n"
        "  - {protocol: smtp, address: 127.0.0.1, port: 2525, trusted: yes}\n"
        "  - {protocol: lmtp, socket: lmtp.sock, trusted: on}\n"
        "  - {protocol: smtp, address: '::', port: 25, trusted: true, hostname: mail.desk.example,"
        " tls: {certificate: desk.crt, key: desk.key, required: yes}}\n",
        tmp_path,
    )
    tls = Tls("starttls", tmp_path / "desk.crt", tmp_path / "desk.key", required=True)
    assert found.listeners == (
        Listener("smtp", "127.0.0.1", 2525, trusted=True),
        Listener("lmtp", socket=tmp_path / "lmtp.sock", trusted=True),
        Listener("smtp", "::", 25, trusted=True, hostname="mail.desk.example", tls=tls),
    )
    (warning,) = warnings
    assert warning == (
        "mailintake.yaml:6:5: warning: whoever reaches [::]:25 can write in any customer's name: "
        "let only your own mail server reach it"
    )


def test_a_relay_has_its_usual_port(tmp_path: Path) -> None:
    found, _ = _read("state: var\noutgoing: {relay: {host: mail.desk.example, tls: implicit}}\n", tmp_path)
    assert found.outgoing.relay == Relay("mail.desk.example", 465, "implicit")


def test_a_password_is_read_late_and_never_shown(tmp_path: Path) -> None:
    file = _secret(tmp_path / "relay.password", b"swordfish\n")
    text = "state: var\noutgoing: {relay: {host: mail.desk.example, user: desk, password_file: relay.password}}\n"
    found, _ = _read(text, tmp_path)
    assert found.outgoing.relay is not None
    password = found.outgoing.relay.password
    assert password is not None
    assert password.reveal() == "swordfish"
    assert "swordfish" not in repr(found)
    _secret(file, b"changed")
    assert password.reveal() == "changed"


def test_a_password_from_the_environment(tmp_path: Path) -> None:
    text = "state: var\noutgoing: {relay: {host: localhost, tls: none, user: desk, password_env: RELAY}}\n"
    found, warnings = _read(text, tmp_path)
    assert "mailintake.yaml:2:74: warning: the environment has no `RELAY` now; the service must have it" in warnings
    assert found.outgoing.relay is not None
    assert found.outgoing.relay.password is not None
    assert found.outgoing.relay.password.reveal({"RELAY": "swordfish"}) == "swordfish"
    with pytest.raises(ConfigError) as raised:
        found.outgoing.relay.password.reveal({})
    assert str(raised.value) == "mailintake.yaml:2:74: this secret is empty"


def test_a_password_from_systemd(tmp_path: Path) -> None:
    _secret(tmp_path / "relay", b"swordfish", 0o400)
    text = "state: var\noutgoing: {relay: {host: mail.desk.example, user: desk, password_credential: relay}}\n"
    found, _ = _read(text, tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found.outgoing.relay is not None
    assert found.outgoing.relay.password is not None
    assert found.outgoing.relay.password.reveal({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "swordfish"
    with pytest.raises(ConfigError) as raised:
        found.outgoing.relay.password.reveal({})
    expected = "mailintake.yaml:2:78: systemd gives no credentials: $CREDENTIALS_DIRECTORY is not set"
    assert str(raised.value) == expected


@pytest.mark.parametrize("mode", [0o641, 0o644, 0o660, 0o666, 0o604])
def test_a_secret_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    key = _secret(tmp_path / "token.key", b"k" * 32, mode)
    with pytest.raises(ConfigError) as raised:
        _read("state: var\n" + OUT + "secrets: {token_key_file: token.key}\n", tmp_path)
    assert str(raised.value) == (
        f"mailintake.yaml:3:27: others may read or change {key} (mode {mode:04o}): chmod 0640 or less"
    )


def test_several_hosts_share_a_database_and_a_key(tmp_path: Path) -> None:
    _secret(tmp_path / "token.key", b"k" * 32, 0o600)
    found, _ = _read(
        "state: var\n" + OUT + "database: postgresql://mailintake@db.example/mailintake\n"
        "database_password_env: DB\nsecrets: {token_key_file: token.key}\n",
        tmp_path,
        {"DB": "swordfish"},
    )
    assert found.database.url == "postgresql://mailintake@db.example/mailintake"
    assert found.database.path is None
    assert found.database.password is not None
    assert found.token_key_file == tmp_path / "token.key"


def test_limits_have_units() -> None:
    found, _ = _read(
        "state: var\n" + OUT + "limits: {message_size: 10 MiB, data_minimum_rate: 0 B, tries: 5}\n", Path()
    )
    assert found.limits == Limits(message_size=10 * 2**20, data_minimum_rate=0, tries=5)


@pytest.mark.parametrize(("text", "size"), [("25 MB", 25_000_000), ("2kB", 2_000), ("1 KiB", 1_024), ("7 B", 7)])
def test_a_size_in_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size
