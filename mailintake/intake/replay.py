"""Mail of the past decided once more: what another configuration would have made of it, with nothing else changed.

The facts are those of the record: the seats as they were when the mail came, the trust in its sender, the ticket it
followed. What other mails had used up by then is left out of account: quotas, limits on letters, who was away.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailintake.domain.decision import Decision, Facts, Outcome, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.routing import Route
from mailintake.domain.tag import Via
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Status
from mailintake.intake.case import NO_ROUTE
from mailintake.intake.decide import decide
from mailintake.intake.inquiry import inquire
from mailintake.intake.policy import Policy
from mailintake.storage.past import Past, Seats

Told = Mapping[str, str]
"""What a decision says, in words, by what it is about."""

Differences = Mapping[str, tuple[str, str]]
"""What is said otherwise, by what it is about: before and after."""

_TRAITS = ("priority", "category", "topic", "level")


def facts(past: Past, message: ParsedMessage, policy: Policy, seats: Seats) -> Facts:
    """What was to be known of a mail when it came."""
    entry = past.entry
    at = entry.reception.at
    inquiry = inquire(entry, message, policy, homes=seats.homes(at), own=past.authentication)
    return Facts(
        now=past.at,
        reception=entry.reception,
        envelope=entry.envelope,
        message=message,
        size=entry.size,
        is_released=entry.released,
        threads=(_closed(past.follows, inquiry.key or "", at),) if past.follows else (),
        enrolled=seats.of(inquiry.account.key, at) if inquiry.account else (),
        authentication=past.authentication or inquiry.authentication,
    )


def under(past: Past, message: ParsedMessage, policy: Policy, seats: Seats) -> Told:
    """What a configuration makes of a mail."""
    return told(decide(facts(past, message, policy, seats), policy, is_promoted=is_promoted(past)))


def told(decision: Decision) -> Told:
    """What a decision says, in words."""
    new, route = decision.new_ticket, decision.route or NO_ROUTE
    traits = new.opening.traits if new and new.opening.traits else _said(route)
    letters = [each.template for each in decision.notices if not each.suppressed]
    return {
        "outcome": _ended(decision.outcome.value, decision.reason),
        "rules": ", ".join(route.rules),
        "shadow": ", ".join(route.shadow),
        "account": new.account if new else "",
        "plan": new.terms.plan if new else "",
        "queue": new.queue if new else route.queue,
        "team": route.team,
        "assign": str(route.assign or ""),
        **{trait: getattr(traits, trait) for trait in _TRAITS},
        "tags": ", ".join(route.tags),
        "language": route.language,
        "link": route.link.key if route.link else "",
        "watchers": ", ".join(route.watchers),
        "notify": ", ".join(route.notify),
        "clocks": "; ".join(str(line.finding) for line in decision.trace if line.check == "clock"),
        "letters": ", ".join(letters),
    }


def recorded(past: Past) -> Told:
    """The part of it that the journal keeps of the mail's own decision."""
    detail, outcome = past.detail, past.entry.outcome or ""
    is_linked = outcome == Outcome.JOINED.value  # which mail comes first decides that, so it is as good as opened
    found = {
        "outcome": Outcome.OPENED.value if is_linked else _ended(outcome, str(detail.get("reason") or "")),
        "rules": ", ".join(detail.get("rules", ())),
        "shadow": ", ".join(detail.get("shadow", ())),
    }
    traits = detail.get("history", {}).get("traits")
    return found if traits is None else found | {trait: str(traits.get(trait, "")) for trait in _TRAITS}


def differences(before: Told, after: Told) -> Differences:
    """What both speak of and do not agree upon."""
    shared = (word for word in after if word in before)
    return {word: (before[word], after[word]) for word in shared if before[word] != after[word]}


def is_promoted(past: Past) -> bool:
    """Whether a person took the mail in, against what the configuration said."""
    return any(check == "promoted" for check, *_ in past.detail.get("trace", ()))


@dataclass(frozen=True, slots=True)
class Replayed:
    """A mail, and what becomes of it otherwise; `trouble` says why it could not be decided.

    `is_request` is False for mail about which rules are not asked; nothing else is known of that.
    """

    mail: int
    is_request: bool = True
    received_at: datetime | None = None
    sender: str = ""
    subject: str = ""
    differences: Differences = field(default_factory=dict)
    trouble: str = ""


@dataclass(slots=True)
class Sum:
    """Many mails in numbers: `decided` anew, `differing` among them, in `trouble`, or `passed_over`.

    `changes` counts mails by what differs, with before and after.
    """

    decided: int = 0
    differing: int = 0
    trouble: int = 0
    passed_over: int = 0
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, mail: Replayed) -> None:
        """Count a mail."""
        if not mail.is_request:
            self.passed_over += 1
        elif mail.trouble:
            self.trouble += 1
        else:
            self.decided += 1
            self.differing += bool(mail.differences)
            self.changes.update((word, *values) for word, values in mail.differences.items())


def _ended(outcome: str, reason: str) -> str:
    return f"{outcome}: {reason}" if reason else outcome


def _said(route: Route) -> Traits:
    return Traits(route.priority, route.category, route.topic, route.level)


def _closed(number: int, requester: str, at: datetime) -> Thread:
    """The ticket that a new one follows; it was over already, or the mail would have joined it."""
    return Thread(
        ticket_id=number,
        status=Status.CLOSED,
        status_since=at,
        account="",
        requester=requester,
        via=Via.SUBJECT,
        is_participant=True,
    )
