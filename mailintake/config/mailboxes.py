"""The addresses of a desk, and what new mail to each does (DOMAIN section 8)."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

from mailintake.config.shapes import Choice, Parsed, Record, Text, section
from mailintake.config.source import Collecting, Node
from mailintake.entitlement import identity


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of the desk and what new mail to it does; `to` says where a redirected sender should turn."""

    address: str
    new_mail: Literal["open", "redirect", "ignore"] = "open"
    queue: str = ""
    to: str = ""


def parse_address(text: str) -> str:
    """A plain address. Raises ValueError."""
    if identity.key(text) is None:
        raise ValueError(f"`{text}` is no mail address such as ana@bakery.example")
    return text


address = Parsed(parse_address, "a mail address")


def mailboxes(node: Node) -> tuple[Mailbox, ...]:
    """Addresses with sections; at least one, and none twice."""
    found, problems = dict[str, Mailbox](), Collecting()
    for key, value in section(node).entries:
        with problems:
            mailbox = Record(
                partial(_mailbox, address(key)),
                {
                    "new_mail": Choice(("open", "redirect", "ignore")),
                    "queue": Text("the name of a queue"),
                    "to": Text("where to turn instead"),
                },
            )(value)
            same = identity.key(mailbox.address) or ""
            if same in found:
                raise key.wrong(f"`{mailbox.address}` is the same mailbox as `{found[same].address}`")
            found[same] = mailbox
    problems.settle()
    if not found:
        raise node.wrong("`mailboxes` is empty; wanted: at least one")
    return tuple(found.values())


def _mailbox(where: str, **said: str) -> Mailbox:
    mailbox = Mailbox(where, **said)  # type: ignore[arg-type]  # `new_mail` was read as one of its words
    if mailbox.new_mail == "redirect" and not mailbox.to:
        raise ValueError("`redirect` needs `to`: where should the sender turn?")
    return mailbox
