"""Strangers who pose, crowd, repeat and evade: what the database says of them afterwards, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from mailintake.config.desk import Senders
from mailintake.config.trust import Trust
from mailintake.domain.customer import Contact, Contract, NewSender, Plan
from mailintake.domain.tag import TOKEN_LENGTH
from mailintake.domain.ticket import Part, Status
from mailintake.intake.judge import judge
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.storage import customers, messages, outbox, raw, spool, tables, tickets
from mailintake.storage.engine import Database
from tests.builders import DESK, MONDAY_TEN, a_delivery, a_mail, a_policy, an_account

ANA = "ana@bakery.example"
MARIA = "maria@desk.example"
POLICY = a_policy(an_account(), an_account("mill"))
WATCHFUL = a_policy(an_account(), senders=Senders(NewSender.SEAT, unverified="hold"))

Result = tuple[str, str, int | None]


def receive(database: Database, mail: bytes, *, policy: Policy = POLICY, trusted: bool = True,
            to: tuple[str, ...] = (DESK,)) -> Result:  # fmt: skip
    """Outcome, reason and ticket of a mail that came in by a transport of ours, or by one open to all."""
    delivery = a_delivery(mail, sender="somebody@elsewhere.example", recipients=to)
    delivery = replace(delivery, reception=replace(delivery.reception, trusted=trusted))
    with database.writing() as connection:
        raw.put(connection, delivery.digest, [mail])
        number = spool.add(connection, [delivery])[delivery.key]
        claimed = {entry.id: entry for entry in spool.claim(connection, now=MONDAY_TEN, limit=100)}
        if number not in claimed:
            known = spool.get(connection, number)
            assert known is not None
            return "known already", known.outcome or "", known.ticket_id
        (done,) = judge(connection, [(claimed[number], parse(mail))], policy, now=MONDAY_TEN)
    return done.decision.outcome.value, done.decision.reason, done.ticket_id


def letters(database: Database, state: str = "queued") -> list[tuple[str, str]]:
    """Template and recipient of every letter in this state but those to the desk's own, oldest first."""
    return [(template, to) for template, to in _all_letters(database, state) if to != MARIA]


def to_desk(database: Database) -> list[str]:
    """Of which letters that leave the desk's agent is told, oldest first."""
    return [template for template, to in _all_letters(database, "queued") if to == MARIA]


def _all_letters(database: Database, state: str) -> list[tuple[str, str]]:
    with database.reading() as connection:
        rows = outbox.listing(connection, states=[state], limit=1000)
    return [(row["template"], row["recipient"]) for row in reversed(rows)]


def parts(database: Database, number: int) -> list[str]:
    """What the mails on a ticket are there, oldest first."""
    message = tables.message
    wanted = select(message.c.part_played).where(message.c.ticket_id == number).order_by(message.c.id)
    with database.reading() as connection:
        return list(connection.execute(wanted).scalars())


def token(number: int, to: str = ANA, *, policy: Policy = POLICY) -> str:
    """The token in a letter to somebody about a ticket."""
    return policy.tagger.token(number, policy.holder(to), at=MONDAY_TEN)


def open_ticket(database: Database) -> tuple[int, str]:
    """Ana's ticket and its token."""
    _, _, number = receive(database, a_mail(ANA, message_id="<first@bakery.example>"))
    assert number is not None
    return number, token(number)


@pytest.mark.parametrize(
    "words",
    [
        {"Subject": "Re: [#{id}.{token}]"},
        {"In-Reply-To": "<{id}.{token}.7f3a@desk.example>"},
        {"References": "<{id}.{token}.7f3a@desk.example>"},
        {"To": "support+{id}.{token}@desk.example"},
        {"Cc": "support+{id}.{token}@desk.example, ana@bakery.example"},
        {"Subject": "Re: [#{id}.{token}]", "Reply-To": "ana@bakery.example", "Sender": "ana@bakery.example"},
    ],
)
@pytest.mark.parametrize("thief", ["mallory@elsewhere.example", "ana@mill.example"])
def test_the_right_token_in_the_wrong_hands_moves_nothing(
    database: Database, words: dict[str, str], thief: str
) -> None:
    number, stolen = open_ticket(database)
    fields = {name: value.format(id=number, token=stolen) for name, value in words.items()}
    mail = a_mail(thief, message_id="<thief@elsewhere.example>", **{"subject": "Mine", **fields})
    found = receive(database, mail)
    is_stranger = "elsewhere" in thief
    assert found == (("joined", "stranger", number) if is_stranger else ("opened", "", number + 1))
    assert parts(database, number) == [Part.CUSTOMER, *([Part.STRANGER] if is_stranger else [])]
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
    assert ticket is not None
    assert ticket.status is Status.NEW
    assert letters(database) == [("acknowledged", ANA), *([] if is_stranger else [("acknowledged", thief)])]
    assert to_desk(database) == ["new-ticket", "stranger-wrote" if is_stranger else "new-ticket"]


def test_what_a_stranger_wrote_is_no_part_of_what_the_customer_may_see(database: Database) -> None:
    number, stolen = open_ticket(database)
    subject = f"Re: [#{number}.{stolen}]"
    for each in range(3):
        mail = a_mail("mallory@elsewhere.example", message_id=f"<{each}@e>", subject=subject, text=f"Pay me {each}.")
        assert receive(database, mail)[1] == "stranger"
    with database.reading() as connection:
        assert [words.strip() for words in messages.public_words(connection, [number])] == ["It shows E4."]
        assert messages.thread(connection, number) == ["<first@bakery.example>"]
    assert to_desk(database) == ["new-ticket", "stranger-wrote"], "the first of a sender and day"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: [#{id}.aaaaaaaaaaaaaaaaaaa]",
        "Re: [#0{id}.{token}]",
        "Re: [#{next}.{token}]",
        "Re: [#{id}.{token}a]",
        "Re: [#{id}.{short}]",
        "Re: [#{id}.{later}]",
        "Re: [#-{id}.{token}] [#{id}]",
        "Re: [#999999999999999999.{token}]",
    ],
)
def test_a_guessed_token_joins_nothing_even_from_the_requester(database: Database, subject: str) -> None:
    number, own = open_ticket(database)
    words = subject.format(id=number, next=number + 1, token=own, short=own[:18], later=own[0] + "77" + own[3:])
    assert receive(database, a_mail(ANA, message_id="<2@b>", subject=words))[2] == number + 1


def test_ten_thousand_false_claims_hide_no_true_answer_and_are_not_all_looked_at(database: Database) -> None:
    number, own = open_ticket(database)
    true = f"<{number}.{own}.7f3a@desk.example>"
    false = [f"<{number}.{'a' * TOKEN_LENGTH}.{each}@desk.example>" for each in range(10_000)]
    crowded = a_mail(ANA, message_id="<2@b>", In_Reply_To=true, References="\r\n ".join(false))
    assert receive(database, crowded) == ("joined", "", number)
    late = a_mail(ANA, message_id="<3@b>", References="\r\n ".join([*false[:16], true]))
    assert receive(database, late) == ("opened", "", number + 1)


def test_where_nobody_vouches_new_requests_are_held_and_a_true_token_is_enough_to_go_on(database: Database) -> None:
    number, own = open_ticket(database)
    plain = a_mail(ANA, message_id="<2@b>", text="Another oven.")
    assert receive(database, plain, policy=WATCHFUL, trusted=False) == ("held", "unverified-sender", None)
    reply = a_mail(ANA, message_id="<3@b>", subject=f"Re: [#{number}.{own}]")
    assert receive(database, reply, policy=WATCHFUL, trusted=False) == ("joined", "", number)
    assert parts(database, number) == [Part.CUSTOMER, Part.CUSTOMER]


def test_who_takes_part_by_a_forged_name_is_noted_where_replies_must_be_verified(database: Database) -> None:
    strict = a_policy(an_account(), senders=Senders(NewSender.SEAT, unverified="hold"), trust=Trust(reply="verified"))
    number, own = open_ticket(database)
    forged = a_mail(ANA, message_id="<2@b>", subject=f"Re: [#{number}.{own}]")
    assert receive(database, forged, policy=strict, trusted=False) == ("joined", "unverified", number)
    assert parts(database, number) == [Part.CUSTOMER, Part.UNVERIFIED]
    assert letters(database) == [("acknowledged", ANA)]
    assert to_desk(database) == ["new-ticket", "customer-wrote"]


def test_a_forged_agent_does_nothing_and_the_agent_hears_of_it(database: Database) -> None:
    number, _ = open_ticket(database)
    order = a_mail(MARIA, message_id="<m@desk.example>", subject=f"Re: [#{number}.{token(number, MARIA)}]",
                   text="#close\n\nAll is well.")  # fmt: skip
    assert receive(database, order, trusted=False) == ("joined", "unverified", number)
    with database.reading() as connection:
        ticket = tickets.get(connection, number)
    assert ticket is not None
    assert (ticket.status, parts(database, number)) == (Status.NEW, [Part.CUSTOMER, Part.UNVERIFIED])
    assert letters(database) == [("acknowledged", ANA)]
    assert to_desk(database) == ["new-ticket", "unverified-agent"]
    assert receive(database, order, trusted=True) == ("joined", "", number), "the real one works all the same"


@pytest.mark.parametrize("same_bytes", [True, False])
@pytest.mark.parametrize("policy", [POLICY, WATCHFUL])
def test_an_unverified_copy_sent_first_does_not_suppress_the_real_mail(
    database: Database, policy: Policy, same_bytes: bool
) -> None:
    mail = a_mail(ANA)
    receive(database, mail, policy=policy, trusted=False)
    arrived = mail if same_bytes else b"Received: from mx.desk.example\r\n" + mail
    assert receive(database, arrived, policy=policy)[0] == "opened"
    assert letters(database) == [("acknowledged", ANA)]


def test_a_replay_of_a_verified_mail_by_the_open_door_is_a_duplicate(database: Database) -> None:
    assert receive(database, a_mail(ANA))[0] == "opened"
    assert receive(database, a_mail(ANA), trusted=False)[:2] == ("ignored", "duplicate")


def test_somebody_else_s_message_id_sent_first_suppresses_nothing(database: Database) -> None:
    receive(database, a_mail("mallory@elsewhere.example", message_id="<ana@b>", text="I was first."))
    receive(database, a_mail("ana@mill.example", message_id="<ana@b>"))
    assert receive(database, a_mail(ANA, message_id="<ana@b>"))[0] == "opened"


def test_a_plus_tag_evades_neither_the_limit_of_letters_nor_the_one_refusal_a_day(database: Database) -> None:
    for number in range(8):
        tagged = f"{'Ana' if number % 2 else 'ana'}+{number}@Bakery.example"
        assert receive(database, a_mail(tagged, message_id=f"<{number}@b>"))[0] == "opened"
        stranger = f"eve+{number}@elsewhere.example"
        assert receive(database, a_mail(stranger, message_id=f"<{number}@e>"))[0] == "refused"
    sent = [template for template, _ in letters(database)]
    assert (sent.count("acknowledged"), sent.count("unknown-sender")) == (5, 1)


def test_an_owner_hears_of_each_sender_once_a_day(database: Database) -> None:
    two = an_account(contacts=(Contact(ANA), Contact("ben@bakery.example"), Contact("carl@bakery.example")))
    for number, who in enumerate(("carl", "dora", "carl", "carl+x")):
        mail = a_mail(f"{who}@bakery.example", message_id=f"<{number}@b>")
        assert receive(database, mail, policy=a_policy(two))[1] == "over-limit"
    assert [to for template, to in letters(database) if template == "owner-over-limit"] == ["owner@bakery.example"] * 2


def test_however_many_are_refused_the_owner_has_no_flood_of_letters(database: Database) -> None:
    policy = a_policy(senders=Senders(NewSender.REFUSE))
    for number in range(8):
        receive(database, a_mail(f"new{number}@bakery.example", message_id=f"<{number}@b>"), policy=policy)
    told = [to for template, to in letters(database) if template == "owner-not-authorised"]
    assert told == ["owner@bakery.example"] * 5


SEATED = an_account(contacts=(Contact(ANA, also=("office@bakery.example",)), Contact("ben@bakery.example")),
                    domains=("bakery.example", "*.shops.bakery.example"))  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "becomes"),
    [
        ("ANA@BAKERY.EXAMPLE", "opened"),
        ("ana+holiday@bakery.example", "opened"),
        ("office@bakery.example", "opened"),
        ("OFFICE+1@bakery.example", "opened"),
        ("ana@xn--bkery-4ve.example", "unknown-sender"),
        ("a.na@bakery.example", "over-limit"),
        ("+ana@bakery.example", "over-limit"),
        ("carl@bakery.example", "over-limit"),
        ("carl+1@bakery.example", "over-limit"),
        ("carl@north.shops.bakery.example", "over-limit"),
        ("carl@shops.bakery.example", "unknown-sender"),
        ("ana@mail.bakery.example", "unknown-sender"),
        ("ana@notbakery.example", "unknown-sender"),
        ("ana@bakery.example.elsewhere.example", "unknown-sender"),
        ('"ana"@bakery.example', "unclear-sender"),
        ("ana@bakery.example.", "unclear-sender"),
        ("ana@[192.0.2.1]", "unclear-sender"),
        ("\N{CYRILLIC SMALL LETTER A}na@bakery.example", "over-limit"),
        ("ana@b\N{CYRILLIC SMALL LETTER A}kery.example", "unknown-sender"),
        ("ana\N{FULLWIDTH COMMERCIAL AT}bakery.example", "unclear-sender"),
        ("a\N{ZERO WIDTH SPACE}na@bakery.example", "unclear-sender"),
        ("Ana <ana@bakery.example>, Eve <eve@elsewhere.example>", "unclear-sender"),
        ("ana@bakery.example <eve@elsewhere.example>", "unclear-sender"),
        ("=?utf-8?q?ana=40bakery=2Eexample?= <eve@elsewhere.example>", "unknown-sender"),
    ],
)
def test_a_full_plan_has_no_back_door(database: Database, sender: str, becomes: str) -> None:
    outcome, reason, _ = receive(database, a_mail(sender), policy=a_policy(SEATED))
    # whether an address beyond ASCII is read at all is the parser's to say; it is nobody else's in any case
    assert (reason or outcome) == becomes or (not sender.isascii() and reason == "unclear-sender")
    with database.reading() as connection:
        assert customers.enrolled(connection, ["bakery"]) == {"bakery": ()}


@pytest.mark.parametrize("contacts", [2, None])
def test_a_suspended_contact_opens_nothing_and_takes_no_seat(database: Database, contacts: int | None) -> None:
    people = (Contact(ANA), Contact("sid@bakery.example", also=("sid@shop.example",), suspended=True))
    plan = Plan("basic", contacts, POLICY.desk.plans["basic"].targets)
    policy = a_policy(an_account(contacts=people, everybody=contacts is None), plans={"basic": plan})
    for number, address in enumerate(("sid@bakery.example", "Sid+1@bakery.example", "sid@shop.example")):
        mail = a_mail(address, message_id=f"<{number}@s>")
        assert receive(database, mail, policy=policy)[:2] == ("refused", "not-authorised")
    with database.reading() as connection:
        assert customers.enrolled(connection, ["bakery"]) == {"bakery": ()}


def test_who_enrolled_and_is_suspended_later_leaves_the_seat_to_another(database: Database) -> None:
    assert receive(database, a_mail("sid@bakery.example"))[0] == "opened"
    later = a_policy(an_account(contacts=(Contact(ANA), Contact("sid@bakery.example", suspended=True))))
    assert receive(database, a_mail("sid@bakery.example", message_id="<2@b>"), policy=later)[1] == "not-authorised"
    assert receive(database, a_mail("dora@bakery.example", message_id="<3@b>"), policy=later)[0] == "opened"


def test_a_suspended_contact_answers_on_no_ticket_but_their_own(database: Database) -> None:
    number, stolen = open_ticket(database)
    _, _, own = receive(database, a_mail("sid@bakery.example", message_id="<s@b>"))
    assert own is not None
    later = a_policy(an_account(contacts=(Contact(ANA), Contact("sid@bakery.example", suspended=True))))
    theirs = a_mail(
        "sid@bakery.example", message_id="<2@b>", subject=f"Re: [#{own}.{token(own, 'sid@bakery.example')}]"
    )
    assert receive(database, theirs, policy=later) == ("joined", "", own)
    ana_s = a_mail("sid@bakery.example", message_id="<3@b>", subject=f"Re: [#{number}.{stolen}]")
    assert receive(database, ana_s, policy=later)[:2] == ("refused", "not-authorised")
    assert parts(database, number) == [Part.CUSTOMER]


def test_a_colleague_takes_part_where_everybody_at_the_domain_is_a_contact(database: Database) -> None:
    policy = a_policy(an_account(everybody=True, contacts=()), an_account("mill"))
    _, _, number = receive(database, a_mail(ANA), policy=policy)
    assert number is not None
    subject = f"Re: [#{number}.{token(number, policy=policy)}]"
    for who, becomes in (
        ("zoe@bakery.example", ("joined", "", number)),
        ("ana@mill.example", ("opened", "", number + 1)),
        ("eve@elsewhere.example", ("joined", "stranger", number)),
    ):
        assert receive(database, a_mail(who, message_id=f"<{who}>", subject=subject), policy=policy) == becomes, who
    assert parts(database, number) == [Part.CUSTOMER, Part.CUSTOMER, Part.STRANGER]


def test_a_contract_s_own_number_of_seats_counts(database: Database) -> None:
    policy = a_policy(an_account(contracts=(Contract("basic", contacts=1),)))
    assert receive(database, a_mail("ben@bakery.example"), policy=policy)[1] == "over-limit"


def test_a_forger_takes_no_seat_of_a_customer(database: Database) -> None:
    for number in range(3):
        forged = a_mail(f"nobody{number}@bakery.example", message_id=f"<{number}@b>")
        assert receive(database, forged, trusted=False) == ("held", "unverified-sender", None)
    assert receive(database, a_mail("ben@bakery.example"))[0] == "opened"
    with database.reading() as connection:
        assert [one.key for one in customers.enrolled(connection, ["bakery"])["bakery"]] == ["ben@bakery.example"]
