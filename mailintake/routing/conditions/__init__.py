"""The words under `when:`, each with its condition; a word, its file and its class have one name."""

from collections.abc import Mapping

from mailintake.routing.conditions.account import Account
from mailintake.routing.conditions.all import All
from mailintake.routing.conditions.any import Any
from mailintake.routing.conditions.attachment import Attachment
from mailintake.routing.conditions.authentication import Authentication
from mailintake.routing.conditions.body import Body
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.conditions.contact import Contact
from mailintake.routing.conditions.domain import Domain
from mailintake.routing.conditions.header import Header
from mailintake.routing.conditions.kind import Kind
from mailintake.routing.conditions.language import Language
from mailintake.routing.conditions.mailbox import Mailbox
from mailintake.routing.conditions.not_ import Not
from mailintake.routing.conditions.plan import Plan
from mailintake.routing.conditions.priority import Priority
from mailintake.routing.conditions.recipient import Recipient
from mailintake.routing.conditions.reply import Reply
from mailintake.routing.conditions.role import Role
from mailintake.routing.conditions.says import Says
from mailintake.routing.conditions.sender import Sender
from mailintake.routing.conditions.size import Size
from mailintake.routing.conditions.subject import Subject
from mailintake.routing.conditions.text import Text
from mailintake.routing.conditions.time import Time

__all__ = ["CONDITIONS", "All", "Any", "Condition", "Not"]

CONDITIONS: Mapping[str, type[Condition]] = {
    condition.word: condition
    for condition in (
        Sender,
        Domain,
        Account,
        Plan,
        Role,
        Contact,
        Language,
        Recipient,
        Mailbox,
        Subject,
        Text,
        Says,
        Body,
        Header,
        Attachment,
        Kind,
        Priority,
        Time,
        Authentication,
        Size,
        Reply,
        All,
        Any,
        Not,
    )
}
