"""What the status of a daemon looks like to people."""

from typing import Any

from mailintake.cli.status import rows

HEALTH: dict[str, Any] = {
    "status": "ok",
    "version": "0.1.0",
    "listening": "smtp://127.0.0.1:25, lmtp:/run/lmtp",
    "stuck": [],
    "config": "0123456789abcdef",
    "config_since": "2026-03-09T09:00:00Z",
    "needs_restart": False,
    "last_reload": None,
    "mails_waiting": 3,
    "letters_waiting": 2,
    "mailboxes": [],
}
BROKEN = {"at": "2026-03-09T10:00:00Z", "ok": False, "problem": "rules.yaml:3:7: unknown word `wen`", "more": 2}


def told(**health: Any) -> dict[str, Any]:
    return dict(rows({**HEALTH, **health}))


def test_a_daemon_that_never_reloaded_says_so() -> None:
    found = told()
    assert found["status"] == "ok"
    assert found["configuration"] == "0123456789ab"
    assert found["last reload"] == "none since the start"
    assert found["needs a restart"] == "no"
    assert (found["mails waiting"], found["letters waiting"]) == (3, 2)
    assert found["listening"] == ["smtp://127.0.0.1:25", "lmtp:/run/lmtp"]


def test_a_broken_configuration_is_named_with_its_first_problem_and_how_many_follow() -> None:
    when, problem, more = told(last_reload=BROKEN)["last reload"]
    assert "broken" in when
    assert problem == BROKEN["problem"]
    assert more.startswith("and 2 more")


def test_one_problem_has_no_more() -> None:
    assert len(told(last_reload={**BROKEN, "more": 0})["last reload"]) == 2


def test_a_configuration_that_was_right_is_said_to_be_so() -> None:
    said = told(last_reload={"at": "2026-03-09T10:00:00Z", "ok": True, "problem": None, "more": 0})["last reload"]
    assert said.endswith(": right")


def test_a_host_that_changed_needs_a_restart() -> None:
    assert told(needs_restart=True)["needs a restart"].startswith("yes")


def test_a_stuck_part_is_named() -> None:
    assert told(status="stuck", stuck=["intake", "outbox"])["status"] == "stuck intake, outbox"


def test_every_mailbox_has_its_line() -> None:
    mailboxes = [
        {"name": "support", "connected": True, "looked_at": "2026-03-09T10:00:00Z"},
        {"name": "sales", "connected": False, "looked_at": None},
    ]
    assert told(mailboxes=mailboxes)["mailboxes"] == [
        "support: logged in, looked into at 2026-03-09T10:00:00Z",
        "sales: not logged in",
    ]
