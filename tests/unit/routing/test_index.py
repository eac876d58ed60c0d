"""The index: which rules are left out unasked, and which are not."""

import pytest

from mailintake.routing.conditions import Any, Condition
from mailintake.routing.index import Index
from mailintake.routing.reading import Reading
from tests.subjects import a_subject, an_attachment, when


def candidates(*written: str, **fields: object) -> list[int]:
    return list(Index([when(text) for text in written]).candidates(Reading(a_subject(**fields))))


@pytest.mark.parametrize(
    "condition",
    [
        "sender: mia@mill.example",
        "domain: ['*.bakery.example', mill.example]",
        "account: mill",
        "contact: no",
        "kind: bulk",
        "recipient: billing@desk.example",
        "subject: [stove, 'oven cold']",
        "text: 'stove*'",
        "says: stove",
        "body: {regex: 'st.ve'}",
        "header: {X-Host: db}",
        "attachment: {name: '*.png'}",
        "any: [{account: mill}, {says: stove}]",
        "all: [{subject: oven}, {subject: stove}, {account: mill}]",
    ],
)
def test_a_rule_whose_mail_this_cannot_be_is_not_asked(condition: str) -> None:
    assert candidates("subject: oven", condition, "not: {says: stove}") == [0, 2]


@pytest.mark.parametrize(
    "condition",
    [
        "sender: '*@bakery.example'",
        "any: [{account: mill}, {says: oven}]",
        "any: [{account: mill}, {size: over 1 kB}]",
        "header: {X-Host: {empty: yes}}",
        "subject: {like: '*oven*'}",
        "not: {account: mill}",
        "attachment: {size: over 1 MB}",
    ],
)
def test_a_rule_whose_mail_this_may_be_is_asked(condition: str) -> None:
    assert candidates(condition, attachments=(an_attachment(),)) == [0]


def test_a_rule_is_asked_once_however_many_ways_lead_to_it() -> None:
    assert candidates("any: [{account: bakery}, {says: oven}, {role: admin}]", "account: bakery") == [0, 1]


def test_with_more_ways_than_are_kept_apart_a_rule_is_asked() -> None:
    many = tuple(when(f"role: r{number}") for number in range(20))
    parts: list[Condition] = [Any(many), when("account: bakery")]
    assert list(Index(parts).candidates(Reading(a_subject()))) == [0, 1]


def test_without_rules_nothing_is_asked() -> None:
    assert candidates() == []
