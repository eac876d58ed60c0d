"""The reasons that agents are told, and the commands that they are shown, in every language."""

from pathlib import Path

import pytest
from jinja2 import Environment

from mailintake.desk import commands
from mailintake.domain.command import Word
from mailintake.domain.ticket import Hold, Status
from mailintake.notices.reasons import Refusal, Withheld

SHIPPED = Path(__file__).parents[3] / "templates"
LANGUAGES = ("en", "ru", "uk", "vi", "sl")


def part(language: str, name: str) -> object:
    """What a part of the templates defines."""
    text = (SHIPPED / language / f"{name}.txt.j2").read_text(encoding="utf-8")
    return Environment(autoescape=False).from_string(text).module


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_status_and_hold_has_its_words(language: str) -> None:
    work = part(language, "_work")
    assert set(work.reasons) == set(Refusal)  # type: ignore[attr-defined]  # set by the template
    assert set(work.withheld) == set(Withheld)  # type: ignore[attr-defined]  # set by the template
    assert set(work.faults) == set(commands.Fault)  # type: ignore[attr-defined]  # set by the template
    assert set(work.statuses) == set(Status)  # type: ignore[attr-defined]  # set by the template
    assert set(work.holds) == set(Hold) - {Hold.NONE}  # type: ignore[attr-defined]  # set by the template
    assert set(work.protections) == {"pgp-encrypted", "smime-encrypted"}  # type: ignore[attr-defined]  # set by the template


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_in_the_help(language: str) -> None:
    listed = part(language, "_commands").commands  # type: ignore[attr-defined]  # set by the template
    assert {word.partition(" ")[0] for word, _, _ in listed} == set(Word)
    for word, form, _ in listed:
        line = f"#{word} {form}".rstrip()
        assert not commands.read(f"{line}\nwords below", languages=[language]).unknown, line
