"""The last step of a decision: a ticket is opened, and everybody told."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from mailintake.domain.decision import Decision, Enrolled, NewTicket, Notice, Outcome
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.routing import NO_LETTER
from mailintake.domain.sla import Clock
from mailintake.domain.tag import without_tag
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status
from mailintake.entitlement.quota import Lack
from mailintake.entitlement.required import missing
from mailintake.intake import steps, telling, wording
from mailintake.intake.begin import begun
from mailintake.intake.case import Case, seat_words, to_owner, to_sender
from mailintake.intake.conversing import copied_in


def open_ticket(case: Case) -> Decision:
    """A ticket with its promises, and the letters about it; pending where somebody must say yes first."""
    facts, policy, account, contract = case.facts, case.policy, case.known_account(), case.known_contract()
    route = case.route
    terms, mailbox = policy.terms_under(contract, route.sla), policy.mailbox_of(facts.message, facts.envelope)
    status = Status.PENDING if case.pending else Status.NEW
    starts = case.starts_at or (facts.now if case.is_promoted else facts.reception.at)
    opening = Happening(What.OPENED, starts, traits=case.traits, status=status)
    missing = _missing(case)
    waits = bool(missing) and policy.desk.request is not None and policy.desk.request.when_missing == "ask-and-pause"
    asked = Happening(What.ASKED, starts) if waits and not case.pending else None
    new = NewTicket(
        subject=without_tag(facts.message.subject),
        requester=case.sender,
        account=account.key,
        mailbox=mailbox.address,
        received_at=facts.reception.at,
        terms=terms,
        opening=opening,
        asked=asked,
        pending=case.pending,
        queue=route.queue or mailbox.queue,
        team=route.team,
        tags=route.tags,
        assign=route.assign,
        link=route.link.key if route.link else "",
        within=route.link.within if route.link else timedelta(0),
        claimed_priority=case.claimed_priority,
        spends=case.spends,
        follows=case.follows,
        language=route.language or facts.message.language or "",
        twin=facts.twin,
    )
    clocks = begun(new).clocks
    for clock in clocks:
        due = "nothing is promised" if clock.due is None else f"due {clock.due.isoformat()}"
        why = f"{clock.target.text}, {clock.target.hours}" if clock.target else ""
        case.note("clock", f"{clock.metric}: {due}", why)
    notices = [*_told(case, new, clocks), *_asked_for(case, missing, waits=asked is not None), *_hidden(case)]
    if route.reply:
        notices.append(to_sender(case, route.reply, is_refusal=False))
    return Decision(
        Outcome.OPENED,
        "",
        case.screening,
        tuple(case.trace),
        new_ticket=new,
        enrol=case.enrol,
        ask=_to_ask(case),
        notices=tuple(notices),
        watchers=(*copied_in(case), *_watchers(case)),
        desk_words=_desk_words(case),
        forwarded_by=case.forwarded_by,
        route=route,
    )


def _watchers(case: Case) -> Iterator[Address]:
    """Whom rules let take part, beside the desk's own people, who are told."""
    yield from (Address(each) for each in case.route.watchers if "@" in each and case.policy.agent_at(each) is None)


def _desk_words(case: Case) -> dict[str, object]:
    """What the desk is told of a new ticket, beside what every letter to it says."""
    policy, account, contract = case.policy, case.known_account(), case.known_contract()
    seats = policy.seats(account, contract, policy.holders(case.facts.enrolled, at=case.facts.reception.at))
    taken = seats.used + (case.enrol is not None)
    counted = case.counted
    limit = counted.span.limit if counted and counted.span else None
    topic = policy.desk.topics.get(case.traits.topic)
    return {
        "priority_meaning": policy.meaning_of(case.traits.priority),
        "claimed_priority": case.claimed_priority,
        "category": case.traits.category,
        "topic": (topic.meaning or topic.key) if topic else "",
        "level": policy.label_of(case.traits.level),
        "language": case.facts.message.language or "",
        "trust": telling.trust_in(case.facts.authentication),
        "seats_used": taken if seats.limit is not None else None,
        "seats": seats.limit,
        "quota_unit": counted.unit if counted and limit else None,
        "quota_used": counted.used + (not counted.lack) if counted and limit else None,
        "quota_limit": limit.count if limit else None,
        "quota_period": limit.period.value if limit else None,
        "follows": case.follows,
        "twin": case.facts.twin,
    } | telling.text_of(case.facts.message)


def _hidden(case: Case) -> Iterator[Notice]:
    """A mail that nobody here can decrypt is answered with a kind word."""
    if telling.is_hidden(case.facts.message) and not case.pending:
        words = {"protection": case.facts.message.protection}
        yield to_sender(case, "please-unencrypted", words, is_refusal=False)


def _told(case: Case, new: NewTicket, clocks: Sequence[Clock]) -> Iterator[Notice]:
    """What the sender and the owner are told of a ticket that is opened."""
    policy, account, contract = case.policy, case.known_account(), case.known_contract()
    timezone = policy.zone_of(account, contract)
    if case.pending == "approval":
        words: dict[str, object] = {"expires": steps.expires(case).isoformat(), "timezone": timezone}
        yield to_sender(case, "pending", words, is_refusal=False)
        seats = policy.seats(account, contract, policy.holders(case.facts.enrolled, at=case.facts.reception.at))
        asking = words | seat_words(seats) | {"yes_word": "YES", "no_word": "NO"}
        if not case.facts.is_waiting and (notice := to_owner(case, "owner-approval", asking, asks=True)):
            yield notice
        return
    promised = next((clock for clock in clocks if clock.metric is Metric.FIRST_RESPONSE), None)
    if case.short is not None:
        words = wording.lack(case.short, timezone, due=promised.due if promised else None)
        yield to_sender(case, case.short.lack.value, words, is_refusal=False)
        if case.short.lack is Lack.PERIOD and (
            notice := to_owner(case, "owner-quota-used-up", wording.used_up(case.short))
        ):
            yield notice
        return
    letter = case.route.acknowledge
    if letter == NO_LETTER:
        case.note("letter", "none", "a rule acknowledges with none")
        return
    words = wording.acknowledged(new, promised, account, contract, policy, counted=case.counted)
    if case.follows is not None:
        yield to_sender(case, letter or "follows", words | {"old_ticket": case.follows}, is_refusal=False)
    else:
        yield to_sender(case, letter or "acknowledged", words, is_refusal=False)


def _missing(case: Case) -> tuple[str, ...]:
    wanted, message = case.policy.desk.request, case.facts.message
    if wanted is None or wanted.when_missing == "accept" or not case.is_verified:
        return ()
    files = [each.filename for each in message.attachments]
    found = missing(
        wanted.wants, subject=message.subject, text=message.reply_text, attachments=files, accepted=wanted.attachments
    )
    if found:
        case.note("request", "incomplete", "; ".join(found))
    return found


def _asked_for(case: Case, items: tuple[str, ...], *, waits: bool) -> Iterator[Notice]:
    wanted = case.policy.desk.request
    if items and wanted is not None and not case.pending:
        words = {"missing": list(items), "attachments": list(wanted.attachments), "paused": waits}
        yield to_sender(case, "need-more-info", words, is_refusal=False)


def _to_ask(case: Case) -> Enrolled | None:
    """Whom the owner is to be asked about, if they have not been asked yet."""
    if case.pending != "approval" or case.facts.is_waiting:
        return None
    return Enrolled(case.known_account().key, case.key, case.sender.address, case.sender.name)
