"""What rules say becomes one route."""

from dataclasses import fields
from datetime import timedelta

import pytest

from mailintake.domain.routing import Assign, Assigning, Link, Route
from mailintake.routing.actions import ACTIONS, LONGEST_KEY, LinkBy, RouteMaker, Then
from mailintake.routing.reading import Reading
from mailintake.routing.regex import Pattern
from tests.subjects import a_subject

HOURS = timedelta(hours=4)


def test_a_rule_may_say_all_that_a_route_has() -> None:
    ours = [field.name for field in fields(Then)]
    assert ours == list(ACTIONS)
    assert [field.name for field in fields(Route)] == [*ours, "rules", "shadow"]


def made(*said: Then) -> Route:
    maker = RouteMaker(Reading(a_subject()))
    for number, then in enumerate(said):
        maker.apply(f"rule{number}", then)
    return maker.made()


def test_the_first_word_on_a_thing_counts() -> None:
    both = made(Then(queue="one", priority="P1"), Then(queue="two", team="oncall", priority="P2"))
    assert (both.queue, both.priority, both.team) == ("one", "P1", "oncall")


def test_lists_add_up_without_repeating() -> None:
    both = made(Then(tags=("a", "b"), notify=("maria",)), Then(tags=("b", "c"), notify=("oncall",), watchers=("ivo",)))
    assert (both.tags, both.notify, both.watchers) == (("a", "b", "c"), ("maria", "oncall"), ("ivo",))


def test_a_mail_ends_in_one_way() -> None:
    both = made(Then(quarantine="odd"), Then(ignore="newsletter", redirect="elsewhere"))
    assert (both.quarantine, both.ignore, both.redirect) == ("odd", "", "")


def test_an_assignment_reads_as_it_is_written() -> None:
    assert str(Assign(Assigning.PERSON, ("maria", "ivo"))) == "maria, ivo"
    assert str(Assign(Assigning.ROUND_ROBIN)) == "round-robin"
    assert str(Assign(Assigning.LEAST_BUSY, ("maria", "ivo"))) == "least-busy among maria, ivo"


def linked(link: LinkBy, **fields: object) -> Link | None:
    return link.link(Reading(a_subject(**fields)), "alarm")


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (LinkBy("subject", HOURS), "alarm:db1 is down"),
        (LinkBy("subject", HOURS, find=Pattern.of(r"^(\w+) is")), "alarm:db1"),
        (LinkBy("sender", HOURS), "alarm:ana@bakery.example"),
        (LinkBy("text", HOURS, find=Pattern.of("event [0-9]+")), "alarm:event 17"),
        (LinkBy("header", HOURS, name="x-event-id"), "alarm:e-17"),
    ],
)
def test_mails_about_one_thing_have_one_key(link: LinkBy, key: str) -> None:
    fields = {"subject": "DB1 is  down", "text": "Event 17\nsee", "headers": (("x-event-id", "E-17"),)}
    assert linked(link, **fields) == Link(key, HOURS)


def test_where_nothing_is_found_nothing_is_linked() -> None:
    assert linked(LinkBy("subject", HOURS, find=Pattern.of("event [0-9]+"))) is None
    assert linked(LinkBy("header", HOURS, name="x-event-id")) is None
    assert linked(LinkBy("subject", HOURS), subject="") is None


def test_a_long_key_is_still_one_s_own() -> None:
    one, other = (linked(LinkBy("subject", HOURS), subject=f"{'x' * 9000}{end}") for end in "ab")
    assert one is not None
    assert other is not None
    assert one.key != other.key
    assert len(one.key) <= LONGEST_KEY
