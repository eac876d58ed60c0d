"""The desk's own words for statuses, and how its clocks behave (DOMAIN S10, S12, S17, section 11)."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailintake.config.question import Either, Keys, answer
from mailintake.config.shapes import Choice, Reader, Record, Text, listed, nearest, section, yes_or_no
from mailintake.config.source import Collecting, Node, Scalar
from mailintake.domain.terms import ClockRules
from mailintake.domain.ticket import Status

_OFF = frozenset({"off", "no", "false"})
_ON = frozenset({"on", "yes", "true"})


@dataclass(frozen=True)
class Statuses:
    """Our statuses in the words of the desk, those that it renames; `solved` is False where it does without."""

    words: Mapping[Status, str]
    solved: bool = True


def statuses(node: Node) -> Statuses:
    """`new: Received`, and `solved: off`."""
    word = Text("your word for it")
    answer(node, Keys({**dict.fromkeys(Status, word), Status.SOLVED: Either((word, yes_or_no))}))
    words, solved, problems = dict[Status, str](), True, Collecting()
    for key, value in section(node).entries:
        with problems:
            status = _status(key)
            switch = _switch(value)
            if switch is None:
                words[status] = word(value)
            elif status is Status.SOLVED:
                solved = switch
            else:
                raise value.wrong("only `solved` can be switched off; if this is your word for it, put it in quotes")
    problems.settle()
    return Statuses(words, solved)


def _status(key: Scalar) -> Status:
    if key.text not in tuple(Status):
        raise key.wrong(f"unknown status `{key.text}`{nearest(key.text, Status) or f'; known here: {listed(Status)}'}")
    return Status(key.text)


def _switch(node: Node) -> bool | None:
    """Whether YAML's words for yes and no stand here; None if it is another word."""
    if not isinstance(node, Scalar) or node.quoted or node.text.lower() not in _OFF | _ON:
        return None
    return node.text.lower() in _ON


def _clock(word: str, other: str) -> Reader[bool]:
    """`{clock: …}`, and whether it says `word`."""
    return Record(lambda *, clock: clock == word, {"clock": Choice((word, other))}, required=("clock",))


_HOLD = Record(
    dict[str, bool],
    {"internal": _clock("stops", "runs"), "external": _clock("stops", "runs")},
    into={"internal": "internal_stops", "external": "external_stops"},
)
_ON_CHANGE = Choice(("from_start", "from_change"))
_RULES: Mapping[str, Reader[dict[str, bool]]] = {
    "hold": _HOLD,
    "escalation": lambda node: {"restarts": _clock("restarts", "continues")(node)},
    "on_change": lambda node: {"from_start": _ON_CHANGE(node) == "from_start"},
}


def clock_rules(parts: Mapping[str, Node], *, has_levels: bool) -> ClockRules:
    """What `hold`, `escalation` and `on_change` say. Raises ConfigError."""
    if "escalation" in parts and not has_levels:
        parts["escalation"].warn("the desk has no `levels`, so nothing is ever escalated")
    said, problems = dict[str, bool](), Collecting()
    for key, reader in _RULES.items():
        with problems:
            if key in parts:
                said |= reader(parts[key])
    problems.settle()
    return ClockRules(**said)
