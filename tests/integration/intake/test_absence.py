"""Who is away is not written to, and whoever is there is: in their language, on their clocks."""

from datetime import timedelta

import pytest

from mailintake.storage.engine import Database
from tests.integration.intake.conversation import ACCOUNTS, ANA, DESK_FILE, IVO, MARIA, Conversation, a_desk_of

YEAR = "2026-01-01..2199-12-31"  # conversations take place later and later


def away(*names: str, **more: str) -> str:
    """The accounts file with these agents away for long, or with `more` said of Maria."""
    found = ACCOUNTS
    for name, person in (("maria", MARIA), ("ivo", IVO)):
        said = [f"mail: {person}", *([f"away: {YEAR}"] if name in names else [])]
        said += [f"{key}: {value}" for key, value in more.items() if name == "maria"]
        found = found.replace(f"{name}: {person}", f"{name}: {{{', '.join(said)}}}")
    return found


def of_new_ticket(told: Conversation) -> set[str]:
    return {each.to for each in told.left if each.template == "new-ticket"}


def test_everybody_in_the_team_hears_of_a_new_ticket(database: Database) -> None:
    assert of_new_ticket(Conversation(database)) == {"maria@desk.example", "ivo@desk.example"}


def test_who_is_away_is_not_told(database: Database) -> None:
    told = Conversation(database, a_desk_of(accounts=away("ivo")))
    assert of_new_ticket(told) == {"maria@desk.example"}
    told.says(ANA, "Is it mended?")
    assert told.letters_to(IVO) == []


def test_where_everybody_is_away_all_are_told(database: Database) -> None:
    told = Conversation(database, a_desk_of(accounts=away("maria", "ivo")))
    assert of_new_ticket(told) == {"maria@desk.example", "ivo@desk.example"}


@pytest.mark.parametrize("event", ["customer", "stranger", "reminder"])
def test_the_ticket_of_somebody_away_is_the_team_s(database: Database, event: str) -> None:
    told = Conversation(database)
    told.orders("#assign ivo")
    told.policy = a_desk_of(accounts=away("ivo"))
    if event == "reminder":
        due = told.clock().due
        assert due is not None
        told.now = due - timedelta(hours=1)
        told.house_is_kept()
    else:
        told.says(ANA if event == "customer" else "Eve <eve@elsewhere.example>", "Is it mended?",
                  answers=told.letters_to(ANA)[0])  # fmt: skip
    assert {each.to for each in told.left} == {"maria@desk.example"}
    assert len(told.left) == 1


def test_what_is_for_a_lead_who_is_away_is_the_team_s(database: Database) -> None:
    told = Conversation(database, a_desk_of(DESK_FILE.replace("tell: [assignee]", "tell: [lead]"), away("maria")))
    due = told.clock().due
    assert due is not None
    told.now = due - timedelta(hours=1)
    told.house_is_kept()
    assert {each.to for each in told.left} == {"ivo@desk.example"}


def test_who_is_away_works_all_the_same(database: Database) -> None:
    told = Conversation(database)
    told.policy = a_desk_of(accounts=away("maria"))
    assert told.orders("#take").done == ["#take"]


def test_letters_to_an_agent_are_in_their_language_and_on_their_clocks(database: Database) -> None:
    told = Conversation(database, a_desk_of(accounts=away(language="sl", timezone="Asia/Tokyo")))
    (for_maria,) = [each for each in told.left if each.to == "maria@desk.example"]
    (for_ivo,) = [each for each in told.left if each.to == "ivo@desk.example"]
    assert (for_maria.draft.language, for_ivo.draft.language) == ("sl", "en")
    assert (for_maria.said["timezone"], for_ivo.said["timezone"]) == ("Asia/Tokyo", "Europe/Ljubljana")
    due = told.clock().due
    assert due is not None
    assert (due + timedelta(hours=9)).strftime("%H:%M") in for_maria.text
    assert "Odgovor napišite nad to vrstico" in for_maria.text
    assert "Write your answer above this line" in for_ivo.text


def test_a_hold_ends_on_the_agent_s_own_clock(database: Database) -> None:
    told = Conversation(database, a_desk_of(accounts=away(timezone="Asia/Tokyo")))
    told.orders("#hold external until tomorrow 9:00")  # midnight in UTC
    begins = told.now.replace(hour=0, minute=0) + timedelta(days=1)
    told.now = begins - timedelta(minutes=1)
    told.house_is_kept()
    assert told.shown().status.value == "hold"
    told.house_is_kept(minutes=2)
    assert told.shown().status.value == "open"
