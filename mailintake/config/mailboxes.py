"""The addresses of a desk, and what new mail to each does (DOMAIN section 8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from mailintake.config.question import Table, answer
from mailintake.config.shapes import Choice, Parsed, Record, Text, section, yes_or_no
from mailintake.config.source import Collecting, Node, Scalar
from mailintake.entitlement import identity
from mailintake.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of the desk and what new mail to it does.

    `to` says where a redirected sender should turn. Without `plus_addressing` the mail server does not take in
    `local+tag@domain`, so the token stands in subject and Message-ID alone. `agents_forward`: what an agent sends there
    without a ticket's token is a customer's mail, forwarded.
    """

    address: str
    new_mail: Literal["open", "redirect", "ignore"] = "open"
    queue: str = ""
    to: str = ""
    plus_addressing: bool = True
    agents_forward: bool = False


def parse_address(text: str) -> str:
    """A plain address. Raises ValueError."""
    if identity.key(text) is None:
        raise ValueError(f"`{text}` is no mail address such as ana@bakery.example")
    return text


address = Parsed(parse_address, "a mail address")


def mailboxes(node: Node) -> tuple[Mailbox, ...]:
    """Addresses with sections; at least one, and none twice."""
    answer(node, Table(_mailbox, of_names=False))
    found, problems = dict[str, Mailbox](), Collecting()
    for key, value in section(node).entries:
        with problems:
            mailbox = _mailbox(key, value)
            same = identity.key(mailbox.address) or ""
            if same in found:
                raise key.wrong(f"`{mailbox.address}` is the same mailbox as `{found[same].address}`")
            found[same] = mailbox
    problems.settle()
    if not found:
        raise node.wrong("`mailboxes` is empty; wanted: at least one")
    return tuple(found.values())


def _mailbox(key: Scalar, node: Node) -> Mailbox:
    return Record(
        partial(_checked, address(key)),
        {
            "new_mail": Choice(("open", "redirect", "ignore")),
            "queue": Text("the name of a queue"),
            "to": Text("where to turn instead"),
            "plus_addressing": yes_or_no,
            "agents_forward": yes_or_no,
        },
    )(node)


def _checked(where: str, **said: object) -> Mailbox:
    mailbox = Mailbox(where, **said)  # type: ignore[arg-type]  # each was read as its field's type
    if mailbox.new_mail == "redirect" and not mailbox.to:
        raise ValueError("`redirect` needs `to`: where should the sender turn?")
    return mailbox


class Door(Protocol):
    """A way in for the mail of one mailbox, as it was configured at `node`."""

    @property
    def mailbox(self) -> str:
        """The address for which mail comes in here."""

    @property
    def node(self) -> Node:
        """Where it stands."""


def check_doors(doors: Iterable[Door], mailboxes: Sequence[Mailbox]) -> None:
    """Every door's mail is for one of these mailboxes. Raises ConfigError with all that is not."""
    own = {identity.key(mailbox.address) for mailbox in mailboxes}
    there = ", ".join(mailbox.address for mailbox in mailboxes)
    wrong = [
        problem
        for door in doors
        if identity.key(door.mailbox) not in own
        for problem in door.node.wrong(f"`{door.mailbox}` is no mailbox of this desk; there is {there}").problems
    ]
    if wrong:
        raise ConfigError(tuple(wrong))
