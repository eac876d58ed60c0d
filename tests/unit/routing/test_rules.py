"""Rules in order: the first that matches wins, and each says why it did not."""

import operator
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.decision import Outcome
from mailintake.domain.mail import Kind
from mailintake.domain.routing import Found, Route, Subject
from mailintake.routing.actions import Then
from mailintake.routing.conditions import All, Any, Condition, Not
from mailintake.routing.reading import Reading
from mailintake.routing.rules import LONGEST_SAID, Rule, Rules, decide, ending, explain
from tests.subjects import a_file, a_subject, an_attachment, when


def rules(text: str) -> Rules:
    return a_file(text).rules


THREE = """
rules:
  - {name: vip, when: {account: mill}, then: {priority: P1, tags: vip}, continue: yes}
  - {name: trial, when: {says: cold}, then: {queue: support, tags: tried}, shadow: yes}
  - {name: ovens, when: {says: oven}, then: {queue: urgent, priority: P2, tags: [vip, oven]}}
  - {name: rest, then: {queue: support}}
"""


def test_the_first_rule_that_matches_wins() -> None:
    assert decide(rules(THREE), a_subject()).queue == "urgent"
    assert decide(rules(THREE), a_subject(subject="Hi", text="")).rules == ("rest",)


def test_a_rule_that_goes_on_is_heard_first_and_tags_add_up() -> None:
    route = decide(rules(THREE), a_subject(account="mill"))
    assert route == Route(
        queue="urgent", priority="P1", tags=("vip", "oven"), rules=("vip", "ovens"), shadow=("trial",)
    )


def test_a_rule_in_shadow_is_recorded_and_decides_nothing() -> None:
    route = decide(rules(THREE), a_subject())
    assert route.shadow == ("trial",)
    assert "tried" not in route.tags


def test_without_rules_nothing_is_said() -> None:
    assert decide(Rules(), a_subject()) == Route()
    assert explain(Rules(), a_subject()) == (Route(), ())


def test_every_rule_says_what_became_of_it() -> None:
    route, traces = explain(rules(THREE), a_subject())
    assert route == decide(rules(THREE), a_subject())
    assert [(trace.rule, trace.found) for trace in traces] == [
        ("vip", Found.FAILED),
        ("trial", Found.SHADOW),
        ("ovens", Found.MATCHED),
        ("rest", Found.NOT_REACHED),
    ]
    assert (traces[0].condition, traces[0].saw) == ("account: mill", "bakery")


def test_the_first_condition_as_written_that_failed_is_named() -> None:
    written = "rules: [{name: a, when: {text: {regex: x}, account: mill}, then: {tags: t}}]"
    assert explain(rules(written), a_subject())[1][0].condition == "text: regex x"


def test_what_a_rule_saw_is_cut() -> None:
    _, (trace,) = explain(rules("rules: [{name: a, when: {text: x}, then: {tags: t}}]"), a_subject(text="y " * 9000))
    assert len(trace.saw) == LONGEST_SAID
    assert trace.saw.endswith("…")


@pytest.mark.parametrize(
    ("then", "outcome"),
    [
        ("ignore: yes", Outcome.IGNORED),
        ("quarantine: looks like fraud", Outcome.QUARANTINED),
        ("redirect: the shop", Outcome.REFUSED),
        ("queue: support", None),
    ],
)
def test_a_rule_may_end_a_mail(then: str, outcome: Outcome | None) -> None:
    assert ending(decide(rules(f"rules: [{{name: a, then: {{{then}}}}}]"), a_subject())) is outcome


def test_a_rule_that_would_explode_elsewhere_is_harmless() -> None:
    found = rules("rules: [{name: a, when: {text: {regex: '(a|a)*$b'}}, then: {tags: t}}]")
    assert decide(found, a_subject(text="a" * 20_000)) == Route()


# What an index leaves out, no rule would have taken; whatever conditions stand beside or within each other.

SIMPLE = [
    "sender: ana@bakery.example",
    "sender: '*@mill.example'",
    "domain: mill.example",
    "account: [mill, none]",
    "contact: no",
    "says: [cold, 'it shows']",
    "subject: {regex: 'o.en'}",
    "text: {like: '*e4*'}",
    "text: {words: shows, regex: 'e[0-9]'}",
    "header: {X-Host: db*}",
    "header: {X-Host: {empty: yes}}",
    "attachment: yes",
    "attachment: {name: '*.png'}",
    "kind: bulk",
    "size: over 1 kB",
    "time: office",
]
CONDITIONS = st.recursive(
    st.sampled_from([when(text).parts[0] for text in SIMPLE]),
    lambda below: st.one_of(
        st.lists(below, max_size=4).map(lambda parts: All(tuple(parts))),
        st.lists(below, max_size=4).map(lambda parts: Any(tuple(parts))),
        below.map(Not),
    ),
    max_leaves=12,
)
MAILS = st.builds(
    a_subject,
    sender=st.sampled_from(["ana@bakery.example", "mia@mill.example", ""]),
    account=st.sampled_from(["bakery", "mill", ""]),
    contact=st.booleans(),
    subject=st.sampled_from(["The oven is cold", "Nothing", ""]),
    text=st.sampled_from(["It shows E4.", "Cold", ""]),
    headers=st.sampled_from([(), (("x-host", "db1"),)]),
    attachments=st.sampled_from([(), (an_attachment(),), (an_attachment("a.txt"),)]),
    kind=st.sampled_from([Kind.MESSAGE, Kind.BULK]),
    size=st.sampled_from([500, 5000]),
)


def in_turn(conditions: list[Condition], mail: Subject) -> list[int]:
    return [number for number, condition in enumerate(conditions) if condition.holds(Reading(mail))]


@given(st.lists(CONDITIONS, max_size=8), MAILS)
def test_no_rule_that_matches_is_left_out(conditions: list[Condition], mail: Subject) -> None:
    found = Rules(
        Rule(str(number), All((each,)), Then(tags=("t",)), goes_on=True) for number, each in enumerate(conditions)
    )
    assert [int(name) for name in decide(found, mail).rules] == in_turn(conditions, mail)


@given(st.lists(CONDITIONS, max_size=4), MAILS)
def test_all_any_and_not_are_logic(conditions: list[Condition], mail: Subject) -> None:
    reading = Reading(mail)
    each = [condition.holds(reading) for condition in conditions]
    parts = tuple(conditions)
    assert All(parts).holds(reading) == reduce(operator.and_, each, True)
    assert Any(parts).holds(reading) == reduce(operator.or_, each, False)
    assert Not(All(parts)).holds(reading) == Any(tuple(map(Not, parts))).holds(reading)


@given(CONDITIONS, MAILS)
def test_what_is_so_of_every_mail_is_so_of_this_one(condition: Condition, mail: Subject) -> None:
    holds = condition.holds(Reading(mail))
    assert holds or not condition.is_always
    assert not (holds and condition.is_never)


@given(CONDITIONS, MAILS)
def test_a_trace_agrees_with_the_decision(condition: Condition, mail: Subject) -> None:
    found = Rules([Rule("only", All((condition,)), Then(tags=("t",)))])
    route, (trace,) = explain(found, mail)
    assert (trace.found is Found.MATCHED) == (route.rules == ("only",))
