"""What becomes of a mail: pure, step by step, each leaving its line in the trace (DOMAIN E1)."""

from collections.abc import Callable

from mailintake.domain.customer import Contract
from mailintake.domain.decision import Decision, Effect, Enrolled, Facts, NewTicket, Outcome, Thread
from mailintake.domain.progress import Happening, What, opened
from mailintake.domain.tag import without_tag
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status
from mailintake.entitlement.contract import Force
from mailintake.entitlement.seats import Standing, standing
from mailintake.intake import wording
from mailintake.intake.case import Case, to_owner, to_sender
from mailintake.intake.policy import Policy
from mailintake.screening import screen


def decide(facts: Facts, policy: Policy) -> Decision:
    """The first step that decides, decides; the last one always does."""
    screening = screen(facts.message, facts.envelope, own_addresses=policy.own_addresses, loop_mark=policy.loop_mark)
    case = Case(facts, policy, screening)
    for step in STEPS:
        decision = step(case)
        if decision is not None:
            return decision
    raise AssertionError("the last step opens a ticket")


def _duplicate(case: Case) -> Decision | None:
    if case.facts.duplicate_of is None:
        return None
    case.note("duplicate", "yes", f"mail {case.facts.duplicate_of} brought the same content for the same mailbox")
    return case.end(Outcome.IGNORED, "duplicate")


def _automatic(case: Case) -> Decision | None:
    case.note("screening", case.screening.kind, case.screening.reason)
    if case.screening.may_open:
        return None
    if thread := next((each for each in case.facts.threads if each.is_participant), None):
        case.note("thread", f"ticket {thread.ticket_id}", f"by {thread.via}; automatic mail is kept and moves nothing")
        return case.join(thread, Effect.KEPT)
    return case.end(Outcome.IGNORED, case.screening.kind.value)


def _sender(case: Case) -> Decision | None:
    message, policy = case.facts.message, case.policy
    sender = message.from_
    if sender is None and case.facts.is_released and len(message.authors) == 1:
        sender = message.authors[0]
    key = policy.key(sender.address) if sender else None
    if sender is None or key is None:
        case.note("sender", "unclear", "the mail names no author, several, or one that cannot be read safely")
        return case.end(Outcome.HELD, "unclear-sender")
    case.sender, case.key = sender, key
    case.note("sender", sender.address)
    return None


def _authentication(case: Case) -> Decision | None:
    if case.facts.reception.trusted:
        case.note(
            "authentication", "trusted", f"our own {case.facts.reception.transport} transport vouches for the sender"
        )
    elif case.facts.is_released:
        case.note("authentication", "released", "an admin let this mail through")
    else:
        senders = case.policy.desk.senders
        case.note("authentication", "unverified", f"nobody vouches for the sender; `unverified: {senders.unverified}`")
        if senders.unverified == "hold":
            return case.end(Outcome.HELD, "unverified-sender")
    return None


def _agent(case: Case) -> Decision | None:
    # An agent copies the desk in, or answers a reminder; a mail to the customer is the answer that was promised.
    if not case.policy.is_agent(case.key):
        return None
    if not case.is_verified:
        case.note("agent", "unverified", "the address of an agent, but nobody vouches for it")
        return case.end(Outcome.HELD, "unverified-agent")
    if not case.facts.threads:
        case.note("agent", case.key, "without a token of any ticket")
        return None if case.facts.is_released else case.end(Outcome.HELD, "agent-without-ticket")
    thread = case.facts.threads[0]
    message = case.facts.message
    addressed = {case.policy.key(each.address) for each in (*message.to, *message.cc)}
    answered = case.policy.key(thread.requester) in addressed
    case.note(
        "agent", case.key, f"ticket {thread.ticket_id}, {'to the customer' if answered else 'not to the customer'}"
    )
    return case.join(thread, Effect.DESK_ANSWERED if answered else Effect.KEPT)


def _thread(case: Case) -> Decision | None:
    if not case.facts.threads:
        case.note("thread", "none", "no token of a ticket of ours")
        return None
    for thread in case.facts.threads:
        if thread.is_participant:
            case.note("thread", f"ticket {thread.ticket_id}", f"by {thread.via}, from a participant")
            if _is_over(case, thread):
                # a new request, with everything a new request must pass (DOMAIN S15)
                case.follows = thread.ticket_id
                return None
            return case.join(thread, Effect.KEPT if thread.status is Status.SPAM else Effect.CUSTOMER_WROTE)
        case.note(
            "thread", "not a participant", f"the token of ticket {thread.ticket_id}, by {thread.via}, from a stranger"
        )
    return None


def _mailbox(case: Case) -> Decision | None:
    mailbox = case.policy.first_mailbox(case.facts.envelope.recipients)
    case.note("mailbox", mailbox.address, f"`new_mail: {mailbox.new_mail}`")
    if mailbox.new_mail == "ignore":
        return case.end(Outcome.IGNORED, "mailbox-ignores")
    if mailbox.new_mail == "redirect":
        return case.end(Outcome.REFUSED, "redirect", to_sender(case, "redirect", {"to": mailbox.to or ""}))
    return None


def _account(case: Case) -> Decision | None:
    listed = case.policy.contact(case.key)
    if listed is not None:
        case.account, case.contact = listed
        case.note("contact", "listed", f"account {case.account.key}")
        _find_contract(case)
        return None
    case.account = case.policy.account_of(case.key)
    if case.account is None:
        case.note("contact", "unknown", "neither the address nor its domain belongs to an account")
        return case.end(Outcome.REFUSED, "unknown-sender", to_sender(case, "unknown-sender"))
    case.note("contact", "domain known", f"account {case.account.key}")
    _find_contract(case)
    return None


def _seat(case: Case) -> Decision | None:
    account = case.known_account()
    enrolled = tuple(one.key for one in case.facts.enrolled)
    seats = case.policy.seats(account, case.known_contract(), enrolled)
    key = case.policy.key(case.contact.address) or case.key if case.contact else case.key
    new_sender = case.policy.desk.senders.new_at_known_domain
    is_suspended = case.contact is not None and case.contact.suspended
    found = Standing.NOT_AUTHORISED if is_suspended else standing(seats, key, new_sender=new_sender)
    limit = "no limit" if seats.limit is None else f"{seats.used} of {seats.limit} seats taken"
    case.note("seat", found, "suspended" if is_suspended else f"{limit}; `new_at_known_domain: {new_sender}`")
    if found is Standing.SEATED:
        return None
    if found is Standing.MAY_SIT:
        if not case.is_verified:
            # else a forger could fill a customer's seats before its people do (SECURITY T22)
            case.note("seat", "unverified", "nobody takes a seat for whom nobody vouches")
            return case.end(Outcome.HELD, "unverified-sender")
        case.enrol = Enrolled(account.key, case.key, case.sender.address, case.sender.name)
        return None
    notices = [to_sender(case, found.value)]
    if account.owner:
        notices.append(to_owner(case, account.owner, f"owner-{found}", seats))
    return case.end(Outcome.REFUSED, found.value, *notices)


def _contract(case: Case) -> Decision | None:
    contract, found = case.known_contract(), case.force
    case.note("contract", found, f"plan {contract.plan}, {_days(contract)}")
    if found is Force.IN_FORCE:
        return None
    if case.contact is None and not any(one.key == case.key for one in case.facts.enrolled):
        # Whether a customer has a contract is told to the customer's own contacts only.
        return case.end(Outcome.REFUSED, found.value, to_sender(case, "not-authorised"))
    ended, begins = (day.isoformat() if day else None for day in (contract.ends, contract.begins))
    context = {"ended": ended} if found is Force.EXPIRED else {"begins": begins}
    return case.end(Outcome.REFUSED, found.value, to_sender(case, found.value, context))


def _open(case: Case) -> Decision:
    facts, policy, account, contract = case.facts, case.policy, case.known_account(), case.known_contract()
    terms = policy.terms(contract)
    opening = Happening(What.OPENED, facts.reception.at, traits=policy.first_traits(), status=Status.NEW)
    new = NewTicket(
        subject=without_tag(facts.message.subject),
        requester=case.sender,
        account=account.key,
        mailbox=policy.first_mailbox(facts.envelope.recipients).address,
        received_at=facts.reception.at,
        terms=terms,
        opening=opening,
        follows=case.follows,
    )
    progress = opened(opening, terms)
    for clock in progress.clocks:
        due = "nothing is promised" if clock.due is None else f"due {clock.due.isoformat()}"
        why = f"{clock.target.text}, {clock.target.hours}" if clock.target else ""
        case.note("clock", f"{clock.metric}: {due}", why)
    promised = next((clock for clock in progress.clocks if clock.metric is Metric.FIRST_RESPONSE), None)
    context = wording.acknowledged(new, promised, account, contract, policy)
    acknowledgement = to_sender(case, "acknowledged", context, is_refusal=False)
    return Decision(
        Outcome.OPENED,
        "",
        case.screening,
        tuple(case.trace),
        new_ticket=new,
        enrol=case.enrol,
        notices=(acknowledgement,),
    )


STEPS: tuple[Callable[[Case], Decision | None], ...] = (
    _duplicate,
    _automatic,
    _sender,
    _authentication,
    _agent,
    _thread,
    _mailbox,
    _account,
    _seat,
    _contract,
    _open,  # last: it decides whatever comes
)


def _find_contract(case: Case) -> None:
    case.contract, case.force = case.policy.contract_at(case.known_account(), case.facts.reception.at)


def _is_over(case: Case, thread: Thread) -> bool:
    """Whether a mail no longer belongs on the ticket it names: closed, or solved too long ago (DOMAIN S15)."""
    if thread.status is Status.SOLVED:
        return case.facts.reception.at - thread.status_since > case.policy.desk.closing.reopen_within
    return thread.status in {Status.CLOSED, Status.REFUSED}


def _days(contract: Contract) -> str:
    return f"{contract.begins or 'always'} to {contract.ends or 'open end'}"
