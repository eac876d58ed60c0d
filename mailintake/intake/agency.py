"""An agent's mail takes effect: orders are carried out, the customer gets the answer, and the agent a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.agent import Agent
from mailintake.domain.command import Word
from mailintake.domain.decision import Facts, Notice
from mailintake.domain.letter import Enclosure
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.ticket import Part, Status, Ticket
from mailintake.domain.work import NotUnderstood, Words, Work
from mailintake.intake import letters, telling
from mailintake.intake.happenings import happen, standing
from mailintake.intake.order import SO_ALREADY, Order, Refused, Undo
from mailintake.intake.orders import carry_out
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_agents
from mailintake.intake.undoing import UNDO_FOR, WORKED, code_for
from mailintake.storage import journal, messages, outbox, participants, tickets

NOT_DONE = "not-carried-out"
"""Refused because another line of the mail was."""

_UNANSWERED = frozenset({Status.SPAM, Status.REFUSED, Status.MERGED})


@dataclass
class Receipt:
    """What came of a mail, for the agent who wrote it; `sent_to` got the answer, `withheld` says why nobody did."""

    done: list[dict[str, object]] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    undo: list[Undo] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    noted: bool = False
    withheld: str = ""
    tickets: dict[int, None] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether an order was refused that is not carried out already."""
        return any(each["why"] != SO_ALREADY for each in self.refused)

    def taken_back(self) -> "Receipt":
        """The same where nothing of it has been done."""
        undone = [{"line": each["line"], "ticket": each["ticket"], "why": NOT_DONE, "detail": ""} for each in self.done]
        refused = [each for each in self.refused if each["why"] != SO_ALREADY]
        return Receipt(refused=[*refused, *undone], withheld="refused-command", tickets=self.tickets)


def work(
    connection: Connection,
    ticket_id: int,
    said: Work,
    facts: Facts,
    policy: Policy,
    *,
    by: int,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Do what an agent's mail `by` says. With an answer all is done, or nothing if an order cannot be carried out.

    `is_new`: the mail handed on a customer's, which has opened the ticket.
    """
    agent = policy.directory.agents[said.agent]
    desk = _Desk(connection, policy, agent, facts, ticket_id, by, now)
    receipt = Receipt(tickets={ticket_id: None})
    if said.unknown:
        receipt.withheld = said.unknown[0].why
    elif telling.is_hidden(facts.message):
        receipt.withheld = "encrypted"
    else:
        with connection.begin_nested() as all_of_it:
            receipt = desk.work(said)
            if said.answer is not None and receipt.failed:  # nothing is half done, and so nothing twice
                all_of_it.rollback()
                receipt = receipt.taken_back()
    if receipt.withheld and receipt.withheld != "has-it-already" and not is_new:
        messages.set_part(connection, by, Part.NOTE)
    detail: dict[str, object] = {"by": agent.key, "done": receipt.done, "refused": receipt.refused}
    detail |= {"undo": receipt.undo, "sent_to": receipt.sent_to, "withheld": receipt.withheld}
    journal.record(connection, WORKED, at=now, spool_id=by, ticket_id=ticket_id, detail=detail)
    if is_new or said.commands or said.unknown or said.late or said.notes or receipt.withheld:
        desk.send_receipt(said, receipt)
    if any(command.word is Word.HELP for command in said.commands):
        desk.send_help()


@dataclass(frozen=True)
class _Desk:
    """The agent at work: everything that one mail does shares these."""

    connection: Connection
    policy: Policy
    agent: Agent
    facts: Facts
    ticket_id: int
    by: int
    now: datetime

    def work(self, said: Work) -> Receipt:
        """Answer, note, and carry out the orders in turn, each by itself."""
        receipt = Receipt(tickets={self.ticket_id: None})
        if said.answer is not None:
            self._answer(said.answer, said, receipt)
        for note in said.notes:
            self._note(note, receipt)
        for command in said.commands:
            number = command.ticket or self.ticket_id
            receipt.tickets[number] = None
            order = Order(self.connection, self.policy, self.agent, command, number, self.by, self.now)
            told: dict[str, object] = {"line": command.line, "ticket": command.ticket}
            try:
                with self.connection.begin_nested():
                    found = carry_out(order)
            except Refused as error:
                receipt.refused.append({**told, "why": str(error), "detail": error.detail})
            else:
                receipt.done.append({**told, "now": found.now})
                receipt.undo += found.undo
        if said.answer is not None:
            self._take_what_is_nobody_s(said.answer.ticket or self.ticket_id)
        return receipt

    def _take_what_is_nobody_s(self, number: int) -> None:
        """Whoever answers first has the ticket."""
        found = tickets.get(self.connection, number)
        if found is not None and not found.assignee and found.status not in _UNANSWERED:
            tickets.assign(self.connection, number, assignee=self.agent.key)

    def _answer(self, words: Words, said: Work, receipt: Receipt) -> None:
        number = words.ticket or self.ticket_id
        receipt.tickets[number] = None
        found = standing(self.connection, number, self.policy)
        if found is None or found.progress.status in _UNANSWERED:
            receipt.withheld = "no-recipient"
            return
        ticket = found.ticket
        if said.has_reached and number == self.ticket_id:
            receipt.withheld = "has-it-already"
        else:
            receipt.sent_to = self._send(words.text, ticket)
        at = self.facts.reception.at
        detail = {"by": self.agent.key, "mail": self.by}
        after = happen(
            self.connection, number, Happening(What.DESK_ANSWERED, at), self.policy, now=self.now, detail=detail
        )
        told = telling.others(desk_agents(ticket, ("assignee",), self.policy, at=self.now), self.agent.key)
        if ticket.assignee and after is not None:
            more: dict[str, object] = {"author": self.agent.name or self.agent.key, "sent_to": receipt.sent_to}
            self._tell("answered", number, told, {"text": words.text, "attachments": self._names(), **more})

    def _send(self, text: str, ticket: Ticket) -> list[str]:
        """The answer leaves, a letter for each who takes part; to whom."""
        policy, number = self.policy, ticket.id
        watchers = participants.of_tickets(self.connection, [number])[number]
        people: dict[str, Address] = {policy.reader(ticket.requester.address): ticket.requester}
        for each in watchers:
            people.setdefault(policy.reader(each.address.address), each.address)
        account = policy.directory.accounts.get(ticket.account)
        language = policy.language_of(account, ticket.language or None)
        name = self.agent.name or self.agent.key
        thread = tuple(messages.thread(self.connection, number))
        new = []
        for person in people.values():
            is_requester = person == ticket.requester
            context = {
                "ticket": number,
                "subject": ticket.subject,
                "text": text,
                "agent": name,
                "signature": self.agent.signature,
                "desk": policy.desk.name,
                "requester": "" if is_requester else ticket.requester.name or ticket.requester.address,
            }
            notice = Notice(
                "answer",
                person,
                context,
                language,
                written_by=f"{name} ({policy.desk.name})",
                thread=thread,
                enclosures=self._enclosures(),
            )
            event = f"mail {self.by}: answer"
            new.append(
                letters.letter(notice, policy, event=event, mailbox=ticket.mailbox, ticket_id=number, now=self.now)
            )
        outbox.add(self.connection, new, now=self.now)
        return [person.address for person in people.values()]

    def _enclosures(self) -> tuple[Enclosure, ...]:
        # What stands inside the text of a mail program's page is mostly a signature's picture.
        return tuple(
            Enclosure(self.by, each.part, each.filename, each.content_type, each.size)
            for each in self.facts.message.attachments
            if not each.inline
        )

    def _names(self) -> list[str]:
        return [each.filename for each in self.facts.message.attachments]

    def _note(self, words: Words, receipt: Receipt) -> None:
        number = words.ticket or self.ticket_id
        receipt.tickets[number] = None
        found = standing(self.connection, number, self.policy)
        if found is None:
            receipt.refused.append({"line": "#note", "ticket": number, "why": "no-such-ticket", "detail": ""})
            return
        receipt.noted = True
        detail = {"by": self.agent.key, "mail": self.by, "text": words.text}
        journal.record(self.connection, "note", at=self.now, ticket_id=number, detail=detail)
        told = telling.others(desk_agents(found.ticket, ("assignee", "team"), self.policy, at=self.now), self.agent.key)
        more = {"text": words.text, "attachments": self._names(), "author": self.agent.name or self.agent.key}
        self._tell("note", number, told, more)

    def _tell(self, template: str, number: int, agents: list[Agent], words: Mapping[str, object]) -> None:
        found = standing(self.connection, number, self.policy)
        assert found is not None, "it was there a moment ago"
        event = f"mail {self.by}: {template}, ticket {number}"
        new = telling.to_desk(
            template, found.ticket, found.progress, agents, words, self.policy, event=event, now=self.now
        )
        outbox.add(self.connection, new, now=self.now)

    def send_receipt(self, said: Work, receipt: Receipt) -> None:
        """Tell the agent what was done, refused and not understood."""
        policy = self.policy
        shown = [entry for number in receipt.tickets if (entry := self._entry(number))]
        late = [{"line": each.line, "ticket": None, "why": "not-at-the-top", "detail": ""} for each in said.late]
        words = telling.receipt(self.agent, policy) | {
            "ticket": self.ticket_id,
            "subject": shown[0]["subject"] if shown else "",
            "sent_to": receipt.sent_to,
            "noted": receipt.noted,
            "withheld": receipt.withheld,
            "done": receipt.done,
            "refused": [*receipt.refused, *late],
            "unknown": [_unknown(each) for each in said.unknown],
            "tickets": shown,
            "undo": code_for(self.by, policy) if receipt.undo else "",
            "undo_until": (self.now + UNDO_FOR).isoformat() if receipt.undo else None,
        }
        self._to_agent("receipt", words)

    def send_help(self) -> None:
        """All that can be ordered, in the agent's language."""
        self._to_agent("help", telling.help_words(self.agent, self.policy) | {"ticket": self.ticket_id})

    def _entry(self, number: int) -> dict[str, object] | None:
        found = standing(self.connection, number, self.policy)
        if found is None:
            return None
        words = telling.about(found.ticket, found.progress, self.policy, self.agent, now=self.now)
        return {key: words[key] for key in ("ticket", "subject", "status", "hold", "assignee", "priority", "clocks")}

    def _to_agent(self, template: str, words: dict[str, object]) -> None:
        found = tickets.get(self.connection, self.ticket_id)
        assert found is not None, "the mail is on it"
        notice = Notice(
            template, Address(self.agent.address, self.agent.name), words, self.policy.language_for(self.agent)
        )
        event = f"mail {self.by}: {template}"
        letter = letters.letter(
            notice,
            self.policy,
            event=event,
            mailbox=found.mailbox,
            ticket_id=self.ticket_id,
            answers=self.facts.message,
            now=self.now,
        )
        outbox.add(self.connection, [letter], now=self.now)


def _unknown(found: NotUnderstood) -> dict[str, object]:
    return {"line": found.line, "why": found.why, "meant": found.meant}
