"""One mail on its way through the steps of a decision, and the letters it gives rise to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailintake.domain.customer import Account, Contact, Contract, Plan
from mailintake.domain.decision import Decision, Effect, Enrolled, Facts, Line, Notice, Outcome
from mailintake.domain.mail import Address, Screening
from mailintake.domain.quota import Spend
from mailintake.domain.routing import Route
from mailintake.domain.tag import without_tag
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Part
from mailintake.domain.trust import Verdict
from mailintake.domain.work import Work
from mailintake.entitlement.contract import Force
from mailintake.entitlement.quota import Judgement
from mailintake.entitlement.seats import Seats
from mailintake.intake.policy import Policy
from mailintake.notices.restraint import withhold

NOBODY = Address("")
UNSORTED = Traits("")
NO_ROUTE = Route()


@dataclass
class Case:
    """One mail on its way through the steps, with what earlier steps found out.

    `traits` is how a new ticket would be sorted, `claimed_priority` what the sender says of it. `pending` is for what
    it would wait, `starts_at` when its clock would start, if not at once. `short` is what there is too little of.
    `letters` counts those to the sender that leave. `is_promoted` says that an agent takes in what was refused,
    `forwarded_by` is the agent who sent on the mail of somebody else, with `work` to do on its ticket. `route` is what
    the rules say.
    """

    facts: Facts
    policy: Policy
    screening: Screening
    is_promoted: bool = False
    trace: list[Line] = field(default_factory=list)
    sender: Address = NOBODY
    key: str = ""
    account: Account | None = None
    contact: Contact | None = None
    contract: Contract | None = None
    force: Force = Force.IN_FORCE
    traits: Traits = UNSORTED
    claimed_priority: str = ""
    enrol: Enrolled | None = None
    pending: str = ""
    starts_at: datetime | None = None
    spends: tuple[Spend, ...] = ()
    short: Judgement | None = None
    counted: Judgement | None = None
    follows: int | None = None
    letters: int = 0
    forwarded_by: str = ""
    work: Work | None = None
    route: Route = NO_ROUTE

    @property
    def is_verified(self) -> bool:
        """Whether somebody vouches for the sender: our own MTA, a signature, or an admin who let the mail through."""
        return self.facts.authentication.verdict is Verdict.PASS or self.facts.is_released

    @property
    def is_contact(self) -> bool:
        """Whether the sender is one of the account's contacts, listed or enrolled."""
        return self.contact is not None and not self.contact.suspended

    def note(self, check: str, finding: str, why: str = "") -> None:
        """Leave a line in the trace."""
        self.trace.append(Line(check, finding, why))

    def end(self, outcome: Outcome, reason: str = "", *notices: Notice | None) -> Decision:
        """The decision with the trace so far."""
        letters = tuple(notice for notice in notices if notice is not None)
        return Decision(outcome, reason, self.screening, tuple(self.trace), notices=letters, route=self.route)

    def overrule(self, refusal: Decision, *, since: int) -> bool:
        """Go on all the same, if an agent takes the mail in; what the trace has of letters `since` then is unsaid.

        Not where nobody knows whose customer the sender is: there is nobody to open a ticket for.
        """
        if not self.is_promoted or (refusal.reason == "unknown-sender"):
            return False
        self.letters = 0
        self.trace[since:] = [line for line in self.trace[since:] if line.check != "letter"]
        self.note("promoted", refusal.reason, "an agent takes it in all the same")
        return True

    def known_account(self) -> Account:
        """The account, for the steps after the one that finds it."""
        assert self.account is not None, "the account step comes first"
        return self.account

    def known_contract(self) -> Contract:
        """The contract that decides, for the steps after the one that finds the account."""
        assert self.contract is not None, "the account step comes first"
        return self.contract

    def plan(self) -> Plan:
        """The contract's plan."""
        return self.policy.desk.plans[self.known_contract().plan]

    def join(
        self,
        ticket_id: int,
        effect: Effect,
        part: Part,
        *notices: Notice,
        rating: int = 0,
        work: Work | None = None,
        watchers: tuple[Address, ...] = (),
        reason: str = "",
    ) -> Decision:
        """The decision to put the mail on a ticket, as this part of it."""
        return Decision(
            Outcome.JOINED,
            reason,
            self.screening,
            tuple(self.trace),
            ticket_id=ticket_id,
            effect=effect,
            rating=rating,
            notices=notices,
            part=part,
            work=work,
            watchers=watchers,
        )


def to_sender(
    case: Case, template: str, context: Mapping[str, object] | None = None, *, is_refusal: bool = True
) -> Notice:
    """A letter that answers the mail, withheld where restraint says so."""
    facts, policy = case.facts, case.policy
    why = withhold(
        screening=case.screening,
        envelope=facts.envelope,
        recipient=case.sender,
        is_verified=case.is_verified,
        answer_unverified=policy.desk.senders.answer_unverified,
        letters_last_hour=facts.letters_last_hour + case.letters,
        limit_per_hour=policy.letters_per_address_hour,
        is_refusal=is_refusal,
        refused_today=facts.refused_today,
        own_addresses=policy.own_addresses,
    )
    if why is None and facts.bounces >= policy.desk.senders.bounces:
        why = "letters to this address do not arrive"
    case.note("letter", template, why or f"to {case.sender.address}")
    case.letters += why is None
    # Who wrote in somebody else's name must not choose one word of what reaches them (SECURITY T15).
    recipient = case.sender if case.is_verified else Address(case.sender.address)
    subject = without_tag(facts.message.subject) if case.is_verified else ""
    words = {"desk": policy.desk.name, "subject": subject, "name": recipient.name} | dict(context or {})
    language = policy.language_of(case.account, facts.message.language)
    return Notice(template, recipient, words, language, answers=True, suppressed=why)


def to_owner(
    case: Case, template: str, context: Mapping[str, object] | None = None, *, asks: bool = False
) -> Notice | None:
    """A letter that tells the account's owner what became of a mail, once a day for each sender; None without one."""
    account, facts = case.known_account(), case.facts
    if not account.owner:
        case.note("letter", template, "the account names no owner")
        return None
    why = None
    if case.policy.key(account.owner) == case.key:
        why = "the owner is the sender"
    elif not case.is_verified:
        why = "the sender is unverified"
    elif facts.letters_to_owner >= case.policy.letters_per_address_hour:
        why = f"the owner had {facts.letters_to_owner} letters within the hour"
    case.note("letter", template, why or f"to {account.owner}")
    words = {
        "desk": case.policy.desk.name,
        "account": account.name,
        "sender": case.sender.address,
        "subject": without_tag(facts.message.subject),
    } | dict(context or {})
    day = facts.reception.at.date().isoformat()
    # a withheld one is no telling, and must not stand in the way of the next
    once = "" if why else f"{account.key}, {case.key}, {day}: {template}"[:96]
    language = case.policy.language_of(account, None)
    return Notice(template, Address(account.owner), words, language, suppressed=why, once=once, asks_owner=asks)


def seat_words(seats: Seats) -> dict[str, object]:
    """How many seats there are, for the owner."""
    return {"seats_used": seats.used, "seats": seats.limit}
