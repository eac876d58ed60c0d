"""The one mail within another is read in short: whose it is, and what it says."""

from email.message import EmailMessage
from email.policy import SMTP

from mailintake.domain.mail import Address, Attached
from mailintake.parsing import limits
from mailintake.parsing.parser import parse


def a_mail(
    *inner: EmailMessage, sender: str = "Ana Kos <ana@bakery.example>", text: str = "It is cold."
) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"], mail["Date"] = sender, "Cold oven", "Mon, 9 Mar 2026 10:00:00 +0100"
    mail.set_content(text)
    for each in inner:
        mail.add_attachment(each)
    return mail


def test_the_mail_within_is_read() -> None:
    found = parse(a_mail(a_mail(), sender="maria@desk.example", text="See below.").as_bytes()).attached
    assert found is not None
    assert (found.author, found.subject, found.text.strip()) == (
        Address("ana@bakery.example", "Ana Kos"),
        "Cold oven",
        "It is cold.",
    )
    assert found.date is not None
    assert found.date.isoformat() == "2026-03-09T09:00:00+00:00"


def test_one_is_read_and_of_several_none() -> None:
    assert parse(a_mail().as_bytes()).attached is None
    assert parse(a_mail(a_mail(), a_mail()).as_bytes()).attached is None


def test_an_author_that_is_unclear_is_nobody() -> None:
    inner = a_mail(sender="ana@bakery.example, eve@elsewhere.example")
    found = parse(a_mail(inner).as_bytes()).attached
    assert isinstance(found, Attached)
    assert found.author is None


def test_what_is_within_the_mail_within_is_not_looked_at() -> None:
    mail = a_mail()
    for _ in range(50):
        mail = a_mail(mail, sender="maria@desk.example", text="See below.")
    found = parse(mail.as_bytes()).attached
    assert found is not None
    assert (found.author, found.text.strip()) == (Address("maria@desk.example"), "See below.")


def test_of_a_long_one_the_beginning_is_read() -> None:
    long = a_mail(text="It is cold.\r\n" * (limits.ATTACHED // 8))
    found = parse(a_mail(long).as_bytes()).attached
    assert found is not None
    assert 0 < len(found.text) <= limits.ATTACHED
