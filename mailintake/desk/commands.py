"""What an agent's mail orders, and whom its other words are for (docs/howto/answering.md).

Commands stand at the top, one a line, each a whole line. A mail of which one line cannot be understood does nothing at
all, neither orders nor answers: whoever mistyped `#note` has not written to a customer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mailintake.desk.command_arguments import USAGE, given
from mailintake.desk.command_lines import Line, understood
from mailintake.desk.command_words import Vocabulary, vocabulary
from mailintake.desk.conversation import Internal, Public
from mailintake.domain.command import Command, Word

_MOST = 100  # lines of a mail that are looked at closely

DECISIVE = frozenset({Word.NOTE, Word.TICKET, Word.NEW, Word.SPAM, Word.MERGE})
"""Commands that say for whom the words of a mail are, or whether they are for anybody: never to be overlooked."""


class Fault(StrEnum):
    """Why a line, and with it the mail, was not understood."""

    UNKNOWN = "no such command"
    ARGUMENTS = "the command is written in another way"
    LATE = "commands stand at the top"
    WHOSE = "words below commands for several tickets"
    TOO_MANY = "too many lines begin with #"
    NOT_PLAIN = "commands are read in plain text only, and the HTML must show the same"
    NOT_ON_TOP = "commands stand above what is quoted"
    FORWARDED = "a forwarded mail is answered to nobody: it needs #note or #new"
    LEAK = "the words repeat a letter to agents"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A line that was not understood. `suggestion` is what may have been meant, "" for no idea."""

    line: str
    fault: Fault
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class TicketNote:
    """Words for the desk, on a ticket; None is the one the mail belongs to."""

    words: Internal
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a mail of an agent's means.

    `answer` is for the customer of `ticket` (None: the ticket the mail belongs to), or None if there is none. With
    anything in `unknown` there are no commands, notes or answer. `late` are commands below the words, which were left
    out of them and do nothing. `text` is what was written below the commands, but for lines that are named in `late`
    and `unknown`: a receipt may give it back.
    """

    commands: tuple[Command, ...] = ()
    answer: Public | None = None
    ticket: int | None = None
    notes: tuple[TicketNote, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    late: tuple[Unknown, ...] = ()
    text: str = ""

    @property
    def orders(self) -> bool:
        """Whether it says anything beside an answer for the ticket it belongs to."""
        return bool(self.commands or self.notes or self.ticket is not None)

    def without_effect(self, *unknown: Unknown) -> "Instructions":
        """The same after something in it turned out not to be what it seems."""
        return replace(self, commands=(), answer=None, notes=(), unknown=(*self.unknown, *unknown))


def read(text: str, *, languages: Sequence[str]) -> Instructions:
    """The meaning of the words that an agent has newly written, in English commands or those of `languages`.

    It is for the caller to know that the text is the agent's, and plain: see `instruction_text`.
    """
    words = vocabulary(tuple(languages))
    lines = text.split("\n")
    block = list(_block(lines, words))
    top = block[-1][0] + 1 if block else 0
    below, late, lost = _below(lines[top:], words)
    found = _ordered([line for _, line in block], below, words)
    faults = (*found.unknown, *lost)
    return replace(found, late=late) if not faults else replace(found.without_effect(*lost), late=late)


def _block(lines: Sequence[str], words: Vocabulary) -> Iterator[tuple[int, Line]]:
    """The lines of commands at the top, by number; one more than the most, if there are more."""
    seen = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        found = understood(line, words, on_top=True)
        if found is None or seen > _MOST:
            return
        seen += 1
        yield number, found


def _below(lines: Sequence[str], words: Vocabulary) -> tuple[str, tuple[Unknown, ...], tuple[Unknown, ...]]:
    """The words below the commands without such as stand there too late; those; and what may have been decisive."""
    kept: list[str] = []
    late: list[Unknown] = []
    lost: list[Unknown] = []
    looked = 0
    for line in lines:
        found = understood(line, words, on_top=False)
        looked += found is not None
        if looked > _MOST:
            lost.append(Unknown(line.strip(), Fault.TOO_MANY))
            break
        if found is None or (found.word is None and not found.is_near):
            kept.append(line)
        elif found.word is not None and found.word not in DECISIVE and given(found.word, found.rest, words):
            late.append(Unknown(found.text, Fault.LATE))
        else:
            lost.append(Unknown(found.text, Fault.LATE, found.nearest))
    return _trimmed(kept if looked <= _MOST else lines), tuple(late), tuple(lost)


def _ordered(block: Sequence[Line], text: str, words: Vocabulary) -> Instructions:
    """What the lines order, one after the other, and what becomes of the text below them."""
    commands: list[Command] = []
    notes: dict[int | None, list[str]] = {}
    unknown = [Unknown(line.text, Fault.TOO_MANY) for line in block[_MOST:]]
    ticket: int | None = None
    spoken_of: set[int | None] = set()
    for line in block[:_MOST]:
        said = given(line.word, line.rest, words) if line.word else None
        if line.word is None:
            unknown.append(Unknown(line.text, Fault.UNKNOWN, line.nearest))
        elif said is None:
            unknown.append(Unknown(line.text, Fault.ARGUMENTS, USAGE[line.word]))
        elif line.word is Word.TICKET:
            (ticket,) = said.numbers
        else:
            spoken_of.add(ticket)
            if line.word is Word.NOTE:
                notes.setdefault(ticket, []).append(said.name)
            else:
                commands.append(Command(line.word, line.text, said, ticket))
    if text and spoken_of | {ticket} != {ticket}:
        unknown.append(Unknown(text.partition("\n")[0], Fault.WHOSE))
    is_new = any(command.word is Word.NEW for command in commands)
    if text and (notes or is_new):
        notes.setdefault(ticket, []).append(text)
    found = Instructions(
        commands=tuple(commands),
        answer=Public(text) if text and not notes else None,
        ticket=ticket,
        notes=tuple(TicketNote(Internal(_trimmed(said)), whose) for whose, said in notes.items()),
        text=text,
    )
    unknown += [Unknown("#note", Fault.ARGUMENTS, USAGE[Word.NOTE]) for note in found.notes if not note.words.text]
    return found.without_effect(*unknown) if unknown else found


def _trimmed(lines: Sequence[str]) -> str:
    """The lines as a text that neither begins nor ends with empty ones."""
    return "\n".join(line.rstrip() for line in lines).strip("\n")
