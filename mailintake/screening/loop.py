"""Mail that we sent ourselves (RFC 3834, RFC 9228)."""

from mailintake.domain.mail import Kind, Screening
from mailintake.screening.incoming import Incoming, ascii_lower, machine, mark

_FIELDS = ("x-loop", "x-mailintake-loop", "delivered-to")


def loop(incoming: Incoming) -> Screening | None:
    """Our own mark in X-Loop or Delivered-To, or one of our own addresses as author or return path."""
    if incoming.loop_mark:
        for name in _FIELDS:
            for value in incoming.values(name):
                if incoming.loop_mark in value:
                    return machine(Kind.LOOP, mark(name.title(), "our own mark"))
    for address in incoming.authors:
        if address in incoming.own_addresses:
            return machine(Kind.LOOP, f"From is our own address {address}")
    return_path = ascii_lower(incoming.envelope.return_path.strip("<> "))
    if return_path in incoming.own_addresses:
        return machine(Kind.LOOP, f"return path is our own address {return_path}")
    return None
