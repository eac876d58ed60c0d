"""What rules may refer to: the names of a desk, its customers and its people, checked where they are used."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk
from mailintake.config.shapes import ListOf, Reader, listed, nearest, scalar
from mailintake.config.source import Node
from mailintake.domain.routing import Place
from mailintake.entitlement import identity

NONE = "none"
MOST_LISTED = 12
"""Names that a message lists where none is near."""


@dataclass(frozen=True)
class Known:
    """A desk and its directory, either None where it could not be read; then nothing is said about its names.

    `templates` collects the letters that rules name, with the first place of each: templates are found elsewhere.
    """

    desk: Desk | None
    directory: Directory | None
    templates: dict[str, Place] = field(default_factory=dict)
    _readers: dict[str, "OneName"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_desk(self, kind: str, names: Callable[[Desk], Iterable[str]]) -> "OneName":
        """The reader of a name that the desk gives."""
        return self._reader(kind, lambda: names(self.desk) if self.desk else None)

    def of_people(self, kind: str, names: Callable[[Directory], Iterable[str]]) -> "OneName":
        """The reader of a name that accounts.yaml gives."""
        return self._reader(kind, lambda: names(self.directory) if self.directory else None)

    def _reader(self, kind: str, names: Callable[[], Iterable[str] | None], where: str = "") -> "OneName":
        # made once: there may be many rules, and many accounts
        if kind not in self._readers:
            found = names()
            self._readers[kind] = OneName(kind, None if found is None else dict.fromkeys(filter(None, found)), where)
        return self._readers[kind]

    @property
    def plus_tags(self) -> identity.PlusTags:
        """Whether a `+tag` belongs to a sender's address."""
        return self.desk.senders.plus_tags if self.desk else "ignore"

    @property
    def queue(self) -> "OneName":
        """The reader of a queue: one of a mailbox's, or of a team's."""
        return self._reader("queue", self._queues, "; mailboxes have a `queue`, and teams have `queues`")

    def _queues(self) -> Iterable[str] | None:
        if not (self.desk and self.directory):
            return None
        teams = (queue for team in self.directory.teams.values() for queue in team.queues)
        return (*(mailbox.queue for mailbox in self.desk.mailboxes), *teams)

    @property
    def agent(self) -> "OneName":
        """The reader of an agent's key."""
        return self.of_people("agent", lambda directory: directory.agents)

    def person(self, node: Node, *, teams: bool = False) -> str:
        """An address, or the key of an agent, or of a team where `teams` are meant too."""
        found = scalar(node, "an agent, a team or an address" if teams else "an agent or an address")
        if "@" in found.text:
            if identity.key(found.text) is None:
                raise node.wrong(f"`{found.text}` is no mail address such as ana@bakery.example")
            return found.text
        if self.directory is None:
            return found.text
        agents, groups = self.directory.agents, self.directory.teams if teams else {}
        if found.text in agents and found.text in groups:
            raise node.wrong(f"`{found.text}` is an agent and a team: give one of them another name")
        if found.text not in agents and found.text not in groups:
            kind = "agent or team" if teams else "agent"
            raise node.wrong(f"unknown {kind} `{found.text}`{_hint(found.text, (*agents, *groups))}")
        return found.text


@dataclass(frozen=True)
class OneName:
    """Reads one of `names`; any where they are None, for what declares them is broken and has been told of.

    `where` says how to declare one.
    """

    kind: str
    names: Mapping[str, object] | None
    where: str = ""

    def __call__(self, node: Node) -> str:
        found = scalar(node, f"the name of {_article(self.kind)} {self.kind}")
        if self.names is not None and found.text not in self.names:
            raise found.wrong(f"unknown {self.kind} `{found.text}`{_hint(found.text, self.names)}{self.where}")
        return found.text


def some(item: Reader[str], wanted: str) -> ListOf[str]:
    """One of these, or a list of them."""
    return ListOf(item, wanted, least=1, or_one=True)


def or_none(item: Reader[str]) -> Reader[str]:
    """The same, or "" for `none`."""

    def read(node: Node) -> str:
        word = scalar(node, "a name or `none`")
        return "" if word.text == NONE and not word.quoted else item(node)

    return read


def place(node: Node) -> Place:
    """Where a piece of a file stands."""
    return Place(node.file, node.line, node.column)


def _hint(word: str, names: Collection[str]) -> str:
    if not names:
        return "; there is none"
    return nearest(word, names) or (f"; known here: {listed(names)}" if len(names) <= MOST_LISTED else "")


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"
