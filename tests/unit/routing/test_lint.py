"""Lint says only what is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.mail import Kind
from mailintake.domain.routing import Subject
from mailintake.routing.conditions import All, Any, Condition, Not
from mailintake.routing.lint import implies, lint, never_matched
from mailintake.routing.reading import Reading
from tests.subjects import a_file, a_subject, an_attachment, when


def said(*rules: str) -> list[str]:
    lines = "\n".join(f"  - {{{rule}}}" for rule in rules)
    return [f"{problem.line}: {problem.text}" for problem in lint(a_file(f"rules:\n{lines}\n").rules)]


def test_nothing_is_odd_about_rules_that_differ() -> None:
    assert said(
        "name: a, when: {account: bakery, says: oven}, then: {tags: x}",
        "name: b, when: {account: bakery}, then: {tags: x}, continue: yes",
        "name: c, when: {account: bakery}, then: {tags: x}, shadow: yes",
        "name: d, when: {says: oven}, then: {tags: x}",
        "name: e, then: {tags: x}",
    ) == []  # fmt: skip


def test_a_rule_below_one_that_takes_everything_is_never_reached() -> None:
    assert said("name: a, then: {tags: x}", "name: b, when: {account: mill}, then: {tags: x}") == [
        "3: no mail ever reaches rule `b`: `a` in line 2 takes every mail"
    ]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("account: [mill, bakery]", "account: mill"),
        ("domain: mill.example", "domain: mill.example, says: x"),
        ("domain: '*.example'", "domain: mill.example"),
        ("sender: '*@mill.example'", "sender: mia@mill.example"),
        ("says: down", "says: ['is down', 'down again']"),
        ("says: 'rechnung*'", "says: rechnungen"),
        ("subject: {like: '*down*'}", "subject: {is: 'it is down'}"),
        ("subject: {empty: no}", "subject: oven"),
        ("size: over 1 MB", "size: over 2 MB"),
        ("time: {from: 2026-01-01}", "time: {from: 2026-02-01, to: 2026-03-01}"),
        ("attachment: {name: '*'}", "attachment: {name: '*', size: over 1 MB}"),
        ("header: {X-A: a}", "header: {X-A: 'a b', X-B: c}"),
        ("any: [{account: mill}, {says: oven}]", "account: mill"),
        ("says: oven", "any: [{says: 'the oven'}, {says: oven, account: mill}]"),
        ("not: {says: oven, account: mill}", "not: {says: oven}"),
        ("all: [{account: mill}]", "account: mill, says: x"),
    ],
)
def test_a_narrower_rule_below_is_shadowed(wide: str, narrow: str) -> None:
    assert said(f"name: a, when: {{{wide}}}, then: {{tags: x}}", f"name: b, when: {{{narrow}}}, then: {{tags: x}}") == [
        "3: no mail ever reaches rule `b`: `a` in line 2 takes every mail that it would match"
    ]
    assert (
        said(f"name: b, when: {{{narrow}}}, then: {{tags: x}}", f"name: a, when: {{{wide}}}, then: {{tags: x}}") == []
    )


@pytest.mark.parametrize(
    "condition",
    [
        "subject: {like: '*'}",
        f"kind: [{', '.join(Kind)}]",
        "authentication: [pass, fail, none]",
        "size: over 0 B, subject: {like: '**'}",
        "time: 24/7",
        "any: [{account: mill}, {subject: {like: '*'}}]",
        "not: {time: {outside: 24/7}}",
    ],
)
def test_a_condition_that_is_always_so_is_named(condition: str) -> None:
    (line,) = said(f"name: a, when: {{{condition}, account: mill}}, then: {{tags: x}}")
    assert line.endswith("is so of every mail")


def test_a_rule_that_can_never_match_is_named() -> None:
    assert said("name: a, when: {time: {outside: 24/7}}, then: {tags: x}") == [
        "2: rule `a` can never match: its conditions are never so"
    ]


def test_a_rule_that_never_matched_is_named() -> None:
    rules = a_file("rules: [{name: a, then: {tags: x}}, {name: b, then: {tags: x}}]").rules
    (problem,) = never_matched(rules, {"a"}, days=30)
    assert problem.text == "rule `b` has matched no mail in the last 30 days"
    assert problem.is_warning


SIMPLE = [
    "sender: [ana@bakery.example, '*@mill.example']",
    "sender: mia@mill.example",
    "domain: mill.example",
    "domain: '*.example'",
    "account: mill",
    "account: [mill, none]",
    "says: cold",
    "says: 'is cold'",
    "says: [cold, 'e4']",
    "subject: {like: '*cold'}",
    "subject: {is: 'the oven is cold'}",
    "subject: {empty: no}",
    "subject: cold",
    "attachment: yes",
    "attachment: {name: '*.png'}",
    "attachment: {name: ['*.png', '*.txt'], size: over 1 kB}",
    "size: over 1 kB",
    "size: 2 kB..9 kB",
    "contact: yes",
    "contact: no",
]
CONDITIONS = st.recursive(
    st.sampled_from([when(text).parts[0] for text in SIMPLE]),
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(below, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
        below.map(Not),
    ),
    max_leaves=6,
)
MAILS = st.builds(
    a_subject,
    sender=st.sampled_from(["ana@bakery.example", "mia@mill.example", ""]),
    account=st.sampled_from(["bakery", "mill", ""]),
    contact=st.booleans(),
    subject=st.sampled_from(["The oven is cold", "cold", ""]),
    text=st.sampled_from(["It shows E4.", "is cold", ""]),
    attachments=st.sampled_from([(), (an_attachment(),), (an_attachment("a.txt", size=10),)]),
    size=st.sampled_from([500, 5000]),
)


@given(CONDITIONS, CONDITIONS, MAILS)
def test_what_is_implied_holds(given_: Condition, wanted: Condition, mail: Subject) -> None:
    reading = Reading(mail)
    assert wanted.holds(reading) or not given_.holds(reading) or not implies(given_, wanted)


@given(CONDITIONS)
def test_everything_implies_itself(condition: Condition) -> None:
    assert implies(condition, condition)
