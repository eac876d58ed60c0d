"""An explanation is the decision itself, with what every rule found on the way."""

from dataclasses import replace
from typing import Any

from mailintake.domain.decision import Facts, Outcome
from mailintake.domain.routing import Found, RuleTrace
from mailintake.domain.trust import Authentication, Verdict
from mailintake.intake.decide import decide
from mailintake.intake.explaining import explain
from mailintake.intake.policy import Policy
from tests.builders import MONDAY_TEN, a_message, a_policy, a_reception, an_envelope
from tests.subjects import a_file

RULES = a_file("""
rules:
  - {name: angry, when: {says: unacceptable}, then: {tags: angry}, shadow: yes}
  - {name: billing, when: {mailbox: billing@desk.example}, then: {redirect: money@desk.example}}
  - {name: ovens, when: {says: oven, subject: cold}, then: {tags: oven}}
  - {name: rest, then: {tags: rest}}
""").rules


def facts(sender: str = "ana@bakery.example", **message: Any) -> Facts:
    return Facts(
        now=MONDAY_TEN,
        reception=a_reception(),
        envelope=an_envelope(sender),
        message=a_message(sender, **message),
        authentication=Authentication(Verdict.PASS, why="test"),
    )


def policy() -> Policy:
    return replace(a_policy(), rules=RULES)


def test_every_rule_is_told_with_the_condition_that_fails_and_what_it_saw() -> None:
    found = explain(facts(), policy())
    assert found.rules == (
        RuleTrace("angry", Found.FAILED, "says: unacceptable", "The oven is cold | It shows E4."),
        RuleTrace("billing", Found.FAILED, "mailbox: billing@desk.example", "support@desk.example"),
        RuleTrace("ovens", Found.MATCHED),
        RuleTrace("rest", Found.NOT_REACHED),
    )


def test_the_decision_is_the_one_that_is_taken() -> None:
    for each in (facts(), facts("x@elsewhere.example"), facts(subject="Hello", reply_text="Unacceptable")):
        assert explain(each, policy()).decision == decide(each, policy())


def test_a_stranger_s_mail_is_explained_too_for_rules_are_asked_about_it() -> None:
    found = explain(facts("x@elsewhere.example"), policy())
    assert found.decision.outcome is Outcome.REFUSED
    assert found.rules is not None
    assert found.rules[2].found is Found.MATCHED


def test_of_mail_that_ends_before_rules_no_rule_is_told() -> None:
    assert explain(facts(headers=(("auto-submitted", "auto-replied"),)), policy()).rules is None


def test_without_rules_there_is_nothing_to_tell() -> None:
    assert explain(facts(), a_policy()).rules == ()
