"""The step at which the admin's rules are asked about a new request (docs/howto/routing.md)."""

from mailintake.domain.decision import Decision, Outcome
from mailintake.domain.routing import Subject
from mailintake.domain.tag import plain_recipient, without_tag
from mailintake.entitlement import identity
from mailintake.intake.case import Case, to_sender
from mailintake.routing.rules import decide


def rules(case: Case) -> Decision | None:
    """Take what the rules say; where they end the mail's way, it ends here."""
    if not case.policy.rules.rules:
        return None
    route = case.route = decide(case.policy.rules, subject(case))
    for name in route.shadow:
        case.note("rule", name, "in its shadow: recorded, not applied")
    for name in route.rules:
        case.note("rule", name)
    if not route.rules:
        case.note("rule", "none", "no rule matches")
        return None
    said = {trait: word for trait in ("priority", "category", "topic", "level") if (word := getattr(route, trait))}
    if said:
        case.traits = case.policy.sorted(case.traits, said)
        case.note("sorted", ", ".join(f"{trait} {word}" for trait, word in said.items()), "by rules")
    if case.is_promoted or case.facts.is_released:
        return None  # a person has decided
    if route.ignore:
        return case.end(Outcome.IGNORED, f"rule: {route.ignore}")
    if route.quarantine:
        return case.end(Outcome.QUARANTINED, f"rule: {route.quarantine}")
    if route.redirect:
        return case.end(Outcome.REFUSED, "redirect", to_sender(case, "redirect", {"to": route.redirect}))
    return None


def subject(case: Case) -> Subject:
    """What rules see of a mail."""
    facts, policy = case.facts, case.policy
    message = facts.message
    addressed = (*facts.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    keys = (identity.key(plain_recipient(address), plus_tags="keep") for address in addressed)
    account, contact = case.account, case.contact
    enrolled = next((one for one in facts.enrolled if one.key == case.key and not one.removed_at), None)
    return Subject(
        received_at=facts.reception.at,
        sender=case.key,
        name=case.sender.name,
        account=account.key if account else "",
        plan=case.contract.plan if case.contract else "",
        role=contact.role if contact else enrolled.role if enrolled else "",
        contact=bool((contact and not contact.suspended) or enrolled or (account and account.everybody)),
        language=message.language or "",
        recipients=tuple(dict.fromkeys(key for key in keys if key)),
        mailbox=policy.mailbox_of(message, facts.envelope).address,
        subject=without_tag(message.subject),
        text=message.reply_text,
        body=message.text,
        headers=message.headers,
        attachments=message.attachments,
        kind=case.screening.kind,
        authentication=facts.authentication.verdict,
        priority=case.claimed_priority,
        size=facts.size,
        reply=bool(facts.threads),
    )
