"""Telling systemd how we are: ready, stopping, still alive (sd_notify(3))."""

import os
import socket
import time


def notify(state: str) -> None:
    """Send lines such as "READY=1", "STOPPING=1", "WATCHDOG=1" or "STATUS=12 mails waiting".

    Without systemd nothing happens. A socket that cannot be reached is no reason to stop serving mail, so errors pass
    in silence; the watchdog will say.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace of Linux (unix(7))
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.setblocking(False)
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return


def reloading() -> str:
    """What to send before a new configuration is read; once that is over, "READY=1" follows.

    It names the moment, as systemd wants it, so that a later request is not taken for answered by it.
    """
    return f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"


def watchdog_interval() -> float | None:
    """Seconds between two signs of life, half of what systemd allows; None where nobody watches."""
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", ""))
        watched = int(os.environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    if microseconds <= 0 or watched != os.getpid():
        return None
    return microseconds / 1_000_000 / 2
