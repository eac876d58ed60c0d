"""What becomes of a mail: pure, step by step, each leaving its line in the trace (DOMAIN E1)."""

from collections.abc import Callable

from mailintake.desk import replies
from mailintake.domain.decision import Decision, Effect, Facts, Outcome, Thread
from mailintake.domain.ticket import Status
from mailintake.intake import steps
from mailintake.intake.case import Case, to_sender
from mailintake.intake.opening import open_ticket
from mailintake.intake.policy import Policy
from mailintake.screening import screen


def decide(facts: Facts, policy: Policy, *, is_promoted: bool = False) -> Decision:
    """The first step that decides, decides; the last one always does. Where an agent has `promoted` a mail that was
    refused, no step refuses it again.
    """
    screening = screen(facts.message, facts.envelope, own_addresses=policy.own_addresses, loop_mark=policy.loop_mark)
    case = Case(facts, policy, screening, is_promoted)
    for step in STEPS:
        before = len(case.trace)
        decision = step(case)
        if decision is None or (decision.outcome is Outcome.REFUSED and case.overrule(decision, since=before)):
            continue
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
        return case.join(thread.ticket_id, Effect.KEPT)
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
    return case.join(thread.ticket_id, Effect.DESK_ANSWERED if answered else Effect.KEPT)


def _owner(case: Case) -> Decision | None:
    """The word of an account's owner about somebody new (DOMAIN E4)."""
    asked = case.facts.asked
    if asked is None:
        return None
    account = case.policy.directory.accounts.get(asked.account)
    if account is None or not account.owner or case.policy.key(account.owner) != case.key or not case.is_verified:
        case.note("owner", "not the owner", f"only the owner of {asked.account} is asked about {asked.address}")
        return case.end(Outcome.HELD, "not-the-owner")
    word = replies.consent(case.facts.message.reply_text)
    case.note("owner", {True: "yes", False: "no", None: "unclear"}[word], f"about {asked.address}")
    effect = {True: Effect.APPROVED, False: Effect.DECLINED, None: Effect.KEPT}[word]
    return case.join(asked.ticket_id, effect)


def _thread(case: Case) -> Decision | None:
    if not case.facts.threads:
        case.note("thread", "none", "no token of a ticket of ours")
        return None
    for thread in case.facts.threads:
        if thread.is_participant:
            case.note("thread", f"ticket {thread.ticket_id}", f"by {thread.via}, from a participant")
            return _joined(case, thread)
        case.note(
            "thread", "not a participant", f"the token of ticket {thread.ticket_id}, by {thread.via}, from a stranger"
        )
    return None


def _joined(case: Case, thread: Thread) -> Decision | None:
    """What a participant's mail does to the ticket; None where it is a new request (DOMAIN S15)."""
    message, closing = case.facts.message, case.policy.desk.closing
    if thread.status is Status.SPAM:
        return case.join(thread.ticket_id, Effect.KEPT)
    if thread.pending == "quote" and (word := replies.consent(message.reply_text)) is not None:
        case.note("quote", "yes" if word else "no", "to the price of a request beyond the plan")
        return case.join(thread.ticket_id, Effect.QUOTE_ACCEPTED if word else Effect.QUOTE_DECLINED)
    if thread.status in {Status.SOLVED, Status.CLOSED}:
        scale = closing.rating
        rating = replies.rating(message.reply_text, least=scale.least, most=scale.most) if scale else None
        if rating is not None:
            case.note("rating", str(rating))
            return case.join(thread.ticket_id, Effect.RATED, rating=rating)
        if not message.attachments and replies.is_thanks(message.reply_text, names=_names(case)):
            case.note("thread", "thanks", "which open nothing again")
            return case.join(thread.ticket_id, Effect.KEPT)
    if _is_over(case, thread):
        # everything that a new request must pass, this one must pass too
        case.follows = thread.ticket_id
        return None
    return case.join(thread.ticket_id, Effect.CUSTOMER_WROTE)


def _names(case: Case) -> str:
    """Those who may be named beside a word of thanks: the customer, and everybody at the desk."""
    listed = case.policy.contact(case.key)
    agents = (agent.name for agent in case.policy.directory.agents.values())
    return " ".join((case.sender.name, listed[1].name if listed else "", *agents))


def _mailbox(case: Case) -> Decision | None:
    mailbox = case.policy.first_mailbox(case.facts.envelope.recipients)
    case.note("mailbox", mailbox.address, f"`new_mail: {mailbox.new_mail}`")
    if mailbox.new_mail == "ignore":
        return case.end(Outcome.IGNORED, "mailbox-ignores")
    if mailbox.new_mail == "redirect":
        return case.end(Outcome.REFUSED, "redirect", to_sender(case, "redirect", {"to": mailbox.to or ""}))
    return None


STEPS: tuple[Callable[[Case], Decision | None], ...] = (
    _duplicate,
    _automatic,
    _sender,
    _authentication,
    _owner,
    _agent,
    _thread,
    _mailbox,
    steps.account,
    steps.claimed,
    steps.seat,
    steps.contract,
    steps.covered,
    steps.quota,
    open_ticket,  # last: it decides whatever comes
)


def _is_over(case: Case, thread: Thread) -> bool:
    """Whether a mail no longer belongs on the ticket it names: closed, or solved too long ago (DOMAIN S15)."""
    if thread.status is Status.SOLVED:
        return case.facts.reception.at - thread.status_since > case.policy.desk.closing.reopen_within
    return thread.status in {Status.CLOSED, Status.REFUSED}
