"""Customers with their contracts and authorised contacts; agents and teams (DOMAIN E2 to E4, S14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from mailintake.config.desk import Desk, address, language
from mailintake.config.people import parse_domain, parse_person
from mailintake.config.plans import MOST_CONTACTS
from mailintake.config.shapes import (
    ListOf,
    Named,
    Parsed,
    Record,
    Text,
    Whole,
    day,
    nearest,
    read_named,
    yes_or_no,
)
from mailintake.config.source import Collecting, Listing, Node, Scalar, Section
from mailintake.config.zones import zone
from mailintake.domain.agent import Agent, Team
from mailintake.domain.customer import Account, Contact, Contract
from mailintake.domain.mail import Address
from mailintake.entitlement import identity

_PERSON = Parsed(parse_person, "an address such as `Ana Baker <ana@bakery.example>`")
_LATER_CONTRACT = ("first_response", "next_response", "response", "resolution", "quota", "hours", "grace")
_LATER_CONTACT = ("prefer", "since", "state")
_CONTACT_KEYS = ("mail", "name", "also", "role", "suspended")


@dataclass(frozen=True)
class Directory:
    """Who the customers and who the desk's people are.

    Contacts are found by address key (`identity.key`), accounts by domain key.
    """

    accounts: Mapping[str, Account]
    agents: Mapping[str, Agent]
    teams: Mapping[str, Team]
    by_key: Mapping[str, tuple[Account, Contact]] = field(repr=False)
    by_domain: Mapping[str, Account] = field(repr=False)

    def contact(self, key: str) -> tuple[Account, Contact] | None:
        """The listed contact with this address key, by main address or alias, suspended ones too."""
        return self.by_key.get(key)

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


@dataclass(frozen=True, slots=True)
class Known:
    """What accounts may refer to: names of plans and regions, and the desk itself if it could be read."""

    plans: tuple[str, ...]
    regions: tuple[str, ...]
    desk: Desk | None


def read(root: Section, *, known: Known) -> Directory:
    """The directory of accounts.yaml. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    with problems:
        fields = {key: lambda node: node for key in ("accounts", "agents", "teams")}
        Record(dict, fields, required=("accounts",))(root)
    agents = read_named("agent", root.get("agents"), _agent, problems)
    teams = read_named("team", root.get("teams"), partial(_team, agents), problems)
    accounts = read_named("account", root.get("accounts"), partial(_account, known), problems)
    index = _Index(known, problems)
    for key, node in _sections(root.get("accounts")):
        if key in accounts.values:
            index.add(accounts.values[key], node)
    problems.settle()
    return Directory(accounts.values, agents.values, teams.values, index.by_key, index.by_domain)


def _sections(node: Node | None) -> Iterator[tuple[str, Section]]:
    if isinstance(node, Section):
        yield from ((key.text, value) for key, value in node.entries if isinstance(value, Section))


def _agent(key: Scalar, node: Node) -> Agent:
    person = _PERSON(node)
    return Agent(key.text, person.address, person.name)


def _team(agents: Named[Agent], key: Scalar, node: Node) -> Team:
    def team(*, members: tuple[Agent, ...], lead: Agent | None = None) -> Team:
        return Team(key.text, members, lead)

    members = ListOf(agents, "a list of agents", least=1)
    return Record(team, {"members": members, "lead": agents}, required=("members",))(node)


def _account(known: Known, key: Scalar, node: Node) -> Account:
    def account(
        *,
        contract: Contract,
        name: str = key.text,
        domains: tuple[str, ...] = (),
        contacts: tuple[Contact, ...] | None = (),
        **said: str,
    ) -> Account:
        limit = _limit(contract, known.desk)
        if contacts is None and isinstance(limit, int):
            raise ValueError(f"`contacts: any` needs a plan with `contacts: any`; `{contract.plan}` has {limit}")
        everybody = contacts is None or limit is None
        if not domains and not contacts:
            raise ValueError("nobody could write: neither `domains` nor `contacts` name anybody")
        return Account(key.text, name, domains, contract, contacts or (), everybody, **said)

    return Record(
        account,
        {
            "name": Text("the account's name"),
            "domains": ListOf(Parsed(parse_domain, "a domain"), "a list of domains", or_one=True),
            "owner": address,
            "timezone": zone,
            "language": language,
            "contract": partial(_contract, known),
            "contacts": _contacts,
        },
        required=("contract",),
        later=("contracts", "quota"),
    )(node)


def _limit(contract: Contract, desk: Desk | None) -> int | str | None:
    """How many may write, None for any, "" where a broken desk does not say."""
    if contract.contacts is not None:
        return contract.contacts
    return desk.plans[contract.plan].contacts if desk else ""


def _contract(known: Known, node: Node) -> Contract:
    contract = Record(
        Contract,
        {
            "plan": Named("plan", {}, known.plans).name if known.plans else Text("the name of a plan"),
            "region": Named("region", {}, known.regions).name,
            "from": day,
            "to": day,
            "contacts": Whole(1, MOST_CONTACTS),
        },
        required=("plan", "region") if known.regions else ("plan",),
        into={"from": "begins", "to": "ends"},
        later=_LATER_CONTRACT,
    )(node)
    if contract.begins and contract.ends and contract.ends < contract.begins:
        raise node.wrong(f"this contract ends on {contract.ends}, before it begins on {contract.begins}")
    return contract


def _contacts(node: Node) -> tuple[Contact, ...] | None:
    if isinstance(node, Scalar) and node.text == "any":
        return None
    return ListOf(_contact, "a list of contacts, or `any`")(node)


def _contact(node: Node) -> Contact:
    if not isinstance(node, Section):
        person = _PERSON(node)
        return Contact(person.address, person.name)
    own = [key for key, _ in node.entries if key.text not in (*_CONTACT_KEYS, *_LATER_CONTACT)]

    def contact(*, mail: Address, name: str = "", **said: object) -> Contact:
        attributes = {key.text: said.pop(key.text) for key in own}
        return Contact(mail.address, name or mail.name, attributes=attributes, **said)  # type: ignore[arg-type]  # as read

    return Record(
        contact,
        {
            "mail": _PERSON,
            "name": Text("a name"),
            "also": ListOf(address, "a list of addresses", or_one=True),
            "role": Text("a role"),
            "suspended": yes_or_no,
            **{key.text: partial(_attribute, key) for key in own},
        },
        required=("mail",),
        later=_LATER_CONTACT,
    )(node)


def _attribute(key: Scalar, node: Node) -> bool:
    """Other keys are attributes of the contact, such as `certified-developer: yes`."""
    if hint := nearest(key.text, _CONTACT_KEYS):
        raise key.wrong(f"unknown key `{key.text}`{hint}")
    if not isinstance(node, Scalar) or node.text.lower() not in {"yes", "no", "true", "false"}:
        raise key.wrong(f"unknown key `{key.text}`; an attribute of your own is `yes` or `no`")
    return yes_or_no(node)


class _Index:
    """Who is found by which address and domain; nobody may be found twice."""

    def __init__(self, known: Known, problems: Collecting) -> None:
        self.by_key: dict[str, tuple[Account, Contact]] = {}
        self.by_domain: dict[str, Account] = {}
        self._known = known
        self._problems = problems
        self._places: dict[str, Node] = {}
        desk = known.desk
        self._plus_tags: identity.PlusTags = desk.senders.plus_tags if desk else "keep"
        self._own = {self._key(mailbox.address) for mailbox in desk.mailboxes} if desk else set()

    def add(self, account: Account, node: Section) -> None:
        """Enter an account that was read from `node`."""
        for domain, place in zip(account.domains, _items(node.get("domains")), strict=True):
            with self._problems:
                self._refuse_second(domain, place, f"the domain {domain.removeprefix('*.')}")
                self.by_domain[domain] = account
        places = _items(node.get("contacts")) if account.contacts else ()
        for contact, place in zip(account.contacts, places, strict=True):
            for each in (contact.address, *contact.also):
                with self._problems:
                    self._enter(each, place, account, contact)
        self._warn_of_too_many(account, node)

    def _enter(self, written: str, place: Node, account: Account, contact: Contact) -> None:
        key = self._key(written)
        if key in self._own:
            raise place.wrong(f"{written} is a mailbox of the desk; its letters would come back to it")
        self._refuse_second(key, place, written)
        self.by_key[key] = (account, contact)

    def _refuse_second(self, key: str, place: Node, what: str) -> None:
        first = self._places.setdefault(key, place)
        if key in self.by_key or key in self.by_domain:
            raise place.wrong(f"{what} is listed a second time, first in line {first.line}")

    def _key(self, written: str) -> str:
        found = identity.key(written, plus_tags=self._plus_tags)
        assert found is not None, "no reader lets another address pass"
        return found

    def _warn_of_too_many(self, account: Account, node: Section) -> None:
        limit = _limit(account.contract, self._known.desk)
        active = sum(not contact.suspended for contact in account.contacts)
        contacts = node.get("contacts")
        if contacts and isinstance(limit, int) and active > limit:
            contacts.warn(
                f"{active} contacts, but `{account.contract.plan}` has {limit} seats: "
                f"those after the first {limit} may not open tickets"
            )


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Listing) else (node,)
