"""Promises as an admin writes them (DOMAIN section 13: TARGETS, VALUE, AMOUNT)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailintake.config.hours import OpeningHours, parse_hours
from mailintake.config.question import Either, Table, answer
from mailintake.config.selectors import Words
from mailintake.config.shapes import Parsed, nearest, scalar
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.hours import Hours
from mailintake.domain.target import EVERY_TICKET, Counting, Selector, TargetRow
from mailintake.errors import ConfigError

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


_PROMISE = Parsed(str, WANTED)
PROMISED = Either((_PROMISE, Table(lambda _, value: _PROMISE(value), of_names=False)))


@dataclass(frozen=True)
class Targets:
    """Reads TARGETS: one promise for all, or rows of which the first that matches counts.

    `hours` are the plan's own, which a row uses unless it names others with `in`; None where the plan has none, and
    `broken_hours` where they could not be read. `in_contract`: here is the contract that plans speak of.
    """

    words: Words
    opening: OpeningHours
    hours: Hours | None = None
    broken_hours: bool = False
    in_contract: bool = False

    def __call__(self, node: Node) -> tuple[TargetRow, ...]:
        answer(node, PROMISED)
        if not isinstance(node, Section):
            return (self._row(node, EVERY_TICKET, ""),)
        rows: list[TargetRow] = []
        selected: list[tuple[Scalar, Selector]] = []
        problems = Collecting()
        for key, value in node.entries:
            with problems:
                selected.append((key, self._select(key, value)))
                rows.append(self._row(value, selected[-1][1], f"{key.text}: "))
        problems.settle()
        self.words.warn_of_unreached(selected)
        return tuple(rows)

    def _select(self, key: Scalar, value: Node) -> Selector:
        try:
            return self.words.select(key)
        except ConfigError:
            if isinstance(value, Scalar) and value.is_null:  # what stood behind a comma became a key
                text = f"`{key.text}` stands alone: a comma ends a value here; quote values that hold one"
                raise key.wrong(text) from None
            raise

    def _row(self, node: Node, selector: Selector, label: str) -> TargetRow:
        text = " ".join(scalar(node, WANTED).text.split())
        if text == "none":
            return TargetRow(label + text, selector, None, self.hours or _ALWAYS)
        if text == "by contract":
            if self.in_contract:
                raise node.wrong("`by contract` stands in a plan; this is the contract, so write the time")
            return TargetRow(label + text, selector, None, self.hours or _ALWAYS, by_contract=True)
        if alone := next((word for word in ("none", "by contract") if text.startswith(f"{word} ")), None):
            raise node.wrong(f"`{alone}` stands alone: nothing goes behind it")
        amount, _, rest = text.partition(" ")
        words, _, hours_text = f" {rest} ".partition(" in ")
        try:
            minutes = parse_amount(days[0] if (days := _DAYS.match(text)) else amount)
            modifiers = tuple(_modifiers(words))
        except ValueError as error:
            raise node.wrong(f"{error}{nearest(text, ('by contract',))}") from None
        wall = "wall" in modifiers
        if wall and hours_text:
            node.warn("`wall` counts every hour, so the opening hours behind `in` have no effect")
        return TargetRow(
            label + text,
            selector,
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
        owner = "contract" if self.in_contract else "plan"
        raise node.wrong(
            f"no opening hours to count in: give the {owner} `hours:`, or write `4h in Mon-Fri 09:00-18:00`"
        )


def _modifiers(words: str) -> Iterator[str]:
    for word in words.split():
        if word not in {"wall", "soft"}:
            hint = nearest(word, ("wall", "soft", "in"))
            raise ValueError(f"unknown word `{word}`{hint}; behind the amount stand `wall`, `soft` or `in` and hours")
        yield word
