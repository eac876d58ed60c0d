"""The bytes of mails on a server: many small ones by one command, a large one slice by slice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mailintake.domain.mailbox import Found, Refused
from mailintake.runners.mailbox_port import House, Session
from mailintake.storage.body import Body

Bodies = list[tuple[Found, Body]]

SLICE = 1 << 20  # what is smaller is fetched together with others
TOGETHER = 50  # mails in one command and one commit
TOGETHER_BYTES = 4 << 20


def groups(
    found: Sequence[Found], *, most: int = TOGETHER, largest_together: int = TOGETHER_BYTES
) -> list[list[Found]]:
    """Mails in their order, in groups that may be fetched by one command: a few, and few bytes together."""
    made: list[list[Found]] = []
    size = 0
    for each in found:
        if not made or len(made[-1]) >= most or size + each.size > largest_together:
            made.append([])
            size = 0
        made[-1].append(each)
        size += each.size
    return made


def fetch_group(session: Session, house: House, group: Sequence[Found], *, host: str) -> Bodies:
    """The mails of a group as sealed bodies, without those that vanished; the caller closes them.

    Raises MailboxDown, and Refused where the server does not hand one over.
    """
    with _closed_on_error() as bodies:
        small = session.small([each.uid for each in group if each.size < SLICE])
        for each in group:
            data = small.get(each.uid)
            if each.size < SLICE and data is None:
                continue  # it vanished
            body = house.new_body()
            bodies.append((each, body))
            if data is not None and len(data) == each.size:
                body.write(data)
            elif not _fetch_slowly(session, house, each, body, host=host):
                bodies.pop()
                body.close()
                continue
            body.seal()
        return bodies


def close(bodies: Bodies) -> None:
    """Forget the bytes."""
    for _, body in bodies:
        body.close()


def _fetch_slowly(session: Session, house: House, each: Found, body: Body, *, host: str) -> bool:
    """Fetch a large mail, or one whose size is not what the server said, until two readings agree."""
    if not session.large(each.uid, body, limit=house.largest):
        return False
    if body.size == each.size:
        return True
    second = house.new_body()
    try:
        # some servers only guess sizes; others cut a mail short
        if not session.large(each.uid, second, limit=house.largest):
            return False
        if second.digest != body.digest:
            raise Refused(f"{host}: mail {each.uid} reads differently each time")
    finally:
        second.close()
    return True


@contextmanager
def _closed_on_error() -> Iterator[Bodies]:
    bodies: Bodies = []
    try:
        yield bodies
    except BaseException:
        close(bodies)
        raise
