"""A desk's promises without its host: what one plan promises to one request, for commands that need no daemon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailintake import config
from mailintake.config.accounts import Directory
from mailintake.config.desk import Desk
from mailintake.config.shapes import listed, nearest
from mailintake.domain.calendar import next_opening
from mailintake.domain.customer import Contract, Plan
from mailintake.domain.sla import reached
from mailintake.domain.tag import Tagger
from mailintake.domain.target import Counting, Metric, Target
from mailintake.errors import UsageError
from mailintake.intake.policy import Policy

_NOBODY = Directory({}, {}, {}, {}, {})
_NO_TOKENS = Tagger((bytes(32),))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as somebody describes it: `said` are traits by name, the desk's defaults stand for the others."""

    plan: str
    received: datetime
    said: Mapping[str, str]
    region: str | None = None
    metric: Metric = Metric.FIRST_RESPONSE


def desk_at(path: Path) -> Desk:
    """The desk of a directory, or of one file. ConfigError lists all that is wrong."""
    return config.load_desk(path).desk


def policy_of(desk: Desk) -> Policy:
    """How this desk sorts requests and what it promises; nobody is its customer."""
    return Policy(desk, _NOBODY, _NO_TOKENS, {}, letters_per_address_hour=0, digest="")


def plan_of(desk: Desk, name: str) -> Plan:
    """The desk's plan of this name, an archived one too. UsageError if there is none."""
    if name not in desk.plans:
        raise UsageError(_unknown("plan", name, tuple(desk.plans)))
    return desk.plans[name]


def promised(desk: Desk, request: Request) -> dict[str, object]:
    """What `sla due` answers of a request; `due` and all else but `row` are None where nothing is promised.

    UsageError for words that the desk does not know, and where the region is missing or there are none.
    """
    plan, policy = plan_of(desk, request.plan), policy_of(desk)
    _check_region(desk, request.region)
    traits = policy.sorted(policy.first_traits(), request.said)
    terms = policy.terms(Contract(plan.key, region=request.region))
    rows = terms.targets.get(request.metric, ())
    target = next((each for each in rows if each.selector.matches(traits)), None)
    if target is None or target.minutes is None:
        keys = ("due", "target_minutes", "counting", "soft", "hours", "timezone", "clock_starts")
        return {**dict.fromkeys(keys), "row": target.text if target else None}
    return _answer(target, request.received.astimezone(UTC))


def _answer(target: Target, received: datetime) -> dict[str, object]:
    is_wall = target.counting is Counting.WALL
    due = reached(target, received, None)
    if due is None:
        raise UsageError(f"`{target.text}` from {received.isoformat()} on is out of range: ten years do not suffice")
    return {
        "due": due,
        "target_minutes": target.minutes,
        "counting": target.counting.value,
        "soft": target.soft,
        "hours": None if is_wall else target.hours,
        "timezone": target.calendar.timezone,
        "clock_starts": received if is_wall else next_opening(target.calendar, received),
        "row": target.text,
    }


def _check_region(desk: Desk, region: str | None) -> None:
    if region is None and desk.regions:
        raise UsageError(f"name the --region on whose clock the hours tick: {listed(desk.regions)}")
    if region is not None and not desk.regions:
        raise UsageError("this desk has no regions, so leave out --region")
    if region is not None and region not in desk.regions:
        raise UsageError(_unknown("region", region, tuple(desk.regions)))


def _unknown(kind: str, word: str, known: tuple[str, ...]) -> str:
    return f"the desk has no {kind} `{word}`{nearest(word, known) or f'; known: {listed(known)}'}"
