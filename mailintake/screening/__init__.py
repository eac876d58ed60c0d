"""What kind of mail this is and whether it may open a ticket or be answered; no rule of the admin's overrides it."""

from collections.abc import Callable

from mailintake.domain.mail import Envelope, Kind, ParsedMessage, Screening
from mailintake.screening.automatic import automatic
from mailintake.screening.bounce import bounce
from mailintake.screening.incoming import Incoming
from mailintake.screening.lists import lists
from mailintake.screening.loop import loop

STEPS: tuple[Callable[[Incoming], Screening | None], ...] = (
    loop,
    bounce,  # before automatic: most bounces are marked Auto-Submitted too
    automatic,
    lists,
)


def screen(message: ParsedMessage, envelope: Envelope, *, own_addresses: frozenset[str], loop_mark: str) -> Screening:
    """The first step that knows the mail decides; a mail that none knows is written by a person.

    `own_addresses` are in ASCII lower case; `loop_mark` is what our own letters carry in X-Loop.
    """
    incoming = Incoming(message, envelope, own_addresses, loop_mark)
    for step in STEPS:
        screening = step(incoming)
        if screening is not None:
            return screening
    if message.calendar is not None:
        return Screening(Kind.CALENDAR, f"calendar invitation ({message.calendar.method or 'no method'})")
    return Screening(Kind.MESSAGE, "no mark of automatic mail")
