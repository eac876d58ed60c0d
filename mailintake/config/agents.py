"""The people of the desk, and the teams in which they share tickets."""

from collections.abc import Collection
from functools import partial

from mailintake.config.contracts import Known
from mailintake.config.desk import address, language
from mailintake.config.hours import OpeningHours
from mailintake.config.people import person
from mailintake.config.shapes import ListOf, Named, Parsed, Reader, Record, Text, parse_date, read_named
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.config.zones import zone
from mailintake.domain.agent import Absence, Agent, Team
from mailintake.domain.hours import Hours
from mailintake.domain.mail import Address
from mailintake.entitlement import identity


def read_agents(node: Node | None, known: Known, problems: Collecting) -> Named[Agent]:
    """Agents by name: `Maria Horvat <maria@desk.example>`, or a section that says more. No address is two agents'."""
    hours = known.desk.hours if known.desk else {}
    agent = partial(_agent, OpeningHours(Named("hours entry", hours, tuple(hours))))
    found = read_named("agent", node, agent, problems)
    own = {identity.key(mailbox.address) for mailbox in known.desk.mailboxes} if known.desk else set()
    taken: dict[str | None, str] = {}
    for key, value in node.entries if isinstance(node, Section) else ():
        if key.text not in found.values:
            continue
        each = found.values[key.text]
        for written in (each.address, *each.also):
            same = identity.key(written)
            with problems:
                if same in own:
                    raise value.wrong(f"{written} is a mailbox of the desk; its letters would come back to it")
                if taken.setdefault(same, key.text) != key.text:
                    raise value.wrong(f"{written} is the address of `{taken[same]}` already")
    return found


def read_teams(node: Node | None, agents: Named[Agent], known: Known, problems: Collecting) -> Named[Team]:
    """Teams by name, each of agents of the desk."""
    return read_named("team", node, partial(_team, agents, known), problems)


def queues(teams: Collection[Team]) -> frozenset[str]:
    """The queues that some team looks after."""
    return frozenset(queue for team in teams for queue in team.queues)


def _agent(hours: Reader[Hours], key: Scalar, node: Node) -> Agent:
    if not isinstance(node, Section):
        found = person(node)
        return Agent(key.text, found.address, found.name)

    def agent(*, mail: Address, name: str = "", **said: object) -> Agent:
        return Agent(key.text, mail.address, name or mail.name, **said)  # type: ignore[arg-type]  # as read

    return Record(
        agent,
        {
            "mail": person,
            "name": Text("a name"),
            "also": ListOf(address, "a list of addresses", or_one=True),
            "language": language,
            "timezone": zone,
            "hours": hours,
            "away": ListOf(_AWAY, "a list of days such as 2026-12-24..2027-01-02", or_one=True),
            "signature": Text("a line below answers"),
        },
        required=("mail",),
    )(node)


def _parse_away(text: str) -> Absence:
    first, dots, last = text.partition("..")
    begin = parse_date(first.strip())
    end = parse_date(last.strip()) if dots else begin
    if end < begin:
        raise ValueError(f"`{text}` ends before it begins")
    return Absence(begin, end)


_AWAY = Parsed(_parse_away, "days such as 2026-12-24..2027-01-02")


def _team(agents: Named[Agent], known: Known, key: Scalar, node: Node) -> Team:
    def team(
        *,
        members: tuple[Agent, ...],
        lead: Agent | None = None,
        level: str = "",
        levels: tuple[str, ...] = (),
        queues: tuple[str, ...] = (),
    ) -> Team:
        if level and levels:
            raise ValueError("a team has either one `level` or a list of `levels`")
        if len({agent.key for agent in members}) < len(members):
            raise ValueError("a member is named twice")
        return Team(key.text, members, lead, (level,) if level else tuple(dict.fromkeys(levels)), queues)

    level = Named("level", {}, known.levels).name
    return Record(
        team,
        {
            "members": ListOf(agents, "a list of agents", least=1),
            "lead": agents,
            "level": level,
            "levels": ListOf(level, "a list of levels", least=1),
            "queues": ListOf(Text("the name of a queue"), "a list of queues", least=1, or_one=True),
        },
        required=("members",),
    )(node)
