from datetime import timedelta

import pytest

from mailintake.config import desk, source
from mailintake.config.closing import Closing, Rating
from mailintake.config.desk import Desk, Mailbox, Senders
from mailintake.config.request import Request
from mailintake.domain.customer import NewSender
from mailintake.domain.hours import Holidays
from mailintake.domain.reminder import Step, StepKind
from mailintake.domain.sorting import Priority
from mailintake.domain.terms import ClockRules
from mailintake.domain.ticket import Status

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
    assert found.plans["basic"].targets == {}
    assert (found.reminders, found.categories, found.topics, found.levels) == ((), (), {}, ())
    assert (found.default_category, found.default_topic) == ("", "")
    assert (found.statuses, found.solved, found.clock_rules) == ({}, True, ClockRules())
    assert (found.units, found.request, found.closing, found.terms) == ({}, None, Closing(), {})
    assert not found.recalculate_on_plan_change
    assert not found.sender_decides_priority


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
        + "plans: {basic: {contacts: 2}}\nlevels: {L1: First line, L2: Second line}\nreminders:\n"
        + "  - {when: 75%, tell: assignee}\n"
        + "  - {when: 30m before, tell: [team, team]}\n"
        + "  - {when: breach, tell: [lead, owner], then: escalate}\n"
        + "  - {when: every 1h after breach, times: 3, tell: [lead]}\n"
    )
    assert found.reminders == (
        Step("75%", StepKind.PERCENT, 75, ("assignee",)),
        Step("30m before", StepKind.BEFORE, 30, ("team",)),
        Step("breach", StepKind.BREACH, 0, ("lead", "owner"), escalate=True),
        Step("every 1h after breach", StepKind.AFTER, 60, ("lead",), 3),
    )


def test_statuses_have_the_desk_s_own_words_and_solved_may_be_switched_off() -> None:
    found = _read(HEAD + "plans: {a: {contacts: 1}}\nstatuses: {new: Новый, hold: 'off', solved: off}\n")
    assert found.statuses == {Status.NEW: "Новый", Status.HOLD: "off"}
    assert not found.solved


@pytest.mark.parametrize(
    ("written", "solved", "word"),
    [("off", False, None), ("No", False, None), ("on", True, None), ("'off'", True, "off"), ("Gelöst", True, "Gelöst")],
)
def test_solved_is_a_switch_or_a_word(written: str, solved: bool, word: str | None) -> None:
    found = _read(HEAD + f"plans: {{a: {{contacts: 1}}}}\nstatuses: {{solved: {written}}}\n")
    assert (found.solved, found.statuses.get(Status.SOLVED)) == (solved, word)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("escalation: {clock: continues}\nlevels: {L1: First line}", ClockRules(restarts=False)),
        ("hold: {internal: {clock: stops}, external: {clock: runs}}", ClockRules(False, True, False)),
        ("hold: {internal: {clock: runs}, external: {clock: stops}}", ClockRules()),
        ("on_change: from_start", ClockRules(from_start=True)),
        ("on_change: from_change", ClockRules()),
    ],
)
def test_clocks_go_by_the_desk_s_rules(text: str, rules: ClockRules) -> None:
    assert _read(HEAD + f"plans: {{a: {{contacts: 1}}}}\n{text}\n").clock_rules == rules


def test_escalation_without_levels_is_worth_a_warning() -> None:
    root = source.read((HEAD + "plans: {a: {contacts: 1}}\nescalation: {clock: restarts}\n").encode(), file="desk.yaml")
    desk.read(root)
    assert [str(warning) for warning in root.warnings] == [
        "desk.yaml:3:13: warning: the desk has no `levels`, so nothing is ever escalated"
    ]


def test_who_decides_and_what_a_new_plan_changes() -> None:
    text = HEAD + "plans: {a: {contacts: 1}}\nwho_decides_priority: sender\non_plan_change: recalculate\n"
    assert _read(text).sender_decides_priority
    assert _read(text).recalculate_on_plan_change


def test_a_request_holds_what_the_desk_wants() -> None:
    found = _read(
        HEAD
        + "plans: {a: {contacts: 1}}\nrequest:\n  wants:\n    - a short, clear question\n    - screenshots\n"
        + "  attachments: [.PNG, jpg]\n  when_missing: ask-and-pause\n"
    )
    assert found.request == Request(("a short, clear question", "screenshots"), ("png", "jpg"), "ask-and-pause")


def test_closing_has_its_times_and_its_rating() -> None:
    found = _read(
        HEAD
        + "plans: {a: {contacts: 1}}\nclosing:\n  reopen_within: 0 days\n  rating: {scale: -1..+1, ask: at-closed}\n"
        + "  waiting_too_long: {remind: 36 hours, close: 2 weeks}\n"
    )
    assert found.closing == Closing(timedelta(0), Rating(-1, 1, "at-closed"), timedelta(hours=36), timedelta(days=14))


def test_senders_who_are_gone_and_seats_that_cool_down() -> None:
    found = _read(
        HEAD
        + "plans: {a: {contacts: 1}}\n"
        + "senders: {new_at_known_domain: ask, removed_may_reply: no, seat_cooldown: 30 days}\n"
    )
    assert found.senders == Senders(NewSender.ASK, removed_may_reply=False, seat_cooldown=timedelta(days=30))


def test_terms_are_kept_as_written() -> None:
    found = _read(
        "desk: {name: Desk, mailbox: support@desk.example, timezone: UTC,\n"
        "       terms: {dated: 2019-09-12, shortest_contract: 12 months}}\nplans: {a: {contacts: 1}}\n"
    )
    assert found.terms == {"dated": "2019-09-12", "shortest_contract": "12 months"}
