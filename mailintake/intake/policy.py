"""What the desk has decided beforehand: configuration, checked once, then fixed; replaced whole on reload."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mailintake.config import Configuration
from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk, Mailbox
from mailintake.domain.calendar import Holidays
from mailintake.domain.customer import Account, Contact, Plan
from mailintake.domain.tag import Tagger, plain_recipient
from mailintake.entitlement import identity
from mailintake.entitlement.seats import Seats

_key = lru_cache(maxsize=4096)(identity.key)  # one mail asks several times, and every mail for every agent


@dataclass(frozen=True)
class Policy:
    """The desk, its customers, and the few limits of this host that decisions need."""

    desk: Desk
    directory: Directory
    tagger: Tagger
    mailboxes: Mapping[str, Mailbox]
    letters_per_address_hour: int
    digest: str

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
        )

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """The desk's mailboxes, in lower case."""
        return frozenset(self.mailboxes)

    @property
    def loop_mark(self) -> str:
        """What our letters carry, so that we know them again when they come back."""
        return self.desk.mailboxes[0].address.lower()

    def first_mailbox(self, recipients: tuple[str, ...]) -> Mailbox:
        """The mailbox a mail came for: the first of its recipients that is one, else the desk's first."""
        found = (self.mailbox(recipient) for recipient in recipients)
        return next((mailbox for mailbox in found if mailbox), self.desk.mailboxes[0])

    def meaning_of(self, priority: str) -> str:
        """What a priority means in the desk's own words."""
        return next((each.meaning for each in self.desk.priorities if each.key == priority), "")

    def mailbox(self, recipient: str) -> Mailbox | None:
        """The mailbox an envelope recipient belongs to: itself, or the one behind a reply address or a plus-tag."""
        return mailbox_behind(recipient, self.mailboxes)

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
    def agents(self) -> frozenset[str]:
        """The addresses of the people at the desk, as compared."""
        return frozenset(key for agent in self.directory.agents.values() if (key := self.key(agent.address)))

    def is_agent(self, key: str) -> bool:
        """Whether this is the address of somebody at the desk."""
        return key in self.agents

    def plan(self, account: Account) -> Plan:
        """The plan of the account's contract."""
        return self.desk.plans[account.contract.plan]

    def seats(self, account: Account, enrolled: tuple[str, ...]) -> Seats:
        """Seats in the order in which they are held: the file's contacts first, then those who enrolled.

        Who enrolled and was listed later is what the file says: suspended, or somebody's alias.
        """
        listed = [self.key(contact.address) for contact in account.contacts if not contact.suspended]
        keys = [key for key in listed if key is not None]
        holders = keys + [key for key in enrolled if self.contact(key) is None]
        limit = self.plan(account).contacts if account.contract.contacts is None else account.contract.contacts
        return Seats(holders, None if account.everybody else limit)

    def has_seat(self, account: Account, contact: Contact) -> bool:
        """Whether a listed contact may open tickets: not suspended, nor behind the last seat (DOMAIN E5)."""
        if contact.suspended:
            return False
        seats = self.seats(account, ())
        return seats.limit is None or self.key(contact.address) in seats.holders[: seats.limit]

    def clock_of(self, account: Account) -> tuple[str, Holidays]:
        """The zone and holidays on which this account's hours tick: its region's, else the desk's."""
        if account.contract.region is not None:
            region = self.desk.regions[account.contract.region]
            return region.timezone, region.holidays
        return self.desk.timezone, self.desk.holidays

    def zone_of(self, account: Account) -> str:
        """The zone this account reads its letters in."""
        return account.timezone or self.clock_of(account)[0]

    def language_of(self, account: Account | None, message_language: str | None) -> str:
        """The account's language, else the mail's if the desk speaks it, else the desk's first (DOMAIN section 12)."""
        if account is not None and account.language:
            return account.language
        languages = self.desk.languages
        return message_language if message_language in languages else languages[0]


def mailbox_behind(recipient: str, mailboxes: Mapping[str, Mailbox]) -> Mailbox | None:
    """The mailbox among these, by address in lower case, for which a mail to `recipient` comes; None if it is none."""
    address = plain_recipient(recipient).lower()
    if found := mailboxes.get(address):
        return found
    local, _, domain = address.rpartition("@")
    return mailboxes.get(f"{local.partition('+')[0]}@{domain}")
