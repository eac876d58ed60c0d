"""Reminders as an admin writes them (DOMAIN S18)."""

import re
from dataclasses import dataclass
from functools import partial

from mailintake.config.shapes import Choice, ListOf, Parsed, Record, Whole
from mailintake.config.source import Node
from mailintake.config.targets import parse_amount
from mailintake.domain.reminder import Step, StepKind

_WANTED = "`75%`, `30m before`, `breach` or `every 1h after breach`"


@dataclass(frozen=True)
class _When:
    key: str
    kind: StepKind
    amount: int


def _parse_when(text: str) -> _When:
    text = " ".join(text.split())
    if text == "breach":
        return _When(text, StepKind.BREACH, 0)
    if found := re.fullmatch(r"(\d{1,6})%", text):
        if not 0 < int(found[1]) < 100:
            raise ValueError(f"`{text}` is not between 1% and 99%; at the end of the time it is `breach`")
        return _When(text, StepKind.PERCENT, int(found[1]))
    if found := re.fullmatch(r"(\S+) before", text):
        return _When(text, StepKind.BEFORE, parse_amount(found[1]))
    if found := re.fullmatch(r"every (\S+) after breach", text):
        return _When(text, StepKind.AFTER, parse_amount(found[1]))
    raise ValueError(f"`{text}` says no moment; write {_WANTED}")


def _step(*, when: _When, tell: tuple[str, ...], times: int | None = None, then: str = "") -> Step:
    if when.kind is StepKind.AFTER and times is None:
        raise ValueError(f"`{when.key}` needs an end: say `times: 3`")
    if when.kind is not StepKind.AFTER and times is not None:
        raise ValueError(f"`times` goes with `every … after breach`; `{when.key}` comes once")
    escalate = then == "escalate"
    return Step(when.key, when.kind, when.amount, tuple(dict.fromkeys(tell)), times or 1, escalate=escalate)


def reminders(node: Node, *, has_levels: bool) -> tuple[Step, ...]:
    """The steps in the order of the file; no moment twice. Without levels there is nothing to escalate to."""
    steps = ListOf(
        Record(
            _step,
            {
                "when": Parsed(_parse_when, _WANTED),
                "tell": ListOf(
                    Choice(("assignee", "team", "lead", "owner")), "a list of whom to tell", least=1, or_one=True
                ),
                "times": Whole(1, 100),
                "then": partial(_then, has_levels=has_levels),
            },
            required=("when", "tell"),
        ),
        "a list of reminders",
    )(node)
    keys = [step.key for step in steps]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise node.wrong(f"two reminders come at `{twice}`: tell all in one")
    return steps


def _then(node: Node, *, has_levels: bool) -> str:
    word = Choice(("escalate",))(node)
    if not has_levels:
        raise node.wrong("`escalate` goes one level up, and the desk has no `levels`")
    return word
