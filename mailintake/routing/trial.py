"""Tests inside the rules file: a mail, and what the rules shall say about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailintake.domain.decision import Outcome
from mailintake.domain.routing import Place, Route, Subject
from mailintake.routing.actions import ACTIONS
from mailintake.routing.rules import Rules, decide, ending

Wanted = str | bool | tuple[str, ...]
"""A word, whether anything is said at all, or words in any order."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A test at `place`: of a mail described in the rules file, or of one in a `file` beside it ("" for none).

    `expect` is what is wanted of the route, by EXPECTATIONS; `name` is for people.
    """

    place: Place
    name: str
    expect: Mapping[str, Wanted]
    subject: Subject | None = None
    file: str = ""


def run(rules: Rules, trial: Trial) -> tuple[str, ...]:
    """What is not as wanted of a mail that is described in the file, a line for each; () if all is.

    ValueError for a trial of a file, for which somebody must read the file first.
    """
    if trial.subject is None:
        raise ValueError(f"{trial.place}: the mail lies in {trial.file}")
    return compare(trial, decide(rules, trial.subject))


def compare(trial: Trial, route: Route, *, outcome: Outcome | None = None) -> tuple[str, ...]:
    """What is not as wanted of a route, a line for each: where the test stands, the word, what was wanted and found.

    `outcome` is what became of the mail as a whole; without it, what the route alone makes of it.
    """
    wholly = outcome or ending(route) or Outcome.OPENED
    label = f" ({trial.name})" if trial.name else ""
    lines = []
    for word, wanted in trial.expect.items():
        found = (wholly.value,) if word == "outcome" else EXPECTATIONS[word](route)
        if not _is_as(wanted, found):
            line = f"{trial.place}: {word}: wanted {_shown(wanted)}, found {_shown(found)}{label}"
            lines.append(line)
    if lines:
        lines[-1] += f"; rules applied: {', '.join(route.rules) or 'none'}"
    return tuple(lines)


def _is_as(wanted: Wanted, found: tuple[str, ...]) -> bool:
    if isinstance(wanted, bool):
        return bool(found) is wanted
    if isinstance(wanted, str):
        return (wanted,) == (found or ("none",))
    return set(wanted) == set(found)


def _shown(value: Wanted) -> str:
    if isinstance(value, bool):
        return "anything" if value else "nothing"
    words = (value,) if isinstance(value, str) else value
    return ", ".join(f"`{word}`" for word in words) or "nothing"


def _of(word: str) -> Callable[[Route], tuple[str, ...]]:
    def texts(route: Route) -> tuple[str, ...]:
        value = getattr(route, word)
        if word == "link":
            value = value and value.key
        if isinstance(value, tuple):
            return value
        return (str(value),) if value else ()

    return texts


EXPECTATIONS: Mapping[str, Callable[[Route], tuple[str, ...]]] = {
    "rule": lambda route: route.rules[-1:],
    "rules": lambda route: route.rules,
    "shadow": lambda route: route.shadow,
    **{word: _of(word) for word in ACTIONS},
}
