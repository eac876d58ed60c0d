"""Customers with their contracts and authorised contacts; agents and teams (DOMAIN E2 to E4, S14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from mailintake.config.agents import read_agents, read_teams
from mailintake.config.contacts import contacts
from mailintake.config.contracts import Known, contract, contracts
from mailintake.config.desk import address, language
from mailintake.config.index import Index, Listed
from mailintake.config.people import domain
from mailintake.config.shapes import ListOf, Record, Text, raw, read_named, section
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.config.zones import zone
from mailintake.domain.agent import Agent, Team
from mailintake.domain.customer import Account, Contact, Contract

SECTIONS = ("accounts", "agents", "teams")


@dataclass(frozen=True)
class Directory:
    """Who the customers and who the desk's people are.

    Contacts are found by address key (`identity.key`), accounts by domain key. `several` are the contacts that more
    than one account lists, the preferred one first, which is also the one in `by_key` (DOMAIN E2).
    """

    accounts: Mapping[str, Account]
    agents: Mapping[str, Agent]
    teams: Mapping[str, Team]
    by_key: Mapping[str, Listed] = field(repr=False)
    by_domain: Mapping[str, Account] = field(repr=False)
    several: Mapping[str, tuple[Listed, ...]] = field(default_factory=dict, repr=False)

    def contact(self, key: str) -> Listed | None:
        """The listed contact with this address key, by main address or alias, suspended ones too.

        Where several accounts list the address, the one that prefers it.
        """
        return self.by_key.get(key)

    def contacts(self, key: str) -> tuple[Listed, ...]:
        """Everybody listed with this address key, in each account that does; the preferred one first."""
        if key in self.several:
            return self.several[key]
        return (self.by_key[key],) if key in self.by_key else ()

    def account_at(self, domain: str) -> Account | None:
        """The account that lists exactly this domain, else the nearest one above it as `*.domain`."""
        if found := self.by_domain.get(domain):
            return found
        above = domain.partition(".")[2]
        while above:
            if found := self.by_domain.get(f"*.{above}"):
                return found
            above = above.partition(".")[2]
        return None


def read(root: Section, *, known: Known) -> Directory:
    """The directory of accounts.yaml. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    with problems:
        Record(dict, dict.fromkeys(SECTIONS, raw), required=("accounts",))(root)
    agents = read_agents(root.get("agents"), known, problems)
    teams = read_teams(root.get("teams"), agents, known, problems)
    accounts = read_named("account", root.get("accounts"), partial(_account, known), problems)
    index = Index(known.desk, problems)
    for key, node in _sections(root.get("accounts")):
        if key in accounts.values:
            index.add(accounts.values[key], node)
            _warn(accounts.values[key], node, known)
    index.settle_preferences()
    problems.settle()
    return Directory(accounts.values, agents.values, teams.values, index.by_key, index.by_domain, index.several)


def parted(desk: Section) -> tuple[Section, Section | None]:
    """A desk file without the sections that may stand in it or in accounts.yaml, and a file of these, if any."""
    rest, moved = (
        replace(desk, entries=tuple(entry for entry in desk.entries if (entry[0].text in SECTIONS) is ours))
        for ours in (False, True)
    )
    return rest, moved if moved.entries else None


def joined(people: Section | None, moved: Section | None) -> Section | None:
    """accounts.yaml with the sections that stand in the desk file. Raises ConfigError for one that stands in both."""
    if people is None or moved is None:
        return people or moved
    problems, places = Collecting(), {key.text: key for key, _ in moved.entries}
    for key, _ in people.entries:
        with problems:
            if first := places.get(key.text):
                where = f"line {first.line} of {Path(first.file).name}"
                raise key.wrong(f"`{key.text}` stands in {where} as well: keep one of the two")
    problems.settle()
    return replace(people, entries=(*people.entries, *moved.entries))


def _sections(node: Node | None) -> Iterator[tuple[str, Section]]:
    if isinstance(node, Section):
        yield from ((key.text, value) for key, value in node.entries if isinstance(value, Section))


def _account(known: Known, key: Scalar, node: Node) -> Account:
    written, problems = section(node), Collecting()
    with problems:
        _refuse_other_than_one(written)

    def account(
        *,
        contracts: tuple[Contract, ...] = (),
        name: str = key.text,
        domains: tuple[str, ...] = (),
        contacts: tuple[Contact, ...] | None = (),
        **said: str,
    ) -> Account:
        limits = [(each.plan, known.seats(each)) for each in contracts]
        for plan, limit in limits:
            if contacts is None and isinstance(limit, int):
                raise ValueError(f"`contacts: any` needs a plan with `contacts: any`; `{plan}` has {limit}")
        if not domains and not contacts:
            raise ValueError("nobody could write: neither `domains` nor `contacts` name anybody")
        everybody = contacts is None or all(limit is None for _, limit in limits)
        return Account(key.text, name, domains, contracts, contacts or (), everybody, **said)

    read_account = Record(
        account,
        {
            "name": Text("the account's name"),
            "domains": ListOf(domain, "a list of domains", or_one=True),
            "owner": address,
            "timezone": zone,
            "language": language,
            "contract": lambda one: (contract(known, one),),
            "contracts": partial(contracts, known),
            "contacts": contacts,
        },
        into={"contract": "contracts"},
    )
    found: list[Account] = []
    with problems:
        found.append(read_account(written))
    problems.settle()
    return found[0]


def _refuse_other_than_one(written: Section) -> None:
    said = {"contract", "contracts"} & set(written.keys)
    if not said:
        raise written.wrong("`contract` is missing")
    if len(said) == 2:
        raise written.wrong("an account has either one `contract` or a list of `contracts`")


def _warn(account: Account, node: Section, known: Known) -> None:
    listed = node.get("contacts")
    if listed is None or not account.contacts:
        return
    active = sum(not contact.suspended for contact in account.contacts)
    if not active and not account.domains:
        listed.warn("nobody of this account can ever write: every contact is suspended, and it has no `domains`")
    last = account.contracts[-1]
    limit = known.seats(last)
    if isinstance(limit, int) and active > limit:
        listed.warn(f"{active} contacts, but `{last.plan}` has seats for {limit}: the last listed may not open tickets")
