"""Who is found by which address and domain (DOMAIN E2)."""

from dataclasses import dataclass

from mailintake.config.desk import Desk
from mailintake.config.source import Collecting, Listing, Node, Section
from mailintake.domain.customer import Account, Contact
from mailintake.entitlement import identity

Listed = tuple[Account, Contact]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One address of a contact, as `written` at this place."""

    listed: Listed
    written: str
    place: Node

    @property
    def account(self) -> Account:
        return self.listed[0]

    @property
    def prefers(self) -> bool:
        return self.listed[1].prefer


class Index:
    """Contacts by address key and accounts by domain key, while accounts are entered one after the other.

    A domain belongs to one account. A person may be listed by several, if one of them says `prefer: yes`.
    """

    def __init__(self, desk: Desk | None, problems: Collecting) -> None:
        self.by_key: dict[str, Listed] = {}
        self.by_domain: dict[str, Account] = {}
        self.several: dict[str, tuple[Listed, ...]] = {}
        self._problems = problems
        self._domains: dict[str, Node] = {}
        self._listed: dict[str, list[_Entry]] = {}
        self._plus_tags: identity.PlusTags = desk.senders.plus_tags if desk else "keep"
        self._own = {self._key(mailbox.address) for mailbox in desk.mailboxes} if desk else set()

    def add(self, account: Account, node: Section) -> None:
        """Enter an account that was read from `node`."""
        for domain, place in zip(account.domains, _items(node.get("domains")), strict=True):
            with self._problems:
                self._enter_domain(domain, place, account)
        places = _items(node.get("contacts")) if account.contacts else ()
        for contact, place in zip(account.contacts, places, strict=True):
            for each in (contact.address, *contact.also):
                with self._problems:
                    self._enter(_Entry((account, contact), each, place))

    def settle_preferences(self) -> None:
        """Once all are entered: of several accounts that list an address, one is the preferred one."""
        for key, entries in self._listed.items():
            with self._problems:
                _refuse_undecided(entries)
            # sorting is stable, so the others stay in the order of the file
            ranked = tuple(entry.listed for entry in sorted(entries, key=lambda entry: not entry.prefers))
            self.by_key[key] = ranked[0]
            if len(ranked) > 1:
                self.several[key] = ranked
        self._warn_of_needless_preferences()

    def _enter_domain(self, domain: str, place: Node, account: Account) -> None:
        if first := self._domains.get(domain):
            what = f"the domain {domain.removeprefix('*.')}"
            raise place.wrong(f"{what} is listed a second time, first in line {first.line}")
        self._domains[domain] = place
        self.by_domain[domain] = account

    def _enter(self, entry: _Entry) -> None:
        key = self._key(entry.written)
        if key in self._own:
            raise entry.place.wrong(f"{entry.written} is a mailbox of the desk; its letters would come back to it")
        entries = self._listed.setdefault(key, [])
        if entries and entries[-1].account is entry.account:
            first = entries[-1].place.line
            raise entry.place.wrong(f"{entry.written} is listed a second time, first in line {first}")
        entries.append(entry)

    def _key(self, written: str) -> str:
        found = identity.key(written, plus_tags=self._plus_tags)
        assert found is not None, "no reader lets another address pass"
        return found

    def _warn_of_needless_preferences(self) -> None:
        entries = [entry for each in self._listed.values() for entry in each]
        shared = {entry.place for each in self._listed.values() if len(each) > 1 for entry in each}
        for place in dict.fromkeys(entry.place for entry in entries if entry.prefers):
            if place not in shared:
                place.warn("`prefer` decides nothing: no other account lists this person")


def _refuse_undecided(entries: list[_Entry]) -> None:
    if len(entries) == 1:
        return
    preferred = [entry for entry in entries if entry.prefers]
    if not preferred:
        first, second = entries[:2]
        raise second.place.wrong(
            f"{second.written} is listed by another account too, in line {first.place.line}: "
            "say `prefer: yes` at one of the two"
        )
    if len(preferred) > 1:
        first, second = preferred[:2]
        raise second.place.wrong(f"{second.written} is preferred a second time, first in line {first.place.line}")


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Listing) else (node,)
