"""What becomes of a mail, check by check (DOMAIN E1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailintake.config.desk import Mailbox, Senders
from mailintake.domain.customer import Contact, Contract, NewSender, Plan
from mailintake.domain.decision import Decision, Effect, Enrolled, Facts, Outcome, Thread
from mailintake.domain.mail import Address
from mailintake.domain.progress import opened
from mailintake.domain.tag import Via
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Part, Status
from mailintake.domain.work import Words
from mailintake.intake.decide import decide
from mailintake.intake.policy import Policy
from tests.builders import DESK, MONDAY_TEN, a_message, a_policy, a_reception, a_row, an_account, an_envelope

BEN = "ben@bakery.example"
STRANGER = "mallory@elsewhere.example"


def judged(policy: Policy | None = None, sender: str | None = "ana@bakery.example", **facts: Any) -> Decision:
    message = facts.pop("message", None) or a_message(sender)
    plain: dict[str, Any] = {"reception": a_reception(), "envelope": an_envelope(sender or "x@elsewhere.example")}
    policy = policy or a_policy()
    found = Facts(now=MONDAY_TEN, message=message, **plain | facts)
    return decide(replace(found, authentication=policy.authenticate(message, found.reception)), policy)


def a_thread(*, is_participant: bool) -> Thread:
    return Thread(7, Status.NEW, MONDAY_TEN, "bakery", "ana@bakery.example", Via.SUBJECT, is_participant)


def due(decision: Decision) -> datetime | None:
    """When the first response is due on the ticket that is opened."""
    assert decision.new_ticket is not None
    (clock,) = opened(decision.new_ticket.opening, decision.new_ticket.terms).clocks
    return clock.due


def letters(decision: Decision) -> dict[str, str | None]:
    return {notice.template: notice.suppressed for notice in decision.notices}


def test_a_listed_contact_opens_a_ticket_and_is_told_when_it_will_be_answered() -> None:
    decision = judged()
    assert decision.outcome is Outcome.OPENED
    assert due(decision) == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert letters(decision) == {"acknowledged": None}
    assert decision.notices[0].context["due"] == "2026-03-09T13:00:00+00:00"


def test_no_time_is_promised_where_the_plan_promises_none() -> None:
    plans = {"basic": Plan("basic", 2, {Metric.FIRST_RESPONSE: (a_row(None, text="else: none"),)})}
    decision = judged(a_policy(plans=plans))
    assert decision.outcome is Outcome.OPENED
    assert decision.new_ticket is not None
    assert opened(decision.new_ticket.opening, decision.new_ticket.terms).clocks == ()
    assert decision.notices[0].context["due"] is None


def test_the_clock_counts_from_the_received_time() -> None:
    decision = judged(reception=a_reception(datetime(2026, 3, 6, 16, 30, tzinfo=UTC)))
    assert due(decision) == datetime(2026, 3, 9, 11, 30, tzinfo=UTC)


def test_a_new_sender_takes_a_free_seat() -> None:
    decision = judged(sender=BEN)
    assert decision.outcome is Outcome.OPENED
    assert decision.enrol == Enrolled("bakery", BEN, BEN)


def test_the_third_person_of_a_two_contact_plan_is_refused_and_the_owner_told() -> None:
    decision = judged(sender="carl@bakery.example", enrolled=(Enrolled("bakery", BEN, BEN),))
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, "over-limit")
    assert letters(decision) == {"over-limit": None, "owner-over-limit": None}
    assert decision.notices[1].recipient.address == "owner@bakery.example"
    assert (decision.notices[1].context["seats_used"], decision.notices[1].context["seats"]) == (2, 2)


def test_a_refusal_to_the_sender_discloses_nothing_about_the_account() -> None:
    decision = judged(sender="carl@bakery.example", enrolled=(Enrolled("bakery", BEN, BEN),))
    assert set(decision.notices[0].context) == {"desk", "subject", "name"}


def test_a_new_sender_is_not_authorised_where_the_desk_refuses() -> None:
    decision = judged(a_policy(senders=Senders(NewSender.REFUSE)), sender=BEN)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, "not-authorised")


def test_an_enrolled_contact_is_a_contact() -> None:
    decision = judged(sender=BEN, enrolled=(Enrolled("bakery", BEN, BEN),))
    assert (decision.outcome, decision.enrol) == (Outcome.OPENED, None)


def test_an_alias_sits_on_its_owner_s_seat() -> None:
    account = an_account(contacts=(Contact("ana@bakery.example", also=("office@bakery.example",)), Contact(BEN)))
    decision = judged(a_policy(account), sender="office@bakery.example")
    assert (decision.outcome, decision.enrol) == (Outcome.OPENED, None)


def test_everybody_at_the_domain_may_write_where_contacts_are_any() -> None:
    decision = judged(a_policy(an_account(everybody=True, contacts=())), sender="anybody@bakery.example")
    assert (decision.outcome, decision.enrol) == (Outcome.OPENED, None)


def test_a_stranger_is_refused_once_a_day() -> None:
    assert letters(judged(sender=STRANGER)) == {"unknown-sender": None}
    assert letters(judged(sender=STRANGER, refused_today=True))["unknown-sender"] is not None


def test_the_owner_is_told_once_a_day_of_each_sender() -> None:
    enrolled = (Enrolled("bakery", BEN, BEN),)
    first = judged(sender="carl@bakery.example", enrolled=enrolled).notices[1].once
    assert first
    assert judged(sender="carl@bakery.example", enrolled=enrolled).notices[1].once == first
    assert judged(sender="dora@bakery.example", enrolled=enrolled).notices[1].once != first
    tomorrow = a_reception(MONDAY_TEN + timedelta(days=1))
    assert judged(sender="carl@bakery.example", enrolled=enrolled, reception=tomorrow).notices[1].once != first


def test_the_owner_has_no_more_letters_than_anybody() -> None:
    told = judged(sender="carl@bakery.example", enrolled=(Enrolled("bakery", BEN, BEN),), letters_to_owner=5)
    assert letters(told)["owner-over-limit"] is not None


def test_a_reply_from_a_participant_joins_its_ticket() -> None:
    decision = judged(threads=(a_thread(is_participant=True),))
    assert (decision.outcome, decision.ticket_id) == (Outcome.JOINED, 7)
    assert (decision.effect, decision.notices) == (Effect.CUSTOMER_WROTE, ())


def test_a_stranger_cannot_join_a_ticket() -> None:
    decision = judged(sender=STRANGER, threads=(a_thread(is_participant=False),))
    assert (decision.effect, decision.part, decision.reason) == (Effect.NOTED, Part.STRANGER, "stranger")
    assert decision.notices == ()


def test_another_customer_with_somebody_else_s_token_has_a_request_of_their_own() -> None:
    policy = a_policy(an_account(), an_account("mill"))
    decision = judged(policy, sender="ana@mill.example", threads=(a_thread(is_participant=False),))
    assert decision.new_ticket is not None
    assert decision.new_ticket.account == "mill"


def test_another_customer_s_contact_with_the_token_opens_a_ticket_of_their_own() -> None:
    policy = a_policy(an_account(), an_account("mill"))
    decision = judged(policy, sender="ana@mill.example", threads=(a_thread(is_participant=False),))
    assert (decision.outcome, decision.ticket_id) == (Outcome.OPENED, None)


def test_an_automatic_answer_is_kept_on_its_ticket_and_moves_nothing() -> None:
    away = a_message(headers=(("auto-submitted", "auto-replied"),))
    decision = judged(message=away, threads=(a_thread(is_participant=True),))
    assert (decision.outcome, decision.effect, decision.notices) == (Outcome.JOINED, Effect.KEPT, ())


def test_automatic_mail_opens_nothing_and_is_never_answered() -> None:
    decision = judged(message=a_message(headers=(("auto-submitted", "auto-generated"),)))
    assert (decision.outcome, decision.reason, decision.notices) == (Outcome.IGNORED, "auto_reply", ())


def test_our_own_letter_coming_back_is_a_loop() -> None:
    decision = judged(sender=DESK)
    assert (decision.outcome, decision.reason, decision.notices) == (Outcome.IGNORED, "loop", ())


def test_the_same_mail_again_is_ignored() -> None:
    decision = judged(duplicate_of=3)
    assert (decision.outcome, decision.reason, decision.notices) == (Outcome.IGNORED, "duplicate", ())


def test_an_unclear_author_is_held() -> None:
    two = a_message(None, authors=(Address("a@bakery.example"), Address("b@bakery.example")))
    assert judged(message=two).outcome is Outcome.HELD
    assert judged(message=two, is_released=True).outcome is Outcome.HELD


def test_an_admin_may_release_a_mail_with_one_doubtful_author() -> None:
    doubtful = a_message(None, authors=(Address("ana@bakery.example"),))
    assert judged(message=doubtful).outcome is Outcome.HELD
    assert judged(message=doubtful, is_released=True).outcome is Outcome.OPENED


@pytest.mark.parametrize(("unverified", "outcome"), [("accept", Outcome.OPENED), ("hold", Outcome.HELD)])
def test_what_an_unverified_sender_may_is_the_desk_s_choice(unverified: Any, outcome: Outcome) -> None:
    policy = a_policy(senders=Senders(unverified=unverified))
    assert judged(policy, reception=a_reception(trusted=False)).outcome is outcome


def test_an_unverified_sender_gets_no_letter() -> None:
    decision = judged(reception=a_reception(trusted=False))
    assert decision.outcome is Outcome.OPENED
    assert letters(decision)["acknowledged"] is not None


def test_a_letter_too_many_within_the_hour_is_withheld() -> None:
    assert letters(judged(letters_last_hour=5))["acknowledged"] is not None


def test_only_the_customer_s_own_contacts_learn_that_the_contract_has_ended() -> None:
    policy = a_policy(an_account(contracts=(Contract("basic", ends=date(2026, 1, 31)),)))
    listed = judged(policy)
    told = {"contract-expired": None, "owner-contract-expired": None}
    assert (listed.reason, letters(listed)) == ("contract-expired", told)
    assert listed.notices[0].context["ended"] == "2026-01-31"
    new = judged(policy, sender=BEN)
    assert (new.reason, letters(new)) == ("contract-expired", {"not-authorised": None})
    assert new.enrol is None


def test_a_contract_that_has_not_begun_opens_nothing() -> None:
    policy = a_policy(an_account(contracts=(Contract("basic", begins=date(2026, 4, 1)),)))
    assert judged(policy).reason == "not-started"


def test_a_mailbox_may_redirect_or_ignore_new_mail() -> None:
    redirecting = a_policy(mailboxes=(Mailbox(DESK, "redirect", to="our chat"),))
    assert letters(judged(redirecting)) == {"redirect": None}
    assert judged(a_policy(mailboxes=(Mailbox(DESK, "ignore"),))).outcome is Outcome.IGNORED


def test_an_agent_s_mail_to_the_desk_is_an_answer_for_the_customer() -> None:
    said = a_message("maria@desk.example", text="Please try now.", reply_text="Please try now.")
    decision = judged(message=said, threads=(a_thread(is_participant=False),))
    assert (decision.outcome, decision.effect, decision.part) == (Outcome.JOINED, Effect.WORKED, Part.ANSWER)
    assert decision.work is not None
    assert decision.work.answer == Words("Please try now.")
    assert not decision.work.has_reached


def test_an_agent_s_mail_to_the_customer_has_reached_them_already() -> None:
    answer = a_message("maria@desk.example", to=(Address("ana@bakery.example"),), cc=(Address(DESK),))
    decision = judged(message=answer, threads=(a_thread(is_participant=False),))
    assert decision.work is not None
    assert decision.work.has_reached


def test_a_forged_agent_s_mail_is_kept_for_the_desk_and_does_nothing() -> None:
    forged = a_reception(trusted=False)
    decision = judged(sender="maria@desk.example", reception=forged, threads=(a_thread(is_participant=False),))
    assert (decision.outcome, decision.effect, decision.part) == (Outcome.JOINED, Effect.NOTED, Part.UNVERIFIED)
    assert decision.work is None
    assert judged(sender="maria@desk.example", reception=forged).reason == "unverified-agent"


def test_every_decision_tells_its_way() -> None:
    checks = [line.check for line in judged().trace]
    assert checks == ["screening", "sender", "authentication", "thread", "mailbox", "contact", "seat", "contract",
                      "clock", "letter"]  # fmt: skip


def test_an_admin_may_release_a_mail_of_an_agent() -> None:
    forged = a_reception(trusted=False)
    known = judged(
        sender="maria@desk.example", reception=forged, threads=(a_thread(is_participant=False),), is_released=True
    )
    assert (known.outcome, known.ticket_id) == (Outcome.JOINED, 7)
    assert judged(sender="maria@desk.example").reason == "agent-without-ticket"
    assert judged(sender="maria@desk.example", is_released=True).reason == "unknown-sender"


def test_an_agent_who_is_a_customer_s_contact_too_opens_a_ticket_once_released() -> None:
    policy = a_policy(an_account(contacts=(Contact("maria@desk.example"),)))
    assert judged(policy, sender="maria@desk.example").outcome is Outcome.HELD
    assert judged(policy, sender="maria@desk.example", is_released=True).outcome is Outcome.OPENED
