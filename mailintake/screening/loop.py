"""Mail that we sent ourselves (RFC 3834)."""

from mailintake.domain.mail import Kind, Screening
from mailintake.screening.incoming import Incoming, ascii_lower, machine, mark


def loop(incoming: Incoming) -> Screening | None:
    """Our own mark in X-Loop, or one of our own addresses as author or return path.

    Delivered-To with our mailbox tells nothing: whatever MTA hands us the mail writes it.
    """
    if incoming.loop_mark and any(incoming.loop_mark in value for value in incoming.values("x-loop")):
        return machine(Kind.LOOP, mark("X-Loop", "our own mark"))
    for address in incoming.authors:
        if address in incoming.own_addresses:
            return machine(Kind.LOOP, f"From is our own address {address}")
    return_path = ascii_lower(incoming.envelope.return_path.strip("<> "))
    if return_path in incoming.own_addresses:
        return machine(Kind.LOOP, f"return path is our own address {return_path}")
    return None
