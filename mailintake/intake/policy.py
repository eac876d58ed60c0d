"""What the desk has decided beforehand: configuration, checked once, then fixed; replaced whole on reload."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from mailintake.config import Configuration
from mailintake.config.accounts import Directory
from mailintake.config.authentication import SenderAuthentication
from mailintake.config.desk import Desk, Mailbox
from mailintake.config.shapes import nearest
from mailintake.domain.agent import Agent
from mailintake.domain.calendar import Holidays, is_open
from mailintake.domain.customer import Account, Contact, Contract
from mailintake.domain.decision import Enrolled
from mailintake.domain.hours import calendar_for
from mailintake.domain.mail import ParsedMessage, Reception
from mailintake.domain.routing import Sla
from mailintake.domain.tag import Tagger
from mailintake.domain.target import Metric, Target, resolved, with_contract
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Ticket
from mailintake.domain.trust import Authentication
from mailintake.entitlement import identity
from mailintake.entitlement.claims import Vocabulary
from mailintake.entitlement.contract import Force, contract_at
from mailintake.entitlement.quota import Allowance
from mailintake.entitlement.seats import Seats
from mailintake.errors import UsageError
from mailintake.intake.addressing import Addressing
from mailintake.intake.sorting import Sorting
from mailintake.routing.rules import Rules
from mailintake.screening import authentication as authenticating

_key = lru_cache(maxsize=4096)(identity.key)  # one mail asks several times, and every mail for every agent


@dataclass(frozen=True)
class Policy(Sorting, Addressing):
    """The desk, its customers, and the few limits of this host that decisions need."""

    desk: Desk
    directory: Directory
    tagger: Tagger
    mailboxes: Mapping[str, Mailbox]
    letters_per_address_hour: int
    digest: str
    authentication: SenderAuthentication = field(default_factory=SenderAuthentication)
    rules: Rules = field(default_factory=Rules, repr=False)
    # by the identity of contract and rule: they live as long as the policy, and their tables are dear to compare
    _terms: dict[tuple[int, int], Terms] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, configuration: Configuration, tagger: Tagger) -> "Policy":
        """The policy of a checked configuration."""
        desk = configuration.desk
        return cls(
            desk=desk,
            directory=configuration.directory,
            tagger=tagger,
            mailboxes={mailbox.address.lower(): mailbox for mailbox in desk.mailboxes},
            letters_per_address_hour=configuration.host.limits.letters_per_address_hour,
            digest=configuration.digest,
            authentication=configuration.host.authentication,
            rules=configuration.rules,
        )

    def authenticate(
        self, message: ParsedMessage, reception: Reception, *, own: Authentication | None = None
    ) -> Authentication:
        """What is known of the sender: by our own mail server's results, by what we found out ourselves, by the way the
        mail came."""
        said = self.authentication
        results = authenticating.from_results(
            message, authserv_ids=said.results_from, sealers=said.sealers, own_hops=said.own_hops
        )
        return authenticating.grade(message, reception, results=results, own=own)

    def key(self, address: str) -> str | None:
        """An address as it is compared (DOMAIN E2)."""
        return _key(address, plus_tags=self.desk.senders.plus_tags)

    def reader(self, address: str) -> str:
        """Who reads letters to an address: the same for every `+tag` of it, so that none evades a limit."""
        return _key(address, plus_tags="ignore") or address.lower()

    def contact(self, key: str) -> tuple[Account, Contact] | None:
        """The listed contact of this key, a suspended one too."""
        return self.directory.contact(key)

    def account_of(self, key: str) -> Account | None:
        """The account a sender belongs to: as a listed contact, else by domain."""
        listed = self.directory.contact(key)
        return listed[0] if listed else self.directory.account_at(key.rpartition("@")[2])

    @cached_property
    def agents(self) -> Mapping[str, Agent]:
        """The people at the desk by their addresses, as compared."""
        return {
            key: agent
            for agent in self.directory.agents.values()
            for address in (agent.address, *agent.also)
            if (key := self.key(address))
        }

    @cached_property
    def owners(self) -> frozenset[str]:
        """The owners of accounts, as compared."""
        said = (account.owner for account in self.directory.accounts.values() if account.owner)
        return frozenset(key for owner in said if (key := self.key(owner)))

    def agent_of(self, key: str) -> Agent | None:
        """Who at the desk has this address."""
        return self.agents.get(key)

    def holder(self, address: str) -> str:
        """For whom a token in a letter to this address is made: a person, whichever of their addresses they use."""
        key = self.key(address) or self.reader(address)
        if agent := self.agents.get(key):
            return f"agent {agent.key}"
        listed = self.contact(key)
        return (self.key(listed[1].address) or key) if listed else key

    def reader_of(self, holder: str) -> str:
        """Who reads the letters to somebody for whom tokens are made."""
        agent = self.directory.agents.get(holder.removeprefix("agent ")) if holder.startswith("agent ") else None
        return self.reader(agent.address) if agent else self.reader(holder)

    def language_for(self, agent: Agent | None) -> str:
        """In which language somebody at the desk is written to."""
        return (agent.language if agent else "") or self.desk.languages[0]

    def zone_for(self, agent: Agent | None) -> str:
        """On whose clocks somebody at the desk reads times."""
        return (agent.timezone if agent else "") or self.desk.timezone

    def agent_at(self, address: str) -> Agent | None:
        """Who at the desk has this address, as written."""
        key = self.key(address)
        return self.agents.get(key) if key else None

    def absent(self, keys: Collection[str], at: datetime) -> frozenset[str]:
        """Which of these agents are not there at `at`: away, or, if any of them is at work then, not at work."""
        agents = [self.directory.agents[key] for key in keys if key in self.directory.agents]
        there = [agent for agent in agents if not agent.is_away(at, self.desk.timezone)]
        working = [agent for agent in there if self.works(agent, at)]
        return frozenset(keys) - {agent.key for agent in working or there}

    def works(self, agent: Agent, at: datetime) -> bool:
        """Whether `at` is in the agent's hours; always, if they have none."""
        if agent.hours is None:
            return True
        zone = agent.timezone or self.desk.timezone
        return is_open(calendar_for(agent.hours, timezone=zone, holidays=self.desk.holidays), at)

    def account_named(self, word: str) -> Account:
        """The account of this name. UsageError with the nearest one where there is none."""
        known = self.directory.accounts
        if word not in known:
            near = nearest(word, known) or (f"; there is {', '.join(known)}" if 0 < len(known) <= 5 else "")
            raise UsageError(f"there is no account `{word}`{near}")
        return known[word]

    def contract_at(self, account: Account, at: datetime) -> tuple[Contract, Force]:
        """The account's contract in force at `at`, else the nearest one, and whether it is in force (DOMAIN S14)."""
        return contract_at(account.contracts, at, timezone=self.zone_of(account, account.contracts[-1]))

    def seats(self, account: Account, contract: Contract, enrolled: tuple[str, ...]) -> Seats:
        """Seats in the order in which they are held: the file's contacts first, then those who enrolled.

        Who enrolled and was listed later is what the file says: suspended, or somebody's alias. `enrolled` are keys, as
        `holders` knows them.
        """
        listed = [self.key(contact.address) for contact in account.contacts if not contact.suspended]
        keys = [key for key in listed if key is not None]
        holders = keys + [key for key in enrolled if self.contact(key) is None]
        limit = self.desk.plans[contract.plan].contacts if contract.contacts is None else contract.contacts
        return Seats(holders, None if account.everybody else limit)

    def holders(self, enrolled: Iterable[Enrolled], *, at: datetime) -> tuple[str, ...]:
        """The keys of those who enrolled and hold a seat; who was removed does so for `seat_cooldown` (DOMAIN E5)."""
        cooldown = self.desk.senders.seat_cooldown or timedelta(0)
        return tuple(one.key for one in enrolled if one.removed_at is None or at < one.removed_at + cooldown)

    def has_seat(self, account: Account, contact: Contact, *, at: datetime) -> bool:
        """Whether a listed contact may open tickets: not suspended, nor behind the last seat (DOMAIN E5)."""
        if contact.suspended:
            return False
        contract, _ = self.contract_at(account, at)
        seats = self.seats(account, contract, ())
        return seats.limit is None or self.key(contact.address) in seats.holders[: seats.limit]

    def allowances(self, account: Account, contract: Contract) -> tuple[Allowance, ...]:
        """What the contract limits, unit by unit, in the account's zone (DOMAIN E6)."""
        plan = self.desk.plans[contract.plan]
        timezone = self.zone_of(account, contract)
        found = (
            Allowance(unit, contract.quota.get(key, plan.quota.get(key, ())), timezone, contract.begins)
            for key, unit in self.desk.units.items()
        )
        return tuple(allowance for allowance in found if allowance.limits)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words by which senders may say how they see their request."""
        desk = self.desk
        return Vocabulary.of(
            priorities=[each.key for each in desk.priorities],
            categories=[each.key for each in desk.categories],
            topics=list(desk.topics),
        )

    def terms(self, contract: Contract) -> Terms:
        """What the contract promises, on the clock of its region or the desk."""
        found = self._terms.get((id(contract), 0))
        if found is None:
            found = self._terms[id(contract), 0] = self._new_terms(contract)
        return found

    def _new_terms(self, contract: Contract) -> Terms:
        plan = self.desk.plans[contract.plan]
        timezone, holidays = self._clock_of(contract)
        targets: dict[Metric, tuple[Target, ...]] = {}
        for metric in Metric:
            rows = with_contract(plan.targets.get(metric, ()), contract.targets.get(metric, ()))
            if rows:
                targets[metric] = tuple(resolved(row, timezone=timezone, holidays=holidays) for row in rows)
        return Terms(plan.key, targets, self.desk.clock_rules)

    def terms_under(self, contract: Contract, sla: Sla | None) -> Terms:
        """What the contract promises, but for what a rule promises in its place."""
        if sla is None:
            return self.terms(contract)
        found = self._terms.get((id(contract), id(sla)))
        if found is None:
            other = replace(contract, targets={**contract.targets, **sla.targets})
            if sla.plan:
                other = replace(contract, plan=sla.plan, targets={})
            found = self._terms[id(contract), id(sla)] = self._new_terms(other)
        return found

    def terms_of(self, ticket: Ticket, *, at: datetime | None = None) -> Terms:
        """What the ticket's account is promised now, under its contract at `at`, else when it came."""
        account = self.directory.accounts.get(ticket.account)
        if account is None:
            return Terms(ticket.plan, {}, self.desk.clock_rules)
        return self.terms(self.contract_at(account, at or ticket.received_at)[0])

    def _clock_of(self, contract: Contract) -> tuple[str, Holidays]:
        """The zone and holidays on which a contract's hours tick: its region's, else the desk's."""
        if contract.region is not None:
            region = self.desk.regions[contract.region]
            return region.timezone, region.holidays
        return self.desk.timezone, self.desk.holidays

    def zone_of(self, account: Account, contract: Contract) -> str:
        """The zone this account reads its letters in."""
        return account.timezone or self._clock_of(contract)[0]

    def language_of(self, account: Account | None, message_language: str | None) -> str:
        """The account's language, else the mail's if the desk speaks it, else the desk's first (DOMAIN section 12)."""
        if account is not None and account.language:
            return account.language
        languages = self.desk.languages
        return message_language if message_language in languages else languages[0]
