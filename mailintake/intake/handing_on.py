"""A customer's mail that an agent hands on: whose it is, and what of it is the customer's."""

from dataclasses import replace

from mailintake.desk import forwarding
from mailintake.domain.mail import Address, ParsedMessage
from mailintake.intake.policy import Policy


def author(message: ParsedMessage, policy: Policy) -> Address | None:
    """Who wrote what an agent hands on; None where nothing is, or where it is one of the desk's own.

    Nobody vouches for the author but the agent.
    """
    sender = message.from_
    if sender is None or policy.agent_at(sender.address) is None:
        return None
    original = forwarding.original(message)
    found = original.author if original else None
    if found is None or policy.key(found.address) is None:
        return None
    is_ours = policy.agent_at(found.address) is not None or policy.mailbox(found.address) is not None
    return None if is_ours else found


def of_customer(message: ParsedMessage) -> ParsedMessage:
    """The mail as if its author had sent it to the desk, without a word of the agent's; files come with it.

    It belongs to no thread: what is named in its header and in its text are the agent's letters.
    """
    original = forwarding.original(message)
    if original is None:
        return message
    return replace(
        message,
        from_=original.author,
        authors=(original.author,),
        reply_to=(),
        subject=original.subject or message.subject,
        text=original.text,
        html=None,
        reply_text=original.text,
        quoted="",
        signature="",
        message_id=None,
        in_reply_to=None,
        references=(),
        forwarded=None,
        attached=None,
    )
