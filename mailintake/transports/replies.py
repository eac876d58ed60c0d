"""Every answer our SMTP and LMTP listeners give."""

from dataclasses import dataclass

from mailintake.errors import NoSuchMailbox, OutOfSpace, PermanentError, TooLarge


@dataclass(frozen=True, slots=True)
class Reply:
    """A code (RFC 5321, 4.2), an enhanced code (RFC 3463; "" where none is allowed) and one line of ASCII.

    The two codes agree by their first digit: a reply that calls passing trouble permanent makes the sender bounce the
    mail.
    """

    code: int
    enhanced: str
    text: str

    def __bytes__(self) -> bytes:
        words = f"{self.code} {self.enhanced} {self.text}" if self.enhanced else f"{self.code} {self.text}"
        return words.encode("ascii") + b"\r\n"

    @property
    def is_error(self) -> bool:
        """Whether the client did not get what it asked for."""
        return self.code >= 400


# RFC 2034, 4: no enhanced code in the greeting, in the answer to HELO and EHLO, and in intermediate replies
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")

BYE = Reply(221, "2.0.0", "Bye")
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
DONE = Reply(250, "2.0.0", "Ok")
SENDER_OK = Reply(250, "2.1.0", "Ok")
RECIPIENT_OK = Reply(250, "2.1.5", "Ok")
HELP = Reply(214, "2.0.0", "See RFC 5321 and RFC 2033")
CANNOT_VERIFY = Reply(252, "2.5.0", "Send some mail, I will try my best")

TRY_AGAIN = Reply(451, "4.3.0", "Temporary trouble on our side, please try again later")
NO_SPACE = Reply(452, "4.3.1", "No room for this mail now, please try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients, send the rest in another transaction")
TOO_BUSY = Reply(421, "4.3.2", "Too many connections, please try again later")
TOO_MANY_FROM_YOU = Reply(421, "4.7.0", "Too many connections from your address, please try again later")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors, closing the connection")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands and no mail, closing the connection")
TOO_SLOW = Reply(421, "4.4.2", "Too slow, closing the connection")
GOING_DOWN = Reply(421, "4.3.2", "Going down, please try again later")

UNKNOWN_COMMAND = Reply(500, "5.5.1", "Unknown command")
LINE_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
NOT_TEXT = Reply(500, "5.5.2", "Commands are ASCII or UTF-8 without control characters")
NEEDS_NAME = Reply(501, "5.5.4", "Say your host name")
TAKES_NOTHING = Reply(501, "5.5.4", "This command takes no argument")
MAIL_SYNTAX = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address>")
RCPT_SYNTAX = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
BAD_PARAMETER = Reply(501, "5.5.4", "Bad value of a parameter")
BAD_SENDER = Reply(501, "5.1.7", "This is no address")
BAD_RECIPIENT = Reply(501, "5.1.3", "This is no address")
BAD_CHARACTERS = Reply(501, "5.1.3", "Addresses are UTF-8 without control characters")
NOT_OFFERED = Reply(502, "5.5.1", "Not offered here")
SAY_HELLO_FIRST = Reply(503, "5.5.1", "Say hello first")
SAY_MAIL_FIRST = Reply(503, "5.5.1", "Say MAIL first")
SAY_RCPT_FIRST = Reply(503, "5.5.1", "No recipient was accepted")
ALREADY_MAIL = Reply(503, "5.5.1", "One MAIL at a time")
ALREADY_TLS = Reply(503, "5.5.1", "TLS is on")
START_TLS_FIRST = Reply(530, "5.7.0", "Say STARTTLS first")
UNKNOWN_MAILBOX = Reply(550, "5.1.1", "No such mailbox here")
NO_RELAYING = Reply(550, "5.7.1", "We do not relay")
BARE_LINE_END = Reply(550, "5.6.11", "A lone carriage return or line feed in the mail")
TOO_LARGE = Reply(552, "5.3.4", "The mail is larger than we take")
TOO_MANY_HOPS = Reply(554, "5.4.6", "Too many hops, this mail goes in circles")
NOT_ACCEPTED = Reply(554, "5.6.0", "This mail cannot be accepted")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "Unknown parameter")


def accepted(spool_id: str) -> Reply:
    """The answer that takes responsibility (RFC 5321, 6.1); only ever said after the commit."""
    return Reply(250, "2.0.0", spool_id)


def for_error(error: Exception) -> Reply:
    """What the sender is told about a mail we could not take: nothing of our insides, permanent only if we are sure."""
    match error:
        case OutOfSpace():
            return NO_SPACE
        case NoSuchMailbox():
            return UNKNOWN_MAILBOX
        case TooLarge():
            return TOO_LARGE
        case PermanentError():
            return NOT_ACCEPTED
        case _:
            return TRY_AGAIN
