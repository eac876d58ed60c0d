from mailintake.config import desk, source
from mailintake.config.desk import Desk, Mailbox, Priority, Senders
from mailintake.config.hours import parse_hours
from mailintake.domain.calendar import Holidays
from mailintake.domain.customer import NewSender
from mailintake.domain.sla import Step, StepKind

HEAD = "desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}\n"


def _read(text: str) -> Desk:
    return desk.read(source.read(text.encode(), file="desk.yaml"))


def test_what_is_not_said_has_a_safe_default() -> None:
    found = _read(HEAD + "plans: {basic: {contacts: 2}}\n")
    assert found.mailboxes == (Mailbox("support@desk.example"),)
    assert found.languages == ("en",)
    assert found.priorities == (Priority("normal", "Every request"),)
    assert found.default_priority == "normal"
    assert found.senders == Senders(NewSender.REFUSE, "ignore", "accept", answer_unverified=False)
    assert found.plans["basic"].first_response == ()
    assert found.reminders == ()


def test_a_plan_takes_what_it_does_not_say_from_the_one_it_is_like_and_from_the_defaults() -> None:
    found = _read(
        HEAD
        + "hours: {tickets: Mon-Fri 09:00-17:00}\n"
        + "defaults: {contacts: any, hours: tickets, price: asked}\n"
        + "plans:\n"
        + "  old: {like: new, archived: yes, price: free}\n"
        + "  oldest: {like: old, first_response: 12h}\n"
        + "  new: {first_response: 4h, channels: [email, chat]}\n"
    )
    old, oldest, new = found.plans["old"], found.plans["oldest"], found.plans["new"]
    assert (old.archived, oldest.archived, new.archived) == (True, False, False)
    assert (old.price, oldest.price, new.price) == ("free", "free", "asked")
    assert old.first_response == new.first_response
    assert oldest.first_response[0].minutes == 720
    assert oldest.first_response[0].hours == parse_hours("Mon-Fri 09:00-17:00")
    assert oldest.channels == ("email", "chat")
    assert new.contacts is None


def test_channels_by_use_or_priority_are_one_list() -> None:
    found = _read(
        HEAD
        + "priorities: {P1: Urgent, P2: Not}\ndefault_priority: P2\nplans:\n"
        + "  a: {contacts: 1, channels: {open: [chat, email], talk: [email, phone]}}\n"
        + "  b: {contacts: 1, channels: {P1: [phone, email], else: [email]}}\n"
    )
    assert found.plans["a"].channels == ("chat", "email", "phone")
    assert found.plans["b"].channels == ("phone", "email")


def test_regions_have_clocks_and_holidays_of_their_own() -> None:
    found = _read(
        "desk: {name: Desk, mailbox: support@desk.example}\nholidays: {all: [01-01]}\n"
        "regions: {gmt+2: UTC+2, kyiv: {timezone: Europe/Kyiv, holidays: all}}\nplans: {basic: {contacts: 2}}\n"
    )
    assert found.timezone == "UTC"
    assert found.regions["gmt+2"] == desk.Region("Etc/GMT-2")
    assert found.regions["kyiv"] == desk.Region("Europe/Kyiv", Holidays(frozenset({(1, 1)})))


def test_mailboxes_may_open_redirect_or_ignore() -> None:
    found = _read(
        "desk:\n  name: Desk\n  timezone: UTC\n  mailboxes:\n"
        "    support@desk.example: {new_mail: redirect, to: our chat}\n"
        "    control@desk.example: {queue: quality-control}\n"
        "    old@desk.example: {new_mail: ignore}\n"
        "plans: {basic: {contacts: 2}}\n"
    )
    assert found.mailboxes == (
        Mailbox("support@desk.example", "redirect", to="our chat"),
        Mailbox("control@desk.example", "open", "quality-control"),
        Mailbox("old@desk.example", "ignore"),
    )


def test_reminders_of_all_four_kinds() -> None:
    found = _read(
        HEAD
        + "plans: {basic: {contacts: 2}}\nreminders:\n"
        + "  - {when: 75%, tell: assignee}\n"
        + "  - {when: 30m before, tell: [team, team]}\n"
        + "  - {when: breach, tell: [lead, team]}\n"
        + "  - {when: every 1h after breach, times: 3, tell: [lead]}\n"
    )
    assert found.reminders == (
        Step("75%", StepKind.PERCENT, 75, ("assignee",)),
        Step("30m before", StepKind.BEFORE, 30, ("team",)),
        Step("breach", StepKind.BREACH, 0, ("lead", "team")),
        Step("every 1h after breach", StepKind.AFTER, 60, ("lead",), 3),
    )
