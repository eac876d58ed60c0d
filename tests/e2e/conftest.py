"""Desks to test with, each in a directory whose path is short enough for sockets."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Desk

NewDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def new_desk() -> Iterator[NewDesk]:
    """Makes desks; their daemons end with the module."""
    desks: list[Desk] = []

    def make(**options: Any) -> Desk:
        desks.append(Desk(Path(tempfile.mkdtemp(prefix="desk-")), **options))
        return desks[-1]

    yield make
    for each in desks:
        each.close()
        shutil.rmtree(each.home)


@pytest.fixture(scope="module")
def desk(new_desk: NewDesk) -> Desk:
    """A desk whose daemon runs; the tests of a module share it, each with customers of its own."""
    made: Desk = new_desk()
    made.start()
    return made
