"""The steps about mail that belongs to a ticket: from owners, participants and strangers (DOMAIN E1.3, S15)."""

from mailintake.desk import replies
from mailintake.domain.decision import Decision, Effect, Outcome, Thread
from mailintake.domain.mail import Address
from mailintake.domain.tag import Worth
from mailintake.domain.ticket import Part, Status
from mailintake.domain.trust import Verdict
from mailintake.intake.case import Case

MOST_WATCHERS = 10


def owner(case: Case) -> Decision | None:
    """The word of an account's owner about somebody new (DOMAIN E4)."""
    asked, policy = case.facts.asked, case.policy
    if asked is None:
        return None
    account = policy.directory.accounts.get(asked.account)
    is_sure = case.is_verified or (
        policy.desk.trust.approve == "token" and case.facts.authentication.verdict is not Verdict.FAIL
    )
    if account is None or not account.owner or policy.key(account.owner) != case.key or not is_sure:
        case.note("owner", "not the owner", f"only the owner of {asked.account} is asked about {asked.address}")
        return case.end(Outcome.HELD, "not-the-owner")
    word = replies.consent(case.facts.message.reply_text)
    case.note("owner", {True: "yes", False: "no", None: "unclear"}[word], f"about {asked.address}")
    effect = {True: Effect.APPROVED, False: Effect.DECLINED, None: Effect.KEPT}[word]
    return case.join(asked.ticket_id, effect, Part.OWNER)


def thread(case: Case) -> Decision | None:
    """Mail with a token: a participant goes on; a stranger's is for the desk to see, and nothing is told to them."""
    for number in case.facts.expired:
        case.note("thread", f"ticket {number}", "its token is too old, so this is a new request")
    if case.forwarded_by:
        return None
    if not case.facts.threads:
        case.note("thread", "none", "no token of a ticket of ours")
        return None
    for each in case.facts.threads:
        whose = "their own token" if each.worth is Worth.OWN else "a token made for somebody else"
        if each.is_participant:
            case.note("thread", f"ticket {each.ticket_id}", f"by {each.via}, {whose}, from a participant")
            if case.policy.desk.trust.reply == "verified" and not case.is_verified:
                return noted(case, each, Part.UNVERIFIED)
            return _joined(case, each)
        case.note(
            "thread", "not a participant", f"the token of ticket {each.ticket_id}, by {each.via}, from a stranger"
        )
    if case.policy.account_of(case.key) is not None:
        return None  # another customer, with a request of their own
    return noted(case, case.facts.threads[0], Part.STRANGER)


def noted(case: Case, found: Thread, part: Part) -> Decision:
    """Kept on the ticket for the desk alone."""
    case.note("note", part, "kept for the desk; it moves nothing, and nobody is answered")
    return case.join(found.ticket_id, Effect.NOTED, part, reason=part.value)


def _joined(case: Case, found: Thread) -> Decision | None:
    """What a participant's mail does to the ticket; None where it is a new request (DOMAIN S15)."""
    message, closing = case.facts.message, case.policy.desk.closing
    if found.status is Status.SPAM:
        return case.join(found.ticket_id, Effect.KEPT, Part.CUSTOMER)
    if found.pending == "quote" and (word := replies.consent(message.reply_text)) is not None:
        case.note("quote", "yes" if word else "no", "to the price of a request beyond the plan")
        return case.join(found.ticket_id, Effect.QUOTE_ACCEPTED if word else Effect.QUOTE_DECLINED, Part.CUSTOMER)
    if found.status in {Status.SOLVED, Status.CLOSED}:
        scale = closing.rating
        rating = replies.rating(message.reply_text, least=scale.least, most=scale.most) if scale else None
        if rating is not None:
            case.note("rating", str(rating))
            return case.join(found.ticket_id, Effect.RATED, Part.CUSTOMER, rating=rating)
        if not message.attachments and replies.is_thanks(message.reply_text, names=_names(case)):
            case.note("thread", "thanks", "which open nothing again")
            return case.join(found.ticket_id, Effect.KEPT, Part.CUSTOMER)
    if _is_over(case, found):
        # everything that a new request must pass, this one must pass too
        case.follows = found.ticket_id
        return None
    return case.join(found.ticket_id, Effect.CUSTOMER_WROTE, Part.CUSTOMER, watchers=copied_in(case))


def copied_in(case: Case) -> tuple[Address, ...]:
    """Whom a verified sender has copied in, and so lets in (I7): not the desk itself, nor its people."""
    policy = case.policy
    if not case.is_verified or case.forwarded_by or policy.desk.senders.copies == "ignore":
        return ()
    found: dict[str, Address] = {}
    for each in (*case.facts.message.to, *case.facts.message.cc):
        key = policy.key(each.address)
        if key and key != case.key and policy.mailbox(each.address) is None and policy.agent_of(key) is None:
            found.setdefault(key, each)
    if not found:
        return ()
    watchers = tuple(found.values())[:MOST_WATCHERS]
    case.note("watchers", ", ".join(each.address for each in watchers), "copied in by a verified sender")
    return watchers


def _names(case: Case) -> str:
    """Those who may be named beside a word of thanks: the customer, and everybody at the desk."""
    listed = case.policy.contact(case.key)
    agents = (agent.name for agent in case.policy.directory.agents.values())
    return " ".join((case.sender.name, listed[1].name if listed else "", *agents))


def _is_over(case: Case, found: Thread) -> bool:
    """Whether a mail no longer belongs on the ticket it names: closed, or solved too long ago (DOMAIN S15)."""
    if found.status is Status.SOLVED:
        return case.facts.reception.at - found.status_since > case.policy.desk.closing.reopen_within
    return found.status in {Status.CLOSED, Status.REFUSED}
