"""What the demo shows of its day."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from mailintake.cli.common import shown
from mailintake.cli.demo import Seen
from mailintake.cli.demo.programs import Letter
from mailintake.domain.tag import without_tag

# The same all day, or shown elsewhere.
_NOT_TOLD = {"sender", "authentication", "mailbox", "contract", "clock", "letter"}


class Stage:
    """Prints one part of the day after the other."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def opens(self, desk: str, listening: str) -> None:
        """Where the day takes place."""
        self._console.rule(f"[bold]A day at {desk}[/], {listening}")

    def shows(self, seen: Seen) -> None:
        """A mail of the case: its words, what became of it, and to whom letters went."""
        self._console.print()
        self._console.print(Text(f"{_title(seen.name)}, {seen.sender}", style="bold"))
        words = seen.said.partition("\nSent from my iPhone")[0].strip()
        self._console.print(Padding(Text(_printable(words)), (0, 4)))
        self._console.print(Text(f"  → {_became(seen)}"))
        for letter in seen.letters:
            what = f"“{_subject(letter)}”"
            if _is_answer(letter):
                what = f"her answer, as {parseaddr(str(letter.mail['From']))[0]}"
            elif letter.to == seen.sender and _is_ours(letter):
                what = "a receipt"
            self._console.print(Text(f"  → letter to {letter.to}: {what}"))
        for letter in filter(_is_answer, seen.letters):
            answer = Text(_printable(letter.text.strip()))
            self._console.print(Padding(Panel(answer, title="All of what left", title_align="left", width=70), (0, 4)))

    def mailbox_of(self, name: str, reader: str, letters: Sequence[Letter]) -> None:
        """All letters to somebody as their program shows them: one conversation, if it can tell."""
        threads: dict[str, Tree] = {}
        for letter in letters:
            if letter.to != reader:
                continue
            first = str(letter.mail["References"] or letter.mail["Message-ID"]).split()[0]
            thread = threads.setdefault(first, Tree(Text(f"{name}'s mailbox: {_subject(letter)}", style="bold")))
            lines = (line.strip() for line in letter.text.splitlines())
            words = next(line for line in lines if line and not line.endswith(","))  # below the greeting
            thread.add(Text(f"{parseaddr(str(letter.mail['From']))[0]}: {shown(words)}"))
        for thread in threads.values():
            self._console.print()
            self._console.print(thread)

    def tells_why(self, seen: Sequence[Seen]) -> None:
        """Other mails, each with the steps that told something."""
        table = Table(title="\nThe rest of the day, and why", show_lines=True, expand=True, title_justify="left")
        table.add_column("mail", ratio=2)
        table.add_column("became", ratio=2)
        table.add_column("because", ratio=5)
        for mail in seen:
            telling = [line for line in mail.why if line[0] not in _NOT_TOLD and line[1] not in {"none", "message"}]
            because = "\n".join(f"{check}: {finding}" + (f" – {why}" if why else "") for check, finding, why in telling)
            letters = "".join(f"\nletter to {letter.to}" for letter in mail.letters if not _is_ours(letter))
            table.add_row(Text(_title(mail.name)), Text(_became(mail), style="bold"), Text(because + letters))
        self._console.print(table)

    def lists(self, tickets: Sequence[Any]) -> None:
        """The tickets in the evening."""
        table = Table("", "subject", "requester", "status", "has it", "first answer", title="\nTickets in the evening",
                      title_justify="left")  # fmt: skip
        for ticket, clock in tickets:
            answer = "–"
            if clock is not None:
                answer = "given in time" if clock.state.value == "met" else f"due {shown(clock.due)}"
            words = [
                shown(ticket.subject),
                ticket.requester.address,
                ticket.status.value,
                ticket.assignee or "–",
                answer,
            ]
            table.add_row(str(ticket.id), *map(Text, words))
        self._console.print(table)


def _title(name: str) -> str:
    return name.partition("-")[2].removesuffix(".eml").replace("-", " ").capitalize()


def _became(seen: Seen) -> str:
    ticket = f" ticket {seen.ticket}" if seen.ticket else ""
    return f"{seen.outcome}{ticket}{f': {seen.reason}' if seen.reason else ''}"


def _subject(letter: Letter) -> str:
    return shown(without_tag(str(letter.mail["Subject"])))


def _is_answer(letter: Letter) -> bool:
    """A person's words; all other letters say that a machine sent them (RFC 3834)."""
    return letter.mail["Auto-Submitted"] is None


def _is_ours(letter: Letter) -> bool:
    return letter.to.endswith("@desk.example")


def _printable(text: str) -> str:
    return "\n".join(shown(line) for line in text.split("\n"))
