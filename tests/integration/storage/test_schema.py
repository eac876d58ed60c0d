"""The schema that migrations build is the schema the code means."""

import json
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from mailintake.domain.target import Metric
from mailintake.storage import clocks, migrate, outbox, schema, tickets
from mailintake.storage.engine import Database
from mailintake.storage.tables import metadata


def test_migrations_build_what_the_code_means(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_version_knows_its_own_newest_migration() -> None:
    assert migrate.head() == schema.HEAD


def test_an_upgrade_says_what_it_did_and_the_second_one_does_nothing(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert schema.upgrade(database) == (None, schema.HEAD)
        assert schema.upgrade(database) == (schema.HEAD, schema.HEAD)
        schema.require_current(database)
    finally:
        database.close()


def test_a_database_without_our_schema_is_not_worked_on(database_url: str) -> None:
    database = Database(database_url)
    try:
        with pytest.raises(schema.SchemaOutdated, match="db upgrade"):
            schema.require_current(database)
    finally:
        database.close()


def test_an_older_version_refuses_a_newer_schema(bare_database: Database) -> None:
    schema.upgrade(bare_database)
    with bare_database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.require_current(bare_database)
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.upgrade(bare_database)


def test_an_upgrade_that_fails_leaves_nothing_behind(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_way(*_: object) -> None:
        raise RuntimeError("the lights went out")

    database = Database(database_url)
    upgrade = migrate.upgrade
    try:
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "upgrade", lambda connection: (upgrade(connection), half_way()))
            with pytest.raises(RuntimeError, match="lights"):
                schema.upgrade(database)
        with pytest.raises(schema.SchemaOutdated, match="at schema none"):
            schema.require_current(database)
        assert schema.upgrade(database) == (None, schema.HEAD)
    finally:
        database.close()


OFFICE = {"timezone": "Europe/Ljubljana", "hours": {"mon": ["09:00-18:00"]}}
BEFORE = (
    "INSERT INTO calendar (digest, snapshot) VALUES ('c', :calendar)",
    """INSERT INTO ticket (id, subject, status, requester_address, requester_name, account, plan, priority, mailbox,
                           received_at, opened_at)
       VALUES (7, 'The oven is cold', 'waiting', 'ana@bakery.example', 'Ana', 'bakery', 'basic', 'high',
               'support@desk.example', :at, :at)""",
    """INSERT INTO clock (id, ticket_id, metric, state, "row", minutes, counting, soft, hours, calendar, started_at,
                          due_at, stopped_at, breached_at, next_step_at)
       VALUES (3, 7, 'first_response', 'met', 'else: 4h', 240, 'open', :no, 'Mon 09:00-18:00', 'c', :at, :at, :at,
               NULL, NULL)""",
    "INSERT INTO reminder (clock_id, step, at, sent) VALUES (3, '75%', :at, :yes)",
    """INSERT INTO outbox (event, recipient, reader, template, ticket_id, message_id, draft, state, attempts,
                           created_at, next_attempt_at)
       VALUES ('mail 1: acknowledged', 'ana@bakery.example', 'ana@bakery.example', 'acknowledged', 7, '<1@x>', '{}',
               'sent', 1, :at, :at)""",
)


def test_an_upgrade_keeps_tickets_clocks_reminders_and_letters(database_url: str) -> None:
    at = datetime(2026, 3, 9, 9, tzinfo=UTC)
    database = Database(database_url)
    try:
        with database.writing() as connection:
            migrate.upgrade(connection, to="0001")
            instant = at.replace(tzinfo=None) if database.is_sqlite else at
            said = {"at": instant, "no": False, "yes": True, "calendar": json.dumps(OFFICE)}
            for statement in BEFORE:
                connection.execute(text(statement), said)
        assert schema.upgrade(database) == ("0001", schema.HEAD)
        with database.writing() as connection:
            (ticket,) = tickets.by_id(connection, [7])
            (stored,) = clocks.of_tickets(connection, [7])
            assert (ticket.traits.priority, ticket.status_since, ticket.terms) == ("high", at, None)
            assert (stored.id, stored.clock.metric, stored.clock.counted_from) == (3, Metric.FIRST_RESPONSE, at)
            assert stored.clock.target is not None
            assert stored.clock.target.calendar.timezone == "Europe/Ljubljana"
            assert clocks.steps_done(connection, [3]) == {3: {"75%"}}
            found = tickets.progress_of(connection, 7)
            assert found is not None
            assert found[1].answered_at == at
            assert len(outbox.of_ticket(connection, 7)) == 1
            number = connection.execute(text(NEXT_CLOCK), {"at": instant}).scalar()
            assert number == 4 or not database.is_sqlite  # the numbers there were are not handed out again
    finally:
        database.close()


NEXT_CLOCK = """INSERT INTO clock (ticket_id, metric, round, state, "row", counting, soft, hours, started_at,
                                   counted_from, pauses, forgiven)
                VALUES (7, 'resolution', 1, 'running', '', 'open', FALSE, '', :at, :at, '[]', FALSE) RETURNING id"""
