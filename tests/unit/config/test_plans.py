import pytest

from mailintake.config import desk, source
from mailintake.config.hours import parse_hours
from mailintake.domain.customer import ChannelRow, Plan
from mailintake.domain.target import EVERY_TICKET, Metric, Selector, Traits

HEAD = (
    "desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}\n"
    "priorities: {P1: Urgent, P2: Not}\ndefault_priority: P2\nlevels: {L1: First line, L2: Second line}\n"
    "hours: {tickets: Mon-Fri 09:00-17:00}\n"
)


def _plans(text: str) -> dict[str, Plan]:
    return dict(desk.read(source.read((HEAD + text).encode(), file="desk.yaml")).plans)


def _minutes(plan: Plan) -> dict[str, list[int | None]]:
    return {metric.value: [row.minutes for row in rows] for metric, rows in plan.targets.items()}


def test_a_plan_takes_what_it_does_not_say_from_the_one_it_is_like_and_from_the_defaults() -> None:
    found = _plans(
        "defaults: {contacts: any, hours: tickets, price: asked}\n"
        "plans:\n"
        "  old: {like: new, archived: yes, price: free}\n"
        "  oldest: {like: old, first_response: 12h}\n"
        "  new: {first_response: 4h, channels: [email, chat]}\n"
    )
    old, oldest, new = found["old"], found["oldest"], found["new"]
    assert (old.archived, oldest.archived, new.archived) == (True, False, False)
    assert (old.price, oldest.price, new.price) == ("free", "free", "asked")
    assert old.targets == new.targets
    assert _minutes(oldest) == {"first_response": [720]}
    assert oldest.targets[Metric.FIRST_RESPONSE][0].hours == new.hours == parse_hours("Mon-Fri 09:00-17:00")
    assert oldest.channels == (ChannelRow(EVERY_TICKET, ("email", "chat")),)
    assert new.contacts is None


@pytest.mark.parametrize(
    ("own", "minutes"),
    [
        ("response: 2h", {"first_response": [120], "next_response": [120]}),
        ("first_response: 1h", {"first_response": [60], "next_response": [240]}),
        ("next_response: none", {"first_response": [240], "next_response": [None]}),
        ("resolution: 9h", {"first_response": [240], "next_response": [240], "resolution": [540]}),
        ("resolution: by contract", {"first_response": [240], "next_response": [240], "resolution": [None]}),
    ],
)
def test_response_is_the_first_and_every_next_one(own: str, minutes: dict[str, list[int | None]]) -> None:
    found = _plans(
        f"defaults: {{hours: tickets}}\nplans: {{above: {{contacts: 1, response: 4h}}, it: {{like: above, {own}}}}}\n"
    )
    assert _minutes(found["it"]) == minutes


def test_channels_for_all_by_use_by_ticket_and_by_both() -> None:
    found = _plans(
        "plans:\n"
        "  a: {contacts: 1, channels: {open: [chat, email], talk: [email, phone]}}\n"
        "  b: {contacts: 1, channels: {P1: [phone, email], else: [email]}}\n"
        "  c: {contacts: 1, channels: {open: {P1/L1..L2: [phone], else: [email]}, talk: [chat]}}\n"
    )
    urgent = Traits("P1", level="L2")
    assert found["a"].channels == (
        ChannelRow(EVERY_TICKET, ("chat", "email"), "open"),
        ChannelRow(EVERY_TICKET, ("email", "phone"), "talk"),
    )
    assert found["b"].channels == (
        ChannelRow(Selector(frozenset({"P1"})), ("phone", "email")),
        ChannelRow(EVERY_TICKET, ("email",)),
    )
    assert found["c"].channels_for(urgent) == ("phone", "chat")
    assert found["c"].channels_for(Traits("P2"), use="open") == ("email",)


def test_what_else_a_plan_says() -> None:
    found = _plans(
        "plans:\n"
        "  a: {contacts: 1, answers: [administrator, user], queue: ahead, reports: quarterly, extras: [a cake]}\n"
        "  b: {like: a, answers: any, queue: normal}\n"
    )
    a, b = found["a"], found["b"]
    assert (a.answers, a.ahead, a.reports, a.extras) == (("administrator", "user"), True, "quarterly", ("a cake",))
    assert (b.answers, b.ahead) == (None, False)


def test_defaults_may_say_anything_a_plan_may_say() -> None:
    found = _plans(
        "quotas: {credits: }\n"
        "defaults: {contacts: 3, hours: 24/7, response: 1h, resolution: 8h, quota: {credits: 1 per day},\n"
        "  queue: ahead, answers: [user], channels: [email], reports: monthly, extras: [a cake], price: free}\n"
        "plans: {a: , b: {contacts: 3, like: a}}\n"
    )
    assert found["a"].ahead
    assert _minutes(found["a"]) == {"first_response": [60], "next_response": [60], "resolution": [480]}
    assert found["a"].quota == found["b"].quota
    assert (found["a"].answers, found["a"].reports, found["a"].price) == (("user",), "monthly", "free")


def test_a_row_of_channels_that_nobody_reaches_is_worth_a_warning() -> None:
    text = HEAD + "plans: {a: {contacts: 1, channels: {open: {P1..P2: [email], else: [phone]}}}}\n"
    root = source.read(text.encode(), file="desk.yaml")
    desk.read(root)
    assert [str(warning) for warning in root.warnings] == [
        "desk.yaml:6:61: warning: no ticket ever reaches `else`: the rows above take all it names"
    ]
