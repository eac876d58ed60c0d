"""Who of the desk's people is there."""

from dataclasses import replace
from datetime import UTC, date, datetime

from mailintake.config.hours import parse_hours
from mailintake.domain.agent import Absence, Agent
from mailintake.intake.policy import Policy
from tests.builders import a_directory, a_policy

DAY, NIGHT = datetime(2026, 3, 9, 11, tzinfo=UTC), datetime(2026, 3, 9, 22, tzinfo=UTC)
MARIA = Agent("maria", "maria@desk.example", hours=parse_hours("Mon-Fri 09:00-18:00"))
IVO = Agent("ivo", "ivo@desk.example", hours=parse_hours("Mon-Sun 18:00-02:00"))
NINA = Agent("nina", "nina@desk.example", away=(Absence(date(2026, 3, 9), date(2026, 3, 10)),))
EVERYBODY = ("maria", "ivo", "nina")


def with_people(*agents: Agent) -> Policy:
    return replace(a_policy(), directory=replace(a_directory(), agents={agent.key: agent for agent in agents}))


def test_a_ticket_is_for_those_at_work() -> None:
    policy = with_people(MARIA, IVO, NINA)
    assert policy.absent(EVERYBODY, DAY) == {"ivo", "nina"}
    assert policy.absent(EVERYBODY, NIGHT) == {"maria", "nina"}


def test_while_nobody_is_at_work_it_is_for_all_who_are_not_away() -> None:
    policy = with_people(MARIA, NINA)
    assert policy.absent(("maria", "nina"), NIGHT) == {"nina"}


def test_where_all_are_away_it_is_for_nobody() -> None:
    assert with_people(NINA).absent(("nina",), DAY) == {"nina"}


def test_hours_are_read_on_the_agent_s_own_clock() -> None:
    far = replace(MARIA, timezone="Asia/Tokyo")
    assert with_people(far, IVO).absent(("maria", "ivo"), datetime(2026, 3, 9, 1, tzinfo=UTC)) == {"ivo"}
