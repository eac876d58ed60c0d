"""A wrong configuration is told by place, and nothing starts with it."""

import re

import pytest

from tests.e2e.conftest import NewDesk

WRONG = {
    "desk.yaml": ("first_response: 8h", "first_response: soon"),
    "accounts.yaml": ("plan: many", "plan: plenty"),
    "mailintake.yaml": ("protocol: smtp", "protocol: uucp"),
}


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_wrong_configuration_ends_with_78_before_anything_listens(new_desk: NewDesk, command: str) -> None:
    desk = new_desk()
    for name, (right, wrong) in WRONG.items():
        path = desk.config / name
        assert right in path.read_text()
        path.write_text(path.read_text().replace(right, wrong))
    ran = desk.run(command)
    assert ran.returncode == 78
    lines = ran.stderr.decode().splitlines()
    for name in WRONG:
        assert any(re.search(rf"/{re.escape(name)}:\d+:\d+: ", line) for line in lines), (name, lines)
    assert all(re.search(r"\.yaml:\d+:\d+: ", line) for line in lines), lines
    assert ran.stdout == b""
    assert not desk.state.exists()


def test_a_right_configuration_is_said_to_be_right(new_desk: NewDesk) -> None:
    ran = new_desk().run("check")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"The configuration is right." in ran.stdout
