"""Each broken configuration says exactly what its `.error` file says, and fails for no other reason.

The first line of a case names the file it stands for; the other files of the set are in order.
"""

from pathlib import Path

import pytest

from mailintake.config import load
from mailintake.errors import ConfigError

CASES = sorted((Path(__file__).parents[2] / "configs" / "bad").glob("*.yaml"))
IN_ORDER = {
    "mailintake.yaml": "state: var\noutgoing: {maildir: outgoing}\nlisteners: [{protocol: lmtp, socket: lmtp.sock}]\n",
    "desk.yaml": """\
desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}
priorities: {P1: Urgent, P2: Not urgent}
default_priority: P2
plans:
  basic: {contacts: 2, first_response: 4h in Mon-Fri 09:00-18:00}
  open: {contacts: any}
""",
    "accounts.yaml": "accounts: {bakery: {domains: [bakery.example], contract: {plan: basic}}}\n",
    "rules.yaml": "rules: []\n",
}


def _set_up(directory: Path, case: Path) -> None:
    content = case.read_bytes()
    replaced = content.partition(b"\n")[0].decode().removeprefix("# ").partition(":")[0]
    assert replaced in IN_ORDER
    for name, text in IN_ORDER.items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory / replaced).write_bytes(content)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_broken_configuration_says_what_is_wrong(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set_up(tmp_path, case)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "open.secret").write_text("swordfish swordfish swordfish sword\n", encoding="utf-8")
    (tmp_path / "open.secret").chmod(0o644)
    (tmp_path / "short.key").write_bytes(b"short")
    (tmp_path / "short.key").chmod(0o600)

    with pytest.raises(ConfigError) as raised:
        load(Path(), environment={})

    assert str(raised.value) == case.with_suffix(".error").read_text(encoding="utf-8").rstrip("\n")
    assert "swordfish" not in str(raised.value)


def test_every_case_says_which_error_it_expects() -> None:
    assert len(CASES) >= 30
    assert {case.stem for case in CASES} == {error.stem for error in CASES[0].parent.glob("*.error")}


def test_the_set_is_in_order_but_for_the_case(tmp_path: Path) -> None:
    for name, text in IN_ORDER.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load(tmp_path, environment={}).warnings == ()
