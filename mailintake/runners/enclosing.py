"""The files that go with a letter, taken out of the mails they came in.

A mail is walked through outside the cage here, with a reason: an enclosure names a part which the parser has listed, so
the cage has seen this very walk through these very bytes end in time and in its memory. A mail that did not get
through it (of which only the header was read) has no parts to enclose.
"""

import asyncio
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

import structlog

from mailintake.domain.letter import Enclosure
from mailintake.errors import LetterDeferred, TemporaryError
from mailintake.notices.enclosures import that_fit
from mailintake.parsing import attachments
from mailintake.storage import raw, spool
from mailintake.storage.engine import Database

log = structlog.get_logger()


async def load(database: Database, wanted: tuple[Enclosure, ...]) -> dict[Enclosure, bytes]:
    """The content of those that fit into one letter; one mail is in memory at a time.

    A file that is there no more is left out, so that a letter names it instead of not leaving. Raises LetterDeferred
    if the database does not answer in time.
    """
    found: dict[Enclosure, bytes] = {}
    for spool_id, files in groupby(sorted(that_fit(wanted), key=attrgetter("spool_id")), key=attrgetter("spool_id")):
        try:
            mail = await _mail(database, spool_id)
        except TemporaryError as error:
            raise LetterDeferred(f"its files cannot be read now: {error}") from error
        if mail is not None:
            found |= await asyncio.to_thread(_contents, mail, files)
    for each in set(that_fit(wanted)) - found.keys():
        log.warning("enclosure missing", mail=each.spool_id, part=each.part)
    return found


async def _mail(database: Database, spool_id: int) -> bytes | None:
    entry = await database.read(lambda connection: spool.get(connection, spool_id))
    if entry is None or entry.headers_only:
        return None
    try:
        return await database.read(lambda connection: b"".join(raw.parts(connection, entry.digest, entry.size)))
    except KeyError:
        return None


def _contents(mail: bytes, files: Iterable[Enclosure]) -> dict[Enclosure, bytes]:
    contents = {}
    for each in files:
        try:
            content = attachments.extract(mail, each.part)
        except KeyError:
            continue
        if len(content) == each.size:  # else it is not what was listed, and what fits was reckoned with that
            contents[each] = content
    return contents
