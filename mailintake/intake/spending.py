"""Spends of tickets that no mail opens or whose topic an agent changes (DOMAIN E6, S16)."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.customer import Account
from mailintake.domain.quota import Spend
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Ticket
from mailintake.entitlement.quota import Allowance, Spent, Verdict, judge
from mailintake.intake.policy import Policy
from mailintake.storage import journal, quota
from mailintake.storage.engine import exclusively
from mailintake.storage.quota import Ledger


def spend(connection: Connection, number: int, of: Ticket, traits: Traits, policy: Policy, *, now: datetime) -> None:
    """A part of a ticket is a request of its own, received with the whole; it spends what is left."""
    account = policy.directory.accounts.get(of.account)
    if account is not None:
        _spend(connection, number, of, account, traits, policy, only=None, now=now)


def respend(connection: Connection, ticket: Ticket, traits: Traits, policy: Policy, *, now: datetime) -> None:
    """The ticket has another topic: units for topics are spent and given back accordingly.

    If nothing is left of such a unit the ticket stays as it is, and the agent, who finds it in the journal, decides.
    """
    account = policy.directory.accounts.get(ticket.account)
    if account is None:
        return
    has = set(quota.of_ticket(connection, ticket.id))
    topical = {key: unit for key, unit in policy.desk.units.items() if unit.topics is not None}
    gone = {key for key, unit in topical.items() if key in has and traits.topic not in (unit.topics or ())}
    if gone:
        quota.give_back(connection, ticket.id, units=gone, now=now)
    _spend(connection, ticket.id, ticket, account, traits, policy, only=set(topical) - has, now=now)


def _spend(
    connection: Connection,
    number: int,
    ticket: Ticket,
    account: Account,
    traits: Traits,
    policy: Policy,
    *,
    only: set[str] | None,
    now: datetime,
) -> None:
    contract, _ = policy.contract_at(account, ticket.received_at)
    exclusively(connection, f"quota of {account.key}")
    for allowance in policy.allowances(account, contract):
        if only is None or allowance.unit.key in only:
            _spend_one(connection, number, ticket, account, traits, allowance, now)


def _spend_one(
    connection: Connection,
    number: int,
    ticket: Ticket,
    account: Account,
    traits: Traits,
    allowance: Allowance,
    now: datetime,
) -> None:
    at, unit = ticket.received_at, allowance.unit.key
    ledger = Ledger(account.key, unit, allowance.looks_back_to(at))
    spent = Spent(quota.spent(connection, [ledger])[ledger])
    found = judge(allowance, at, spent, priority=traits.priority, topic=traits.topic)
    if found.verdict in {Verdict.SPEND, Verdict.OVER} and found.day is not None:
        new = Spend(unit, found.day, overage=found.verdict is Verdict.OVER)
        if not quota.take_again(connection, number, units={unit}):
            quota.spend_all(connection, [(number, account.key, new)], now=now)
    elif found.verdict not in {Verdict.FREE, Verdict.EXEMPT}:
        detail = {"unit": unit, "used": found.used}
        journal.record(connection, found.lack.value, at=now, ticket_id=number, detail=detail)
