"""Tests inside the rules file say clearly what is not as wanted."""

import pytest

from mailintake.domain.decision import Outcome
from mailintake.domain.routing import Route
from mailintake.routing import trial
from tests.subjects import a_file

FILE = """
rules:
  - {name: vip, when: {account: mill}, then: {tags: vip}, continue: yes}
  - {name: ovens, when: {says: oven}, then: {queue: urgent, tags: [oven, hot], assign: round-robin}}
  - {name: news, when: {kind: bulk}, then: {ignore: a newsletter}}
tests:
  - {mail: {from: mia@mill.example, subject: Oven}, expect: {%s}}
"""


def said(expect: str) -> list[str]:
    found = a_file(FILE % expect)
    return [line.removeprefix("rules.yaml:7: ") for line in trial.run(found.rules, found.trials[0])]


@pytest.mark.parametrize(
    "expect",
    [
        "rule: ovens, rules: [ovens, vip], shadow: []",
        "queue: urgent, tags: [vip, hot, oven], assign: round-robin",
        "ignore: no, link: no, team: none, queue: yes",
        "outcome: opened",
    ],
)
def test_a_test_that_is_right_says_nothing(expect: str) -> None:
    assert said(expect) == []


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ("rule: news", "rule: wanted `news`, found `ovens`; rules applied: vip, ovens"),
        ("rule: none", "rule: wanted `none`, found `ovens`; rules applied: vip, ovens"),
        ("tags: vip", "tags: wanted `vip`, found `vip`, `oven`, `hot`; rules applied: vip, ovens"),
        ("team: oncall", "team: wanted `oncall`, found nothing; rules applied: vip, ovens"),
        ("ignore: yes", "ignore: wanted anything, found nothing; rules applied: vip, ovens"),
        ("queue: no", "queue: wanted nothing, found `urgent`; rules applied: vip, ovens"),
        ("outcome: ignored", "outcome: wanted `ignored`, found `opened`; rules applied: vip, ovens"),
    ],
)
def test_a_test_that_is_wrong_says_what_was_found(expect: str, line: str) -> None:
    assert said(expect) == [line]


def test_every_word_that_is_wrong_has_its_line_and_the_name_of_the_test() -> None:
    found = a_file(FILE.replace("- {mail", "- {name: an oven, mail") % "queue: support, priority: P1")
    assert trial.run(found.rules, found.trials[0]) == (
        "rules.yaml:7: queue: wanted `support`, found `urgent` (an oven)",
        "rules.yaml:7: priority: wanted `P1`, found nothing (an oven); rules applied: vip, ovens",
    )


def test_the_outcome_of_the_whole_way_counts_where_it_is_known() -> None:
    (found,) = a_file(FILE % "outcome: refused").trials
    assert trial.compare(found, Route(), outcome=Outcome.REFUSED) == ()
    assert trial.compare(found, Route(redirect="elsewhere")) == ()
    assert len(trial.compare(found, Route())) == 1


def test_a_mail_in_a_file_must_be_read_first() -> None:
    (found,) = a_file("tests: [{file: mails/oven.eml, expect: {rule: none}}]").trials
    assert found.file == "mails/oven.eml"
    with pytest.raises(ValueError, match="the mail lies in mails"):
        trial.run(a_file("").rules, found)
