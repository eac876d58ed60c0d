"""Bodies in memory and in files."""

import hashlib
import os
import resource
from pathlib import Path

import pytest

from mailintake.errors import OutOfSpace
from mailintake.storage.body import IN_MEMORY, SLICE, Body, Budget


def written(directory: Path, size: int, *, budget: Budget | None = None, step: int = 200_000) -> tuple[Body, bytes]:
    data = os.urandom(size)
    body = Body(directory=directory, budget=budget or Budget())
    for offset in range(0, size, step):
        body.write(data[offset : offset + step])
    body.seal()
    return body, data


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY - 1000, IN_MEMORY, IN_MEMORY + 1, 3 * SLICE + 17])
def test_what_is_written_is_read_as_often_as_wanted(tmp_path: Path, size: int) -> None:
    body, data = written(tmp_path, size)
    assert b"".join(body.slices()) == data
    assert b"".join(body.slices()) == data
    assert all(len(part) <= SLICE for part in body.slices())
    assert body.digest == hashlib.sha256(data).hexdigest()
    assert body.size == size
    body.close()
    body.close()


def test_a_file_has_no_name(tmp_path: Path) -> None:
    body, _ = written(tmp_path, 2 * IN_MEMORY)
    assert list(tmp_path.iterdir()) == []
    body.close()


def test_the_budget_is_shared_and_given_back(tmp_path: Path) -> None:
    budget = Budget(1000)
    first, _ = written(tmp_path, 600, budget=budget)
    second, data = written(tmp_path, 600, budget=budget)
    assert budget.left < 400
    assert b"".join(second.slices()) == data
    second.close()
    assert budget.left < 400
    first.close()
    assert budget.left == 1000


def test_tiny_pieces_cost_more_than_their_bytes(tmp_path: Path) -> None:
    budget = Budget(10_000)
    body, data = written(tmp_path, 2000, budget=budget, step=2)
    assert budget.left == 10_000
    assert b"".join(body.slices()) == data
    body.close()


def test_a_body_of_bytes_at_hand(tmp_path: Path) -> None:
    data = os.urandom(2 * SLICE + 5)
    body = Body.of(data)
    assert [len(part) for part in body.slices()] == [SLICE, SLICE, 5]
    assert (body.size, body.digest) == (len(data), hashlib.sha256(data).hexdigest())


def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    # EFBIG by RLIMIT_FSIZE stands in for ENOSPC: both mean that the file cannot grow
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    body = Body(directory=tmp_path, budget=Budget())
    body.write(bytes(IN_MEMORY - 100))
    resource.setrlimit(resource.RLIMIT_FSIZE, (IN_MEMORY // 2, hard))
    try:
        with pytest.raises(OutOfSpace):
            body.write(bytes(1000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    body.close()


def test_a_directory_that_is_gone_is_no_lack_of_space(tmp_path: Path) -> None:
    body = Body(directory=tmp_path / "gone", budget=Budget())
    with pytest.raises(FileNotFoundError):
        body.write(bytes(2 * IN_MEMORY))
