"""For which of the desk's mailboxes a mail comes."""

from collections.abc import Mapping
from functools import cached_property

from mailintake.config.desk import Desk, Mailbox
from mailintake.domain.mail import Envelope, ParsedMessage
from mailintake.domain.tag import plain_recipient


class Addressing:
    """What follows from a desk's own addresses; `mailboxes` are by address in lower case."""

    desk: Desk
    mailboxes: Mapping[str, Mailbox]

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """The desk's mailboxes, in lower case."""
        return frozenset(self.mailboxes)

    @property
    def loop_mark(self) -> str:
        """What our letters carry, so that we know them again when they come back."""
        return self.desk.mailboxes[0].address.lower()

    def first_mailbox(self, recipients: tuple[str, ...]) -> Mailbox:
        """The mailbox a mail came for: the first of its recipients that is one, else the desk's first."""
        found = (self.mailbox(recipient) for recipient in recipients)
        return next((mailbox for mailbox in found if mailbox), self.desk.mailboxes[0])

    def mailbox_of(self, message: ParsedMessage, envelope: Envelope) -> Mailbox:
        """The mailbox in which a mail counts.

        Where one mail makes one ticket, that must not depend on which of its copies comes first: of the mailboxes that
        To and Cc name the first of the desk's list, one that opens tickets before others.
        """
        if self.desk.same_mail == "primary":
            named = [found for each in (*message.to, *message.cc) if (found := self.mailbox(each.address))]
            for mailbox in sorted(self.desk.mailboxes, key=lambda each: each.new_mail != "open"):
                if mailbox in named:
                    return mailbox
        return self.first_mailbox(envelope.recipients)

    def mailbox(self, recipient: str) -> Mailbox | None:
        """The mailbox an envelope recipient belongs to: itself, or the one behind a reply address or a plus-tag."""
        return mailbox_behind(recipient, self.mailboxes)

    def apart(self, envelope: Envelope) -> tuple[Envelope, ...]:
        """The envelope, or one for each of the desk's mailboxes where each has a ticket of its own (`same_mail`)."""
        if self.desk.same_mail == "primary" or len(envelope.recipients) < 2:
            return (envelope,)
        by_mailbox: dict[str, list[str]] = {}
        for recipient in envelope.recipients:
            mailbox = self.mailbox(recipient)
            by_mailbox.setdefault(mailbox.address if mailbox else "", []).append(recipient)
        return tuple(Envelope(envelope.return_path, tuple(found)) for found in by_mailbox.values())


def mailbox_behind(recipient: str, mailboxes: Mapping[str, Mailbox]) -> Mailbox | None:
    """The mailbox among these, by address in lower case, for which a mail to `recipient` comes; None if it is none."""
    address = plain_recipient(recipient).lower()
    if found := mailboxes.get(address):
        return found
    local, _, domain = address.rpartition("@")
    return mailboxes.get(f"{local.partition('+')[0]}@{domain}")
