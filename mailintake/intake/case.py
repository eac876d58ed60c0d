"""One mail on its way through the steps of a decision, and the letters it gives rise to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailintake.domain.customer import Account, Contact, Contract
from mailintake.domain.decision import Decision, Effect, Enrolled, Facts, Line, Notice, Outcome, Thread
from mailintake.domain.mail import Address, Screening
from mailintake.domain.tag import without_tag
from mailintake.entitlement.contract import Force
from mailintake.entitlement.seats import Seats
from mailintake.intake.policy import Policy
from mailintake.notices.restraint import withhold

NOBODY = Address("")


@dataclass
class Case:
    """One mail on its way through the steps, with what earlier steps found out."""

    facts: Facts
    policy: Policy
    screening: Screening
    trace: list[Line] = field(default_factory=list)
    sender: Address = NOBODY
    key: str = ""
    account: Account | None = None
    contact: Contact | None = None
    contract: Contract | None = None
    force: Force = Force.IN_FORCE
    enrol: Enrolled | None = None
    follows: int | None = None

    @property
    def is_verified(self) -> bool:
        """Whether somebody vouches for the sender: our own MTA, or an admin who let the mail through."""
        return self.facts.reception.trusted or self.facts.is_released

    def note(self, check: str, finding: str, why: str = "") -> None:
        """Leave a line in the trace."""
        self.trace.append(Line(check, finding, why))

    def end(self, outcome: Outcome, reason: str = "", *notices: Notice) -> Decision:
        """The decision with the trace so far."""
        return Decision(outcome, reason, self.screening, tuple(self.trace), notices=notices)

    def known_account(self) -> Account:
        """The account, for the steps after the one that finds it."""
        assert self.account is not None, "the account step comes first"
        return self.account

    def known_contract(self) -> Contract:
        """The contract that decides, for the steps after the one that finds the account."""
        assert self.contract is not None, "the account step comes first"
        return self.contract

    def join(self, thread: Thread, effect: Effect) -> Decision:
        """The decision to put the mail on a ticket."""
        return Decision(
            Outcome.JOINED, "", self.screening, tuple(self.trace), ticket_id=thread.ticket_id, effect=effect
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
        letters_last_hour=facts.letters_last_hour,
        limit_per_hour=policy.letters_per_address_hour,
        is_refusal=is_refusal,
        refused_today=facts.refused_today,
        own_addresses=policy.own_addresses,
    )
    case.note("letter", template, why or f"to {case.sender.address}")
    # Who wrote in somebody else's name must not choose one word of what reaches them (SECURITY T15).
    recipient = case.sender if case.is_verified else Address(case.sender.address)
    subject = without_tag(facts.message.subject) if case.is_verified else ""
    words = {"desk": policy.desk.name, "subject": subject, "name": recipient.name} | dict(context or {})
    language = policy.language_of(case.account, facts.message.language)
    return Notice(template, recipient, words, language, answers=True, suppressed=why)


def to_owner(case: Case, owner: str, template: str, seats: Seats) -> Notice:
    """A letter that tells the account's owner who was turned away."""
    why = None
    if case.policy.key(owner) == case.key:
        why = "the owner is the sender"
    elif case.facts.owner_told_today:
        why = "the owner was told of a refusal within a day"
    elif not case.facts.reception.trusted:
        why = "the sender is unverified"
    case.note("letter", template, why or f"to {owner}")
    account = case.known_account()
    words = {
        "desk": case.policy.desk.name,
        "account": account.name,
        "sender": case.sender.address,
        "subject": without_tag(case.facts.message.subject),
        "seats_used": seats.used,
        "seats": seats.limit,
    }
    return Notice(template, Address(owner), words, case.policy.language_of(account, None), suppressed=why)
