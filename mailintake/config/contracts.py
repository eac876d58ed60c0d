"""Contracts as an admin writes them: a plan for certain days, and what was agreed besides (DOMAIN S14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise

from mailintake.config.agreement import readers, spread, take_targets
from mailintake.config.desk import Desk
from mailintake.config.plans import MOST_CONTACTS
from mailintake.config.shapes import ListOf, Named, Parsed, Record, Text, Whole, day, section
from mailintake.config.source import Collecting, Listing, Node, Scalar
from mailintake.domain.customer import Contract, Plan
from mailintake.domain.quota import Limit

LONGEST_GRACE = 366
_GRACE = re.compile(r"(\d{1,4}) days?")


@dataclass(frozen=True, slots=True)
class Known:
    """What accounts and teams may refer to by name, and the desk itself if it could be read."""

    plans: tuple[str, ...]
    regions: tuple[str, ...]
    levels: tuple[str, ...]
    desk: Desk | None

    def plan(self, name: str) -> Plan | None:
        """The plan of this name, None where it or the desk is broken."""
        return self.desk.plans.get(name) if self.desk else None

    def seats(self, contract: Contract) -> int | str | None:
        """How many may write under a contract, None for any, "" where a broken desk does not say."""
        if contract.contacts is not None:
            return contract.contacts
        plan = self.plan(contract.plan)
        return plan.contacts if plan else ""


def parse_grace(text: str) -> int:
    """`14 days` in days. Raises ValueError."""
    found = _GRACE.fullmatch(text)
    if not found or int(found[1]) > LONGEST_GRACE:
        raise ValueError(f"`{text}` is no number of days such as `14 days`, at most {LONGEST_GRACE}")
    return int(found[1])


def contracts(known: Known, node: Node) -> tuple[Contract, ...]:
    """Contracts that follow each other, in the order of time; two for the same day are refused."""
    found = ListOf(partial(contract, known), "a list of contracts", least=1)(node)
    places = node.items if isinstance(node, Listing) else ()
    ordered = sorted(zip(found, places, strict=True), key=lambda pair: pair[0].begins or date.min)
    problems = Collecting()
    for (earlier, first), (later, second) in pairwise(ordered):
        with problems:
            _refuse_overlap(earlier, first, later, second)
    problems.settle()
    return tuple(each for each, _ in ordered)


def contract(known: Known, node: Node) -> Contract:
    """One contract. Raises ConfigError with all that is wrong."""
    table = spread(section(node))
    written = table.get("plan")
    name = written.text if isinstance(written, Scalar) else ""
    plan = known.plan(name)
    found = Record(
        _made,
        {
            "plan": Named("plan", {}, known.plans).name if known.plans else Text("the name of a plan"),
            "region": Named("region", {}, known.regions).name,
            "from": day,
            "to": day,
            "grace": Parsed(parse_grace, "a number of days such as `14 days`"),
            "contacts": Whole(1, MOST_CONTACTS),
            **readers(table, desk=known.desk, plan=plan),
        },
        required=("plan", "region") if known.regions else ("plan",),
        into={"from": "begins", "to": "ends", "grace": "grace_days"},
    )(table)
    if found.begins and found.ends and found.ends < found.begins:
        raise node.wrong(f"this contract ends on {found.ends}, before it begins on {found.begins}")
    if written and plan and plan.archived and not found.begins:
        written.warn(f"`{name}` is no longer sold: say with `from` since when this customer has had it")
    return found


def _made(*, plan: str, quota: Mapping[str, tuple[Limit, ...]] | None = None, **said: object) -> Contract:
    targets = take_targets(said)
    said.pop("response", None)  # there only beside a broken desk, which says nothing about promises
    return Contract(plan, targets=targets, quota=quota or {}, **said)  # type: ignore[arg-type]  # as read


def _refuse_overlap(earlier: Contract, first: Node, later: Contract, second: Node) -> None:
    if later.begins is None:
        raise second.wrong(f"this contract has no `from`, nor has the one in line {first.line}: they overlap")
    if earlier.ends is None:
        raise second.wrong(f"this contract begins on {later.begins}, but the one in line {first.line} has no `to`")
    if earlier.ends >= later.begins:
        raise second.wrong(
            f"this contract begins on {later.begins}, but the one in line {first.line} ends only on {earlier.ends}"
        )
