"""Promises as an admin writes them (DOMAIN section 13: TARGETS, SELECTOR, VALUE, AMOUNT)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailintake.config.hours import OpeningHours, parse_hours
from mailintake.config.shapes import listed, nearest, scalar
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.calendar import Hours
from mailintake.domain.sla import Counting, TargetRow

WANTED = "a promise such as `4h`, or a table of them by priority"
LONGEST_MINUTES = 10 * 365 * 24 * 60
_AMOUNT = re.compile(r"(?:(\d{1,12})h)?(?:(\d{1,12})m)?")
_DAYS = re.compile(r"(\d+)\s*d(?:ays?)?", re.IGNORECASE)
_ALWAYS = parse_hours("24/7")


def parse_amount(text: str) -> int:
    """`30m`, `4h` or `1h30m` in minutes. Raises ValueError."""
    found = _AMOUNT.fullmatch(text)
    if not found or not text:
        if days := _DAYS.fullmatch(text):
            raise ValueError(f"is `{text}` {int(days[1]) * 24} hours or {int(days[1]) * 8}? Write hours, such as `8h`")
        raise ValueError(f"`{text}` is no amount of time: write such as 30m, 4h or 1h30m")
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    if not 0 < minutes <= LONGEST_MINUTES:
        raise ValueError(f"`{text}` is not between a minute and ten years")
    return minutes


@dataclass(frozen=True)
class Targets:
    """Reads TARGETS: one promise for all, or rows of which the first that matches counts.

    `hours` are the plan's own, which a row uses unless it names others with `in`; None where the plan has none, and
    `broken_hours` where they could not be read.
    """

    priorities: tuple[str, ...]
    opening: OpeningHours
    hours: Hours | None = None
    broken_hours: bool = False

    def __call__(self, node: Node) -> tuple[TargetRow, ...]:
        if not isinstance(node, Section):
            return (self._row(node, None, ""),)
        rows, problems, covered = [], Collecting(), set[str]()
        for key, value in node.entries:
            with problems:
                if isinstance(value, Scalar) and value.is_null and key.text not in self.priorities:
                    raise key.wrong(f"`{key.text}` stands alone: a comma ends a value here; quote values that hold one")
                priorities = select(key, self.priorities)
                reach = set(self.priorities) if priorities is None else priorities
                if reach <= covered:
                    key.warn(f"no ticket ever reaches `{key.text}`: the rows above take all it names")
                covered |= reach
                rows.append(self._row(value, priorities, f"{key.text}: "))
        problems.settle()
        return tuple(rows)

    def _row(self, node: Node, priorities: frozenset[str] | None, label: str) -> TargetRow:
        text = " ".join(scalar(node, WANTED).text.split())
        if text == "none":
            return TargetRow(label + text, priorities, None, self.hours or _ALWAYS)
        if text == "by contract":
            raise node.wrong("`by contract` is not supported yet by this version")
        amount, _, rest = text.partition(" ")
        words, _, hours_text = f" {rest} ".partition(" in ")
        try:
            minutes = parse_amount(days[0] if (days := _DAYS.match(text)) else amount)
            modifiers = tuple(_modifiers(words))
        except ValueError as error:
            raise node.wrong(str(error)) from None
        wall = "wall" in modifiers
        if wall and hours_text:
            node.warn("`wall` counts every hour, so the opening hours behind `in` have no effect")
        return TargetRow(
            label + text,
            priorities,
            minutes,
            self._hours(node, hours_text.strip(), wall=wall),
            Counting.WALL if wall else Counting.OPEN,
            soft="soft" in modifiers,
        )

    def _hours(self, node: Node, text: str, *, wall: bool) -> Hours:
        if text:
            return self.opening(Scalar(node.file, node.line, node.column, node.warnings, text))
        if self.hours or wall or self.broken_hours:
            return self.hours or _ALWAYS
        raise node.wrong("no opening hours to count in: give the plan `hours:`, or write `4h in Mon-Fri 09:00-18:00`")


def _modifiers(words: str) -> Iterator[str]:
    for word in words.split():
        if word not in {"wall", "soft"}:
            hint = nearest(word, ("wall", "soft", "in"))
            raise ValueError(f"unknown word `{word}`{hint}; behind the amount stand `wall`, `soft` or `in` and hours")
        yield word


def select(key: Scalar, priorities: tuple[str, ...]) -> frozenset[str] | None:
    """The priorities a selector names: `P1`, `P2..P4`, or None for `else`."""
    if key.text == "else":
        return None
    if key.text in priorities:
        return frozenset({key.text})
    if "/" in key.text:
        raise key.wrong(f"`{key.text}` joins two words; that is not supported yet by this version")
    first, dots, last = key.text.partition("..")
    if dots and not (first and last):
        raise key.wrong(f"`{key.text}` is half a range: name both ends, such as P1..P3")
    for word in (first, last) if dots else (first,):
        if word not in priorities:
            hint = nearest(word, priorities) or f"; known here: {listed((*priorities, 'else'))}"
            raise key.wrong(f"unknown priority `{word}`{hint}")
    begin, end = priorities.index(first), priorities.index(last)
    if begin > end:
        raise key.wrong(f"`{key.text}` is turned round: the most urgent stands first, `{last}..{first}`")
    return frozenset(priorities[begin : end + 1])
