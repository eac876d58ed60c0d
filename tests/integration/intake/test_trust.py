"""How sure the desk must be of an agent before it does what their mail says (`trust: {command: …}`)."""

from pathlib import Path

import pytest

from mailintake import config
from mailintake.config.trust import Trust
from mailintake.domain.ticket import Status
from mailintake.errors import ConfigError
from mailintake.storage.engine import Database
from tests.integration.intake.conversation import (
    ACCOUNTS,
    ANA,
    DESK_FILE,
    FAIL,
    HOST,
    IVO,
    MARIA,
    NOBODY,
    Conversation,
    a_desk_of,
)

ORDER = "#priority high\n\nHello Ana,\nit is mended."


def told_under(database: Database, command: str) -> Conversation:
    return Conversation(database, a_desk_of(DESK_FILE + f"trust: {{command: {command}}}\n"))


def is_done(told: Conversation) -> bool:
    done = told.shown().traits.priority == "high"
    assert ("answer" in {each.template for each in told.outside()}) == done
    return done


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A desk with agents, and a way in at which nobody verifies anybody."""
    said = {"mailintake.yaml": HOST.replace(", trusted: yes", ""), "desk.yaml": DESK_FILE, "accounts.yaml": ACCOUNTS}
    for name, content in said.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def test_agents_who_cannot_be_told_from_others_are_refused(files: Path) -> None:
    with pytest.raises(ConfigError, match="nobody verifies senders here"):
        config.load(files, environment={})


@pytest.mark.parametrize("word", ["off", "token"])
def test_a_desk_may_do_without(files: Path, word: str) -> None:
    (files / "desk.yaml").write_text(DESK_FILE + f"trust: {{command: {word}}}\n")
    assert config.load(files, environment={}).desk.trust == Trust(command=word)  # type: ignore[arg-type]  # one of them


@pytest.mark.parametrize(
    "known", ["authentication: {evaluate: yes}", "authentication: {results_from: [mx.desk.example]}"]
)
def test_a_desk_that_verifies_may_have_agents(files: Path, known: str) -> None:
    (files / "mailintake.yaml").write_text(HOST.replace(", trusted: yes", "") + known + "\n")
    assert set(config.load(files, environment={}).directory.agents) == {"maria", "ivo"}


def test_where_nobody_works_by_mail_an_agent_s_mail_is_kept_and_does_nothing(database: Database) -> None:
    told = told_under(database, "off")
    told.says(MARIA, ORDER)
    assert not is_done(told)
    assert (told.end()[0], told.parts()) == ("joined", ["customer", "unverified"])
    assert "receipt" not in {each.template for each in told.left}
    assert told.shown().status is Status.NEW


def test_the_token_of_one_s_own_letter_is_enough_where_the_desk_says_so(database: Database) -> None:
    told = told_under(database, "token")
    told.says(MARIA, ORDER, trust=NOBODY)
    assert is_done(told)


@pytest.mark.parametrize("whose", [IVO, ANA])
def test_the_token_of_somebody_else_s_letter_is_not(database: Database, whose: str) -> None:
    told = told_under(database, "token")
    told.says(MARIA, ORDER, answers=told.letters_to(whose)[0], trust=NOBODY)
    assert not is_done(told)
    assert told.parts() == ["customer", "unverified"]


def test_no_token_helps_a_forger(database: Database) -> None:
    told = told_under(database, "token")
    told.says(MARIA, ORDER, trust=FAIL)
    assert not is_done(told)


def test_without_that_a_token_is_not_enough(database: Database) -> None:
    told = told_under(database, "verified")
    told.says(MARIA, ORDER, trust=NOBODY)
    assert not is_done(told)
    told.says(MARIA, "#priority high\n\nThe spare part has come.", answers=told.letters_to(MARIA)[0])
    assert is_done(told)


@pytest.mark.parametrize("whose", [IVO, ANA])
def test_a_verified_agent_works_with_any_letter_about_the_ticket(database: Database, whose: str) -> None:
    told = told_under(database, "verified")
    told.says(MARIA, ORDER, answers=told.letters_to(whose)[0])
    assert is_done(told)
