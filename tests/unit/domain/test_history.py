import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain import history
from mailintake.domain.progress import Happening, What
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Hold, Status
from tests.unit.domain.clock_builders import LJUBLJANA, at

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (Happening(What.CUSTOMER_WROTE, NINE), {"what": "customer-wrote"}),
        (Happening(What.DESK_ANSWERED, NINE), {"what": "desk-answered"}),
        (Happening(What.ASKED, NINE), {"what": "asked"}),
        (Happening(What.FORGIVEN, NINE), {"what": "forgiven"}),
        (
            Happening(What.OPENED, NINE, traits=Traits("normal"), status=Status.NEW, terms="5c0f"),
            {"what": "opened", "traits": {"priority": "normal"}, "status": "new", "terms": "5c0f"},
        ),
        (
            Happening(What.SORTED, NINE, traits=Traits("critical", "incident", "billing", "L2")),
            {
                "what": "sorted",
                "traits": {"priority": "critical", "category": "incident", "topic": "billing", "level": "L2"},
            },
        ),
        (Happening(What.SORTED, NINE, traits=Traits("")), {"what": "sorted", "traits": {}}),
        (
            Happening(What.ESCALATED, NINE, traits=Traits("normal", level="L3")),
            {"what": "escalated", "traits": {"priority": "normal", "level": "L3"}},
        ),
        (
            Happening(What.MOVED, NINE, status=Status.HOLD, hold=Hold.INTERNAL),
            {"what": "moved", "status": "hold", "hold": "internal"},
        ),
        (Happening(What.MOVED, NINE, status=Status.SOLVED), {"what": "moved", "status": "solved"}),
        (Happening(What.RENEWED, NINE, terms="77aa"), {"what": "renewed", "terms": "77aa"}),
    ],
)
def test_only_what_is_said_is_written(happening: Happening, said: dict[str, object]) -> None:
    assert history.to_json(happening) == said | {"at": "2026-03-02T09:00:00+00:00"}
    assert history.from_json(history.to_json(happening)) == happening


def test_instants_are_written_in_utc_and_to_the_last_part_of_a_second() -> None:
    moment = datetime.fromisoformat("2026-03-02T10:00:00.000001+01:00")
    assert history.to_json(Happening(What.ASKED, moment))["at"] == "2026-03-02T09:00:00.000001+00:00"


def test_instants_are_read_in_utc() -> None:
    read = history.from_json({"what": "asked", "at": "2026-03-02T10:00:00+01:00"})
    assert read.at == NINE
    assert read.at.tzinfo is UTC


def test_an_unknown_key_is_nothing_to_the_reader() -> None:
    read = history.from_json({"what": "asked", "at": "2026-03-02T09:00:00Z", "by": "anna@desk.example"})
    assert read == Happening(What.ASKED, NINE)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, "what"),
        ({"what": None}, "what"),
        ({"what": 3}, "what"),
        ({"what": "danced"}, "danced"),
        ({"at": None}, "at"),
        ({"at": 1772442000}, "at"),
        ({"at": ""}, "at"),
        ({"at": "yesterday"}, "yesterday"),
        ({"at": "2026-02-30T09:00:00Z"}, "at"),
        ({"at": "2026-03-02T09:00:00"}, "zone"),
        ({"traits": "critical"}, "traits"),
        ({"traits": {"priority": 1}}, "priority"),
        ({"traits": {"level": ["L2"]}}, "level"),
        ({"status": "asleep"}, "asleep"),
        ({"status": 5}, "status"),
        ({"hold": "forever"}, "forever"),
        ({"hold": None}, "hold"),
        ({"terms": 77}, "terms"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(said: dict[str, object], wrong: str) -> None:
    line = ({"what": "moved", "at": "2026-03-02T09:00:00Z"} | said) if said else {}
    with pytest.raises(ValueError, match=wrong) as refusal:
        history.from_json(line)
    assert "\n" not in str(refusal.value)


def test_an_instant_without_an_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        history.to_json(Happening(What.ASKED, datetime(2026, 3, 2, 9)))  # noqa: DTZ001


words = st.text(max_size=12)


@settings(deadline=None, max_examples=100)
@given(
    st.builds(
        Happening,
        st.sampled_from(What),
        st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
        traits=st.none() | st.builds(Traits, words, words, words, words),
        status=st.none() | st.sampled_from(Status),
        hold=st.sampled_from(Hold),
        terms=st.none() | st.text(min_size=1, max_size=64),
    )
)
def test_a_line_of_the_journal_makes_the_same_happening(happening: Happening) -> None:
    line = json.dumps(history.to_json(happening))
    assert history.from_json(json.loads(line)) == replace(happening, at=happening.at.astimezone(UTC))


def test_a_repeated_reading_of_the_clock_is_two_instants() -> None:
    first = at("2026-10-25T00:30")
    second = at("2026-10-25T01:30")
    local = [moment.astimezone(ZoneInfo(LJUBLJANA)) for moment in (first, second)]
    assert local[0].replace(tzinfo=None) == local[1].replace(tzinfo=None)
    assert [history.from_json(history.to_json(Happening(What.ASKED, each))).at for each in local] == [first, second]
