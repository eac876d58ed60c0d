"""Who gets a copy of what: an answer, a colleague's note, a customer's mail.

Words for everybody and words for the desk are of two types, and a copy to a customer has room for the former only, so
that the type checker sees an internal word on its way out (SECURITY T37).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from mailintake.domain.agent import Agent
from mailintake.domain.mail import Address

_P = TypeVar("_P")


@dataclass(frozen=True, slots=True)
class Public:
    """Words that everybody on a ticket may read."""

    text: str


@dataclass(frozen=True, slots=True)
class Internal:
    """Words for the desk's own people."""

    text: str


@dataclass(frozen=True, slots=True)
class ToCustomer:
    """A copy that leaves the desk."""

    recipient: Address
    words: Public


@dataclass(frozen=True, slots=True)
class ToAgent:
    """A copy that stays in the desk."""

    recipient: Agent
    words: Public | Internal


Copy = ToCustomer | ToAgent


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent answers the customer."""

    author: Agent
    words: Public


@dataclass(frozen=True, slots=True)
class Note:
    """An agent writes for colleagues."""

    author: Agent
    words: Internal


@dataclass(frozen=True, slots=True)
class Question:
    """A customer writes."""

    author: Address
    words: Public


@dataclass(frozen=True, slots=True)
class Circle:
    """Who has to do with a ticket.

    `watchers` are those outside the desk whom an agent or the requester put there, `team` the agents of its team who
    are to be told.
    """

    requester: Address
    watchers: tuple[Address, ...] = ()
    assignee: Agent | None = None
    team: tuple[Agent, ...] = ()


def copies(said: Answer | Note | Question, circle: Circle) -> tuple[Copy, ...]:
    """The copies that go out, each address once, none to the author.

    An answer goes to the requester and the watchers. A note goes to the assignee and the team. What a customer
    writes goes to the assignee, or to the team while there is none, and to nobody outside the desk (SECURITY T04).
    There may be nobody: then the desk has to say who looks after such tickets.
    """
    everybody = (circle.assignee, *circle.team) if circle.assignee else circle.team
    match said:
        case Answer(author, words):
            besides = (author.address, *author.also)
            people = _once(((person.address, person) for person in (circle.requester, *circle.watchers)), besides)
            return tuple(ToCustomer(person, words) for person in people)
        case Note(author, noted):
            agents = _once(((agent.address, agent) for agent in everybody), (author.address, *author.also))
            return tuple(ToAgent(agent, noted) for agent in agents)
        case Question(sender, asked):
            told = everybody[:1] if circle.assignee else everybody
            agents = _once(((agent.address, agent) for agent in told), (sender.address,))
            return tuple(ToAgent(agent, asked) for agent in agents)


def _once(people: Iterable[tuple[str, _P]], besides: Iterable[str]) -> Iterable[_P]:
    """Whom each address names first, without those of `besides`; addresses in ASCII lower case (SECURITY T29)."""
    found: dict[bytes, _P] = {}
    for address, person in people:
        found.setdefault(_key(address), person)
    for address in besides:
        found.pop(_key(address), None)
    return found.values()


def _key(address: str) -> bytes:
    return address.encode().lower()
