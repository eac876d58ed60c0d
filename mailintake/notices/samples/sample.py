"""One made-up letter, and the made-up people it goes between."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address

CUSTOMER = Address("ana.novak@customer.example", "Ana Novak")
OWNER = Address("owner@customer.example")
AGENT = Address("agent@desk.example")

SUBJECT = "The orders of today are missing"

_DESK = Address("support@desk.example", "Desk Support")
_TAG = "[#102.4ibmfrggzdfmztwq2lk]"
_REPLY_TO = "support+102.4ibmfrggzdfmztwq2lk@desk.example"
_BOUNCES_TO = "bounce+102.4ibmfrggzdfmztwq2lk@desk.example"
_MESSAGE_ID = "<102.4ibmfrggzdfmztwq2lk.7f3a@desk.example>"
_THEIR_ID = "<4c5ee3a1-77d0@mail.customer.example>"


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter to try: a situation, its template, the template's words, and whom it goes to.

    A letter that `answers` replies to a mail; the others are unasked. `agent` wrote it in person, "" for a letter of
    the program's own.
    """

    situation: str
    template: str
    context: Mapping[str, object]
    recipient: Address = CUSTOMER
    answers: bool = False
    agent: str = ""

    def draft(self, language: str = "en") -> Draft:
        """The letter as it would be ordered, from a made-up desk."""
        is_about_a_ticket = self.context.get("ticket") is not None
        return Draft(
            template=self.template,
            language=language,
            sender=Address(_DESK.address, f"{self.agent} ({_DESK.name})") if self.agent else _DESK,
            recipient=self.recipient,
            message_id=_MESSAGE_ID if is_about_a_ticket else "<7f3a@desk.example>",
            automatic=None if self.agent else "auto-replied" if self.answers else "auto-generated",
            context=self.context,
            tag=_TAG if is_about_a_ticket else "",
            reply_to=_REPLY_TO if is_about_a_ticket else None,
            in_reply_to=_THEIR_ID if self.answers else None,
            references=(_THEIR_ID,) if self.answers else (),
            return_path=_BOUNCES_TO if self.agent else "",
        )


def answer(situation: str, template: str, context: Mapping[str, object]) -> Sample:
    """A letter that answers a customer's mail."""
    return Sample(situation, template, context, answers=True)
