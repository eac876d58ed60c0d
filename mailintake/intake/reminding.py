"""Which reminders are due on clocks, and the letters they make: for each person one letter a sweep (DOMAIN S18)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailintake.domain import sla
from mailintake.domain.agent import Agent
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address
from mailintake.domain.reminder import Rung, StepKind, due_rungs, ladder
from mailintake.domain.ticket import Ticket
from mailintake.intake import letters, wording
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_agents, owner
from mailintake.storage.clocks import Stored
from mailintake.storage.outbox import NewLetter

LONGEST_DIGEST = 50  # entries that are told one by one


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a sweep does about one clock: take `rung`, if any, and record `steps`, each with whether it is sent.

    `stored` is the clock afterwards, with the time of its next step.
    """

    stored: Stored
    ticket: Ticket
    steps: Mapping[str, bool]
    rung: Rung | None

    @property
    def is_late(self) -> bool:
        """Whether the step taken comes at or after a breach."""
        return self.rung is not None and self.rung.step.kind in {StepKind.BREACH, StepKind.AFTER}


def remind(stored: Stored, ticket: Ticket, policy: Policy, *, done: Collection[str], now: datetime) -> Reminder:
    """What is to be done about a clock now: of the steps that are due the newest, once."""
    rungs = ladder(stored.clock, policy.desk.reminders)
    newest, overtaken, upcoming = due_rungs(rungs, done=done, now=now)
    steps = {rung.key: False for rung in overtaken} | ({newest.key: True} if newest else {})
    after = replace(stored, clock=sla.noticed(stored.clock, at=now), next_step_at=upcoming)
    return Reminder(after, ticket, steps, newest)


def letters_for(reminders: Sequence[Reminder], policy: Policy, *, now: datetime) -> list[NewLetter]:
    """The letters of one sweep: who is to be reminded of several clocks gets one letter about all of them."""
    by_person: dict[str, tuple[Agent, list[Reminder]]] = {}
    new: list[NewLetter] = []
    for each in reminders:
        if each.rung is None:
            continue
        for agent in desk_agents(each.ticket, each.rung.step.tell, policy, at=now):
            by_person.setdefault(agent.key, (agent, []))[1].append(each)
        customer = owner(each.ticket, each.rung.step.tell, policy)
        if customer is not None and not (each.is_late and _is_soft(each)):
            account = policy.directory.accounts.get(each.ticket.account)
            template = "owner-breach" if each.is_late else "owner-reminder"
            new.append(_letter(each, customer, template, {}, policy.language_of(account, None), policy, now))
    for agent, due in by_person.values():
        person, language = Address(agent.address, agent.name), policy.language_for(agent)
        zone: dict[str, object] = {"timezone": policy.zone_for(agent)}
        if len(due) == 1:
            template = "breach" if due[0].is_late else "reminder"
            new.append(_letter(due[0], person, template, zone, language, policy, now))
        else:
            new.append(_digest(due, person, zone, language, policy, now))
    return new


def _is_soft(each: Reminder) -> bool:
    target = each.stored.clock.target
    return target is not None and target.soft


def _event(each: Reminder) -> str:
    assert each.rung is not None, "nothing is told of a clock without a step"
    return f"clock {each.stored.id}: {each.rung.key}"


def _letter(
    each: Reminder,
    person: Address,
    template: str,
    more: Mapping[str, object],
    language: str,
    policy: Policy,
    now: datetime,
) -> NewLetter:
    words = wording.reminder(each.ticket, each.stored.clock, policy, now=now) | dict(more)
    return letters.letter(
        Notice(template, person, words, language),
        policy,
        event=_event(each),
        mailbox=each.ticket.mailbox,
        ticket_id=each.ticket.id,
        now=now,
    )


def _digest(
    due: Iterable[Reminder],
    person: Address,
    zone: Mapping[str, object],
    language: str,
    policy: Policy,
    now: datetime,
) -> NewLetter:
    """The most pressing first. It is named after its first step, which is sent once, so the digest is too."""
    pressing = sorted(due, key=lambda each: each.stored.clock.due or now)
    entries = [_entry(each, policy, now) for each in pressing[:LONGEST_DIGEST]]
    words: dict[str, object] = {
        "entries": entries,
        "more": len(pressing) - len(entries),
        "desk": policy.desk.name,
    } | dict(zone)
    return letters.letter(
        Notice("digest", person, words, language),
        policy,
        event=f"digest of {_event(pressing[0])}",
        mailbox=pressing[0].ticket.mailbox,
        now=now,
    )


def _entry(each: Reminder, policy: Policy, now: datetime) -> dict[str, object]:
    words = wording.reminder(each.ticket, each.stored.clock, policy, now=now)
    return {key: words[key] for key in ("ticket", "subject", "metric", "due", "remaining_minutes", "overdue_minutes")}
