"""Each condition, with a mail of which it is so and one of which it is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mailintake.domain.mail import Kind
from mailintake.domain.trust import Verdict
from mailintake.routing.conditions import CONDITIONS
from mailintake.routing.reading import LONGEST_FOR_REGEX, LONGEST_TEXT, Reading
from tests.subjects import a_subject, an_attachment, when

SUNDAY = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)  # in Ljubljana it is Monday already
SMALL = an_attachment("a.pdf")
PDF = an_attachment("Invoice 7.PDF", "application/pdf", 2_000_000)
LOGO = an_attachment("logo.png", inline=True)

# what is written, fields of a mail of which it is so, fields of one of which it is not
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("sender: ana@bakery.example", {}, {"sender": "ben@bakery.example"}),
    ("sender: 'Ana+news@BAKERY.example'", {}, {"sender": "ben@bakery.example"}),
    ("sender: ['noreply*@*', 'b?n@bakery.example']", {"sender": "ben@bakery.example"}, {"sender": "bean@x.example"}),
    ("domain: bakery.example", {}, {"sender": "ana@shop.bakery.example"}),
    ("domain: '*.bakery.example'", {"sender": "ana@a.shop.bakery.example"}, {}),
    ("domain: bücher.example", {"sender": "ana@xn--bcher-kva.example"}, {}),
    ("account: bakery", {}, {"account": "mill"}),
    ("account: none", {"account": ""}, {}),
    ("plan: [basic, gold]", {}, {"plan": ""}),
    ("role: admin", {}, {"role": "user"}),
    ("contact: yes", {}, {"contact": False}),
    ("contact: no", {"contact": False}, {}),
    ("language: [de, none]", {"language": ""}, {}),
    ("recipient: 'sales+*@*'", {"recipients": ("x@y.example", "sales+eu@desk.example")}, {}),
    ("recipient: support@desk.example", {}, {"recipients": ()}),
    ("mailbox: billing@desk.example", {"mailbox": "Billing@desk.example"}, {}),
    ("subject: oven", {}, {"subject": "Ovens", "text": "oven"}),
    ("subject: [nothing, 'is cold']", {}, {"subject": "cold is"}),
    ("subject: {like: 'the * cold'}", {}, {"subject": "the oven is cold today"}),
    ("subject: {regex: '^the .*cold$'}", {}, {"subject": "see the oven, cold"}),
    ("subject: {is: 'THE  oven is cold'}", {}, {"subject": "The oven is cold!"}),
    ("subject: {empty: yes}", {"subject": "  "}, {}),
    ("subject: {words: oven, like: '*cold'}", {}, {"subject": "The oven is cold, Ana"}),
    ("text: shows", {}, {"text": "", "subject": "it shows"}),
    ("says: cold", {}, {"subject": "Hot"}),
    ("says: e4", {}, {"text": "E5"}),
    ("body: 'turn it off'", {}, {"body": "It shows E4."}),
    ("header: {X-Host: db*}", {"headers": (("x-host", "web1"), ("x-host", "db17"))}, {"headers": (("x-host", "a"),)}),
    ("header: {X-Host: {empty: no}}", {"headers": (("x-host", "web1"),)}, {}),
    ("header: {X-Host: {empty: yes}}", {}, {"headers": (("x-host", "web1"),)}),
    ("header: {A: x, B: y}", {"headers": (("a", "x"), ("b", "y"))}, {"headers": (("a", "x"),)}),
    ("attachment: yes", {"attachments": (PDF,)}, {"attachments": (LOGO,)}),
    ("attachment: no", {"attachments": (LOGO,)}, {"attachments": (PDF,)}),
    ("attachment: {name: 'invoice*.pdf'}", {"attachments": (LOGO, PDF)}, {"attachments": (LOGO,)}),
    ("attachment: {type: [application/*, video/*]}", {"attachments": (PDF,)}, {"attachments": (an_attachment(),)}),
    ("attachment: {name: '*.pdf', size: under 1 MB}", {"attachments": (SMALL,)}, {"attachments": (PDF,)}),
    ("kind: [list, bulk]", {"kind": Kind.BULK}, {}),
    ("priority: P1", {"priority": "P1"}, {}),
    ("priority: none", {}, {"priority": "P1"}),
    ("time: office", {}, {"received_at": SUNDAY}),
    ("time: 'Sat-Sun 00:00-24:00'", {"received_at": SUNDAY}, {}),
    ("time: {outside: office}", {"received_at": SUNDAY}, {}),
    ("time: {from: 2026-03-09, to: 2026-03-09}", {"received_at": NIGHT}, {"received_at": SUNDAY}),
    ("time: {during: office, from: 2026-03-09}", {}, {"received_at": datetime(2026, 3, 9, 20, tzinfo=UTC)}),
    ("time: {to: 2026-03-08}", {"received_at": SUNDAY}, {}),
    ("authentication: fail", {"authentication": Verdict.FAIL}, {}),
    ("authentication: [pass, none]", {}, {"authentication": Verdict.FAIL}),
    ("size: over 2 kB", {"size": 2_001}, {"size": 2_000}),
    ("size: under 2 kB", {"size": 1_999}, {"size": 2_000}),
    ("size: 2 kB..3 kB", {"size": 3_000}, {"size": 3_001}),
    ("reply: yes", {"reply": True}, {}),
    ("reply: no", {}, {"reply": True}),
    ("all: [{subject: oven}, {text: e4}]", {}, {"text": "E5"}),
    ("any: [{subject: stove}, {text: e4}]", {}, {"text": "E5"}),
    ("not: {subject: stove}", {}, {"subject": "The stove"}),
    ("not: {subject: oven, text: e5}", {}, {"text": "E5"}),
    ("subject: oven, not: {any: [{text: e5}, {role: user}]}", {}, {"role": "user"}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "so", "not_so"), CASES, ids=[case[0] for case in CASES])
def test_a_condition_tells_mails_apart(written: str, so: dict[str, Any], not_so: dict[str, Any]) -> None:
    condition = when(written)
    assert condition.holds(Reading(a_subject(**so)))
    assert not condition.holds(Reading(a_subject(**not_so)))


@pytest.mark.parametrize(("written", "so", "not_so"), CASES, ids=[case[0] for case in CASES])
def test_a_condition_shows_itself_and_what_it_saw(written: str, so: dict[str, Any], not_so: dict[str, Any]) -> None:
    for part in when(written).parts:
        assert str(part).startswith(part.word)
        assert part.saw(Reading(a_subject(**so)))
        assert part.saw(Reading(a_subject(**not_so)))


@pytest.mark.parametrize("word", CONDITIONS)
def test_every_word_has_a_case(word: str) -> None:
    assert any(case[0].startswith(f"{word}:") for case in CASES)


@pytest.mark.parametrize("word", CONDITIONS)
def test_word_file_and_class_have_one_name(word: str) -> None:
    condition = CONDITIONS[word]
    assert condition.__name__.lower() == word
    assert condition.__module__.rpartition(".")[2].rstrip("_") == word


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    long = "x " * LONGEST_TEXT
    assert when("text: end").holds(Reading(a_subject(text="end " + long)))
    assert not when("text: end").holds(Reading(a_subject(text=long + "end")))
    assert not when("text: {regex: end}").holds(Reading(a_subject(text=long[:LONGEST_FOR_REGEX] + "end")))
