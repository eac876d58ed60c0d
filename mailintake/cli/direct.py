"""Writing to the database itself, for when no daemon does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from mailintake import resources
from mailintake.config import Configuration
from mailintake.domain.mail import Envelope, Reception
from mailintake.intake.operations import Order, operate
from mailintake.intake.policy import Policy
from mailintake.resources import now
from mailintake.storage import schema
from mailintake.storage.body import Body
from mailintake.storage.engine import Database
from mailintake.transports.acceptance import put_one


class Directly:
    """Writes in transactions of its own."""

    def __init__(self, database: Database, policy: Callable[[], Policy]) -> None:
        self._database = database
        self._policy = cache(policy)

    def accept(self, body: Body, envelope: Envelope, *, transport: str) -> int:
        """Commit a mail to the spool; its id."""
        with self._database.writing() as connection:
            return put_one(connection, body, envelope, Reception(transport, now(), trusted=True))

    def operate(self, name: str, number: int, words: Mapping[str, str] | None = None) -> bool:
        """Carry out an operation."""
        with self._database.writing() as connection:
            return operate(connection, self._policy(), name, Order(number, words or {}, now()))


@contextmanager
def directly(configuration: Configuration) -> Iterator[Directly]:
    """A writer on the database; whoever asks for one on SQLite holds its lock."""
    database = resources.open_database(configuration.host)
    try:
        if database.is_sqlite:
            schema.upgrade(database)
        else:
            schema.require_current(database)
        yield Directly(database, lambda: Policy.of(configuration, resources.tagger(configuration.host)))
    finally:
        database.close()
