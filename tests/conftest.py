"""What every test may ask for: a database of its own, SQLite or a real PostgreSQL, and leave to be long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import fresh_database, server

LONGEST_FIRST = ("e2e", "integration", "mails")
"""Directories whose files take longest: begun last, they would keep one worker busy when the others have finished."""

settings.register_profile("patient", deadline=None)  # the machine may be busy; no test is about time
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked long as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        long = [item for item in items if item.get_closest_marker("long")]
        if long:
            config.hook.pytest_deselected(items=long)
            items[:] = [item for item in items if not item.get_closest_marker("long")]
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    directory = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONGEST_FIRST.index(directory) if directory in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL where databases may be made.

    It is the one named in MAILINTAKE_TEST_PG, else one started here for this run from the programs installed, else from
    those that came with the test requirements. There is always one of the three, so no test of it is ever skipped.
    """
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of one's own; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mailintake.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database of one's own, for what SQLite does not have."""
    with fresh_database(postgres_url) as url:
        yield url
