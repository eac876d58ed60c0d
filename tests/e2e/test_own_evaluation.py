"""Mail that comes to us directly: we ask DNS ourselves who wrote it, and only then an agent is one."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail, send_locally
from tests.e2e.test_trust import ACCOUNTS
from tests.integration.dns_server import serving, text
from tests.signatures import key_record, signed

ANA, MARIA = "ana@bakery.example", "maria@desk.example"
ZONE = {
    (f"{name}.{domain}", "TXT"): record
    for domain in ("bakery.example", "desk.example")
    for name, record in (("_dmarc", [text("v=DMARC1; p=none")]), ("sel._domainkey", [text(key_record())]))
}


@pytest.fixture(scope="module")
def exposed(new_desk: NewDesk) -> Iterator[Desk]:
    """A desk with a way in that nobody guards, which asks a DNS server of ours."""
    with serving(ZONE) as dns:
        says = f"authentication: {{evaluate: yes, nameservers: '127.0.0.1:{dns.port}', timeout_seconds: 10}}\n"
        desk = new_desk(host=MAILDIR + MANY_LETTERS + says)
        (desk.config / "accounts.yaml").write_text(ACCOUNTS)
        said = (desk.config / "desk.yaml").read_text().replace("unverified: hold", "unverified: accept")
        (desk.config / "desk.yaml").write_text(said)
        desk.start()
        yield desk


def came(desk: Desk, raw: bytes, sender: str, to: str = MAILBOX) -> tuple[str, str, str]:
    """What became of a mail that came directly: outcome, verdict, and what it is on its ticket."""
    (answer,) = send_locally(desk.open_lmtp, raw, sender=sender, to=(to,))
    query = (
        "SELECT spool.outcome, coalesce(message.verdict, ''), coalesce(message.part_played, '') FROM spool "
        "LEFT JOIN message ON message.spool_id = spool.id WHERE spool.id = :mail AND spool.outcome IS NOT NULL"
    )
    ((outcome, verdict, part),) = eventually(lambda: desk.rows(query, mail=answer.spool_id), what="it is settled")
    desk.wait_until_idle()
    return outcome, verdict, part


def test_a_signature_makes_a_customer_known_and_an_agent_an_agent(exposed: Desk) -> None:
    question = signed(a_mail("The oven is cold", sender=f"Ana <{ANA}>"), "bakery.example")
    assert came(exposed, question, ANA) == ("opened", "pass", "customer")
    letter = exposed.one_letter_to(MARIA)
    exposed.one_letter_to(ANA)

    order = a_mail(f"Re: {letter['Subject']}", sender=f"Maria <{MARIA}>", text="#priority high\n\nPlease try again.")
    assert came(exposed, order, MARIA, str(letter["Reply-To"])) == ("joined", "none", "unverified")
    assert exposed.value("SELECT priority FROM ticket") == "normal"
    foreign = signed(order.replace(b"try again", b"wait a day"), "elsewhere.example")
    assert came(exposed, foreign, MARIA, str(letter["Reply-To"]))[2] == "unverified"
    assert len(exposed.letters_to(ANA)) == 1

    again = signed(
        a_mail("Re: it", sender=f"Maria <{MARIA}>", text="#priority high\n\nPlease try again."), "desk.example"
    )
    assert came(exposed, again, MARIA, str(letter["Reply-To"])) == ("joined", "pass", "answer")
    assert exposed.value("SELECT priority FROM ticket") == "high"
    assert len(exposed.letters_to(ANA)) == 2


def test_nobody_is_answered_for_whom_nobody_vouches(exposed: Desk) -> None:
    before = len(exposed.letters_to("ben@bakery.example"))
    outcome, verdict, _ = came(exposed, a_mail("Hello", sender="Ben <ben@bakery.example>"), "ben@bakery.example")
    assert (outcome, verdict) == ("opened", "none")
    assert len(exposed.letters_to("ben@bakery.example")) == before
