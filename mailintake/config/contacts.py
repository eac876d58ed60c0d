"""Authorised contacts as an admin lists them (DOMAIN E2 to E5)."""

from functools import partial

from mailintake.config.desk import address
from mailintake.config.people import person
from mailintake.config.question import Either, answer
from mailintake.config.shapes import Choice, ListOf, Record, Text, day, nearest, yes_or_no
from mailintake.config.source import Node, Scalar, Section
from mailintake.domain.customer import Contact
from mailintake.domain.mail import Address

_KEYS = ("mail", "name", "also", "role", "prefer", "since", "state", "suspended")


def contacts(node: Node) -> tuple[Contact, ...] | None:
    """The contacts in the order in which they hold seats; None for `any`."""
    answer(node, Either(("any", _CONTACTS)))
    if isinstance(node, Scalar) and node.text == "any":
        return None
    return _CONTACTS(node)


def _contact(node: Node) -> Contact:
    if not isinstance(node, Section):
        alone = person(node)
        return Contact(alone.address, alone.name)
    own = [key for key, _ in node.entries if key.text not in _KEYS]

    def contact(
        *,
        mail: Address,
        name: str = "",
        state: str | None = None,
        suspended: bool | None = None,
        **said: object,
    ) -> Contact:
        if state is not None and suspended is not None:
            raise ValueError("`suspended` and `state` say the same thing: keep one of them")
        attributes = {key.text: said.pop(key.text) for key in own}
        return Contact(
            mail.address,
            name or mail.name,
            attributes=attributes,  # type: ignore[arg-type]  # as read
            suspended=bool(suspended) or state in {"suspended", "removed"},
            removed=state == "removed",
            **said,  # type: ignore[arg-type]  # each was read as its field's type
        )

    return Record(
        contact,
        {
            "mail": person,
            "name": Text("a name"),
            "also": ListOf(address, "a list of addresses", or_one=True),
            "role": Text("a role"),
            "prefer": yes_or_no,
            "since": day,
            "state": Choice(("active", "suspended", "removed")),
            "suspended": yes_or_no,
            **{key.text: partial(_attribute, key) for key in own},
        },
        required=("mail",),
        others=yes_or_no,
    )(node)


_CONTACTS = ListOf(_contact, "a list of contacts, or `any`")


def _attribute(key: Scalar, node: Node) -> bool:
    """Other keys are attributes of the contact, such as `certified-developer: yes`."""
    if hint := nearest(key.text, _KEYS, cutoff=0.75):
        raise key.wrong(f"unknown key `{key.text}`{hint}")
    if not isinstance(node, Scalar) or node.text.lower() not in {"yes", "no", "true", "false"}:
        raise key.wrong(f"unknown key `{key.text}`; an attribute of your own is `yes` or `no`")
    return yes_or_no(node)
