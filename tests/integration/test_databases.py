"""The databases that tests are given are what they say, and fresh."""

import pytest
from sqlalchemy import create_engine, text


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE once (id INTEGER)"))
    engine.dispose()


def test_postgresql_is_durable_as_the_daemon_demands(postgres_database: str) -> None:
    engine = create_engine(postgres_database)
    with engine.connect() as connection:
        settings = [connection.execute(text(f"SHOW {name}")).scalar() for name in ("fsync", "full_page_writes")]
    engine.dispose()
    assert settings == ["on", "on"]
