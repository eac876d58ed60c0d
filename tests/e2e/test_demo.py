"""The demo plays its day to the end, and shows it."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def day() -> str:
    command = [sys.executable, "-m", "mailintake", "demo"]
    environment = {**os.environ, "COLUMNS": "160"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert ran.stderr == ""
    return ran.stdout


def case_and_rest(day: str) -> tuple[str, str]:
    case, _, rest = day.partition("The rest of the day")
    return case, rest


def test_it_fits_on_a_few_screens(day: str) -> None:
    assert len(day.splitlines()) < 130


def test_an_agent_takes_answers_notes_and_solves_by_mail(day: str) -> None:
    case, rest = case_and_rest(day)
    assert re.findall(r"^ +#(\w+) *$", case, re.MULTILINE) == ["take", "note", "solved"]
    assert case.count("her answer, as Maria Horvat (Example Desk)") == 2
    assert case.count("letter to maria@desk.example: a receipt") == 3
    assert re.search(r"│ 1 +│.*│ solved │ maria +│ given in time +│", rest)


def test_what_left_is_the_agent_s_words_alone(day: str) -> None:
    first, second = re.findall(r"╭─ All of what left.*?╰", case_and_rest(day)[0], re.DOTALL)
    for answer in (first, second):
        assert "Ana" in answer
        assert not re.search(r"#|iPhone|above this line|E4|factory", answer)


def test_the_note_goes_to_a_colleague_alone(day: str) -> None:
    (block,) = re.findall(r"^The agent leaves a note.*?\n\n", case_and_rest(day)[0], re.MULTILINE | re.DOTALL)
    assert re.findall(r"letter to (\S+):", block) == ["ivo@desk.example", "maria@desk.example"]


def test_the_customer_sees_one_conversation(day: str) -> None:
    case, _ = case_and_rest(day)
    assert case.count("Ana's mailbox") == 1
    assert len(re.findall(r"^[├└]── ", case, re.MULTILINE)) == 4


def test_the_rest_of_the_day_shows_what_becomes_of_strangers_machines_and_seats(day: str) -> None:
    _, rest = case_and_rest(day)
    words = " ".join(re.sub(r"[│├┤─┼]", " ", rest).split())
    for said in ("joined ticket 1: stranger", "screening: auto_reply", "opened ticket 4", "refused: over-limit"):
        assert said in words
