"""Happenings as JSON: how the journal keeps what clocks depend on.

    {"what": "sorted", "at": "2026-03-10T10:00:00+00:00", "traits": {"priority": "critical", "topic": "billing"}}

Only what is said is written; `status`, `hold` and `terms` as in Happening.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from mailintake.domain.progress import Happening, What
from mailintake.domain.snapshot import checked
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Hold, Status


def to_json(happening: Happening) -> dict[str, object]:
    """What `from_json` understands. ValueError for a naive instant."""
    said: dict[str, object] = {"what": happening.what.value, "at": _utc(happening.at).isoformat()}
    if happening.traits is not None:
        said["traits"] = {trait: value for trait, value in asdict(happening.traits).items() if value}
    for key, value in (("status", happening.status), ("hold", happening.hold), ("terms", happening.terms)):
        if value:
            said[key] = str(value)
    return said


def from_json(said: Mapping[str, object]) -> Happening:
    """The happening of a line of the journal. ValueError says in one sentence what is wrong with it."""
    traits = said.get("traits")
    status = said.get("status")
    terms = said.get("terms")
    return Happening(
        what=What(checked(said.get("what"), str, "what")),
        at=_at(checked(said.get("at"), str, "at")),
        traits=None if traits is None else _traits(checked(traits, dict, "traits")),
        status=None if status is None else Status(checked(status, str, "status")),
        hold=Hold(checked(said.get("hold", ""), str, "hold")),
        terms=None if terms is None else checked(terms, str, "terms"),
    )


def _at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"at must be an instant such as 2026-03-10T10:00:00+00:00, not {text!r:.60}") from None
    return _utc(at)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        # astimezone would take it for this host's own time
        raise ValueError(f"an instant needs a zone: {at.isoformat()}")
    return at.astimezone(UTC)


def _traits(said: Mapping[str, object]) -> Traits:
    return Traits(**{trait: checked(said.get(trait, ""), str, trait) for trait in Traits.__slots__})
