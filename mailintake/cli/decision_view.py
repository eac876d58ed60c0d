"""A decision as the command line shows it: every check, every rule, what is written down, what is promised and sent."""

from collections.abc import Iterable, Sequence
from typing import Any

from mailintake.cli.common import print_table, shown
from mailintake.domain.decision import Decision
from mailintake.domain.routing import RuleTrace
from mailintake.domain.sla import Clock
from mailintake.intake import replay
from mailintake.intake.begin import begun
from mailintake.intake.case import NO_ROUTE
from mailintake.intake.explaining import Explanation
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import team_of

NOT_ASKED = "Rules are not asked about this mail."
_ELSEWHERE = {"outcome", "rules", "shadow", "clocks", "letters"}


def as_json(found: Explanation, policy: Policy) -> dict[str, Any]:
    """All of it; instants are UTC, `rules` is null where rules are not asked."""
    decision, new = found.decision, found.decision.new_ticket
    route = decision.route or NO_ROUTE
    clocks = _clocks(decision)
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "kind": decision.screening.kind.value,
        "ticket": decision.ticket_id,
        **{word: value or None for word, value in _written(decision).items()},
        "tags": list(route.tags),
        "watchers": list(route.watchers),
        "notify": list(route.notify),
        "due": next((clock.due for clock in clocks if clock.metric == "first_response"), None),
        "clocks": [{"metric": clock.metric.value, "row": _row(clock), "due": clock.due} for clock in clocks],
        "follows": new.follows if new else None,
        "enrols": decision.enrol.address if decision.enrol else None,
        "told": _told(decision, policy),
        "policy": policy.digest,
        "trace": [{"check": line.check, "finding": str(line.finding), "why": line.why} for line in decision.trace],
        "rules": None if found.rules is None else rules_as_json(found.rules),
        "letters": [
            {"template": each.template, "to": each.recipient.address, "withheld": each.suppressed}
            for each in decision.notices
        ],
    }


def rules_as_json(traces: Iterable[RuleTrace]) -> list[dict[str, object]]:
    """What became of each rule, in order."""
    return [
        {"rule": each.rule, "found": each.found.value, "condition": each.condition or None, "saw": each.saw or None}
        for each in traces
    ]


def show(found: Explanation, policy: Policy) -> None:
    """Print all of it."""
    decision = found.decision
    show_trace([(line.check, line.finding, line.why) for line in decision.trace])
    print()
    show_rules(found.rules)
    print(f"\n→ {decision.outcome}" + (f": {decision.reason}" if decision.reason else ""))
    if decision.ticket_id is not None:
        print(f"→ on ticket {decision.ticket_id}")
    for word, value in _written(decision).items():
        if value:
            print(f"→ {word} {shown(value)}")
    for clock in _clocks(decision):
        due = f"due {shown(clock.due)}" if clock.due else "nothing is promised"
        print(f"→ {clock.metric.value.replace('_', ' ')} {due} ({shown(_row(clock))})")
    for each in decision.notices:
        withheld = f": withheld, {shown(each.suppressed)}" if each.suppressed else ""
        print(f"→ letter {each.template} to {shown(each.recipient.address)}{withheld}")
    if told := _told(decision, policy):
        print(f"→ letter new-ticket to the desk: {shown(', '.join(told))}")


def show_trace(lines: Iterable[Sequence[object]]) -> None:
    """Print the checks that a mail went through."""
    print_table(("check", "finding", "why"), lines, empty="")


def show_rules(traces: Sequence[RuleTrace] | None) -> None:
    """Print what became of each rule: of one that does not match the condition that did not hold, and what it saw."""
    if traces is None:
        print(NOT_ASKED)
        return
    rows = ((each.rule, each.found, each.condition, each.saw) for each in traces)
    print_table(("rule", "found", "condition that fails", "which saw"), rows, empty="There are no rules.")


def _written(decision: Decision) -> dict[str, str]:
    """What is written down of a new request, and by rules of one that is none."""
    return {word: value for word, value in replay.told(decision).items() if word not in _ELSEWHERE}


def _clocks(decision: Decision) -> Sequence[Clock]:
    return begun(decision.new_ticket).clocks if decision.new_ticket else ()


def _row(clock: Clock) -> str:
    return f"{clock.target.text}, {clock.target.hours}" if clock.target else "no row of the plan"


def _told(decision: Decision, policy: Policy) -> list[str]:
    """Whom of the desk a new ticket may be told to: the people of its teams, of whom a rule may choose one, and those
    whom rules name."""
    new = decision.new_ticket
    if new is None or new.pending:
        return []
    level = new.opening.traits.level if new.opening.traits else ""
    people = [agent.key for team in team_of(new.team, new.queue, level, policy) for agent in team.members]
    if new.assign is not None:
        people = [f"whom `{new.assign}` finds"]
    return list(dict.fromkeys((*people, *(decision.route.notify if decision.route else ()))))
