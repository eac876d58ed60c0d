"""What agents mean by the names they write in their orders."""

from collections.abc import Iterable, Mapping

from mailintake.config.shapes import nearest
from mailintake.domain.ticket import Status
from mailintake.intake.order import Refused
from mailintake.intake.policy import Policy


def agent_meant(written: str, policy: Policy) -> str:
    """The key of the agent of this key, name, first name or address. Raises Refused for nobody, and for several."""
    agents = policy.directory.agents
    if key := _named(written, {key: key for key in agents}):
        return key
    if agent := policy.agent_at(written):
        return agent.key
    said = written.casefold()
    whole = [each.key for each in agents.values() if each.name.casefold() == said]
    first = [each.key for each in agents.values() if each.name.casefold().split()[:1] == [said]]
    found = whole or first
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused("ambiguous", ", ".join(found))
    raise Refused("no-such-agent", _hint(written, [*agents, *(each.name for each in agents.values() if each.name)]))


def team_meant(written: str, policy: Policy) -> str:
    """The key of the team, "" for none of this name."""
    return _named(written, {key: key for key in policy.directory.teams})


def word_meant(trait: str, written: str, policy: Policy) -> str:
    """The desk's own word for a priority, category, topic or level. Raises Refused for none."""
    desk = policy.desk
    known: dict[str, dict[str, str]] = {
        "priority": {each.key: each.key for each in desk.priorities},
        "category": {each.key: each.key for each in desk.categories},
        "topic": {key: key for key in desk.topics},
        "level": {each.label: each.key for each in desk.levels} | {each.key: each.key for each in desk.levels},
    }
    if found := _named(written, known[trait]):
        return found
    raise Refused("no-such-value", _hint(written, known[trait]) or ", ".join(known[trait]))


def status_meant(written: str, policy: Policy) -> Status:
    """The status, by the desk's word for it or ours. Raises Refused for none."""
    words = {status.value: status.value for status in Status}
    words |= {word: status.value for status, word in policy.desk.statuses.items()}
    if found := _named(written, words):
        return Status(found)
    raise Refused("no-such-value", _hint(written, words))


def _hint(written: str, known: Iterable[str]) -> str:
    return nearest(written, known).removeprefix("; ")


def _named(written: str, known: Mapping[str, str]) -> str:
    """What is meant by a word, whatever its case; "" for nothing known."""
    return {word.casefold(): key for word, key in known.items()}.get(written.casefold(), "")
