"""The step about mail from the desk's own people: authenticated, it works; otherwise it is kept and does nothing."""

from collections.abc import Sequence
from dataclasses import replace

from mailintake.desk import commands, instruction_text
from mailintake.desk.commands import Instructions
from mailintake.domain.agent import Agent
from mailintake.domain.command import Word
from mailintake.domain.decision import Decision, Effect, Notice, Outcome, Thread
from mailintake.domain.mail import Address
from mailintake.domain.tag import Worth, without_tag
from mailintake.domain.ticket import Part
from mailintake.domain.trust import Verdict
from mailintake.domain.work import NotUnderstood, Words, Work
from mailintake.intake import conversing, handing_on, telling
from mailintake.intake.case import Case

NOTHING = Instructions()


def agent(case: Case) -> Decision | None:
    """Whether the mail is an agent's, and what it orders. None where it brings a customer's mail, or is no agent's."""
    found = case.policy.agent_of(case.key)
    if found is None:
        return None
    thread = case.facts.threads[0] if case.facts.threads else None
    if not _may_work(case, thread):
        return _kept(case, found, thread)
    mailbox = case.policy.mailbox_of(case.facts.message, case.facts.envelope)
    said = _said(case, found, hands_on=thread is None and mailbox.agents_forward)
    if (thread is None and mailbox.agents_forward) or any(each.word is Word.NEW for each in said.commands):
        return _handed_on(case, found, said)
    if thread is None:
        return _without_ticket(case, found, said)
    work = _work(case, found, said, has_reached=_has_reached(case, thread))
    case.note("agent", found.key, f"ticket {thread.ticket_id}, {_in_short(work)}")
    part = Part.ANSWER if work.answer else Part.NOTE
    return case.join(thread.ticket_id, Effect.WORKED, part, work=work)


def handed_on(case: Case, decision: Decision) -> Decision:
    """The decision about a customer's mail that an agent has handed on, with what the agent said beside it.

    Where no ticket comes of it a person must look, and the agent is told why.
    """
    if decision.new_ticket is not None:
        # the transport vouches for the agent alone
        return replace(decision, work=case.work, desk_words={**decision.desk_words, "trust": ""})
    found = case.policy.directory.agents[case.forwarded_by]
    why = f"{case.sender.address}: {decision.reason}"
    refused: list[dict[str, object]] = [{"line": "#new", "ticket": None, "why": "not-allowed", "detail": why}]
    return case.end(Outcome.HELD, decision.reason, _receipt(case, found, refused=refused))


def _may_work(case: Case, thread: Thread | None) -> bool:
    need = case.policy.desk.trust.command
    if need == "off":
        case.note("agent", "off", "`trust: {command: off}`: nobody works by mail")
        return False
    if case.is_verified:
        return True
    has_own = thread is not None and thread.worth is Worth.OWN
    if need == "token" and has_own and case.facts.authentication.verdict is not Verdict.FAIL:
        case.note("agent", "by token", "`trust: {command: token}`: the token of a letter to this very agent")
        return True
    case.note("agent", "unverified", "the address of an agent, but nobody vouches for it")
    return False


def _kept(case: Case, found: Agent, thread: Thread | None) -> Decision:
    if thread is not None:
        return conversing.noted(case, thread, Part.UNVERIFIED)
    return case.end(Outcome.HELD, "unverified-agent" if not case.is_verified else "agent-without-ticket")


def _said(case: Case, found: Agent, *, hands_on: bool) -> Instructions:
    """The agent's own new words, read; none of ours that they quote are among them."""
    message = case.facts.message
    if telling.is_hidden(message):
        return NOTHING
    return instruction_text.instructions(
        message,
        languages=_languages(case, found),
        ours=case.facts.letters,
        known=case.facts.known,
        signature=found.signature,
        hands_on=hands_on,
    )


def _work(case: Case, found: Agent, said: Instructions, *, has_reached: bool = False) -> Work:
    return Work(
        agent=found.key,
        commands=said.commands,
        answer=Words(said.answer.text, said.ticket) if said.answer else None,
        notes=tuple(Words(note.words.text, note.ticket) for note in said.notes),
        unknown=_told(said.unknown),
        late=_told(said.late),
        has_reached=has_reached,
        tickets=tuple(each.ticket_id for each in case.facts.threads),
    )


def _has_reached(case: Case, thread: Thread) -> bool:
    """Whether the customer was addressed directly."""
    policy, message = case.policy, case.facts.message
    return policy.key(thread.requester) in {policy.key(each.address) for each in (*message.to, *message.cc)}


def _languages(case: Case, found: Agent) -> tuple[str, ...]:
    return tuple(dict.fromkeys((case.policy.language_for(found), *case.policy.desk.languages)))


def _without_ticket(case: Case, found: Agent, said: Instructions) -> Decision | None:
    if any(command.word is Word.HELP for command in said.commands):
        case.note("agent", found.key, "asks for help")
        return case.end(Outcome.IGNORED, "agent-help", _help(case, found))
    case.note("agent", found.key, "without a token of any ticket")
    if case.facts.is_released:
        return None
    return case.end(Outcome.HELD, "agent-without-ticket", _receipt(case, found, refused=_no_ticket(said), said=said))


def _handed_on(case: Case, found: Agent, said: Instructions) -> Decision | None:
    """A customer's mail, sent on by an agent: a request of the customer's, let in by the agent."""
    if said.unknown:
        case.note("agent", found.key, "what stands above the forwarded mail is not understood")
        return case.end(Outcome.HELD, "not-understood", _receipt(case, found, said=said))
    author = handing_on.author(case.facts.message, case.policy)
    key = case.policy.key(author.address) if author else None
    if author is None or key is None:
        case.note("agent", found.key, "nobody can be read as the author of what is forwarded")
        return case.end(Outcome.HELD, "unclear-forward", _receipt(case, found, refused=_no_ticket(said), said=said))
    case.note("forwarded", author.address, f"sent on by {found.key}, who lets it in")
    case.work = _work(case, found, said)
    case.sender, case.key, case.forwarded_by, case.is_promoted = author, key, found.key, True
    case.facts = replace(case.facts, message=handing_on.of_customer(case.facts.message), threads=(), asked=None)
    return None


def _help(case: Case, found: Agent) -> Notice:
    words, language = telling.help_words(found, case.policy), case.policy.language_for(found)
    return Notice("help", Address(found.address, found.name), words, language, answers=True)


def _no_ticket(said: Instructions) -> list[dict[str, object]]:
    return [{"line": each.line, "ticket": None, "why": "no-such-ticket", "detail": ""} for each in said.commands]


def _receipt(
    case: Case, found: Agent, *, refused: Sequence[dict[str, object]] = (), said: Instructions = NOTHING
) -> Notice:
    """To an agent whose mail is on no ticket: what was written does nothing."""
    language, withheld = case.policy.language_for(found), "no-recipient"
    if telling.is_hidden(case.facts.message):
        withheld = "encrypted"
    elif said.unknown:
        withheld = said.unknown[0].fault.value
    words = telling.receipt(found, case.policy) | {
        "subject": without_tag(case.facts.message.subject),
        "withheld": withheld,
        "refused": list(refused),
        "unknown": [{"line": each.line, "why": each.fault.value, "meant": each.suggestion} for each in said.unknown],
    }
    return Notice("receipt", Address(found.address, found.name), words, language, answers=True)


def _told(lines: tuple[commands.Unknown, ...]) -> tuple[NotUnderstood, ...]:
    return tuple(NotUnderstood(each.line, each.fault.value, each.suggestion) for each in lines)


def _in_short(work: Work) -> str:
    parts = [", ".join(command.word for command in work.commands), "an answer" if work.answer else ""]
    parts += ["a note" if work.notes else "", "not understood" if work.unknown else ""]
    return "; ".join(part for part in parts if part) or "nothing to do"
