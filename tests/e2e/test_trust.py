"""Who may do what by mail: every cell of who × token × authentication, over SMTP against the running daemon.

docs/howto/trust.md has the same table.
"""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from mailintake.domain.tag import Tagger
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail, send

ROOT = Path(__file__).parents[2]
ANA, BEN, EVE, MARIA, POSER = (
    "ana@bakery.example",
    "ben@bakery.example",
    "eve@elsewhere.example",
    "maria@desk.example",
    "maria@desk-example.example",
)
WHO = {"agent": MARIA, "participant": ANA, "contact": BEN, "stranger": EVE, "forged agent": POSER}
OTHERS = {"agent": ANA, "participant": MARIA, "contact": ANA, "stranger": ANA, "forged agent": MARIA}
TOKENS = ("own", "another's", "none", "expired")
VOUCHERS = ("pass", "fail", "none", "forged")

# For each who, a line for each authentication, a word for each token. `worked`: orders are carried out and the answer
# leaves. `joined`: it goes on. `noted`: kept on the ticket for the desk alone. `opened`: a new request. `held`: kept
# for a person to look at. `refused`: nobody's customer.
TABLE = {
    "agent": """
        worked  worked  held    held
        noted   noted   held    held
        noted   noted   held    held
        noted   noted   held    held
    """,
    "participant": """
        joined  joined  opened  opened
        noted   noted   held    held
        joined  joined  opened  opened
        joined  joined  opened  opened
    """,
    "contact": """
        joined  joined  opened  opened
        noted   noted   held    held
        joined  joined  opened  opened
        joined  joined  opened  opened
    """,
    "stranger": """
        noted   noted   refused refused
        noted   noted   refused refused
        noted   noted   refused refused
        noted   noted   refused refused
    """,
    "forged agent": """
        noted   noted   refused refused
        noted   noted   refused refused
        noted   noted   refused refused
        noted   noted   refused refused
    """,
}
CELLS = [
    pytest.param(who, token, voucher, word, id=f"{who}-{token}-{voucher}")
    for who, table in TABLE.items()
    for voucher, line in zip(VOUCHERS, table.strip().splitlines(), strict=True)
    for token, word in zip(TOKENS, line.split(), strict=True)
]
ACCOUNTS = """\
accounts:
  bakery:
    domains: [bakery.example]
    contract: {plan: two}
    contacts: [Ana Baker <ana@bakery.example>, Ben Baker <ben@bakery.example>]
agents: {maria: Maria Horvat <maria@desk.example>}
teams: {support: {members: [maria]}}
"""
HOST = MAILDIR + MANY_LETTERS + "authentication: {results_from: [mx.desk.example]}\n"

_numbers = count(1)


@pytest.fixture(scope="module")
def guarded(new_desk: NewDesk) -> tuple[Desk, Tagger]:
    """A desk behind a mail server that says whom it has verified, and what makes its tokens."""
    desk = new_desk(host=HOST)
    (desk.config / "accounts.yaml").write_text(ACCOUNTS)
    said = (desk.config / "desk.yaml").read_text().replace("unverified: hold", "unverified: accept")
    (desk.config / "desk.yaml").write_text(said)
    desk.start()
    return desk, Tagger(((desk.state / "token.key").read_bytes(),))


def test_the_page_has_this_table() -> None:
    page = (ROOT / "docs" / "howto" / "trust.md").read_text()
    tables = re.findall(r"^<!-- who: (.+) -->\n\|.*\n\|.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    shown = {
        who: [[word.strip() for word in line.strip("|").split("|")] for line in lines.splitlines()]
        for whom, lines in tables
        for who in whom.split(", ")
    }
    assert shown == {
        who: [[voucher, *line.split()] for voucher, line in zip(VOUCHERS, table.strip().splitlines(), strict=True)]
        for who, table in TABLE.items()
    }
    headings = {line for line in page.splitlines() if line.startswith("| verdict |")}
    assert headings == {"| verdict | own token | another's | none | expired |"}


def vouched(verdict: str, sender: str) -> tuple[str, ...]:
    """What a mail server in front writes on top of a mail; `forged` is what the sender wrote there themselves."""
    domain = sender.rpartition("@")[2]
    received = "Received: from client.example by mx.desk.example; Sat, 21 Nov 2026 09:00:00 +0100"
    if verdict == "forged":
        older = "Received: from evil.example by client.example; Sat, 21 Nov 2026 08:59:00 +0100"
        lie = f"dmarc=pass header.from={domain}"
        lies = (
            f"Authentication-Results: mx.desk.example; {lie}",
            f"Authentication-Results: mx.desk.example.evil.example; {lie}",
        )
        return received, f"Authentication-Results: mx.desk-example.example; {lie}", older, *lies
    if verdict == "none":
        return (received, "Authentication-Results: mx.desk.example; none")
    return (f"Authentication-Results: mx.desk.example; dmarc={verdict} header.from={domain}", received)


def hand_over(desk: Desk, sender: str, subject: str, text: str, verdict: str) -> int:
    """A mail as the mail server in front hands it over; its number."""
    name = "Maria Horvat" if sender in {MARIA, POSER} else "Somebody"
    raw = a_mail(subject, sender=f"{name} <{sender}>", text=text)
    head = "".join(f"{line}\r\n" for line in vouched(verdict, sender)).encode()
    return send(desk.port, head + raw, sender=sender).spool_id


def settled(desk: Desk, mail: int) -> tuple[str, str, int | None, str]:
    """What became of a mail: outcome, reason, ticket, and what it is there."""
    query = (
        "SELECT spool.outcome, coalesce(spool.reason, ''), spool.ticket_id, coalesce(message.part_played, '') "
        "FROM spool LEFT JOIN message ON message.spool_id = spool.id "
        "WHERE spool.id = :mail AND spool.outcome IS NOT NULL"
    )
    ((outcome, reason, ticket, part),) = eventually(lambda: desk.rows(query, mail=mail), what="it is settled")
    return outcome, reason, ticket, part


def a_ticket(desk: Desk) -> int:
    """Ana asks for something, and everybody concerned has had a letter about it."""
    mail = hand_over(desk, ANA, f"Question {next(_numbers)}", "The oven is cold.", "pass")
    ticket = settled(desk, mail)[2]
    assert ticket is not None
    return ticket


def holder(sender: str) -> str:
    return "agent maria" if sender == MARIA else sender


@pytest.mark.parametrize(("who", "token", "voucher", "expected"), CELLS)
def test_what_a_mail_may_do(guarded: tuple[Desk, Tagger], who: str, token: str, voucher: str, expected: str) -> None:
    desk, tagger = guarded
    sender, ticket, now = WHO[who], a_ticket(desk), datetime.now(UTC)
    made_for = OTHERS[who] if token == "another's" else sender
    made_at = now - timedelta(weeks=200) if token == "expired" else now
    tag = "" if token == "none" else tagger.in_subject(ticket, holder(made_for), at=made_at)
    text = f"#priority high\n\nThese are the words of mail {next(_numbers)}."
    outcome, reason, joined, part = settled(desk, hand_over(desk, sender, f"Re: it {tag}", text, voucher))
    desk.wait_until_idle()

    priority = desk.value("SELECT priority FROM ticket WHERE id = :ticket", ticket=ticket)
    answers = desk.value("SELECT count(*) FROM outbox WHERE ticket_id = :t AND template = 'answer'", t=ticket)
    assert (priority, answers) == (("high", 1) if expected == "worked" else ("normal", 0))
    if expected == "worked":
        assert (outcome, joined, part) == ("joined", ticket, "answer")
    elif expected == "joined":
        assert (outcome, joined, part) == ("joined", ticket, "customer")
    elif expected == "noted":
        assert (outcome, joined) == ("joined", ticket)
        assert part == ("unverified" if sender == MARIA or voucher == "fail" else "stranger")
        told = desk.rows("SELECT template FROM outbox WHERE ticket_id = :t AND recipient = :to", t=ticket, to=sender)
        assert [name for (name,) in told if name not in {"acknowledged", "new-ticket", "unverified-agent"}] == []
    elif expected == "held":
        assert (outcome, joined) == ("held", None)
        assert reason in {"forged-sender", "unverified-agent", "agent-without-ticket"}
    else:
        assert outcome == expected
        assert joined != ticket
    if expected not in {"worked", "joined", "opened"}:
        query = "SELECT state FROM outbox WHERE recipient = :to AND template <> 'new-ticket' AND created_at > :at"
        letters = desk.rows(query, to=sender, at=now.replace(tzinfo=None))
        assert "sent" not in {state for (state,) in letters} or sender == MARIA or voucher == "pass"
