"""Encrypted mail is kept and said to be unreadable; signed mail is read, whoever signs (DOMAIN E1)."""

from itertools import count

import pytest

from mailintake.domain.ticket import Status
from mailintake.storage.engine import Database
from tests.builders import DESK
from tests.integration.intake.conversation import ANA, IVO, MARIA, Conversation, Sent

ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0Z\n=Ab1z\n-----END PGP MESSAGE-----\n"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niQ\n=Ab1z\n-----END PGP SIGNATURE-----\n"
PLAIN = "text/plain; charset=utf-8"
ENCRYPTED = {
    "pgp-mime": (
        'multipart/encrypted; boundary=b; protocol="application/pgp-encrypted"',
        f"""\
--b
Content-Type: application/pgp-encrypted

Version: 1
--b
Content-Type: application/octet-stream; name=encrypted.asc

{ARMOUR}--b--
""",
    ),
    "pgp-inline": (PLAIN, ARMOUR),
    "smime": ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "aGFsbG8=\n"),
}
SIGNED = {
    "pgp-mime": (
        'multipart/signed; boundary=b; micalg=pgp-sha256; protocol="application/pgp-signature"',
        f"""\
--b
Content-Type: {PLAIN}

{{words}}
--b
Content-Type: application/pgp-signature; name=signature.asc

{SIGNATURE}--b--
""",
    ),
    "pgp-inline": (PLAIN, f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{{words}}\n{SIGNATURE}"),
    "smime": (
        'multipart/signed; boundary=b; micalg=sha-256; protocol="application/pkcs7-signature"',
        f"""\
--b
Content-Type: {PLAIN}

{{words}}
--b
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

aGFsbG8=
--b--
""",
    ),
}
_numbers = count(1)


@pytest.fixture
def told(database: Database) -> Conversation:
    return Conversation(database)


def a_mail(sender: str, content_type: str, body: str, *, to: str = DESK, answers: Sent | None = None) -> bytes:
    """A mail with this body; it answers a letter."""
    head = {
        "From": sender,
        "To": str(answers.mail["Reply-To"]) if answers else to,
        "Subject": f"Re: {answers.mail['Subject']}" if answers else "Scales",
        "Message-ID": f"<{next(_numbers)}@client.example>",
        "MIME-Version": "1.0",
        "Content-Type": content_type,
        "Content-Transfer-Encoding": "base64" if content_type.startswith("application/") else "7bit",
    }
    lines = [*(f"{name}: {value}" for name, value in head.items()), "", *body.split("\n")]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_encrypted_request_opens_a_ticket_and_the_customer_is_asked_for_plain_words(
    told: Conversation, kind: str
) -> None:
    told.send(a_mail(ANA, *ENCRYPTED[kind]), ANA)
    number = told.on_ticket()
    assert number not in {0, told.ticket}
    assert told.shown(number).status is Status.NEW
    assert {each.template for each in told.left if each.to == "ana@bakery.example"} == {
        "acknowledged",
        "please-unencrypted",
    }
    for agent in (MARIA, IVO):
        assert "encrypted" in {each.template for each in told.letters_to(agent)}


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_encrypted_mail_on_a_ticket_is_shown_as_such(told: Conversation, kind: str) -> None:
    told.send(a_mail(ANA, *ENCRYPTED[kind], answers=told.letters_to(ANA)[0]), ANA)
    assert told.on_ticket() == told.ticket
    assert {each.template for each in told.left} == {"encrypted"}
    assert told.shown().status is Status.NEW


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_agent_s_encrypted_mail_is_kept_and_not_a_word_leaves(told: Conversation, kind: str) -> None:
    told.send(a_mail(MARIA, *ENCRYPTED[kind], answers=told.letters_to(MARIA)[0]), MARIA)
    assert told.parts() == ["customer", "note"]
    receipt = told.receipt()
    assert (receipt.said["withheld"], receipt.done, receipt.said["unknown"]) == ("encrypted", [], [])
    assert "the mail is encrypted" in receipt.text
    assert told.told() == [("receipt", "maria@desk.example")]
    assert told.shown().status is Status.NEW
    assert told.clock().is_running


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_agent_s_encrypted_mail_about_nothing_is_held(told: Conversation, kind: str) -> None:
    told.send(a_mail(MARIA, *ENCRYPTED[kind]), MARIA)
    assert told.end()[0] == "held"
    assert told.receipt().said["withheld"] == "encrypted"


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signed_request_is_read(told: Conversation, kind: str) -> None:
    content_type, body = SIGNED[kind]
    told.send(a_mail(ANA, content_type, body.format(words="The scales show nothing.")), ANA)
    (for_maria,) = [each for each in told.left if (each.template, each.to) == ("new-ticket", "maria@desk.example")]
    assert "The scales show nothing." in for_maria.text
    assert "BEGIN PGP" not in for_maria.text
    assert told.protections(told.on_ticket()) == [f"{kind.partition('-')[0]}-signed"]


@pytest.mark.parametrize("kind", SIGNED)
def test_an_agent_s_signed_mail_is_an_agent_s_mail(told: Conversation, kind: str) -> None:
    content_type, body = SIGNED[kind]
    words = "#priority high\n\nHello Ana,\nplease change the battery."
    told.send(a_mail(MARIA, content_type, body.format(words=words), answers=told.letters_to(MARIA)[0]), MARIA)
    receipt = told.receipt()
    assert (receipt.done, receipt.said["withheld"]) == (["#priority high"], "")
    answer = told.letters_to(ANA)[-1]
    assert answer.template == "answer"
    assert "please change the battery." in answer.text
    assert "PGP" not in answer.text


@pytest.mark.parametrize(
    "head",
    [
        "Hash: SHA512\n#close",
        "Comment: x",
        "#close",
        "Hash: SHA512\n\n> quoted",
        "Hash: SHA512\n\nOn Monday she wrote:",
    ],
)
def test_nothing_but_the_signed_words_stands_below_the_armour(told: Conversation, head: str) -> None:
    body = SIGNED["pgp-inline"][1].replace("Hash: SHA512", head).format(words="#solved\n\nHello Ana,\nit is mended.")
    told.send(a_mail(MARIA, "text/plain; charset=utf-8", body, answers=told.letters_to(MARIA)[0]), MARIA)
    assert told.shown().status in {Status.NEW, Status.WAITING}
    assert not any(each["done"] for each in told.journal("worked"))


def test_words_above_the_armour_are_not_signed_and_order_nothing_below_it(told: Conversation) -> None:
    body = "> Is it mended?\n\n" + SIGNED["pgp-inline"][1].format(words="#solved")
    told.send(a_mail(MARIA, "text/plain; charset=utf-8", body, answers=told.letters_to(MARIA)[0]), MARIA)
    assert told.shown().status in {Status.NEW, Status.WAITING}
