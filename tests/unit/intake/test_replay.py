"""What a configuration makes of mail of the past, put into words that can be compared."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.decision import Enrolled
from mailintake.domain.trust import Authentication, Verdict
from mailintake.intake import replay
from mailintake.intake.decide import decide
from mailintake.intake.policy import Policy
from mailintake.intake.replay import Replayed, Sum, differences, recorded, told, under
from mailintake.storage.past import Past, Seats
from tests.builders import MONDAY_TEN, a_message, a_policy, an_entry
from tests.subjects import a_file

RULES = """
rules:
  - {name: vip, when: {contact: yes}, then: {tags: [vip, known]}, continue: yes}
  - {name: ovens, when: {says: oven}, then: {tags: oven, watchers: boss@bakery.example}}
  - {name: again, when: {reply: yes}, then: {tags: again}}
"""
HOUR = timedelta(hours=1)
BEN = Enrolled("bakery", "ben@bakery.example", "ben@bakery.example")


def policy(rules: str = RULES) -> Policy:
    return replace(a_policy(), rules=a_file(rules).rules)


def a_past(**fields: Any) -> Past:
    """Ana's mail, which opened a ticket."""
    entry = an_entry(outcome="opened", reason="", **fields.pop("entry", {}))
    return Past(entry, MONDAY_TEN, fields.pop("detail", {"trace": []}), **fields)


def test_the_same_configuration_says_the_same() -> None:
    assert not differences(
        under(a_past(), a_message(), policy(), Seats()), under(a_past(), a_message(), policy(), Seats())
    )


def test_what_a_rule_says_otherwise_is_told_with_before_and_after() -> None:
    other = policy(RULES.replace("tags: oven", "tags: stove"))
    before, after = (under(a_past(), a_message(), each, Seats()) for each in (policy(), other))
    assert differences(before, after) == {"tags": ("vip, known, oven", "vip, known, stove")}


def test_a_rule_that_ends_a_mail_differs_in_all_that_follows() -> None:
    other = policy(RULES.replace("{tags: oven, watchers: boss@bakery.example}", "{ignore: ovens}"))
    found = differences(*(under(a_past(), a_message(), each, Seats()) for each in (policy(), other)))
    assert found["outcome"] == ("opened", "ignored: rule: ovens")
    assert found["letters"] == ("acknowledged", "")
    assert found["clocks"] == ("first_response: due 2026-03-09T13:00:00+00:00", "")


def test_seats_are_as_they_were_when_the_mail_came() -> None:
    def tags(seats: Seats) -> str:
        return under(a_past(), a_message("ben@bakery.example"), policy(), seats)["tags"]

    assert tags(Seats(((MONDAY_TEN - HOUR, BEN),))) == "vip, known, oven"
    assert tags(Seats(((MONDAY_TEN, BEN),))) == "oven", "this very mail took the seat"
    removed = replace(BEN, removed_at=MONDAY_TEN + HOUR)
    assert tags(Seats(((MONDAY_TEN - HOUR, removed),))) == "vip, known, oven", "removed only afterwards"
    assert tags(Seats(((MONDAY_TEN - HOUR, replace(BEN, removed_at=MONDAY_TEN)),))) == "oven"


def test_a_seat_of_somebody_from_elsewhere_leads_to_its_account() -> None:
    guest = Enrolled("bakery", "guest@elsewhere.example", "guest@elsewhere.example")
    found = under(a_past(), a_message(guest.address), policy(), Seats(((MONDAY_TEN - HOUR, guest),)))
    assert (found["outcome"], found["account"]) == ("opened", "bakery")
    assert under(a_past(), a_message(guest.address), policy(), Seats())["outcome"] == "refused: unknown-sender"


def test_a_request_that_followed_a_ticket_is_a_reply_to_rules() -> None:
    hello = a_message(subject="Hello", reply_text="Once more")
    assert under(a_past(follows=7), hello, policy(), Seats())["rules"] == "vip, again"
    assert under(a_past(), hello, policy(), Seats())["rules"] == "vip"


def test_trust_in_the_sender_is_as_recorded() -> None:
    doubted = a_past(authentication=Authentication(Verdict.FAIL, why="dmarc"))
    assert under(doubted, a_message(), policy(), Seats())["outcome"] == "held: forged-sender"
    assert under(a_past(entry={"released": True}), a_message(), policy(), Seats())["outcome"] == "opened"


def test_what_the_journal_keeps_is_in_the_same_words() -> None:
    detail = {
        "trace": [],
        "reason": "",
        "rules": ["vip", "ovens"],
        "shadow": [],
        "history": {"traits": {"priority": "normal"}},
    }
    assert not differences(recorded(a_past(detail=detail)), under(a_past(), a_message(), policy(), Seats()))


def test_mail_that_a_rule_joined_is_a_new_request_and_other_joined_mail_is_not() -> None:
    joined = replace(a_past(), entry=an_entry(outcome="joined", reason=""))
    assert not joined.is_new_request
    by_rule = replace(joined, detail={"trace": [], "rules": ["alarm"]})
    assert by_rule.is_new_request
    assert recorded(by_rule)["outcome"] == "opened"
    assert not replace(joined, entry=an_entry(outcome="ignored", reason="duplicate")).is_new_request


def test_a_decision_is_told_in_full() -> None:
    decision = decide(replay.facts(a_past(), a_message(), policy(), Seats()), policy())
    assert told(decision) == {
        "outcome": "opened",
        "rules": "vip, ovens",
        "shadow": "",
        "account": "bakery",
        "plan": "basic",
        "queue": "",
        "team": "",
        "assign": "",
        "priority": "normal",
        "category": "",
        "topic": "",
        "level": "",
        "tags": "vip, known, oven",
        "language": "",
        "link": "",
        "watchers": "boss@bakery.example",
        "notify": "",
        "clocks": "first_response: due 2026-03-09T13:00:00+00:00",
        "letters": "acknowledged",
    }


@given(st.lists(st.sampled_from(["same", "queue", "both", "trouble", "joined"])))
def test_the_sum_counts_every_mail_once(mails: list[str]) -> None:
    kinds = {
        "same": Replayed(1),
        "queue": Replayed(1, differences={"queue": ("a", "b")}),
        "both": Replayed(1, differences={"queue": ("a", "b"), "tags": ("", "x")}),
        "trouble": Replayed(1, trouble="gone"),
        "joined": Replayed(1, is_request=False),
    }
    found = Sum()
    for mail in mails:
        found.add(kinds[mail])
    assert found.decided + found.trouble + found.passed_over == len(mails)
    assert found.differing == mails.count("queue") + mails.count("both")
    assert found.changes["queue", "a", "b"] == found.differing
    assert found.changes["tags", "", "x"] == mails.count("both")
