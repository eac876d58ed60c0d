"""Tests inside the rules file: mails described in a few words, and what is expected of the rules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk, language
from mailintake.config.limits import parse_size
from mailintake.config.mailboxes import address
from mailintake.config.people import parse_person
from mailintake.config.question import Table, answer
from mailintake.config.rule_names import Known, OneName, place
from mailintake.config.shapes import Choice, ListOf, Parsed, Reader, Record, Text, scalar, section, yes_or_no
from mailintake.config.source import Collecting, Listing, Node, Scalar
from mailintake.domain.decision import Outcome
from mailintake.domain.mail import Address, Attachment, Kind
from mailintake.domain.routing import Subject
from mailintake.domain.trust import Verdict
from mailintake.entitlement import identity
from mailintake.entitlement.contract import contract_at
from mailintake.routing.trial import EXPECTATIONS, Trial, Wanted

LONGEST_TEXT = 20_000
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
_USUAL_TIME = "2026-01-05 10:00"
"""A Monday: what a mail says that says nothing of its time."""


@dataclass(frozen=True)
class Trials:
    """Reads the list of tests; `rules` are the names of the rules above."""

    known: Known
    rules: tuple[str, ...]

    def __call__(self, node: Node) -> tuple[Trial, ...]:
        return ListOf(self._trial, "a list of tests")(node)

    def _trial(self, node: Node) -> Trial:
        def trial(
            *, expect: Mapping[str, Wanted], name: str = "", mail: Subject | None = None, file: str = ""
        ) -> Trial:
            if (mail is None) == (not file):
                raise ValueError("a test has either a `mail` or a `file`")
            return Trial(place(node), name, expect, mail, file)

        return Record(
            trial,
            {"name": Text("what is tested"), "mail": self._mail, "file": Text("a file"), "expect": self._expect},
            ("expect",),
        )(node)

    def _expect(self, node: Node) -> Mapping[str, Wanted]:
        rule = OneName("rule", dict.fromkeys((*self.rules, "none")))
        own: dict[str, Reader[object]] = {
            "outcome": Choice(tuple(Outcome)),
            "rule": rule,
            "rules": ListOf(rule, "a list of rules", or_one=True),
            "shadow": ListOf(rule, "a list of rules", or_one=True),
        }
        readers: dict[str, Reader[object]] = dict.fromkeys(EXPECTATIONS, _wanted)
        found: dict[str, Wanted] = Record(dict, readers | own)(node)
        if not found:
            raise node.wrong("nothing is expected here; wanted: such as `rule: outage` or `queue: oncall`")
        return found

    def _mail(self, node: Node) -> Subject:
        return Record(
            self._subject,
            {
                "from": Parsed(parse_person, "an address such as `Ana Baker <ana@bakery.example>`"),
                "to": ListOf(address, "an address, or a list of them", least=1, or_one=True),
                "subject": _prose,
                "text": _prose,
                "body": _prose,
                "headers": _headers,
                "attachments": ListOf(_attachment, "a list of files", or_one=True),
                "kind": lambda kind: Kind(Choice(tuple(Kind))(kind)),
                "authentication": lambda verdict: Verdict(Choice(tuple(Verdict))(verdict)),
                "priority": self.known.of_desk("priority", lambda desk: (each.key for each in desk.priorities)),
                "language": language,
                "size": Parsed(parse_size, "a size such as 2 MB"),
                "at": Parsed(_parse_time, "a local time such as 2026-03-09 10:00"),
                "reply": yes_or_no,
            },
            ("from",),
        )(node)

    def _subject(self, *, at: datetime | None = None, to: tuple[str, ...] = (), **said: object) -> Subject:
        desk, author = self.known.desk, said.pop("from")
        assert isinstance(author, Address)
        local = at or _parse_time(_USUAL_TIME)
        received_at = local.replace(tzinfo=ZoneInfo(desk.timezone if desk else "UTC")).astimezone(UTC)
        recipients = to or ((desk.mailboxes[0].address,) if desk else ())
        sender = identity.key(author.address, plus_tags=self.known.plus_tags) or ""
        usual = {"authentication": Verdict.PASS, "body": said.get("text", "")}
        return Subject(
            received_at=received_at,
            sender=sender,
            name=author.name,
            recipients=tuple(key for each in recipients if (key := identity.key(each, plus_tags="keep"))),
            mailbox=_mailbox(desk, recipients),
            **_customer(desk, self.known.directory, sender, received_at),  # type: ignore[arg-type]  # fields of a subject
            **usual | said,  # type: ignore[arg-type]  # each was read as its field's type
        )


def _customer(desk: Desk | None, directory: Directory | None, sender: str, at: datetime) -> dict[str, object]:
    """Whose customer the sender is, as the files say it; of who enrolled they know nothing."""
    if desk is None or directory is None:
        return {}
    listed = directory.contact(sender)
    account, contact = listed or (directory.account_at(sender.rpartition("@")[2]), None)
    if account is None:
        return {}
    contract, _ = contract_at(account.contracts, at, timezone=account.timezone or desk.timezone)
    may_write = account.everybody if contact is None else not contact.suspended
    return {
        "account": account.key,
        "plan": contract.plan,
        "role": contact.role if contact else "",
        "contact": may_write,
    }


def _mailbox(desk: Desk | None, recipients: tuple[str, ...]) -> str:
    if desk is None:
        return ""
    own = {identity.key(each.address): each.address for each in desk.mailboxes}
    return next((own[key] for each in recipients if (key := identity.key(each)) in own), desk.mailboxes[0].address)


def _prose(node: Node) -> str:
    found = scalar(node, "a text").text
    if len(found) > LONGEST_TEXT:
        raise node.wrong(f"a mail of a test has at most {LONGEST_TEXT:,} characters")
    return found


def _headers(node: Node) -> tuple[tuple[str, str], ...]:
    answer(node, Table(lambda _, value: ListOf(_prose, "texts", or_one=True)(value), of_names=False))
    problems, found = Collecting(), list[tuple[str, str]]()
    for key, value in section(node, "header fields with what they say").entries:
        with problems:
            found += ((key.text.lower(), text) for text in _values(value))
    problems.settle()
    return tuple(found)


def _values(node: Node) -> Iterator[str]:
    yield from (_prose(item) for item in (node.items if isinstance(node, Listing) else (node,)))


def _attachment(node: Node) -> Attachment:
    if isinstance(node, Scalar):
        return _attached(name=Text("the name of a file")(node))
    return Record(
        _attached,
        {
            "name": Text("the name of a file"),
            "type": Text("a type such as image/png"),
            "size": Parsed(parse_size, "a size such as 2 MB"),
            "inline": yes_or_no,
        },
        ("name",),
        {"type": "content_type"},
    )(node)


def _attached(*, name: str, content_type: str = "application/octet-stream", size: int = 10_000,
              inline: bool = False) -> Attachment:  # fmt: skip
    return Attachment(name, content_type, size, inline, None, "", "")


def _parse_time(text: str) -> datetime:
    """A local time without a zone. Raises ValueError."""
    if not _LOCAL.fullmatch(text):
        raise ValueError(f"`{text}` is no time: write such as 2026-03-09 10:00, on the clock of the desk")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no {text}") from None


def _wanted(node: Node) -> Wanted:
    if isinstance(node, Listing):
        return ListOf(Text("a word"), "a list of words")(node)
    found = scalar(node, "a word, a list of words, `yes` for anything, or `no` for nothing")
    if not found.quoted and found.text.lower() in {"yes", "no", "true", "false", "on", "off"}:
        return yes_or_no(found)
    return Text("a word")(found)
