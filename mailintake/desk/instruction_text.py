"""Which words of an agent's mail may order something, and which may go to a customer.

Orders come from the beginning of the first plain text only, never from quotes, signatures, HTML or what is forwarded
(SECURITY T20). Answers may come from HTML as well, but nothing of a letter to agents goes out with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailintake.desk import answer_line, forwarding, leaks
from mailintake.desk.commands import Fault, Instructions, TicketNote, Unknown, read
from mailintake.desk.conversation import Internal
from mailintake.domain.mail import ParsedMessage

_SIGNATURE_LINES = 40
_ARMOUR = "-----BEGIN PGP SIGNED MESSAGE-----"


@dataclass(frozen=True, slots=True)
class Words:
    """What an agent wrote. `leaks`: it repeats a letter to agents, and must not go out."""

    text: str
    leaks: bool = False


def instructions(
    message: ParsedMessage,
    *,
    languages: Sequence[str],
    ours: Sequence[str],
    known: Sequence[str] = (),
    signature: str = "",
    hands_on: bool = False,
) -> Instructions:
    """What a mail means whose author is known to be an agent.

    `languages` are the agent's, `ours` the texts of our letters to agents on the ticket, `known` those of the mails and
    letters that the customer has written or got. `signature` is what the desk puts below the agent's answers; where
    the agent's own program did so too, it is left out. `hands_on`: the mail is there to hand on another, as if it said
    `#new`, so words above that one are a note. Whatever makes the mail doubtful is in `unknown`, and nothing
    of a doubtful mail takes effect.
    """
    words = answer_for_customer(message, ours=ours, known=known, signature=signature)
    found = read(words.text, languages=languages)
    first = words.text.strip().partition("\n")[0]
    if found.orders or found.unknown:
        if not message.text_is_plain:
            return found.without_effect(Unknown(first, Fault.NOT_PLAIN))
        if plain_new_words(message) is None:
            return found.without_effect(Unknown(first, Fault.NOT_ON_TOP))
    if hands_on and found.answer is not None and not found.unknown:
        note = TicketNote(Internal(found.answer.text), found.ticket)
        return replace(found, answer=None, notes=(*found.notes, note))
    if found.answer is not None and message.forwarded is not None:
        return found.without_effect(Unknown(first, Fault.FORWARDED))
    return found.without_effect(Unknown(first, Fault.LEAK)) if found.answer is not None and words.leaks else found


def plain_new_words(message: ParsedMessage) -> str | None:
    """The words newly written, if orders may stand in them: plain text, with nothing quoted above; else None."""
    words = answer_line.above(forwarding.own_words(message))
    if not message.text_is_plain or _first_line(words) != _first_line(_unarmoured(message)):
        return None
    return words


def answer_for_customer(
    message: ParsedMessage, *, ours: Sequence[str], known: Sequence[str] = (), signature: str = ""
) -> Words:
    """The words newly written, above the line that asks for them, without the tokens of tags.

    `ours`, `known` and `signature` are those of `instructions`.
    """
    words = answer_line.above(forwarding.own_words(message))
    text = leaks.without_tokens(_without_signature(words, signature))
    return Words(text, leaks.repeats(text, ours=ours, known=known))


def _unarmoured(message: ParsedMessage) -> str:
    """The text without the header of a clear signature, in which only names of hashes may stand (RFC 9580, 7)."""
    text = message.text.strip()
    head, _, words = text.partition("\n\n")
    first, *rest = head.split("\n")
    is_armour = message.protection == "pgp-signed" and first.rstrip() == _ARMOUR
    return words if is_armour and all(line.startswith("Hash: ") for line in rest) else text


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


def _without_signature(text: str, signature: str) -> str:
    """The text without these words at its end, whatever the space and the breaks between them."""
    wanted, found = signature.split(), list[str]()
    lines = text.split("\n")
    for number in range(len(lines) - 1, max(0, len(lines) - _SIGNATURE_LINES) - 1, -1):
        found = lines[number].split() + found
        if len(found) > len(wanted):
            break
        if found and found == wanted:
            return "\n".join(lines[:number]).rstrip()
    return text
