"""The step about mail from the desk's own people: authenticated, it works; otherwise it is kept and does nothing."""

from dataclasses import replace

from mailintake.desk import answer_line, command_words, commands, forwarding, instruction_text
from mailintake.desk.commands import Instructions
from mailintake.domain.agent import Agent
from mailintake.domain.command import Word
from mailintake.domain.decision import Decision, Effect, Notice, Outcome, Thread
from mailintake.domain.mail import Address
from mailintake.domain.tag import Worth
from mailintake.domain.ticket import Part
from mailintake.domain.trust import Verdict
from mailintake.domain.work import NotUnderstood, Words, Work
from mailintake.intake import conversing
from mailintake.intake.case import Case


def agent(case: Case) -> Decision | None:
    """Whether the mail is an agent's, and what it orders. None where it brings a customer's mail, or is no agent's."""
    found = case.policy.agent_of(case.key)
    if found is None:
        return None
    thread = case.facts.threads[0] if case.facts.threads else None
    if not _may_work(case, thread):
        return _kept(case, found, thread)
    said = _said(case, found)
    if thread is None:
        return _without_ticket(case, found, said)
    message, policy = case.facts.message, case.policy
    addressed = {policy.key(each.address) for each in (*message.to, *message.cc)}
    work = Work(
        agent=found.key,
        commands=said.commands,
        answer=Words(said.answer.text, said.ticket) if said.answer else None,
        notes=tuple(Words(note.words.text, note.ticket) for note in said.notes),
        unknown=_told(said.unknown),
        late=_told(said.late),
        has_reached=policy.key(thread.requester) in addressed,
        tickets=tuple(each.ticket_id for each in case.facts.threads),
    )
    if any(command.word is Word.NEW for command in said.commands):
        return _forwarded(case, found, said)
    case.note("agent", found.key, f"ticket {thread.ticket_id}, {_in_short(work)}")
    part = Part.ANSWER if work.answer else Part.NOTE
    return case.join(thread.ticket_id, Effect.WORKED, part, work=work)


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


def _said(case: Case, found: Agent) -> Instructions:
    """The agent's own new words, read; none of ours that they quote are among them."""
    message, languages = case.facts.message, _languages(case, found)
    return instruction_text.instructions(
        message,
        languages=languages,
        ours=case.facts.letters,
        known=case.facts.known,
        signature=found.signature,
    )


def _languages(case: Case, found: Agent) -> tuple[str, ...]:
    return tuple(dict.fromkeys((case.policy.language_for(found), *case.policy.desk.languages)))


def _without_ticket(case: Case, found: Agent, said: Instructions) -> Decision | None:
    mailbox = case.policy.mailbox_of(case.facts.message, case.facts.envelope)
    words = {command.word for command in said.commands}
    if Word.NEW in words or mailbox.agents_forward:
        return _forwarded(case, found, said)
    if Word.HELP in words:
        case.note("agent", found.key, "asks for help")
        return case.end(Outcome.IGNORED, "agent-help", _help(case, found))
    case.note("agent", found.key, "without a token of any ticket")
    if case.facts.is_released:
        return None
    return case.end(Outcome.HELD, "agent-without-ticket", _receipt(case, found, said))


def _forwarded(case: Case, found: Agent, said: Instructions) -> Decision | None:
    """A customer's mail, sent on by an agent: a request of the customer's, let in by the agent."""
    original = forwarding.original(case.facts.message)
    key = case.policy.key(original.author.address) if original else None
    if original is None or key is None or case.policy.agent_of(key) or case.policy.mailbox(original.author.address):
        case.note("agent", found.key, "nobody can be read as the author of what is forwarded")
        return case.end(Outcome.HELD, "unclear-forward", _receipt(case, found, said))
    case.note("forwarded", original.author.address, f"sent on by {found.key}, who lets it in")
    case.sender, case.key, case.forwarded_by, case.is_promoted = original.author, key, found.key, True
    message = replace(
        case.facts.message,
        from_=original.author,
        authors=(original.author,),
        subject=original.subject or case.facts.message.subject,
        reply_text=original.text,
        text=original.text,
        quoted="",
        signature="",
        message_id=None,
        in_reply_to=None,
        references=(),
    )
    case.facts = replace(case.facts, message=message, threads=(), asked=None)
    return None


def _help(case: Case, found: Agent) -> Notice:
    language = case.policy.language_for(found)
    words: dict[str, object] = {
        "answer_line": answer_line.line_in(language),
        "desk": case.policy.desk.name,
        "ticket": None,
        "also": command_words.also(language),
    }
    return Notice("help", Address(found.address, found.name), words, language, answers=True)


def _receipt(case: Case, found: Agent, said: Instructions) -> Notice:
    """To an agent whose mail names no ticket: what was written does nothing."""
    language = case.policy.language_for(found)
    words: dict[str, object] = {
        "answer_line": answer_line.line_in(language),
        "desk": case.policy.desk.name,
        "timezone": case.policy.zone_for(found),
        "ticket": None,
        "subject": case.facts.message.subject,
        "sent_to": [],
        "noted": False,
        "withheld": "no-recipient",
        "done": [],
        "refused": [
            {"line": each.line, "ticket": None, "why": "no-such-ticket", "detail": ""} for each in said.commands
        ],
        "unknown": [{"line": each.line, "meant": each.suggestion} for each in said.unknown],
        "tickets": [],
        "undo": "",
        "undo_until": None,
    }
    return Notice("receipt", Address(found.address, found.name), words, language, answers=True)


def _told(lines: tuple[commands.Unknown, ...]) -> tuple[NotUnderstood, ...]:
    return tuple(NotUnderstood(each.line, each.fault.value, each.suggestion) for each in lines)


def _in_short(work: Work) -> str:
    parts = [", ".join(command.word for command in work.commands), "an answer" if work.answer else ""]
    parts += ["a note" if work.notes else "", "not understood" if work.unknown else ""]
    return "; ".join(part for part in parts if part) or "nothing to do"
