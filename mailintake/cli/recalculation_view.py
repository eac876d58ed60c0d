"""`mailintake sla recalculate`: what differs from the journal, and what moved, in lines for people or as JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailintake import resources
from mailintake.cli.common import load, looking, print_json, reading, shown
from mailintake.cli.recalculation import Proof, Renewal, proofs, renewals
from mailintake.cli.writing import writer
from mailintake.domain.tag import Tagger
from mailintake.domain.target import Target
from mailintake.intake.policy import Policy


def prove(config: Path, numbers: list[int], *, as_json: bool) -> bool:
    """Print how stored clocks compare with the journal; whether all are as they must be."""
    tickets = clocks = no_history = 0
    wrong: list[dict[str, object]] = []
    differ = 0
    with reading(config) as (_, database):
        for proof in proofs(database, numbers, now=resources.now()):
            tickets, clocks = tickets + 1, clocks + proof.clocks
            no_history += not proof.has_history
            differ += proof.differs
            if as_json and proof.differs:
                wrong.append(_proof_as_json(proof))
            elif not as_json:
                for line in _proof_lines(proof):
                    print(line)
    if as_json:
        summary = {"tickets": tickets, "clocks": clocks, "differ": differ, "without_history": no_history}
        print_json(summary | {"differences": wrong})
    else:
        print(f"Tickets: {tickets}, clocks: {clocks}, tickets that differ: {differ}, without a history: {no_history}.")
    return not differ


def renew(config: Path, numbers: list[int], *, as_json: bool) -> None:
    """Renew tickets under today's configuration, and print what moved."""
    done: list[dict[str, object]] = []
    renewed = 0
    configuration = load(config)
    with writer(configuration) as hand, looking(configuration) as database:
        policy = Policy.of(configuration, Tagger((bytes(32),)))
        for renewal in renewals(database, numbers, policy, partial(hand.operate, "tickets-renew")):
            renewed += not renewal.why_not
            if as_json:
                done.append(_renewal_as_json(renewal))
            else:
                for line in _renewal_lines(renewal):
                    print(line)
    if as_json:
        print_json({"renewed": renewed, "tickets": done})
    else:
        print(f"Tickets renewed: {renewed}.")


def _proof_lines(proof: Proof) -> Iterator[str]:
    if proof.problem:
        yield f"ticket {proof.ticket_id}: {shown(proof.problem)}"
    for each in proof.differences:
        name = f"{each.metric.value} {each.round}, {each.field.replace('_', ' ')}"
        stored, recomputed = _words(each.stored), _words(each.recomputed)
        yield f"ticket {proof.ticket_id}, {name}: stored {stored}, by the journal {recomputed}"


def _proof_as_json(proof: Proof) -> dict[str, object]:
    return {
        "ticket": proof.ticket_id,
        "problem": proof.problem or None,
        "clocks": [
            {
                "metric": each.metric.value,
                "round": each.round,
                "field": each.field,
                "stored": _plain(each.stored),
                "recomputed": _plain(each.recomputed),
            }
            for each in proof.differences
        ],
    }


def _renewal_lines(renewal: Renewal) -> Iterator[str]:
    if renewal.why_not:
        yield f"ticket {renewal.ticket_id}: {shown(renewal.why_not)}"
    elif not renewal.moved:
        yield f"ticket {renewal.ticket_id}: nothing moved"
    for old, new in renewal.moved:
        name = f"ticket {renewal.ticket_id}, {new.metric.value} {new.round}"
        yield f"{name}: {_words(old.target)}, due {_words(old.due)}; now {_words(new.target)}, due {_words(new.due)}"


def _renewal_as_json(renewal: Renewal) -> dict[str, object]:
    return {
        "ticket": renewal.ticket_id,
        "why_not": renewal.why_not or None,
        "moved": [
            {
                "metric": new.metric.value,
                "round": new.round,
                "row": [old.target and old.target.text, new.target and new.target.text],
                "due": [old.due, new.due],
            }
            for old, new in renewal.moved
        ],
    }


def _words(value: object) -> str:
    plain = _plain(value)
    return "none" if plain is None or plain == [] else shown(plain)


def _plain(value: object) -> object:
    """A field of a clock as text, or as lists of it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Target):
        return f"{value.text} ({value.hours}, {value.calendar.timezone})"
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
