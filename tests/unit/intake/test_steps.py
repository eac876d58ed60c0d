"""May a customer open a ticket, how do they open it, and what does an agent overrule (DOMAIN E1)?"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mailintake.config.desk import Mailbox, Senders
from mailintake.config.request import Request
from mailintake.domain.customer import Contact, Contract, NewSender, Plan
from mailintake.domain.decision import Decision, Effect, Enrolled, Facts, Outcome, Thread
from mailintake.domain.mail import Address
from mailintake.domain.quota import Limit, Period, Spend, Unit, WhenUsedUp
from mailintake.domain.sorting import Support, Topic
from mailintake.domain.tag import Via
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status
from mailintake.intake.decide import decide
from mailintake.intake.policy import Policy
from tests.builders import DESK, MONDAY_TEN, a_message, a_policy, a_reception, a_row, an_account, an_envelope

ANA, BEN = "ana@bakery.example", "ben@bakery.example"
TODAY = date(2026, 3, 9)
ONE = (Limit(1, Period.MONTH),)


def judged(policy: Policy, *, sender: str = ANA, is_promoted: bool = False, message: dict[str, Any] | None = None,
           **facts: Any) -> Decision:  # fmt: skip
    """What becomes of a mail."""
    plain: dict[str, Any] = {
        "now": MONDAY_TEN,
        "reception": a_reception(),
        "envelope": an_envelope(sender),
        "message": a_message(sender, **(message or {})),
    }
    found = Facts(**plain | facts)
    found = replace(found, authentication=policy.authenticate(found.message, found.reception))
    return decide(found, policy, is_promoted=is_promoted)


def counting(when_used_up: WhenUsedUp, limits: tuple[Limit, ...] = ONE, **more: Any) -> Policy:
    """A desk that counts requests."""
    plan = Plan("basic", 2, {Metric.FIRST_RESPONSE: (a_row(),)}, quota={"credits": limits})
    fields = {"plans": {"basic": plan}, "units": {"credits": Unit("credits", when_used_up=when_used_up, **more)}}
    return a_policy(**fields)


def refusing(**fields: Any) -> Policy:
    return a_policy(senders=Senders(new_at_known_domain=NewSender.REFUSE), **fields)


def templates(decision: Decision) -> list[str]:
    return [notice.template for notice in decision.notices if notice.suppressed is None]


def found(decision: Decision, check: str) -> list[str]:
    return [str(line.finding) for line in decision.trace if line.check == check]


USED_UP = {"credits": {TODAY: 1}}


@pytest.mark.parametrize(
    ("when_used_up", "outcome", "status", "spends"),
    [
        (WhenUsedUp.REFUSE, Outcome.REFUSED, None, ()),
        (WhenUsedUp.QUOTE, Outcome.OPENED, Status.PENDING, (Spend("credits", TODAY, overage=True, reserved=True),)),
        (WhenUsedUp.WAIT, Outcome.OPENED, Status.NEW, (Spend("credits", date(2026, 4, 1)),)),
        (WhenUsedUp.ACCEPT, Outcome.OPENED, Status.NEW, (Spend("credits", TODAY, overage=True),)),
    ],
)
def test_what_becomes_of_a_request_for_which_nothing_is_left(
    when_used_up: WhenUsedUp, outcome: Outcome, status: Status | None, spends: tuple[Spend, ...]
) -> None:
    decision = judged(counting(when_used_up), spent=USED_UP)
    assert decision.outcome is outcome
    new = decision.new_ticket
    assert (new.opening.status if new else None, new.spends if new else ()) == (status, spends)


def test_what_is_left_is_spent_and_said() -> None:
    decision = judged(counting(WhenUsedUp.REFUSE, (Limit(3, Period.MONTH),)), spent=USED_UP)
    assert decision.new_ticket is not None
    assert decision.new_ticket.spends == (Spend("credits", TODAY),)
    words = decision.notices[0].context
    assert (words["quota_left"], words["quota_limit"]) == (1, 3)


def test_no_letter_of_one_mail_is_beyond_the_limit_that_another_of_it_reaches() -> None:
    mailbox = Mailbox(DESK)
    policy = replace(a_policy(mailboxes=(mailbox,)), letters_per_address_hour=5)
    request = Request(wants=("screenshots",), attachments=(), when_missing="ask")
    policy = replace(policy, desk=replace(policy.desk, request=request))
    assert templates(judged(policy, letters_last_hour=3)) == ["acknowledged", "need-more-info"]
    assert templates(judged(policy, letters_last_hour=4)) == ["acknowledged"]
    assert templates(judged(policy, letters_last_hour=5)) == []


def test_somebody_with_a_seat_by_the_database_is_known_wherever_they_write_from() -> None:
    zoe = Enrolled("bakery", "zoe@freemail.example", "zoe@freemail.example", "Zoe")
    decision = judged(a_policy(), sender="zoe@freemail.example", enrolled=(zoe,))
    assert (decision.outcome, decision.new_ticket and decision.new_ticket.account) == (Outcome.OPENED, "bakery")
    gone = replace(zoe, removed_at=MONDAY_TEN)
    decision = judged(a_policy(), sender="zoe@freemail.example", enrolled=(gone,))
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, "unknown-sender")


REDIRECTS = a_policy(mailboxes=(Mailbox(DESK, new_mail="redirect", to="our form"),))
ENDED = an_account(contracts=(Contract("basic", begins=date(2025, 1, 1), ends=date(2025, 12, 31)),))
PAID = refusing(topics={"custom": Topic("custom", support=Support.QUOTED)}, default_topic="custom")


@pytest.mark.parametrize(
    ("policy", "sender", "reason"),
    [
        (REDIRECTS, ANA, "redirect"),
        (refusing(), BEN, "not-authorised"),
        (a_policy(an_account(contacts=(Contact(ANA), Contact("carl@bakery.example")))), BEN, "over-limit"),
        (a_policy(ENDED), ANA, "contract-expired"),
        (PAID, ANA, "not-covered"),
        (counting(WhenUsedUp.REFUSE), ANA, "quota-used-up"),
    ],
)
def test_an_agent_overrules_every_refusal_but_that_of_strangers(policy: Policy, sender: str, reason: str) -> None:
    decision = judged(policy, sender=sender, spent=USED_UP)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, reason)
    decision = judged(policy, sender=sender, spent=USED_UP, is_promoted=True)
    assert decision.outcome is Outcome.OPENED
    assert found(decision, "promoted") == [reason]
    assert templates(decision) == found(decision, "letter") == ["acknowledged"]


def test_what_an_agent_takes_in_counts_from_then_and_shows_when_it_came() -> None:
    later = MONDAY_TEN.replace(hour=11)
    decision = judged(REDIRECTS, is_promoted=True, now=later)
    assert decision.new_ticket is not None
    assert (decision.new_ticket.received_at, decision.new_ticket.opening.at) == (MONDAY_TEN, later)


def test_what_an_agent_takes_in_is_overage_only_where_nothing_is_left() -> None:
    policy = counting(WhenUsedUp.REFUSE)
    for spent, overage in ((USED_UP, True), ({}, False)):
        decision = judged(policy, spent=spent, is_promoted=True)
        assert decision.new_ticket is not None
        assert decision.new_ticket.spends == (Spend("credits", TODAY, overage=overage),)


def test_an_agent_s_word_needs_no_owner_s() -> None:
    policy = a_policy(senders=Senders(new_at_known_domain=NewSender.ASK))
    assert judged(policy, sender=BEN).ask is not None
    decision = judged(policy, sender=BEN, is_promoted=True)
    assert decision.new_ticket is not None
    assert (decision.ask, decision.new_ticket.pending) == (None, "")


def test_nobody_opens_a_ticket_for_a_stranger() -> None:
    decision = judged(a_policy(), sender="eve@elsewhere.example", is_promoted=True)
    assert (decision.outcome, decision.reason, decision.notices) == (Outcome.REFUSED, "unknown-sender", ())


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("Thank you!", Effect.KEPT),
        ("Thank you, Maria!", Effect.KEPT),  # who works at the desk
        ("Thanks!\n\nAna Baker", Effect.KEPT),
        ("Thank you, Igor!", Effect.CUSTOMER_WROTE),
        ("Thank you, it is broken again.", Effect.CUSTOMER_WROTE),
    ],
)
def test_thanks_may_name_whoever_is_thanked_and_whoever_thanks(text: str, effect: Effect) -> None:
    thread = Thread(7, Status.SOLVED, MONDAY_TEN, "bakery", ANA, Via.SUBJECT, is_participant=True)
    decision = judged(a_policy(), message={"from_": Address(ANA, "Ana Baker"), "reply_text": text}, threads=(thread,))
    assert (decision.ticket_id, decision.effect) == (7, effect)
