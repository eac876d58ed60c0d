"""Where a ticket stands that is about to be opened."""

from mailintake.domain.decision import NewTicket
from mailintake.domain.progress import Progress, advance, opened


def begun(new: NewTicket) -> Progress:
    """The ticket after the happenings it begins with."""
    progress = opened(new.opening, new.terms)
    return progress if new.asked is None else advance(progress, new.asked, new.terms)
