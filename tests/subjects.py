"""Mails as routing rules see them, and rules read from a few lines of YAML."""

import textwrap
from functools import cache
from typing import Any

from mailintake.config import rules as rules_file
from mailintake.config import source
from mailintake.config.accounts import read as read_directory
from mailintake.config.contracts import Known as KnownToAccounts
from mailintake.config.desk import read as read_desk
from mailintake.config.rules import Known, RuleFile
from mailintake.domain.mail import Attachment
from mailintake.domain.routing import Subject
from mailintake.domain.trust import Verdict
from mailintake.routing.conditions import All
from tests.builders import DESK, MONDAY_TEN

DESK_FILE = """
desk:
  name: Example Desk
  mailboxes:
    support@desk.example: {queue: support}
    billing@desk.example: {queue: accounting}
  languages: [en, de]
  timezone: Europe/Ljubljana
hours: {office: Mon-Fri 09:00-18:00}
priorities: {P1: Nothing works, P2: Something does not work, P3: A question}
default_priority: P2
categories: {incident: Something broke, request: Something is wanted}
topics: {billing: Money}
levels: {first: First line, second: Second line}
plans:
  basic: {contacts: 2, first_response: 4h in office}
  gold: {contacts: any, first_response: 1h in 24/7}
"""

ACCOUNTS_FILE = """
accounts:
  bakery: {domains: [bakery.example], contract: {plan: basic}, contacts: [{mail: ana@bakery.example, role: admin}]}
  mill: {domains: [mill.example], contract: {plan: gold}}
agents: {maria: maria@desk.example, ivo: ivo@desk.example}
teams:
  oncall: {members: [maria, ivo], lead: maria, queues: [urgent]}
  front: {members: [ivo]}
"""


def a_subject(sender: str = "ana@bakery.example", **fields: Any) -> Subject:
    """A mail of Ana's that came to the desk on a Monday at ten."""
    plain: dict[str, Any] = {
        "received_at": MONDAY_TEN,
        "account": "bakery",
        "plan": "basic",
        "role": "admin",
        "contact": True,
        "language": "en",
        "recipients": (DESK,),
        "mailbox": DESK,
        "subject": "The oven is cold",
        "text": "It shows E4.",
        "body": "It shows E4.\n> Did you try to turn it off?",
        "authentication": Verdict.PASS,
        "size": 2_000,
    }
    return Subject(sender=sender, **plain | fields)


def an_attachment(
    filename: str = "screen.png", content_type: str = "image/png", size: int = 40_000, *, inline: bool = False
) -> Attachment:
    """A file that came with a mail."""
    return Attachment(filename, content_type, size, inline, None, "", "2")


@cache
def known(accounts: str = ACCOUNTS_FILE, desk_file: str = DESK_FILE) -> Known:
    """The desk to which the rules of tests belong."""
    desk = read_desk(source.read(desk_file.encode(), file="desk.yaml"))
    people = source.read(accounts.encode(), file="accounts.yaml")
    levels = tuple(level.key for level in desk.levels)
    return Known(desk, read_directory(people, known=KnownToAccounts(tuple(desk.plans), (), levels, desk)))


def a_file(text: str) -> RuleFile:
    """The rules and tests of a whole file. Raises ConfigError."""
    desk = known()
    root = source.read(textwrap.dedent(text).encode(), file="rules.yaml")
    return rules_file.read(root, known=Known(desk.desk, desk.directory))


def when(text: str) -> All:
    """The conditions of a rule, in one line of YAML without its braces."""
    return a_file(f"rules:\n  - {{name: only, when: {{{text}}}, then: {{tags: x}}}}\n").rules.rules[0].when
