"""For which of the desk's mailboxes a mail comes, and which copies of it count apart."""

import pytest

from mailintake.config.desk import Mailbox
from mailintake.domain.mail import Address, Envelope
from tests.builders import a_message, a_policy

SALES, SUPPORT, OLD = "sales@desk.example", "support@desk.example", "old@desk.example"
MAILBOXES = (Mailbox(OLD, new_mail="redirect", to="the form"), Mailbox(SALES), Mailbox(SUPPORT))
ANA = "ana@bakery.example"


def test_where_one_mail_makes_one_ticket_its_copies_count_in_one_mailbox() -> None:
    policy = a_policy(mailboxes=MAILBOXES)
    message = a_message(ANA, to=(Address(SUPPORT),), cc=(Address(OLD), Address(SALES)))
    found = {policy.mailbox_of(message, Envelope(ANA, (each,))).address for each in (OLD, SALES, SUPPORT)}
    assert found == {SALES}


def test_a_mailbox_that_no_header_names_is_the_one_of_the_envelope() -> None:
    policy = a_policy(mailboxes=MAILBOXES)
    assert policy.mailbox_of(a_message(ANA), Envelope(ANA, (SUPPORT,))).address == SUPPORT


@pytest.mark.parametrize("same_mail", ["linked", "copy"])
def test_where_each_mailbox_has_its_ticket_each_has_a_mail_of_its_own(same_mail: str) -> None:
    policy = a_policy(mailboxes=MAILBOXES, same_mail=same_mail)
    message = a_message(ANA, to=(Address(SALES),), cc=(Address(SUPPORT),))
    both = Envelope(ANA, (SUPPORT, "sales+1@desk.example", SALES))
    apart = policy.apart(both)
    assert apart == (Envelope(ANA, (SUPPORT,)), Envelope(ANA, ("sales+1@desk.example", SALES)))
    assert [policy.mailbox_of(message, each).address for each in apart] == [SUPPORT, SALES]
    assert a_policy(mailboxes=MAILBOXES).apart(both) == (both,)
