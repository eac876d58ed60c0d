"""`mailintake report`: a quarter on the terminal, as JSON and as a page; and its letter, through the daemon, once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailintake.desk import quarter as quarters
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import ACCOUNTS, Desk, eventually
from tests.e2e.mails import a_mail

OWNER = "olga@bakery.example"
CURRENT = quarters.at(datetime.now(UTC), "Europe/Ljubljana")


@pytest.fixture(scope="module")
def desk(new_desk: NewDesk) -> Desk:
    """A desk whose daemon runs, and which knows the bakery's owner."""
    made: Desk = new_desk()
    owned = ACCOUNTS.replace("  bakery:\n", f"  bakery:\n    name: Bakery & <Sons>\n    owner: {OWNER}\n")
    (made.config / "accounts.yaml").write_text(owned)
    made.start()
    for sender in ("ana@bakery.example", "bo@bakery.example", "cy@bakery.example"):  # there are two seats
        assert made.run("deliver", stdin=a_mail(sender, sender=sender)).returncode == 0
    made.wait_until_idle()
    assert made.run("tickets", "answered", 1).returncode == 0
    return made


def report(*more: object, account: str = "bakery", quarter: object = CURRENT) -> tuple[object, ...]:
    """The command's words."""
    return ("report", "--account", account, "--quarter", quarter, *more)


def test_a_report_is_printed_and_written_as_json(desk: Desk) -> None:
    printed = desk.run(*report())
    assert printed.returncode == 0, printed.stderr.decode()
    text = printed.stdout.decode()
    assert f"Bakery & <Sons>: {CURRENT}" in text
    assert "2 requests" in text
    assert "The quarter is not over yet." in text
    found = desk.ask(*report())
    assert (found["account"], found["quarter"], found["requests"], found["is_over"]) == (
        "bakery",
        str(CURRENT),
        2,
        False,
    )
    assert found["statuses"]["normal"] == {"new": 1, "waiting": 1}
    assert found["first_response"]["standings"] == {"met": 1, "running": 1}
    assert sum(each["clocks"] for each in found["first_response"]["shares"]) == 1
    assert found["refused_mails"] == {"over-limit": 1}
    assert found["kept_percent"] == 100


def test_a_report_is_written_as_a_page(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert desk.run(*report("--html", file)).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<h1>Bakery &amp; &lt;Sons&gt;</h1>" in text
    assert "<svg" in text
    unwritable = desk.run(*report("--html", tmp_path / "nowhere" / "report.html"))
    assert (unwritable.returncode, unwritable.stderr.count(b"\n")) == (2, 1)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (report(account="bakry"), "there is no account `bakry`; did you mean `bakery`?"),
        (report(quarter=f"{CURRENT.year}Q7"), f"`{CURRENT.year}Q7` is no quarter; did you mean `"),
        (report(quarter=CURRENT.next), f"{CURRENT.next} has not begun; the latest quarter is `{CURRENT}`"),
        (report("--send"), f"{CURRENT} is not over yet; it ends on {CURRENT.last}"),
        (report("--send", account="mill", quarter=CURRENT.previous), "account `mill` names no owner"),
    ],
    ids=["account", "quarter", "future", "too early", "ownerless"],
)
def test_a_wrong_word_is_answered_in_one_line(desk: Desk, words: tuple[object, ...], line: str) -> None:
    ran = desk.run(*words)
    assert (ran.returncode, ran.stdout) == (2, b"")
    (said,) = ran.stderr.decode().splitlines()
    assert said.startswith(f"mailintake: {line}")


def test_the_letter_leaves_once_and_tells_the_quarter(desk: Desk) -> None:
    first, again = (desk.run(*report("--send", quarter=CURRENT.previous)) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0)
    assert b"is on its way" in first.stderr
    assert b"it is not sent twice" in again.stderr
    desk.wait_until_idle()
    subject = f"Bakery & <Sons>: support in quarter {CURRENT.previous.number} of {CURRENT.previous.year}"
    letters = eventually(
        lambda: [each for each in desk.letters_to(OWNER) if each["Subject"] == subject], what="the owner has it"
    )
    assert len(letters) == 1
    assert desk.stop() == 0
    assert desk.run(*report("--send", quarter=CURRENT.previous)).returncode == 0
    assert desk.value("SELECT count(*) FROM outbox WHERE template = 'quarterly-report'") == 1
