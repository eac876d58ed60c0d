"""Nobody orders in an agent's name, and nothing that stands in a mail beside the agent's own new words orders anything
(SECURITY T01, T20)."""

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailintake.domain.ticket import Status
from mailintake.storage.engine import Database
from tests import clients
from tests.integration.intake.conversation import ANA, EVE, FAIL, IVO, MARIA, NOBODY, Conversation, Sent, bare

ORDER = "#close"
SECRET = "sesame"
CALENDAR = f"""\
BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1
SUMMARY:{ORDER}
DTSTART:20261124T090000Z
DESCRIPTION:{ORDER}
END:VEVENT
END:VCALENDAR
"""

TEXTS = {
    "in a quote": f"I shall look into it.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Ana <a@b.example> wrote:\n\n> {ORDER}",
    "in a quote above the words": f"> {ORDER}\n\nI shall look into it.",
    "in a signature": f"I shall look into it.\n\n-- \nMaria\n{ORDER}",
    "below the words": f"I shall look into it.\n\n{ORDER}",
    "in the middle of a line": f"I shall look into it: {ORDER}",
    "behind a dot": f"I shall look into it.\n\n.{ORDER}",
}
"""Words that go to the customer, and an order that is not one."""

DISGUISED = {
    "behind a zero-width space": "\u200b#close",
    "with a zero-width joiner within": "#clo\u200dse",
    "with a soft hyphen within": "#clo\u00adse",
    "with a full-width sign": "\uff03close",
    "with a small sign": "\ufe5fclose",
    "in full-width letters": "#\uff43\uff4c\uff4f\uff53\uff45",
    "with a Cyrillic letter": "#cl\u043ese",
    "with a Greek letter": "#cl\u03bfse",
    "with a mark on a letter": "#clo\u0301se",
    "from right to left": "\u202e#close\u202c",
    "in mathematical letters": "#\U0001d41c\U0001d425\U0001d428\U0001d42c\U0001d41e",
}


@pytest.fixture
def told(database: Database) -> Conversation:
    return Conversation(database)


def parts_of(told: Conversation, letter: Sent, *, subject: str = "") -> EmailMessage:
    """The head of Maria's answer to a letter."""
    mail = EmailMessage()
    mail["From"], mail["To"] = MARIA, str(letter.mail["Reply-To"])
    mail["Subject"] = subject or f"Re: {letter.mail['Subject']}"
    mail["Message-ID"] = f"<{told.mail}.attack@desk.example>"
    mail["In-Reply-To"] = str(letter.mail["Message-ID"])
    return mail


def answers(told: Conversation) -> list[str]:
    return [each.text for each in told.outside() if each.template == "answer"]


def nothing_was_ordered(told: Conversation) -> bool:
    ticket = told.shown()
    return ticket.status is not Status.CLOSED and not any(each["done"] for each in told.journal("worked"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_order_counts_only_as_the_first_of_the_agent_s_own_words(told: Conversation, text: str) -> None:
    told.says(MARIA, text)
    assert nothing_was_ordered(told)
    assert all("I shall look into it" in said for said in answers(told))


@pytest.mark.parametrize("line", DISGUISED.values(), ids=DISGUISED)
def test_an_order_in_disguise_does_nothing_and_lets_no_word_out(told: Conversation, line: str) -> None:
    receipt = told.orders(f"{line}\n\nThe door opens to {SECRET}.")
    assert nothing_was_ordered(told)
    assert answers(told) == []
    assert receipt.said["unknown"]
    assert SECRET not in "".join(each.everything for each in told.outside())


def test_a_disguised_note_does_not_reach_the_customer(told: Conversation) -> None:
    for line in ("#n\u200bote", "\uff03note", "#n\u043ete", "*#note*", "- #note", "# note"):
        told.says(MARIA, f"{line}\nThe door opens to {SECRET}.", answers=told.letters_to(MARIA)[0])
    assert answers(told) == []


def test_an_order_in_the_subject_is_a_subject(told: Conversation) -> None:
    letter = told.letters_to(MARIA)[0]
    mail = parts_of(told, letter, subject=f"{ORDER} Re: {letter.mail['Subject']}")
    mail.set_content("I shall look into it.")
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)
    assert len(answers(told)) == 1


def test_an_order_in_an_attachment_is_an_attachment(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content("I shall look into it.")
    mail.add_attachment(ORDER, filename="orders.txt")
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)
    assert len(answers(told)) == 1
    assert ORDER not in answers(told)[0]


def test_an_order_in_html_alone_does_nothing_and_says_so(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content(f"<p>{ORDER}</p><p>The door opens to {SECRET}.</p>", subtype="html")
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)
    assert answers(told) == []
    assert "plain text" in told.receipt().said["withheld"]


@pytest.mark.parametrize(
    "html", ["<p>I shall look into it.</p>", "<p style='display:none'>#close</p><p>I shall look into it.</p>"]
)
def test_an_order_that_the_html_does_not_show_does_nothing(told: Conversation, html: str) -> None:
    """What is written must be what is seen, also where the plain text is hidden in base64."""
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content(f"{ORDER}\n\nI shall look into it.", cte="base64")
    mail.add_alternative(html, subtype="html")
    assert base64.b64encode(ORDER.encode())[:6] in mail.as_bytes()
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)
    assert answers(told) == []


def test_an_order_in_the_html_beside_other_plain_words_does_nothing(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content("I shall look into it.")
    mail.add_alternative(f"<p>{ORDER}</p><p>I shall look into it.</p>", subtype="html")
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)


def test_an_order_in_a_second_text_does_nothing(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content("I shall look into it.")
    mail.add_attachment(f"{ORDER}\n", disposition="inline")
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)


def test_an_order_in_an_invitation_does_nothing(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content(CALENDAR, subtype="calendar", params={"method": "REQUEST"})
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)


def test_an_order_in_an_attached_mail_does_nothing(told: Conversation) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = MARIA, ORDER
    inner.set_content(ORDER)
    mail = parts_of(told, told.letters_to(MARIA)[0])
    mail.set_content("See what I have got.")
    mail.add_attachment(inner)
    told.send(mail.as_bytes(policy=SMTP), MARIA)
    assert nothing_was_ordered(told)


def test_an_order_in_a_forwarded_mail_does_nothing(told: Conversation) -> None:
    to = str(told.letters_to(MARIA)[0].mail["Reply-To"])
    told.send(clients.forwarded("gmail-en", MARIA, "FYI", to=to, author=IVO, subject="it", text=ORDER), MARIA)
    assert nothing_was_ordered(told)
    assert answers(told) == []


@pytest.mark.parametrize("sender", [
    "Maria Horvat <maria@desk-example.example>",
    "Maria Horvat <maria@desk.example.evil.example>",
    "Maria Horvat <maria@xn--dsk-dma.example>",
    '"maria@desk.example" <eve@elsewhere.example>',
    "Maria Horvat <rnaria@desk.example>",
])  # fmt: skip
def test_somebody_whose_address_looks_like_an_agent_s_is_a_stranger(told: Conversation, sender: str) -> None:
    told.says(sender, f"{ORDER}\n\nThe door opens to {SECRET}.", answers=told.letters_to(MARIA)[0])
    assert nothing_was_ordered(told)
    assert told.parts() == ["customer", "stranger"]
    assert answers(told) == []
    assert {each.to for each in told.left} <= {"maria@desk.example", "ivo@desk.example"}


@pytest.mark.parametrize("trust", [NOBODY, FAIL], ids=["unverified", "forged"])
def test_an_agent_s_name_without_proof_orders_nothing(told: Conversation, trust: object) -> None:
    told.says(MARIA, f"{ORDER}\n\nThe door opens to {SECRET}.", trust=NOBODY if trust is NOBODY else FAIL)
    assert nothing_was_ordered(told)
    assert told.parts() == ["customer", "unverified"]
    assert answers(told) == []
    assert {each.template for each in told.left} == {"unverified-agent"}
    assert {each.to for each in told.left} == {"maria@desk.example", "ivo@desk.example"}


def test_the_order_of_a_customer_is_what_a_customer_writes(told: Conversation) -> None:
    told.says(ANA, f"{ORDER}\n\nPlease.")
    assert nothing_was_ordered(told)
    assert told.parts() == ["customer", "customer"]


def test_a_stranger_with_the_letter_of_an_agent_hears_nothing(told: Conversation) -> None:
    told.says(EVE, f"{ORDER}\n\nI am Maria.", answers=told.letters_to(MARIA)[0])
    assert nothing_was_ordered(told)
    assert told.letters_to(EVE) == []


def test_two_authors_are_nobody(told: Conversation) -> None:
    mail = parts_of(told, told.letters_to(MARIA)[0])
    raw = mail.as_bytes(policy=SMTP).replace(b"From: Maria", b"From: eve@elsewhere.example, Maria", 1)
    told.send(raw + b"\r\n#close\r\n", EVE)
    assert nothing_was_ordered(told)
    assert told.end() == ("held", "unclear-sender")


def test_words_of_letters_to_the_desk_do_not_leave_when_they_stand_in_an_answer(told: Conversation) -> None:
    lines = "\n".join(
        f"The {word} line says that the door opens to {SECRET} now" for word in ("first", "second", "third")
    )
    told.orders(f"#note\n{lines}")
    note = told.letters_to(IVO)[-1]
    told.says(IVO, f"Dear Ana,\n{lines}", answers=note)
    assert answers(told) == []
    assert told.receipt(IVO).said["withheld"]


def test_no_token_of_an_agent_leaves_with_an_answer(told: Conversation) -> None:
    letter = told.letters_to(MARIA)[0]
    address, tag = str(letter.mail["Reply-To"]), str(letter.mail["Subject"])
    told.says(MARIA, f"Write to {address} and name {tag}.")
    (answer,) = [each for each in told.outside() if each.template == "answer"]
    token = address.partition(".")[2].partition("@")[0]
    assert token not in answer.everything
    assert token not in str(answer.mail["References"])


@pytest.mark.parametrize("program", [clients.outlook, clients.gmail, clients.apple])
def test_what_the_agent_quotes_of_a_letter_to_the_desk_stays(told: Conversation, program: clients.Program) -> None:
    told.orders(f"#note The door opens to {SECRET}.")
    told.says(IVO, "Dear Ana, it is mended.", program=program, answers=told.letters_to(IVO)[-1])
    (answer,) = [each for each in told.outside() if each.template == "answer"]
    assert SECRET not in answer.everything
    assert bare(IVO) not in answer.text
