"""Why an agent's mail did not do all it was meant to, in words that the templates put into the agent's language."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a command was not carried out."""

    NOT_VERIFIED = "not-verified"
    NO_SUCH_TICKET = "no-such-ticket"
    NO_SUCH_AGENT = "no-such-agent"
    AMBIGUOUS = "ambiguous"
    NO_SUCH_VALUE = "no-such-value"
    NOT_ALLOWED = "not-allowed"
    NOT_NOW = "not-now"  # in the present status
    NO_UNDO = "no-undo"
    UNDO_EXPIRED = "undo-expired"
    NOTHING_TO_CHANGE = "nothing-to-change"
    BAD_ADDRESS = "bad-address"
    BAD_TIME = "bad-time"
    PAST = "past"
    NO_SEAT = "no-seat"
    OTHER_ACCOUNT = "other-account"
    NOT_AT_THE_TOP = "not-at-the-top"
    NOT_CARRIED_OUT = "not-carried-out"  # because another line of the mail failed


class Withheld(StrEnum):
    """Why an agent's words did not go to the customer."""

    UNKNOWN_COMMAND = "unknown-command"
    LATE_COMMAND = "late-command"
    NOT_VERIFIED = "not-verified"
    INTERNAL_TEXT = "internal-text"
    NO_RECIPIENT = "no-recipient"
    HIDDEN_TEXT = "hidden-text"
    REFUSED_COMMAND = "refused-command"
    ENCRYPTED = "encrypted"
    HAS_IT_ALREADY = "has-it-already"
