"""What becomes of a mail: pure, step by step, each leaving its line in the trace (DOMAIN E1)."""

from collections.abc import Callable

from mailintake.domain.decision import Decision, Effect, Facts, Outcome
from mailintake.domain.mail import Kind
from mailintake.domain.ticket import Part
from mailintake.domain.trust import Verdict
from mailintake.intake import conversing, ruling, steps, working
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
        return working.handed_on(case, decision) if case.forwarded_by else decision
    raise AssertionError("the last step opens a ticket")


def _duplicate(case: Case) -> Decision | None:
    if case.facts.duplicate_of is None:
        return None
    case.note("duplicate", "yes", f"mail {case.facts.duplicate_of} brought the same content")
    return case.end(Outcome.IGNORED, "duplicate")


def _returned(case: Case) -> Decision | None:
    """A letter of ours comes back: proved by a token that only its recipient and whoever carried it have seen (T21)."""
    found, kind = case.facts.returned, case.screening.kind
    if found is None or kind not in {Kind.BOUNCE, Kind.DELAYED}:
        return None
    case.note("screening", kind, case.screening.reason)
    case.note("returned", f"ticket {found.ticket_id}", f"our letter to {found.reader}")
    return case.join(found.ticket_id, Effect.BOUNCED if kind is Kind.BOUNCE else Effect.KEPT, Part.BOUNCE)


def _automatic(case: Case) -> Decision | None:
    case.note("screening", case.screening.kind, case.screening.reason)
    if case.screening.may_open:
        return None
    if thread := next((each for each in case.facts.threads if each.is_participant), None):
        case.note("thread", f"ticket {thread.ticket_id}", f"by {thread.via}; automatic mail is kept and moves nothing")
        return case.join(thread.ticket_id, Effect.KEPT, Part.AUTOMATIC)
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
    """Who is forged is not heard (DOMAIN E1.2): no letter, no effect, but a person may look."""
    found, policy = case.facts.authentication, case.policy
    if case.facts.is_released:
        case.note("authentication", "released", "an admin let this mail through")
        return None
    case.note("authentication", found.verdict, f"{found.why} ({found.source})" if found.source else found.why)
    if found.verdict is not Verdict.FAIL:
        return None
    if case.facts.threads:
        return conversing.noted(case, case.facts.threads[0], Part.UNVERIFIED)
    if policy.agent_of(case.key) or policy.account_of(case.key):
        return case.end(Outcome.HELD, "forged-sender")
    return None


def _unverified(case: Case) -> Decision | None:
    # after threads: a token is worth something, and a new request has none
    if case.is_verified or case.forwarded_by or case.policy.desk.senders.unverified != "hold":
        return None
    case.note("authentication", "unverified", "`unverified: hold`")
    return case.end(Outcome.HELD, "unverified-sender")


def _mailbox(case: Case) -> Decision | None:
    mailbox = case.policy.mailbox_of(case.facts.message, case.facts.envelope)
    case.note("mailbox", mailbox.address, f"`new_mail: {mailbox.new_mail}`")
    if mailbox.new_mail == "ignore":
        return case.end(Outcome.IGNORED, "mailbox-ignores")
    if mailbox.new_mail == "redirect":
        return case.end(Outcome.REFUSED, "redirect", to_sender(case, "redirect", {"to": mailbox.to or ""}))
    return None


STEPS: tuple[Callable[[Case], Decision | None], ...] = (
    _duplicate,
    _returned,
    _automatic,
    _sender,
    _authentication,
    conversing.owner,
    working.agent,
    conversing.thread,
    _unverified,
    _mailbox,
    steps.known,
    steps.claimed,
    ruling.rules,
    steps.account,
    steps.seat,
    steps.contract,
    steps.covered,
    steps.quota,
    open_ticket,  # last: it decides whatever comes
)
