import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain import history, sla
from mailintake.domain.calendar import worked
from mailintake.domain.hours import Hours
from mailintake.domain.progress import Happening, Progress, What, advance, opened, replayed
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Counting, Metric, Selector, Target, Traits
from mailintake.domain.terms import ClockRules, Terms
from mailintake.domain.ticket import Hold, Status
from tests.unit.domain import reference_clocks as reference
from tests.unit.domain.clock_builders import (
    LATE,
    LJUBLJANA,
    MINUTE,
    NIGHTS,
    OFFICE,
    WITH_LUNCH,
    a_target,
    at,
    closed,
    hours,
    told,
)

# What the desk of these tests promises: Mon-Fri 09:00-18:00 in UTC


def table(normal: int, critical: int, **levels: int) -> tuple[Target, ...]:
    """Levels first, then critical, nothing for low, else normal."""
    return (
        *(a_target(levels[each], selector=Selector(levels=frozenset({each}))) for each in levels),
        a_target(critical, selector=Selector(priorities=frozenset({"critical"}))),
        a_target(None, selector=Selector(priorities=frozenset({"low"}))),
        a_target(normal),
    )


BASIC = Terms(
    "basic",
    {
        Metric.FIRST_RESPONSE: table(240, 60, L2=120, L3=30),
        Metric.NEXT_RESPONSE: table(120, 30),
        Metric.RESOLUTION: table(960, 240),
    },
)
RESPONSES_ONLY = Terms("responses", {each: BASIC.targets[each] for each in list(BASIC.targets)[:2]})
GOLD = Terms("gold", {Metric.FIRST_RESPONSE: table(60, 30), Metric.RESOLUTION: table(480, 240)})
NOTHING = Terms("nothing", {})
PLANS = {each.plan: each for each in (BASIC, RESPONSES_ONLY, GOLD, NOTHING)}

_LINE = re.compile(r"(\+*\w{3} [\d:]+) (\w+) ?(.*)")
_WHAT = {
    "opened": What.OPENED,
    "asked": What.ASKED,
    "customer": What.CUSTOMER_WROTE,
    "answered": What.DESK_ANSWERED,
    "sorted": What.SORTED,
    "escalated": What.ESCALATED,
    "moved": What.MOVED,
    "forgiven": What.FORGIVEN,
    "renewed": What.RENEWED,
}
_SHORT = {
    Metric.FIRST_RESPONSE: "first",
    Metric.NEXT_RESPONSE: "next",
    Metric.RESOLUTION: "resolution",
    Metric.LEVEL_RESPONSE: "level",
}


def told_in_lines(lines: Sequence[str], terms: Terms) -> list[tuple[Happening, Terms]]:
    """A history in lines: `Mon 09:00 opened`, `Mon 10:00 moved hold external`, `Mon 11:00 sorted critical`."""
    traits, told = Traits("normal", level="L1"), []
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, line
        when, word, rest = found.groups()
        happening = Happening(_WHAT[word], at(when))
        match word:
            case "opened":
                status, _, priority = (rest or "new").partition(" ")
                traits = replace(traits, priority=priority or traits.priority)
                happening = replace(happening, status=Status(status), traits=traits)
            case "moved":
                status, _, hold = rest.partition(" ")
                happening = replace(happening, status=Status(status), hold=Hold(hold))
            case "sorted":
                traits = replace(traits, priority=rest)
                happening = replace(happening, traits=traits)
            case "escalated":
                traits = replace(traits, level=rest)
                happening = replace(happening, traits=traits)
            case "renewed":
                terms = replace(PLANS[rest], rules=terms.rules)
        told.append((happening, terms))
    return told


def after(*lines: str, terms: Terms = BASIC) -> Progress:
    progress = replayed(told_in_lines(lines, terms))
    assert progress is not None
    return progress


def shown(clock: Clock) -> str:
    """`first due Mon 13:00`, `next#2 met Mon 11:00, late since Mon 10:00`, `resolution stands`."""
    name = f"{_SHORT[clock.metric]}{f'#{clock.round}' if clock.round > 1 else ''}"
    match clock.state:
        case ClockState.MET:
            state = f"met {told(clock.stopped_at)}"
        case ClockState.CANCELLED:
            state = f"void {told(clock.stopped_at)}"
        case _:
            state = "stands" if clock.is_paused else f"due {told(clock.due)}" if clock.target else "free"
    late = f", late since {told(clock.breached_at)}" if clock.breached_at else ""
    return f"{name} {state}{late}{' but forgiven' if clock.forgiven else ''}"


def standing(progress: Progress) -> list[str]:
    """The status, then clock by clock."""
    return [progress.status.value, *map(shown, progress.clocks)]


# A conversation (S2, S3, S11)

OPENED = "Mon 09:00 opened"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        (["Sat 09:00 opened"], ["new", "first due +Mon 13:00", "resolution due +Tue 16:00"]),
        (["Mon 09:00 opened new critical"], ["new", "first due Mon 10:00", "resolution due Mon 13:00"]),
        (["Mon 09:00 opened new low"], ["new", "first free", "resolution free"]),
        ([OPENED, "Mon 10:00 moved open"], ["open", "first due Mon 13:00", "resolution due Tue 16:00"]),
        # more of the customer's changes nothing before the first answer
        ([OPENED, "Mon 10:00 customer"], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 10:00 moved open", "Mon 11:00 customer"],
         ["open", "first due Mon 13:00", "resolution due Tue 16:00"]),
        # only a person's public answer stops a clock, the due instant is in time
        ([OPENED, "Mon 10:00 answered"], ["waiting", "first met Mon 10:00", "resolution stands"]),
        ([OPENED, "Mon 13:00 answered"], ["waiting", "first met Mon 13:00", "resolution stands"]),
        ([OPENED, "Mon 14:00 answered"],
         ["waiting", "first met Mon 14:00, late since Mon 13:00", "resolution stands"]),
        (["Mon 09:00 opened new low", "Tue 10:00 answered"], ["waiting", "first met Tue 10:00", "resolution stands"]),
        # the customer's next mail
        ([OPENED, "Mon 10:00 answered", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00", "next due Mon 14:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 12:00 customer", "Mon 13:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00", "next due Mon 14:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 12:00 customer", "Mon 13:30 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands", "next met Mon 13:30"]),
        ([OPENED, "Mon 10:00 answered", "Mon 12:00 customer", "Mon 14:30 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands", "next met Mon 14:30, late since Mon 14:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 12:00 customer", "Mon 13:30 answered", "Tue 09:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 13:30", "next met Mon 13:30", "next#2 due Tue 11:00"]),
        ([OPENED, "Mon 10:00 answered", "Sat 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due +Tue 15:00", "next due +Mon 11:00"]),
        # two answers in a row are one
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 answered", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00", "next due Mon 14:00"]),
        # the desk takes the ball back without a word
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Tue 17:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 moved open", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 17:00", "next due Mon 14:00"]),
    ],
)  # fmt: skip
def test_a_conversation_starts_and_meets_its_clocks(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


@pytest.mark.parametrize(
    ("terms", "lines", "expected"),
    [
        (NOTHING, [OPENED, "Mon 10:00 answered", "Mon 11:00 customer"], ["open"]),
        (RESPONSES_ONLY, [OPENED, "Mon 10:00 answered", "Mon 11:00 customer"],
         ["open", "first met Mon 10:00", "next due Mon 13:00"]),
        (GOLD, [OPENED, "Mon 10:00 answered", "Mon 11:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Mon 18:00"]),
    ],
)  # fmt: skip
def test_a_ticket_has_the_clocks_that_its_plan_knows(terms: Terms, lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines, terms=terms)) == expected


# Approval (S2)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Mon 09:00 opened pending"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 customer"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 answered"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 sorted critical"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 escalated L2"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 moved refused"], ["refused"]),
        (["Mon 09:00 opened pending", "Tue 10:00 moved new"],
         ["new", "first due Tue 14:00", "resolution due Wed 17:00"]),
        (["Mon 09:00 opened pending", "Mon 10:00 sorted critical", "Tue 10:00 moved new"],
         ["new", "first due Tue 11:00", "resolution due Tue 14:00"]),
        (["Mon 09:00 opened pending", "Mon 10:00 answered", "Tue 10:00 moved new"],
         ["new", "first due Tue 14:00", "resolution due Wed 17:00"]),
        # what was refused, or taken for spam, and accepted later counts from then
        (["Mon 09:00 opened pending", "Tue 10:00 moved refused", "Wed 10:00 moved new"],
         ["new", "first due Wed 14:00", "resolution due Thu 17:00"]),
        (["Mon 09:00 opened refused"], ["refused"]),
        (["Mon 09:00 opened refused", "Wed 10:00 moved new"],
         ["new", "first due Wed 14:00", "resolution due Thu 17:00"]),
        (["Mon 09:00 opened spam"], ["spam"]),
        (["Mon 09:00 opened spam", "Mon 10:00 customer", "Wed 10:00 moved open"],
         ["open", "first due Wed 14:00", "resolution due Thu 17:00"]),
        (["Mon 09:00 opened pending", "Mon 10:00 moved spam", "Mon 11:00 moved pending"], ["pending"]),
        (["Mon 09:00 opened pending", "Mon 10:00 moved spam", "Mon 11:00 moved pending", "Tue 10:00 moved new"],
         ["new", "first due Tue 14:00", "resolution due Wed 17:00"]),
        # a quote in between
        ([OPENED, "Mon 10:00 moved pending"], ["pending", "first stands", "resolution stands"]),
        ([OPENED, "Mon 10:00 moved pending", "Mon 12:00 moved new"],
         ["new", "first due Mon 15:00", "resolution due Tue 18:00"]),
    ],
)  # fmt: skip
def test_clocks_wait_for_approval(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


# Who pauses what (S10)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, "Mon 10:00 moved hold external"], ["hold", "first due Mon 13:00", "resolution stands"]),
        ([OPENED, "Mon 10:00 moved hold external", "Mon 12:00 moved open"],
         ["open", "first due Mon 13:00", "resolution due Tue 18:00"]),
        ([OPENED, "Mon 10:00 moved hold external", "Mon 14:00 answered"],
         ["waiting", "first met Mon 14:00, late since Mon 13:00", "resolution stands"]),
        ([OPENED, "Mon 10:00 moved hold internal"], ["hold", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 10:00 moved hold internal", "Mon 11:00 moved hold external", "Mon 13:00 moved hold internal"],
         ["hold", "first due Mon 13:00", "resolution due Tue 18:00"]),
        # over a night and a weekend
        ([OPENED, "Mon 17:00 moved hold external", "Tue 10:00 moved open"],
         ["open", "first due Mon 13:00", "resolution due Tue 18:00"]),
        ([OPENED, "Mon 18:00 moved hold external", "Tue 09:00 moved open"],
         ["open", "first due Mon 13:00", "resolution due Tue 16:00"]),
        (["Fri 09:00 opened", "Fri 17:00 answered", "+Mon 10:00 customer"],
         ["open", "first met Fri 17:00, late since Fri 13:00", "resolution due +Mon 18:00", "next due +Mon 12:00"]),
        # an unanswered mail waits along
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 moved hold external"],
         ["hold", "first met Mon 10:00", "resolution stands", "next stands"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 moved hold internal"],
         ["hold", "first met Mon 10:00", "resolution due Tue 17:00", "next due Mon 13:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 moved hold external", "Mon 14:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 moved hold external", "Mon 14:00 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands", "next met Mon 14:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 13:30 moved hold external"],
         ["hold", "first met Mon 10:00", "resolution stands", "next stands, late since Mon 13:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 10:30 moved hold internal", "Mon 11:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 16:30", "next due Mon 13:00"]),
        # waiting without an answer
        ([OPENED, "Mon 10:00 moved waiting"], ["waiting", "first due Mon 13:00", "resolution stands"]),
        ([OPENED, "Mon 10:00 moved waiting", "Mon 11:00 customer"],
         ["open", "first due Mon 13:00", "resolution due Tue 17:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 moved waiting", "Mon 14:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        # waiting for missing information
        ([OPENED, "Mon 10:00 asked"], ["new", "first stands", "resolution stands"]),
        ([OPENED, "Mon 10:00 asked", "Mon 11:00 customer"], ["new", "first due Mon 14:00", "resolution due Tue 17:00"]),
        ([OPENED, "Mon 10:00 asked", "Mon 11:00 customer", "Mon 12:00 asked"],
         ["new", "first stands", "resolution stands"]),
        ([OPENED, "Mon 10:00 asked", "Mon 15:00 answered"], ["waiting", "first met Mon 15:00", "resolution stands"]),
        ([OPENED, "Mon 10:00 asked", "Mon 11:00 moved open"], ["open", "first stands", "resolution stands"]),
        ([OPENED, "Mon 14:00 asked"], ["new", "first stands, late since Mon 13:00", "resolution stands"]),
        # the desk opens a ticket itself
        (["Mon 09:00 opened waiting"], ["waiting", "first due Mon 13:00", "resolution stands"]),
        (["Mon 09:00 opened open"], ["open", "first due Mon 13:00", "resolution due Tue 16:00"]),
        (["Mon 09:00 opened hold"], ["hold", "first due Mon 13:00", "resolution stands"]),
    ],
)  # fmt: skip
def test_the_ball_decides_the_clock(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


@pytest.mark.parametrize(
    ("rules", "hold", "resolution"),
    [
        (ClockRules(), "external", "resolution stands"),
        (ClockRules(), "internal", "resolution due Tue 16:00"),
        (ClockRules(internal_stops=True), "internal", "resolution stands"),
        (ClockRules(internal_stops=True), "external", "resolution stands"),
        (ClockRules(external_stops=False), "external", "resolution due Tue 16:00"),
        (ClockRules(external_stops=False, internal_stops=True), "internal", "resolution stands"),
    ],
)
def test_a_desk_decides_what_a_hold_stops(rules: ClockRules, hold: str, resolution: str) -> None:
    progress = after(OPENED, f"Mon 10:00 moved hold {hold}", terms=replace(BASIC, rules=rules))
    assert standing(progress) == ["hold", "first due Mon 13:00", resolution]


def test_a_hold_is_remembered_when_the_customer_opens_the_ticket() -> None:
    progress = after(OPENED, "Mon 10:00 moved hold external", "Mon 11:00 customer")
    assert (progress.status, progress.hold) == (Status.OPEN, Hold.EXTERNAL)
    assert after(OPENED, "Mon 10:00 moved hold external", "Mon 11:00 moved open").hold is Hold.NONE


# Solved, closed, reopened (S15)

ANSWERED = "Mon 10:00 answered"
SOLVED = "Mon 11:00 moved solved"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, ANSWERED, SOLVED], ["solved", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 moved closed"], ["closed", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, "Wed 11:00 moved solved"],
         ["solved", "first void Wed 11:00, late since Mon 13:00", "resolution met Wed 11:00, late since Tue 16:00"]),
        # solving answers nobody
        ([OPENED, SOLVED], ["solved", "first void Mon 11:00", "resolution met Mon 11:00"]),
        ([OPENED, "Mon 13:00 moved solved"], ["solved", "first void Mon 13:00", "resolution met Mon 13:00"]),
        ([OPENED, "Mon 14:00 moved closed"],
         ["closed", "first void Mon 14:00, late since Mon 13:00", "resolution met Mon 14:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 12:00 moved solved"],
         ["solved", "first met Mon 10:00", "resolution met Mon 12:00", "next void Mon 12:00"]),
        # what is solved stays so, but for the customer's mail and the desk
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 answered"],
         ["solved", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Fri 12:00 moved closed"],
         ["closed", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 sorted critical"],
         ["solved", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 moved closed", "Mon 13:00 customer"],
         ["closed", "first met Mon 10:00", "resolution met Mon 11:00"]),
        # the customer reopens: resolution continues, and the mail is to be answered
        ([OPENED, ANSWERED, SOLVED, "Tue 09:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 15:00", "next due Tue 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Sat 09:00 customer"],
         ["open", "first met Mon 10:00", "resolution due +Tue 15:00", "next due +Mon 11:00"]),
        ([OPENED, SOLVED, "Mon 12:00 customer"],
         ["open", "first void Mon 11:00", "resolution due Tue 17:00", "next due Mon 14:00"]),
        ([OPENED, SOLVED, "Mon 12:00 customer", "Mon 12:15 customer"],
         ["open", "first void Mon 11:00", "resolution due Tue 17:00", "next due Mon 14:00"]),
        ([OPENED, SOLVED, "Mon 12:00 customer", "Mon 12:30 answered"],
         ["waiting", "first void Mon 11:00", "resolution stands", "next met Mon 12:30"]),
        ([OPENED, ANSWERED, "Mon 11:00 moved open", "Mon 12:00 moved solved", "Mon 15:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 11:00", "next due Mon 17:00"]),
        ([OPENED, "Wed 11:00 moved solved", "Wed 12:00 customer"],
         ["open", "first void Wed 11:00, late since Mon 13:00", "resolution due Tue 16:00, late since Tue 16:00",
          "next due Wed 14:00"]),
        # again and again
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 customer", "Mon 13:00 moved solved", "Mon 15:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 11:00", "next void Mon 13:00", "next#2 due Mon 17:00"]),
        # the desk reopens: what was cut off goes on
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00"]),
        ([OPENED, SOLVED, "Mon 12:00 moved open"], ["open", "first due Mon 14:00", "resolution due Tue 17:00"]),
        ([OPENED, SOLVED, "Mon 12:00 moved closed", "Mon 13:00 moved open"],
         ["open", "first due Mon 15:00", "resolution due Tue 18:00"]),
        ([OPENED, SOLVED, "Mon 12:00 moved waiting"], ["waiting", "first due Mon 14:00", "resolution stands"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 12:00 moved solved", "Mon 13:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00", "next due Mon 14:00"]),
    ],
)  # fmt: skip
def test_solving_and_reopening(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


# Spam, mergers, refusals, and their undoing (S16)

SPAM = "Mon 10:00 moved spam"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, SPAM], ["spam", "first void Mon 10:00", "resolution void Mon 10:00"]),
        ([OPENED, "Mon 10:00 moved merged"], ["merged", "first void Mon 10:00", "resolution void Mon 10:00"]),
        ([OPENED, "Mon 10:00 moved refused"], ["refused", "first void Mon 10:00", "resolution void Mon 10:00"]),
        ([OPENED, "Mon 14:00 moved spam"],
         ["spam", "first void Mon 14:00, late since Mon 13:00", "resolution void Mon 14:00"]),
        ([OPENED, SPAM, "Mon 11:00 customer", "Mon 12:00 answered"],
         ["spam", "first void Mon 10:00", "resolution void Mon 10:00"]),
        ([OPENED, SPAM, "Mon 11:00 moved merged"], ["merged", "first void Mon 10:00", "resolution void Mon 10:00"]),
        # undone
        ([OPENED, SPAM, "Mon 12:00 moved new"], ["new", "first due Mon 15:00", "resolution due Tue 18:00"]),
        ([OPENED, SPAM, "Tue 10:00 moved new"], ["new", "first due Tue 13:00", "resolution due Wed 16:00"]),
        ([OPENED, "Mon 10:00 moved refused", "Mon 12:00 moved open"],
         ["open", "first due Mon 15:00", "resolution due Tue 18:00"]),
        ([OPENED, "Mon 14:00 moved spam", "Mon 15:00 moved new"],
         ["new", "first due Mon 13:00, late since Mon 13:00", "resolution due Tue 17:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 moved spam", "Mon 12:00 moved waiting"],
         ["waiting", "first met Mon 10:00", "resolution stands"]),
        ([OPENED, ANSWERED, "Mon 11:00 moved spam", "Mon 12:00 moved waiting", "Mon 13:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 12:00 moved spam", "Mon 14:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        ([OPENED, SPAM, "Mon 11:00 moved new", "Mon 12:00 moved spam", "Mon 13:00 moved new"],
         ["new", "first due Mon 15:00", "resolution due Tue 18:00"]),
        # solved before: the desk's undoing leaves it solved, or opens it
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 moved spam"],
         ["spam", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 moved spam", "Mon 13:00 moved solved"],
         ["solved", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 moved spam", "Mon 13:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00"]),
        # what something else has taken the place of does not come back
        ([OPENED, "Mon 10:00 moved solved", "Mon 10:00 customer", "Mon 11:00 moved spam", "Mon 14:00 moved open"],
         ["open", "first void Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        ([OPENED, "Mon 10:00 moved solved", "Mon 11:00 customer", "Mon 12:00 moved spam", "Mon 14:00 moved open"],
         ["open", "first void Mon 10:00", "resolution due Wed 10:00", "next due Mon 15:00"]),
        ([OPENED, "Mon 10:00 moved solved", "Mon 11:00 customer", "Mon 12:00 answered", "Mon 13:00 moved spam",
          "Mon 14:00 moved waiting"],
         ["waiting", "first void Mon 10:00", "resolution stands", "next met Mon 12:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 12:00 moved solved", "Mon 13:00 customer",
          "Mon 14:00 moved spam", "Mon 15:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Wed 10:00", "next void Mon 12:00", "next#2 due Mon 16:00"]),
    ],
)  # fmt: skip
def test_what_was_put_away_may_come_back(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


# Sorted anew (S12)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, "Mon 10:00 sorted critical"], ["new", "first due Mon 11:00", "resolution due Mon 14:00"]),
        ([OPENED, "Mon 12:30 sorted critical"], ["new", "first due Mon 13:00", "resolution due Mon 16:30"]),
        ([OPENED, "Mon 14:00 sorted critical"],
         ["new", "first due Mon 13:00, late since Mon 13:00", "resolution due Mon 18:00"]),
        ([OPENED, "Mon 10:00 sorted low"], ["new", "first free", "resolution free"]),
        ([OPENED, "Mon 10:00 sorted low", "Mon 11:00 sorted normal"],
         ["new", "first due Mon 15:00", "resolution due Tue 18:00"]),
        ([OPENED, "Mon 10:00 sorted critical", "Mon 10:30 sorted normal"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 10:00 sorted critical", "Mon 10:30 sorted critical"],
         ["new", "first due Mon 11:00", "resolution due Mon 14:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 sorted critical"], ["waiting", "first met Mon 10:00", "resolution stands"]),
        ([OPENED, ANSWERED, "Mon 11:00 sorted critical", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Mon 16:00", "next due Mon 12:30"]),
        ([OPENED, ANSWERED, "Mon 12:00 customer", "Mon 12:30 sorted critical"],
         ["open", "first met Mon 10:00", "resolution due Mon 16:30", "next due Mon 13:00"]),
        ([OPENED, "Mon 10:00 answered", "Mon 11:00 customer", "Mon 12:00 sorted low", "Mon 13:00 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands", "next met Mon 13:00"]),
    ],
)  # fmt: skip
def test_running_clocks_follow_the_priority(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, "Mon 12:00 sorted critical"], ["new", "first due Mon 10:00", "resolution due Mon 13:00"]),
        ([OPENED, "Mon 12:00 sorted low"], ["new", "first free", "resolution free"]),
        ([OPENED, "Mon 12:00 sorted low", "Mon 15:00 sorted normal"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 12:00 sorted critical", "Mon 12:30 answered"],
         ["waiting", "first met Mon 12:30, late since Mon 10:00", "resolution stands"]),
    ],
)  # fmt: skip
def test_a_desk_may_always_count_from_the_start(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines, terms=replace(BASIC, rules=ClockRules(from_start=True)))) == expected


# Escalated (S17)

UP = "Mon 10:00 escalated L2"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # a clock of the new level, the customer's stand as promised
        ([OPENED, UP], ["new", "first due Mon 13:00", "resolution due Tue 16:00", "level due Mon 12:00"]),
        ([OPENED, UP, "Mon 11:00 answered"],
         ["waiting", "first met Mon 11:00", "resolution stands", "level met Mon 11:00"]),
        ([OPENED, UP, "Mon 12:30 answered"],
         ["waiting", "first met Mon 12:30", "resolution stands", "level met Mon 12:30, late since Mon 12:00"]),
        ([OPENED, UP, "Mon 11:00 customer"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00", "level due Mon 12:00"]),
        ([OPENED, UP, "Mon 11:00 escalated L3"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00", "level void Mon 11:00", "level#2 due Mon 11:30"]),
        ([OPENED, UP, "Mon 12:30 escalated L3"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00", "level void Mon 12:30, late since Mon 12:00",
          "level#2 due Mon 13:00"]),
        ([OPENED, "Fri 17:30 escalated L2"],
         ["new", "first due Mon 13:00", "resolution due Tue 16:00", "level due +Mon 10:30"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 12:00 escalated L2"],
         ["open", "first met Mon 10:00", "resolution due Tue 17:00", "next due Mon 13:00", "level due Mon 14:00"]),
        # while nobody at the desk has to move it stands
        ([OPENED, ANSWERED, "Mon 11:00 escalated L2"],
         ["waiting", "first met Mon 10:00", "resolution stands", "level stands"]),
        ([OPENED, ANSWERED, "Mon 11:00 escalated L2", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 18:00", "level due Mon 14:00", "next due Mon 14:00"]),
        ([OPENED, "Mon 10:00 moved hold external", "Mon 11:00 escalated L2"],
         ["hold", "first due Mon 13:00", "resolution stands", "level stands"]),
        ([OPENED, "Mon 10:00 moved hold external", "Mon 11:00 escalated L2", "Mon 12:00 moved open"],
         ["open", "first due Mon 13:00", "resolution due Tue 18:00", "level due Mon 14:00"]),
        ([OPENED, "Mon 10:00 moved hold internal", "Mon 11:00 escalated L2"],
         ["hold", "first due Mon 13:00", "resolution due Tue 16:00", "level due Mon 13:00"]),
        ([OPENED, UP, "Mon 11:00 moved hold external", "Mon 12:00 moved open"],
         ["open", "first due Mon 13:00", "resolution due Tue 17:00", "level due Mon 13:00"]),
        ([OPENED, UP, "Mon 11:00 asked", "Mon 12:00 customer"],
         ["new", "first due Mon 14:00", "resolution due Tue 17:00", "level due Mon 13:00"]),
        # what is over is not handed over
        ([OPENED, ANSWERED, SOLVED, "Mon 12:00 escalated L2"],
         ["solved", "first met Mon 10:00", "resolution met Mon 11:00"]),
        ([OPENED, SPAM, "Mon 12:00 escalated L2"], ["spam", "first void Mon 10:00", "resolution void Mon 10:00"]),
        ([OPENED, UP, "Mon 11:00 moved solved"],
         ["solved", "first void Mon 11:00", "resolution met Mon 11:00", "level void Mon 11:00"]),
        # undone: the last hand-over goes on, no earlier one
        ([OPENED, UP, "Mon 11:00 moved spam", "Mon 12:00 moved new"],
         ["new", "first due Mon 14:00", "resolution due Tue 17:00", "level due Mon 13:00"]),
        ([OPENED, UP, "Mon 10:30 escalated L3", "Mon 10:45 moved spam", "Mon 12:00 moved new"],
         ["new", "first due Mon 14:15", "resolution due Tue 17:15", "level void Mon 10:30", "level#2 due Mon 12:15"]),
        ([OPENED, ANSWERED, "Mon 11:00 escalated L2", "Mon 12:00 escalated L3", "Mon 13:00 moved spam",
          "Mon 14:00 moved open"],
         ["open", "first met Mon 10:00", "resolution due Wed 11:00", "level void Mon 12:00", "level#2 due Mon 14:30"]),
        ([OPENED, UP, "Mon 11:00 moved solved", "Mon 12:00 customer", "Mon 13:00 moved spam", "Mon 14:00 moved open"],
         ["open", "first void Mon 11:00", "resolution due Tue 18:00", "level void Mon 11:00", "next due Mon 15:00"]),
        # sorted anew under way
        ([OPENED, UP, "Mon 11:00 sorted low"],
         ["new", "first due Mon 13:00", "resolution free", "level due Mon 12:00"]),
    ],
)  # fmt: skip
def test_a_new_level_has_its_own_clock(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, UP], ["new", "first due Mon 12:00", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 12:00 escalated L2"], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, UP, "Mon 10:15 escalated L3"], ["new", "first due Mon 10:45", "resolution due Tue 16:00"]),
        ([OPENED, UP, "Mon 10:15 escalated L1"], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        ([OPENED, ANSWERED, "Mon 11:00 escalated L2"], ["waiting", "first met Mon 10:00", "resolution stands"]),
    ],
)
def test_or_the_running_clocks_continue_with_the_row_of_the_level(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines, terms=replace(BASIC, rules=ClockRules(restarts=False)))) == expected


# Other terms (S13), forgiven breaches (S12)


@pytest.mark.parametrize(
    ("terms", "lines", "expected"),
    [
        (BASIC, [OPENED, "Mon 10:00 renewed gold"], ["new", "first due Mon 11:00", "resolution due Mon 18:00"]),
        (BASIC, [OPENED, "Mon 12:30 renewed gold"], ["new", "first due Mon 13:00", "resolution due Tue 11:30"]),
        (GOLD, [OPENED, "Mon 09:30 renewed basic"], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
        (BASIC, [OPENED, "Mon 10:00 renewed nothing"], ["new", "first free", "resolution free"]),
        (BASIC, [OPENED, ANSWERED, "Mon 11:00 renewed gold", "Mon 12:00 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 11:00"]),
        # what was not promised counts from the change, as from no promise
        (RESPONSES_ONLY, [OPENED, "Mon 10:00 renewed basic"],
         ["new", "first due Mon 13:00", "resolution due Tue 17:00"]),
        (NOTHING, [OPENED, "Mon 10:00 renewed basic"], ["new", "first due Mon 14:00", "resolution due Tue 17:00"]),
        (NOTHING, [OPENED, ANSWERED, "Mon 11:00 renewed basic"], ["waiting", "resolution stands"]),
        (NOTHING, [OPENED, SOLVED, "Mon 12:00 renewed basic"], ["solved"]),
        (NOTHING, ["Mon 09:00 opened pending", "Mon 12:00 renewed basic"], ["pending"]),
        (NOTHING, ["Mon 09:00 opened pending", "Mon 12:00 renewed basic", "Mon 14:00 moved new"],
         ["new", "first due Mon 18:00", "resolution due Wed 12:00"]),
    ],
)  # fmt: skip
def test_other_terms_are_a_change_like_any(terms: Terms, lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines, terms=terms)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([OPENED, "Mon 14:00 answered", "Mon 15:00 forgiven"],
         ["waiting", "first met Mon 14:00, late since Mon 13:00 but forgiven", "resolution stands"]),
        # also where nobody has looked at the clock since it was late
        ([OPENED, "Mon 14:00 forgiven"],
         ["new", "first due Mon 13:00, late since Mon 13:00 but forgiven", "resolution due Tue 16:00"]),
        ([OPENED, "Mon 12:00 forgiven", "Mon 14:00 answered"],
         ["waiting", "first met Mon 14:00, late since Mon 13:00", "resolution stands"]),
        ([OPENED, "Mon 13:00 forgiven"], ["new", "first due Mon 13:00", "resolution due Tue 16:00"]),
    ],
)  # fmt: skip
def test_the_breaches_there_are_can_be_forgiven(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


# What is heard of late (S1)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # an answer answers nothing that was written after it
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 10:30 answered"],
         ["open", "first met Mon 10:00", "resolution due Tue 17:00", "next due Mon 13:00"]),
        ([OPENED, SOLVED, "Mon 12:00 customer", "Mon 11:30 answered"],
         ["open", "first void Mon 11:00", "resolution due Tue 17:00", "next due Mon 14:00"]),
        ([OPENED, "Mon 12:00 escalated L2", "Mon 11:00 answered"],
         ["waiting", "first met Mon 11:00", "resolution stands", "level stands"]),
        ([OPENED, ANSWERED, "Mon 11:00 customer", "Mon 11:00 answered"],
         ["waiting", "first met Mon 10:00", "resolution stands", "next met Mon 11:00"]),
        # a mail that crossed the answer has not been answered
        ([OPENED, ANSWERED, "Mon 09:30 customer"],
         ["open", "first met Mon 10:00", "resolution due Tue 16:00", "next due Mon 11:30"]),
        # a mail from before the solution
        ([OPENED, SOLVED, "Mon 10:30 customer"],
         ["open", "first void Mon 11:00", "resolution due Tue 16:00", "next due Mon 12:30"]),
    ],
)  # fmt: skip
def test_mail_counts_from_when_it_came(lines: list[str], expected: list[str]) -> None:
    assert standing(after(*lines)) == expected


def test_an_answer_in_time_clears_what_the_sweep_saw_meanwhile() -> None:
    progress = after(OPENED, "Mon 09:30 sorted critical")
    seen = replace(progress, clocks=tuple(sla.noticed(clock, at=at("Tue 12:00")) for clock in progress.clocks))
    assert standing(seen)[1:] == [
        "first due Mon 10:30, late since Mon 10:30",
        "resolution due Mon 13:30, late since Mon 13:30",
    ]
    assert standing(advance(seen, Happening(What.DESK_ANSWERED, at("Mon 10:15")), BASIC)) == [
        "waiting",
        "first met Mon 10:15",
        "resolution stands",
    ]


# The journal


def test_a_ticket_is_opened_once() -> None:
    happening = told_in_lines([OPENED], BASIC)[0][0]
    with pytest.raises(ValueError, match="once"):
        advance(opened(happening, BASIC), happening, BASIC)
    assert replayed([]) is None


def test_the_first_answer_is_remembered() -> None:
    assert after(OPENED).answered_at is None
    assert after(OPENED, ANSWERED, "Mon 11:00 answered").answered_at == at("Mon 10:00")
    assert after("Mon 09:00 opened pending", ANSWERED).answered_at is None
    assert after(OPENED, SPAM, "Mon 11:00 answered").answered_at is None


# Any history, against a count of every minute


def a_plan(
    name: str, opening: tuple[Hours, Hours, Hours], *, zone: str, resolution: bool = True, next_soft: bool = False
) -> Terms:
    """Rows in three kinds of hours, some soft, one by the wall."""
    main, other, third = opening
    shut = closed("Wed", Thu="10:00-11:00")

    def row(
        minutes: int | None,
        opening: Hours,
        priority: str = "",
        *,
        level: str = "",
        soft: bool = False,
        wall: bool = False,
    ) -> Target:
        selector = Selector(
            priorities=frozenset({priority}) if priority else None, levels=frozenset({level}) if level else None
        )
        return a_target(minutes, opening, zone=zone, holidays=shut, selector=selector, soft=soft, wall=wall)

    targets = {
        Metric.FIRST_RESPONSE: (
            row(45, third, level="L3", soft=True),
            row(150, main, level="L2"),
            row(60, other, "critical"),
            row(None, main, "low"),
            row(300, main),
        ),
        Metric.NEXT_RESPONSE: (
            row(30, other, "critical"),
            row(90, main, "low", wall=True),
            row(120, third, soft=next_soft),
        ),
        Metric.RESOLUTION: (row(240, other, "critical"), row(None, third, "low"), row(1200, main)),
    }
    if not resolution:
        del targets[Metric.RESOLUTION]
    return Terms(name, targets)


plans = {
    each.plan: each
    for each in (
        a_plan("office", (OFFICE, LATE, WITH_LUNCH), zone=LJUBLJANA),
        a_plan("nights", (NIGHTS, hours("Mon-Sun 00:00-24:00"), OFFICE), zone=LJUBLJANA, next_soft=True),
        a_plan("early", (hours("Mon-Sun 01:30-04:00,10:00-16:00"), OFFICE, NIGHTS), zone=LJUBLJANA),
        a_plan("responses", (WITH_LUNCH, LATE, OFFICE), zone="UTC", resolution=False),
    )
}
any_traits = st.builds(
    Traits, st.sampled_from(["critical", "normal", "normal", "low"]), level=st.sampled_from(["L1", "L2", "L3"])
)
moves = st.sampled_from(
    [
        *((status, Hold.NONE) for status in Status if status is not Status.PENDING),
        (Status.HOLD, Hold.INTERNAL),
        (Status.HOLD, Hold.EXTERNAL),
        *[(Status.SOLVED, Hold.NONE), (Status.OPEN, Hold.NONE), (Status.SPAM, Hold.NONE)] * 2,
    ]
)
any_rules = st.builds(
    ClockRules,
    from_start=st.booleans(),
    internal_stops=st.booleans(),
    external_stops=st.booleans(),
    restarts=st.booleans(),
)
gaps = st.one_of(st.integers(1, 90), st.integers(1, 720), st.sampled_from([60, 120, 300, 540, 900, 1440]))
deeds = st.one_of(
    st.tuples(st.sampled_from([What.CUSTOMER_WROTE, What.DESK_ANSWERED]), st.none()),
    st.tuples(st.sampled_from([What.CUSTOMER_WROTE, What.DESK_ANSWERED, What.ASKED, What.FORGIVEN]), st.none()),
    st.tuples(st.just(What.SORTED), any_traits),
    st.tuples(st.just(What.ESCALATED), any_traits),
    st.tuples(st.just(What.MOVED), moves),
    st.tuples(st.just(What.MOVED), moves),
    st.tuples(st.just(What.RENEWED), st.sampled_from(sorted(plans))),
)


class Life:
    """What happened to a ticket, each under which terms, and a moment after it."""

    def __init__(self, history: list[tuple[Happening, Terms]], now: datetime) -> None:
        self.history, self.now = history, now

    def __repr__(self) -> str:
        lines = (f"{history.to_json(each)} under {terms.plan}" for each, terms in self.history)
        return "\n".join([repr(self.history[0][1].rules), *lines, f"now {self.now}"])


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Some days of a ticket, near a change of clocks or far from any."""
    rules = draw(any_rules)
    terms = replace(plans[draw(st.sampled_from(sorted(plans)))], rules=rules)
    day = draw(st.sampled_from(["2026-03-02", "2026-03-06", "2026-03-27", "2026-03-28", "2026-10-23", "2026-10-24"]))
    minute = draw(st.one_of(st.integers(0, 1439), st.sampled_from([480, 540, 1020, 1080])))
    moment = at(f"{day}T00:00") + minute * MINUTE
    status = draw(st.sampled_from([Status.NEW, Status.NEW, Status.NEW, Status.PENDING, Status.WAITING, Status.SPAM]))
    told = [(Happening(What.OPENED, moment, traits=draw(any_traits), status=status), terms)]
    for gap, (what, said) in draw(st.lists(st.tuples(gaps, deeds), max_size=9)):
        moment += gap * MINUTE
        happening = Happening(what, moment)
        match said:
            case Traits():
                happening = replace(happening, traits=said)
            case (Status() as to, Hold() as hold):
                happening = replace(happening, status=to, hold=hold)
            case str():
                terms = replace(plans[said], rules=rules)
        told.append((happening, terms))
    return Life(told, moment + draw(gaps) * MINUTE)


def used(clock: Clock, now: datetime) -> int:
    """Minutes of the target used up, by the ledger of pauses."""
    assert clock.target is not None
    target, end = clock.target, clock.stopped_at or now
    calendar = replace(target.calendar, always=True) if target.counting is Counting.WALL else target.calendar
    return int(worked(calendar, clock.counted_from, end, pauses=clock.pauses) / MINUTE)


@settings(deadline=None, max_examples=250)
@given(lives())
def test_any_history_leaves_the_clocks_that_a_count_of_minutes_does(life: Life) -> None:
    now = life.now
    progress, expected = replayed(life.history), reference.lived(life.history, now)
    assert progress is not None
    assert (progress.status, progress.asked) == (expected.status, expected.asked)
    assert (progress.answered_at is not None) is expected.answered
    clocks = [sla.noticed(clock, at=now) for clock in progress.clocks]
    assert [(each.metric, each.round) for each in clocks] == [(each.metric, each.number) for each in expected.clocks]
    for clock, other in zip(clocks, expected.clocks, strict=True):
        stands = other.state == "running" and expected.stands(other)
        assert (clock.state, clock.stopped_at) == (other.state, other.stopped)
        assert (clock.started, clock.target) == (other.started, other.row)
        assert clock.is_paused is stands
        assert clock.due == (None if stands else other.own_due())
        assert (clock.breached_at, clock.forgiven) == (other.breach, other.forgiven)
        if clock.target is not None:
            assert used(clock, now) == other.elapsed(now)


@settings(deadline=None, max_examples=100)
@given(lives(), st.lists(st.integers(0, 5 * 1440), max_size=5))
def test_a_journal_makes_the_same_clocks_again_however_often_a_sweep_looked(life: Life, sweeps: list[int]) -> None:
    now = life.now
    (opening, terms), *rest = [(history.from_json(history.to_json(each)), terms) for each, terms in life.history]
    progress = opened(opening, terms)
    looks = sorted(opening.at + minutes * MINUTE for minutes in sweeps)
    for happening, in_force in rest:
        for look in looks:
            if look <= happening.at:
                progress = replace(progress, clocks=tuple(sla.noticed(each, at=look) for each in progress.clocks))
        progress = advance(progress, happening, in_force)
    again = replayed(life.history)
    assert again is not None
    swept, unswept = (
        replace(each, clocks=tuple(sla.noticed(clock, at=now) for clock in each.clocks)) for each in (progress, again)
    )
    assert swept == unswept


@settings(deadline=None, max_examples=100)
@given(lives())
def test_whatever_happens_a_ticket_keeps_its_clocks_in_order(life: Life) -> None:
    for length in range(1, len(life.history) + 1):
        progress = replayed(life.history[:length])
        assert progress is not None
        running = [clock.metric for clock in progress.clocks if clock.is_running]
        numbers = [(clock.metric, clock.round) for clock in progress.clocks]
        assert len(set(numbers)) == len(numbers)
        assert len(set(running)) == len(running)
        assert not {Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE} <= set(running)
        assert not running or progress.status not in reference.PUT_AWAY
        for clock in progress.clocks:
            assert (clock.stopped_at is None) is clock.is_running
            assert all(end is None or begin <= end for begin, end in clock.pauses)
            assert all(end is not None for _, end in clock.pauses[:-1])
            assert not clock.forgiven or clock.breached_at is not None
