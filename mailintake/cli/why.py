"""`mailintake tickets why`: how the mails of a ticket were decided, and by which rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailintake.cli.common import print_json, reading, shown
from mailintake.cli.decision_view import NOT_ASKED, rules_as_json, show_rules, show_trace
from mailintake.domain.routing import RuleTrace
from mailintake.errors import Unreadable, UsageError
from mailintake.storage.past import Past, Seats

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailintake.intake.policy import Policy

OTHER = "It was decided under another configuration, so rules cannot be asked again; this is what was recorded."
CHANGED = "Asked again, rules say otherwise: what they look at in the database has changed since."


@dataclass(frozen=True, slots=True)
class Answer:
    """What is recorded of a mail; where rules could be asked once more, what became of each, and else `why_not`.

    `caution` says that they do not come to the same end today.
    """

    past: Past
    rules: tuple[RuleTrace, ...] | None = None
    why_not: str = ""
    caution: str = ""


def show(config: Path, number: int, *, as_json: bool) -> None:
    """Print why the mails of a ticket are on it."""
    from mailintake.cli.trying import policy_of
    from mailintake.storage import past, tickets

    with reading(config) as (configuration, database), database.reading() as connection:
        if tickets.get(connection, number) is None:
            raise UsageError(f"there is no ticket {number}")
        policy, seats = policy_of(configuration), past.seats(connection)
        answers = [_answer(connection, each, policy, seats) for each in past.of_ticket(connection, number)]
    if as_json:
        print_json([_as_json(each, policy.digest) for each in answers])
        return
    if not answers:
        print("No mail is on this ticket.")
    for position, each in enumerate(answers):
        print("\n" * bool(position), end="")
        _show(each)


def _answer(connection: "Connection", mail: Past, policy: "Policy", seats: Seats) -> Answer:
    from mailintake.intake import explaining, replay
    from mailintake.parsing.parser import parse, parse_headers_only
    from mailintake.storage import raw

    if not mail.is_new_request:
        return Answer(mail, why_not=NOT_ASKED)
    if mail.detail.get("policy") != policy.digest:
        return Answer(mail, why_not=OTHER)
    try:
        content = b"".join(raw.parts(connection, mail.entry.digest, mail.entry.size))
        message = parse_headers_only(content) if mail.entry.headers_only else parse(content)
    except (KeyError, Unreadable):
        return Answer(mail, why_not="The mail itself is no longer kept, so rules cannot be asked again.")
    facts = replay.facts(mail, message, policy, seats)
    found = explaining.explain(facts, policy, is_promoted=replay.is_promoted(mail))
    now, then = replay.told(found.decision), replay.recorded(mail)
    is_same = all(now[word] == then[word] for word in ("rules", "shadow"))
    return Answer(mail, found.rules, "" if found.rules is not None else NOT_ASKED, "" if is_same else CHANGED)


def _show(answer: Answer) -> None:
    mail, detail = answer.past, answer.past.detail
    reason = f": {detail['reason']}" if detail.get("reason") else ""
    policy = str(detail.get("policy", ""))[:12]
    print(f"mail {mail.entry.id}  {shown(mail.at)}  {mail.entry.outcome}{shown(reason)}  under {shown(policy)}\n")
    show_trace(_trace(mail))
    print()
    if answer.rules is not None:
        show_rules(answer.rules)
    else:
        print(answer.why_not)
    if answer.why_not == OTHER or answer.caution:
        print(f"rules applied: {_names(detail.get('rules'))}; in shadow: {_names(detail.get('shadow'))}")
    if answer.caution:
        print(answer.caution)


def _as_json(answer: Answer, digest: str) -> dict[str, object]:
    mail, detail = answer.past, answer.past.detail
    return {
        "mail": mail.entry.id,
        "at": mail.at,
        "outcome": mail.entry.outcome,
        "reason": detail.get("reason"),
        "policy": detail.get("policy"),
        "is_running_policy": detail.get("policy") == digest,
        "trace": [{"check": check, "finding": finding, "why": why} for check, finding, why in _trace(mail)],
        "applied": detail.get("rules", []),
        "shadow": detail.get("shadow", []),
        "rules": None if answer.rules is None else rules_as_json(answer.rules),
        "note": answer.why_not or answer.caution or None,
    }


def _trace(mail: Past) -> Sequence[Sequence[str]]:
    found: Sequence[Sequence[str]] = mail.detail["trace"]
    return found


def _names(rules: Sequence[str] | None) -> str:
    return shown(", ".join(rules or ())) or "none"
