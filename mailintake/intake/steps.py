"""The steps that say whether a customer may open a ticket, and how (DOMAIN E1.5 to E1.9)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailintake.domain.customer import Account, Contact, Contract
from mailintake.domain.decision import Decision, Enrolled, Outcome
from mailintake.domain.quota import Spend
from mailintake.entitlement.claims import claims
from mailintake.entitlement.contract import Force
from mailintake.entitlement.quota import Judgement, Lack, Spent, Verdict, judge, strictest
from mailintake.entitlement.scope import Why, scope, survives
from mailintake.entitlement.seats import Standing, standing
from mailintake.intake import wording
from mailintake.intake.case import Case, seat_words, to_owner, to_sender

OWNER_ANSWERS_WITHIN = timedelta(days=7)

_CASES = {
    Why.ROLE: "administrators",
    Why.ATTRIBUTE: "attribute",
    Why.PLAN: "plan",
    Why.ELSEWHERE: "elsewhere",
    Why.QUOTED: "quoted",
}


def known(case: Case) -> Decision | None:
    """Whose customer is the sender? Decides nothing yet: rules may know what to do with a stranger's mail."""
    listed = case.policy.contact(case.key)
    if listed is not None:
        case.account, case.contact = listed
        case.note("contact", "listed", f"account {case.account.key}")
    else:
        case.account = case.policy.account_of(case.key) or _home(case)
        if case.account is None:
            case.note("contact", "unknown", "neither the address nor its domain belongs to an account")
            return None
        case.note("contact", "by domain or enrolled", f"account {case.account.key}")
    case.contract, case.force = case.policy.contract_at(case.account, case.facts.reception.at)
    return None


def account(case: Case) -> Decision | None:
    """A ticket is always some customer's."""
    if case.account is not None:
        return None
    return case.end(Outcome.REFUSED, "unknown-sender", None if case.is_promoted else to_sender(case, "unknown-sender"))


def claimed(case: Case) -> Decision | None:
    """How does the sender see it? Category and topic are taken as said, the priority where the desk says so."""
    policy, message = case.policy, case.facts.message
    found = claims(message.subject, message.reply_text, policy.vocabulary)
    said = {trait: word for trait, word in (("category", found.category), ("topic", found.topic)) if word}
    case.traits = policy.sorted(policy.first_traits(), said)
    if said:
        case.note("claim", ", ".join(f"{trait} {word}" for trait, word in said.items()))
    if found.priority:
        case.claimed_priority = policy.clamped(found.priority, case.traits.category)
        decides = policy.desk.sender_decides_priority
        case.note("claim", f"priority {found.priority}", "the sender decides" if decides else "an agent decides")
        if decides:
            case.traits = replace(case.traits, priority=case.claimed_priority)
    return None


def seat(case: Case) -> Decision | None:
    """Is the sender one of the contacts, or may become one?"""
    account, facts = case.known_account(), case.facts
    holders = case.policy.holders(facts.enrolled, at=facts.reception.at)
    seats = case.policy.seats(account, case.known_contract(), holders)
    key = case.policy.key(case.contact.address) or case.key if case.contact else case.key
    new_sender = case.policy.desk.senders.new_at_known_domain
    enrolled = next((one for one in facts.enrolled if one.key == case.key), None)
    is_out = case.contact.suspended if case.contact else enrolled is not None and enrolled.removed_at is not None
    found = Standing.NOT_AUTHORISED if is_out else standing(seats, key, new_sender=new_sender)
    limit = "no limit" if seats.limit is None else f"{seats.used} of {seats.limit} seats taken"
    case.note("seat", found, "suspended or removed" if is_out else f"{limit}; `new_at_known_domain: {new_sender}`")
    if found is Standing.SEATED:
        if case.contact is None and enrolled is not None:
            case.contact = Contact(enrolled.address, enrolled.name, role=enrolled.role)
        return None
    if found in {Standing.MAY_SIT, Standing.MAY_ASK} and not case.is_verified:
        # else a forger could fill a customer's seats before its people do (SECURITY T22)
        case.note("seat", "unverified", "nobody takes a seat for whom nobody vouches")
        return case.end(Outcome.HELD, "unverified-sender")
    if found is Standing.MAY_SIT:
        case.enrol = Enrolled(account.key, case.key, case.sender.address, case.sender.name)
        return None
    if found is Standing.MAY_ASK and account.owner:
        if not case.is_promoted:  # else an agent has said the word already, for this one mail
            case.pending = "approval"
        return None
    reason = Standing.NOT_AUTHORISED if found is Standing.MAY_ASK else found
    told = to_owner(case, f"owner-{reason}", seat_words(seats))
    return case.end(Outcome.REFUSED, reason.value, to_sender(case, reason.value), told)


def contract(case: Case) -> Decision | None:
    """Is the contract in force?"""
    agreed, found = case.known_contract(), case.force
    case.note("contract", found, f"plan {agreed.plan}, {_days(agreed)}")
    if found is Force.IN_FORCE:
        return None
    if not case.is_contact:
        # Whether a customer has a contract is told to the customer's own contacts only.
        return case.end(Outcome.REFUSED, found.value, to_sender(case, "not-authorised"))
    if found is Force.EXPIRED and survives(case.policy.desk.topics.get(case.traits.topic)):
        case.note("contract", "let through", f"`{case.traits.topic}` is taken in after the end of a contract")
        return None
    ended, begins = (day.isoformat() if day else None for day in (agreed.ends, agreed.begins))
    if found is Force.NOT_STARTED:
        return case.end(Outcome.REFUSED, found.value, to_sender(case, found.value, {"begins": begins}))
    told = to_owner(case, "owner-contract-expired", {"ended": ended})
    return case.end(Outcome.REFUSED, found.value, to_sender(case, found.value, {"ended": ended}), told)


def covered(case: Case) -> Decision | None:
    """Does the plan answer this person about this topic?"""
    topic = case.policy.desk.topics.get(case.traits.topic)
    found = scope(case.plan(), case.contact, topic)
    if found.covered:
        return None
    case.note("scope", found.why, case.traits.topic)
    if found.why is Why.REFUSED:
        # The topic is only what the sender calls it: to refuse it is for an agent (BS16).
        return None
    words = {
        "case": _CASES[found.why],
        "topic": (topic.meaning or topic.key) if topic else "",
        "attribute": topic.only_for.replace("-", " ") if topic else "",
        "note": found.note,
    }
    return case.end(Outcome.REFUSED, "not-covered", to_sender(case, "not-covered", words))


def quota(case: Case) -> Decision | None:
    """Is something left of what the plan limits?"""
    at, spent = case.facts.reception.at, case.facts.spent
    # An outage is always taken in: here the sender's word counts, and an agent may correct it (BB4).
    priority = case.claimed_priority or case.traits.priority
    found = [
        judge(allowance, at, Spent(spent.get(allowance.unit.key, {})), priority=priority, topic=case.traits.topic)
        for allowance in case.policy.allowances(case.known_account(), case.known_contract())
    ]
    for each in found:
        if each.span is not None:
            left = f"{each.used} of {each.span.limit.count} per {each.span.limit.period} used"
            case.note("quota", f"{each.unit}: {each.verdict}", f"{left}{f', {each.lack}' if each.lack else ''}")
    case.counted = next((each for each in found if each.span is not None), None)
    if case.is_promoted:
        if short := strictest(found):
            case.note("promoted", short.lack, "an agent takes it in all the same; it is counted as overage")
        case.spends = tuple(
            _taken_in(case, each) for each in found if each.verdict not in {Verdict.FREE, Verdict.EXEMPT}
        )
        return None
    case.short = stops = strictest(found)
    if stops is not None and stops.verdict is Verdict.REFUSE:
        told = to_owner(case, "owner-quota-used-up", wording.used_up(stops)) if stops.lack is Lack.PERIOD else None
        return case.end(Outcome.REFUSED, stops.lack.value, to_sender(case, stops.lack.value, _lack(case)), told)
    if stops is not None and stops.verdict is Verdict.QUOTE:
        # Who waits for the owner's word waits for that alone: what the owner lets in beyond the plan is counted so.
        is_quoted = not case.pending
        case.pending = case.pending or "quote"
        day = at.astimezone(_zone(case)).date()
        case.spends = (Spend(stops.unit, day, overage=True, reserved=is_quoted),)
        return None
    if stops is not None:
        case.starts_at = stops.starts_at
    case.spends = tuple(
        Spend(each.unit, each.day, overage=each.verdict is Verdict.OVER) for each in found if each.day is not None
    )
    return None


def _home(case: Case) -> Account | None:
    """The account that has given a seat to somebody from elsewhere."""
    enrolled = (one for one in case.facts.enrolled if one.key == case.key and one.removed_at is None)
    return next((case.policy.directory.accounts.get(one.account) for one in enrolled), None)


def _taken_in(case: Case, found: Judgement) -> Spend:
    """What an agent takes in spends one on its own day, beyond what is allowed if nothing is left."""
    day = case.facts.reception.at.astimezone(_zone(case)).date()
    return Spend(found.unit, day, overage=found.verdict is not Verdict.SPEND)


def _zone(case: Case) -> ZoneInfo:
    return ZoneInfo(case.policy.zone_of(case.known_account(), case.known_contract()))


def _lack(case: Case) -> dict[str, object]:
    assert case.short is not None, "nothing is lacking"
    return wording.lack(case.short, case.policy.zone_of(case.known_account(), case.known_contract()))


def expires(case: Case) -> datetime:
    """Until when the owner may answer."""
    return case.facts.now + OWNER_ANSWERS_WITHIN


def _days(agreed: Contract) -> str:
    return f"{agreed.begins or 'always'} to {agreed.ends or 'open end'}"
